package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
)

// funnelPage is how many go on from each stage, of everybody and by a dimension.
type funnelPage struct {
	shell
	Lead     string
	Controls controls
	Faults   faults
	Drawing  *drawn
	Weakest  string
	By       string
	Dims     []choice
	Parts    *grid
	How      string
	Notes    []string
	Empty    *empty
}

// funnelDimensions are those that the stages can be set apart by.
var funnelDimensions = []string{"team", "agent", "campaign", "product", "list", "script", "segment", "month"}

func (r *request) funnel() error {
	v := r.view()
	if to, ok := v.short(); ok {
		return r.redirect(to)
	}
	page := funnelPage{shell: r.shell("nav.funnel", "funnel"), By: cmp.Or(v.get("by"), "team")}
	q, p, err := r.asker().Query(v.words())
	if err != nil && !page.Faults.take(r, err) {
		return err
	}
	if page.Controls, err = r.controls(v, p); err != nil {
		return err
	}
	for _, d := range funnelDimensions {
		page.Dims = append(page.Dims, choice{r.reader.Dimension(d), v.with("by", d), d == page.By})
	}
	if p != nil && !page.Faults.Any() {
		today, err := r.asker().Today()
		if err != nil {
			return err
		}
		span := p.ToDate(today)
		q.Period = &span
		if err := r.fillFunnel(&page, v, q); err != nil && !page.Faults.take(r, err) {
			return err
		}
	}
	page.Controls.Faults = page.Faults
	return r.pageStatus(cmp.Or(page.Faults.status, http.StatusOK), "funnel", page)
}

func (r *request) fillFunnel(page *funnelPage, v view, q kpi.Query) error {
	stages := q
	stages.KPIs, stages.Intervals = overview.Stages, true
	steps := plain(q, overview.Steps, page.By)
	steps.Compare = q.Compare
	judged := overview.Judged(q, overview.Steps, page.By)
	all := plain(q, append(slices.Clone(overview.Steps), "sales"))
	var f, parts, aged, whole *kpi.Frame
	if err := r.frames(asking{into: &f, q: stages}, asking{into: &parts, q: steps}, asking{into: &aged, q: judged}, asking{into: &whole, q: all}); err != nil {
		return err
	}
	if nothing(f) {
		page.Empty = r.nothingYet()
		return nil
	}
	page.Lead, page.Notes = r.comparedWith(f), r.reader.Notes(f)
	o := overview.Overview{Stages: f}
	worst, ok := overview.Weakest(aged, whole, "")
	if ok {
		o.Weakest = &worst.Finding
		page.Weakest = r.lossText(page.By, worst)
	}
	drawing, err := r.stages(v, &o)
	if err != nil {
		return err
	}
	page.Drawing = &drawn{Title: r.reader.Text("overview.funnel"), Chart: drawing}
	page.How = r.reader.Text("funnel.how")
	page.Parts = r.stepsGrid(v, parts, aged, page.By)
	return nil
}

// lossText names the stage that costs most, with what it costs.
func (r *request) lossText(by string, l overview.Loss) string {
	return r.reader.Sentences(r.reader.T("funnel.weakest", map[string]any{"kpi": r.reader.Name(l.KPI), "of": r.place(by, l.Of), "own": r.reader.Rate(l.Own), "x": r.reader.Number(l.Own.X, 0),
		"n": r.reader.Number(l.Own.N, 0), "others": r.reader.Rate(l.Others), "missed": r.reader.Number(l.Missed(), 0), "sales": r.count(l.Sales)}), r.reader.Followed(l.Followed))
}

// stepsGrid sets the stages of parts beside each other, a part a row. aged are
// the rates by which they are judged: of leads of equal age.
func (r *request) stepsGrid(v view, f, aged *kpi.Frame, by string) *grid {
	if len(f.Rows) == 0 {
		return nil
	}
	g := &grid{ID: "stages", Caption: r.reader.Text("overview.funnel") + " · " + r.reader.Dimension(by), Head: []gridHead{{Title: r.reader.Dimension(by)}}}
	g.Files, g.ToFile = r.offerFrame(v, g.ID, g.Caption, f, true), r.reader.Text("export.save")
	for _, c := range f.Columns {
		g.Head = append(g.Head, gridHead{Title: r.reader.Title(c), Numeric: true})
	}
	all := make([]int, len(f.Rows))
	for i := range all {
		all[i] = i
	}
	shown, pager := cut(r, v, g.ID, all, func(i int) string { return r.place(by, f.Rows[i].Key[0]) })
	g.Pager, g.Tall = pager, len(shown) > 20
	marks := map[string][]*overview.Mark{}
	for i, row := range overview.Marks(aged) {
		marks[aged.Rows[i].Key[0]] = row
	}
	for _, i := range shown {
		row := f.Rows[i]
		cells := []cell{{Text: r.place(by, row.Key[0]), URL: r.drill(v, by, row.Key[0], "by", ""), Header: true}}
		for j, c := range f.Columns {
			cells = append(cells, r.stepCell(c, row.Figures[j], marked(marks[row.Key[0]], j)))
		}
		g.Rows = append(g.Rows, cells)
	}
	return g
}

// marked is a mark of a row that may have none.
func marked(row []*overview.Mark, column int) *overview.Mark {
	if row == nil {
		return nil
	}
	return row[column]
}

// stepCell is a rate with its counts and interval, what it was where that
// changed, and a word where it differs from the others.
func (r *request) stepCell(c kpi.Column, x kpi.Figure, m *overview.Mark) cell {
	out := r.figure(c.Unit, x)
	if !x.Valid {
		return out
	}
	sub := []string{r.reader.T("people.of", map[string]any{"x": r.reader.Number(x.Num, 0), "n": r.reader.Number(x.Den, 0)}), r.reader.Interval(c.Unit, x)}
	if x.Compared != nil && x.Compared.Judged && x.Compared.Beyond {
		sub = append(sub, r.reader.Change(c, x.Compared))
	}
	switch {
	case m == nil:
	case m.Good:
		out.Class, sub = out.Class+" good", append(sub, r.reader.Text("funnel.above"))
	default:
		out.Class, sub = out.Class+" bad", append(sub, r.reader.Text("funnel.below"))
	}
	out.Sub = strings.Join(slices.DeleteFunc(sub, func(s string) bool { return s == "" }), " · ")
	return out
}
