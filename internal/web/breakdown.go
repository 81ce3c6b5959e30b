package web

import (
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/kpi"
)

// breakdown is a KPI by a dimension: who is high and who is low.
type breakdown struct {
	Title  string // what the table says
	Fault  string
	By     string
	Dims   []choice
	Grid   *grid
	Notes  []string
	Shrink *choice // the other way to rank: raw or drawn toward the mean
	Shrunk bool
}

// dimensionOrder is the order in which dimensions are offered; those of the
// course over time are not among them.
var dimensionOrder = []string{"team", "agent", "campaign", "product", "queue", "list", "hour", "weekday", "outcome", "kind", "channel", "direction", "attempt", "source"}

// ofTime are the dimensions of the course.
var ofTime = []string{"day", "week", "month", "quarter", "year"}

// offeredOrder puts dimensions into the order in which they are offered.
func offeredOrder(dims []string) []string {
	var out []string
	for _, d := range dimensionOrder {
		if slices.Contains(dims, d) {
			out = append(out, d)
		}
	}
	for _, d := range dims {
		if !slices.Contains(out, d) && !slices.Contains(ofTime, d) {
			out = append(out, d)
		}
	}
	return out
}

// partedBy is the dimension asked for, else the first that the view is not
// narrowed by.
func (r *request) partedBy(v view, dims []string) string {
	if by := v.get("by"); by != "" {
		return by
	}
	for _, d := range offeredOrder(dims) {
		if v.get(d) == "" {
			return d
		}
	}
	return ""
}

// partsQuery is the question for the parts: the best first, or times in their order.
func (r *request) partsQuery(v view, q kpi.Query, by string) kpi.Query {
	q.By, q.Intervals = []string{by}, true
	q.Shrink = v.get("shrink") == "1"
	sort := r.sortOf(v, q.KPIs[0], by)
	q.Sort, q.Desc = strings.TrimPrefix(sort, "-"), strings.HasPrefix(sort, "-")
	return q
}

// sortOf is how rows are ordered: as asked, else the best first; what has an
// order of its own keeps it.
func (r *request) sortOf(v view, name, by string) string {
	sort := v.get("sort")
	if key := strings.TrimPrefix(sort, "-"); key == name || key == by {
		return sort
	}
	if sort == "" && (by == "hour" || by == "weekday" || by == "attempt" || slices.Contains(ofTime, by)) {
		return by
	}
	if sort != "" {
		return sort
	}
	if d, err := r.defs.Find(name); err == nil && d.Better == "lower" {
		return name
	}
	return "-" + name
}

// breakdown lays the parts out.
func (r *request) breakdown(v view, a *answers, whole kpi.Figure) *breakdown {
	b := &breakdown{By: r.reader.Dimension(a.by), Fault: a.faults.By}
	for _, d := range offeredOrder(a.dims) {
		b.Dims = append(b.Dims, choice{r.reader.Dimension(d), v.firstPages().with("by", d, "sort", "", "parts.find", ""), d == a.by})
	}
	if a.by == "" || a.parts == nil {
		b.Title = r.reader.T("parts.by_dimension", map[string]any{"dimension": b.By})
		return b
	}
	f, c := a.parts, a.parts.Columns[0]
	b.Title = r.spread(f, 0, a.by)
	if c.Kind == kpi.KindProportion || c.Kind == kpi.KindRatio || c.Kind == kpi.KindMean {
		b.Shrunk = v.get("shrink") == "1"
		to := "1"
		if b.Shrunk {
			to = ""
		}
		b.Shrink = &choice{URL: v.with("shrink", to), Selected: b.Shrunk}
	}
	b.Notes = r.reader.Notes(f)
	b.Grid = r.breakdownGrid(v, f, a.by, whole)
	return b
}

func (r *request) breakdownGrid(v view, f *kpi.Frame, by string, whole kpi.Figure) *grid {
	c := f.Columns[0]
	now := r.sortOf(v, c.Name, by)
	parts := slices.ContainsFunc(f.Rows, func(row kpi.FrameRow) bool { return row.Figures[0].Parts })
	shrunk := slices.ContainsFunc(f.Rows, func(row kpi.FrameRow) bool { return row.Figures[0].IsShrunk })
	g := &grid{ID: "parts", Caption: r.reader.Title(c) + " · " + r.reader.Dimension(by)}
	value := sortable(v, "sort", r.reader.Title(c), c.Name, now, c.Better != "lower")
	value.Numeric = true
	g.Head = []gridHead{sortable(v, "sort", r.reader.Dimension(by), by, now, false), value, {Title: r.reader.Text("parts.bar")}}
	if shrunk {
		g.Head = append(g.Head, gridHead{Title: r.reader.Text("column.shrunk"), Numeric: true})
	}
	if parts {
		g.Head = append(g.Head, gridHead{Title: r.reader.Text("parts.counts"), Numeric: true})
	}
	if f.Compare != nil {
		g.Head = append(g.Head, gridHead{Title: r.reader.Text("column.before"), Numeric: true}, gridHead{Title: r.reader.Text("column.change"), Numeric: true})
	}
	top := most(f, 0)
	row := func(name cell, x kpi.Figure) []cell {
		value := r.figure(c.Unit, x)
		value.Sub = r.reader.Interval(c.Unit, x)
		out := []cell{name, value, bar(x, top)}
		if shrunk {
			out = append(out, number(r.reader.Figure(c.Unit, kpi.Figure{Valid: x.IsShrunk, Number: x.Shrunk, Currency: x.Currency})))
		}
		if parts {
			out = append(out, number(r.partsOf(c, x)))
		}
		if f.Compare != nil {
			before := kpi.Figure{}
			if x.Compared != nil {
				before = x.Compared.Before
			}
			out = append(out, number(r.reader.Figure(c.Unit, before)), r.changed(c, x.Compared))
		}
		return out
	}
	shown, pager := cut(r, v, g.ID, f.Rows, func(fr kpi.FrameRow) string { return r.place(by, fr.Key[0]) })
	g.Pager, g.Tall = pager, pager != nil
	for _, fr := range shown {
		name := cell{Text: r.place(by, fr.Key[0]), URL: r.drill(v, by, fr.Key[0], "by", "", "sort", "", "parts.find", ""), Header: true}
		g.Rows = append(g.Rows, row(name, fr.Figures[0]))
	}
	if len(f.Rows) > 1 && c.Kind != kpi.KindShare {
		g.Foot = row(cell{Text: r.reader.Text("parts.whole"), Header: true}, whole)
		g.Foot[2] = cell{}
	}
	return g
}

// spread says between which parts a KPI lies; those of a few are left out.
func (r *request) spread(f *kpi.Frame, column int, by string) string {
	c := f.Columns[column]
	var lo, hi *kpi.FrameRow
	for i := range f.Rows {
		row := &f.Rows[i]
		x := row.Figures[column]
		if !x.Valid || row.Key[0] == "" || slices.Contains(x.Marks, kpi.Small) {
			continue
		}
		if lo == nil || x.Number < lo.Figures[column].Number {
			lo = row
		}
		if hi == nil || x.Number > hi.Figures[column].Number {
			hi = row
		}
	}
	args := map[string]any{"kpi": r.reader.Title(c), "dimension": r.reader.Dimension(by)}
	if lo == nil || lo == hi || lo.Figures[column].Number == hi.Figures[column].Number {
		return r.reader.T("parts.by", args)
	}
	args["low"], args["lowest"] = r.reader.Figure(c.Unit, lo.Figures[column]), r.place(by, lo.Key[0])
	args["high"], args["highest"] = r.reader.Figure(c.Unit, hi.Figures[column]), r.place(by, hi.Key[0])
	return r.reader.T("parts.spread", args)
}
