package web

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/question"
)

// explorePage sets any KPIs against any dimensions.
type explorePage struct {
	shell
	Controls  controls
	Faults    faults
	Chosen    []chip      // the KPIs
	Families  []family    // to add one of
	Kept      [][2]string // what the form leaves as it is
	By, Then  []choice
	As        []choice
	Limits    []choice
	Shrink    bool
	Intervals bool
	Where     string // a condition that could not be read
	Drawn     []drawing
	Grid      *grid
	Notes     []string
	Exports   []choice
	Views     savedViews
	Empty     *empty
}

// family is a part of the catalogue to choose from.
type family struct {
	Name string
	KPIs []choice
}

// drawing is a chart with its title and the table beside it.
type drawing struct {
	Title, Sub string
	Chart      template.HTML // for <cp-chart>
	Tall       bool
	Heat       template.HTML // drawn already
	Table      *grid
	Pager      *pager // of a map's rows
}

// mostKPIs is how many KPIs can stand side by side.
const mostKPIs = 8

// drawnAs are the ways to draw, and rowLimits how many rows can be asked for.
var (
	drawnAs   = []string{"table", "bar", "line", "heat", "scatter"}
	rowLimits = []int{20, 100, 500}
)

const usualLimit = 100

// exploration is what the address asks for.
type exploration struct {
	kpis     []string
	by, then string
	as       string
	unit     string // of a line's axis
	split    string // what a line is drawn for each value of
}

func (r *request) explore() error {
	v := r.view()
	if list := v.values["kpi"]; len(list) > 1 { // the form adds one to those that are there
		v.values.Set("kpi", strings.Join(list, ","))
		return r.redirect(v.with())
	}
	if to, ok := v.short(); ok {
		return r.redirect(to)
	}
	return r.showExplore(v, savedViews{})
}

// exploration reads the view; what it leaves out is filled in.
func (r *request) exploration(v view) exploration {
	x := exploration{by: v.get("by"), then: v.get("then"), as: v.get("as")}
	for _, k := range question.List(v.get("kpi")) {
		if !slices.Contains(x.kpis, k) {
			x.kpis = append(x.kpis, k)
		}
	}
	if len(x.kpis) == 0 {
		x.kpis = r.focus()[:min(4, len(r.focus()))]
		if len(x.kpis) == 0 {
			x.kpis = overview.Focus[:4]
		}
	}
	if !slices.Contains(drawnAs, x.as) {
		x.as = "table"
	}
	switch {
	case x.as == "heat" && x.by+x.then == "":
		x.by, x.then = "weekday", "hour"
	case x.by == "":
		x.by = "team"
	}
	return x
}

// dims are the dimensions of the query.
func (x *exploration) dims(p *calendar.Period) []string {
	if x.as == "line" {
		x.unit, x.split = x.by, x.then
		if !slices.Contains(ofTime, x.by) && x.by != "hour" {
			x.unit, x.split = unitOf("", p), x.by
		}
		if x.split == "" || x.split == x.unit {
			x.split = ""
			return []string{x.unit}
		}
		return []string{x.unit, x.split}
	}
	if x.then == "" || x.as == "scatter" {
		return []string{x.by}
	}
	return []string{x.by, x.then}
}

func (r *request) showExplore(v view, form savedViews) error {
	page := explorePage{shell: r.shell("nav.explore", "explore")}
	x := r.exploration(v)
	q, p, err := r.asker().Query(v.words(x.kpis...))
	if err != nil && !page.Faults.take(r, err) {
		return err
	}
	if page.Controls, err = r.controls(v, p); err != nil {
		return err
	}
	if page.Views, err = r.savedViews(v, form); err != nil {
		return err
	}
	if err := r.offerKPIs(&page, v, &x); err != nil && !page.Faults.take(r, err) {
		return err
	}
	if err := r.offerDims(&page, v, x, q); err != nil {
		return err
	}
	if !page.Faults.Any() {
		if err := r.drawExploration(&page, v, x, q, p); err != nil && !page.Faults.take(r, err) {
			return err
		}
	}
	if list := v.values["where"]; page.Faults.Filter != "" && len(list) > 0 {
		page.Where = list[len(list)-1] // the one that was added last is at fault
	}
	page.Controls.Faults = page.Faults
	page.Controls.Faults.Filter = ""
	return r.pageStatus(max(page.Faults.code(), form.status), "explore", page)
}

// offerKPIs lists the KPIs chosen and those that can be added.
func (r *request) offerKPIs(page *explorePage, v view, x *exploration) error {
	var err error
	if len(x.kpis) > mostKPIs {
		err = callpace.E(callpace.Invalid, "explore.too_many", "limit", mostKPIs)
	}
	for i, k := range x.kpis {
		rest := slices.Delete(slices.Clone(x.kpis), i, i+1)
		page.Chosen = append(page.Chosen, chip{Value: r.reader.Name(k) + r.variantOf(k), Remove: v.with("kpi", strings.Join(rest, ","))})
	}
	names, defs := r.defs.Families()
	for _, n := range names {
		f := family{Name: n}
		if r.reader.Has("family." + n) {
			f.Name = r.reader.Text("family." + n)
		}
		for _, d := range defs[n] {
			for _, id := range d.Names() {
				if !slices.Contains(x.kpis, id) {
					f.KPIs = append(f.KPIs, choice{Label: r.reader.Name(id) + r.variantOf(id), URL: id})
				}
			}
		}
		page.Families = append(page.Families, f)
	}
	page.Kept = [][2]string{{"kpi", strings.Join(x.kpis, ",")}}
	for _, h := range page.Controls.Hidden {
		if !slices.Contains([]string{"kpi", "by", "then", "as", "limit", "shrink", "intervals"}, h[0]) {
			page.Kept = append(page.Kept, h)
		}
	}
	for _, name := range []string{"period", "from", "to"} {
		if value := v.get(name); value != "" {
			page.Kept = append(page.Kept, [2]string{name, value})
		}
	}
	return err
}

// variantOf names the variant of a KPI where it is asked for by name.
func (r *request) variantOf(name string) string {
	d, err := r.defs.Find(name)
	if err != nil || len(name) <= len(d.ID) {
		return ""
	}
	return " · " + d.VariantName(r.reader.Lang(), name[len(d.ID)+1:])
}

// offerDims fills the fields of the form.
func (r *request) offerDims(page *explorePage, v view, x exploration, q kpi.Query) error {
	q.KPIs = x.kpis
	dims, err := r.joinable(q)
	if err != nil {
		if !page.Faults.take(r, err) {
			return err
		}
		dims = r.defs.Dimensions()
	}
	dims = append(offeredOrder(dims), ofTime...)
	for _, d := range []string{x.by, x.then} {
		if d != "" && !slices.Contains(dims, d) {
			dims = append(dims, d) // asked for, if wrongly
		}
	}
	page.Then = append(page.Then, choice{r.reader.Text("explore.no_more"), "", x.then == ""})
	for _, d := range dims {
		page.By = append(page.By, choice{r.reader.Dimension(d), d, d == x.by})
		if d != x.by {
			page.Then = append(page.Then, choice{r.reader.Dimension(d), d, d == x.then})
		}
	}
	for _, f := range drawnAs {
		page.As = append(page.As, choice{r.reader.Text("explore.as." + f), f, f == x.as})
	}
	for _, n := range rowLimits {
		page.Limits = append(page.Limits, choice{r.reader.Int(int64(n)), strconv.Itoa(n), n == limitOf(v)})
	}
	page.Shrink, page.Intervals = v.get("shrink") == "1", v.get("intervals") == "1"
	return nil
}

func limitOf(v view) int {
	if n, err := strconv.Atoi(v.get("limit")); err == nil && slices.Contains(rowLimits, n) {
		return n
	}
	return usualLimit
}

// drawExploration asks and draws.
func (r *request) drawExploration(page *explorePage, v view, x exploration, q kpi.Query, p *calendar.Period) error {
	q.By = x.dims(p)
	q.Shrink, q.Intervals = page.Shrink, page.Intervals || x.as == "bar"
	switch {
	case x.as == "scatter" && len(x.kpis) < 2:
		return callpace.E(callpace.Invalid, "explore.two_kpis")
	case x.as == "heat" && len(q.By) < 2:
		return callpace.E(callpace.Invalid, "explore.two_dimensions")
	case x.as == "table":
		q.Limit = limitOf(v)
		page, _ := strconv.Atoi(v.get("answer.page"))
		q.Offset = q.Limit * (min(max(page, 1), kpi.MaxGroups) - 1)
		sort := v.get("sort")
		if sort == "" && len(q.By) == 1 {
			sort = r.sortOf(v, x.kpis[0], x.by)
		}
		if key := strings.TrimPrefix(sort, "-"); slices.Contains(q.By, key) || slices.Contains(x.kpis, key) {
			q.Sort, q.Desc = key, strings.HasPrefix(sort, "-")
		}
	default:
		q.Compare = nil
	}
	if x.as == "bar" || x.as == "scatter" {
		q.Limit = 0
		sort := r.sortOf(view{v.path, nil}, x.kpis[0], x.by)
		q.Sort, q.Desc = strings.TrimPrefix(sort, "-"), strings.HasPrefix(sort, "-")
	}
	var f *kpi.Frame
	err := r.read(func(e kpi.Engine) (err error) {
		f, err = r.run(r.Context(), e, q)
		return err
	})
	if err != nil {
		return err
	}
	page.Notes = r.reader.Notes(f)
	if len(f.Rows) == 0 && f.All > 0 { // a page of an answer that has grown shorter
		return r.drawExploration(page, v.firstPages(), x, q, p)
	}
	if len(f.Rows) == 0 {
		page.Empty = r.nothingYet()
		return nil
	}
	page.Exports = r.exports(v, "/explore/export")
	switch x.as {
	case "table":
		page.Grid = r.exploreGrid(v, f, q)
		return nil
	case "heat":
		page.Drawn, err = r.heats(v, f)
	case "line":
		page.Drawn, err = r.lines(v, x, f)
	case "bar":
		page.Drawn, err = r.bars(v, f)
	case "scatter":
		page.Drawn, err = r.scatter(v, f)
	}
	return err
}

// exploreGrid is the answer as a table: a name leads to the view of it alone, a
// value to its KPI's page.
func (r *request) exploreGrid(v view, f *kpi.Frame, q kpi.Query) *grid {
	g := &grid{ID: "answer", Caption: r.reader.Text("nav.explore"), Tall: len(f.Rows) > 20}
	if f.All > len(f.Rows) {
		g.Pager = r.pager(v, g.ID, f.All, q.Limit)
	}
	now := q.Sort
	if q.Desc {
		now = "-" + now
	}
	for _, d := range f.Dims {
		g.Head = append(g.Head, sortable(v, "sort", r.reader.Dimension(d), d, now, false))
	}
	bars := len(f.Columns) <= 3
	tops := make([]float64, len(f.Columns))
	for i, c := range f.Columns {
		h := sortable(v, "sort", r.reader.Title(c), c.Name, now, c.Better != "lower")
		h.Numeric, tops[i] = true, most(f, i)
		g.Head = append(g.Head, h)
		if bars {
			g.Head = append(g.Head, gridHead{Title: r.reader.Text("parts.bar")})
		}
		if q.Shrink {
			g.Head = append(g.Head, gridHead{Title: r.reader.Text("column.shrunk"), Numeric: true})
		}
		if f.Compare != nil {
			g.Head = append(g.Head, gridHead{Title: r.reader.Text("column.change"), Numeric: true})
		}
	}
	for _, row := range f.Rows {
		var cells []cell
		one := v.clone()
		for i, d := range f.Dims {
			cells = append(cells, cell{Text: r.place(d, row.Key[i]), URL: r.drill(v, d, row.Key[i]), Header: i == 0})
			one = viewOf(r.drill(one, d, row.Key[i]))
		}
		for i, c := range f.Columns {
			x := row.Figures[i]
			value := r.figure(c.Unit, x)
			value.URL = one.to("/kpi/" + url.PathEscape(c.Name))
			if q.Intervals {
				value.Sub = r.reader.Interval(c.Unit, x)
			}
			cells = append(cells, value)
			if bars {
				cells = append(cells, bar(x, tops[i]))
			}
			if q.Shrink {
				cells = append(cells, number(r.reader.Figure(c.Unit, kpi.Figure{Valid: x.IsShrunk, Number: x.Shrunk, Currency: x.Currency})))
			}
			if f.Compare != nil {
				cells = append(cells, r.changed(c, x.Compared))
			}
		}
		g.Rows = append(g.Rows, cells)
	}
	return g
}

// viewOf is the view of an address of ours.
func viewOf(address string) view {
	u, err := url.Parse(address)
	if err != nil {
		return view{}
	}
	return view{u.EscapedPath(), u.Query()}
}
