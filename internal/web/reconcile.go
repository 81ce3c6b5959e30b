package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
)

// reconcilePage walks from a source's records to what each KPI counted.
type reconcilePage struct {
	shell
	Source   string
	Lead     string
	Controls controls
	Records  grid
	Facts    grid
	Disagree grid
	Walks    []walkView
	Mapping  string
	Inputs   string
}

// walkView is the walk of the measures of one fact.
type walkView struct {
	Title   string
	Grid    grid
	Nothing string // measures that count none of the rows
}

func (r *request) reconcile() error {
	name := r.PathValue("source")
	v := r.view()
	w := v.words()
	w.Compare = ""
	if v.get("period") == "" && v.get("from") == "" && v.get("to") == "" {
		w.Period = "" // a source is looked at as a whole
	}
	q, period, err := r.asker().Query(w)
	if err != nil {
		return err
	}
	var rec *ingest.Reconciliation
	err = r.s.Folder.Read(func(f *ingest.Folder) (err error) {
		rec, err = f.Reconcile(r.Context(), r.defs, q, name)
		return err
	})
	if err != nil {
		return err
	}
	p := reconcilePage{shell: r.shell("reconcile.page", "imports"), Source: name, Mapping: "/imports/sources/" + pathEscape(name) + "/mapping", Inputs: "/imports?source=" + escape(name)}
	p.Lead = r.reader.T("reconcile.title", map[string]any{"source": name, "count": rec.Inputs})
	if p.Controls, err = r.controls(v, period); err != nil {
		return err
	}
	p.Controls.Compare = nil // a walk is of one span of days
	if w.Period+w.From+w.To == "" {
		p.Controls.Period = r.reader.Text("period.all")
	}
	p.Records, p.Facts, p.Disagree = r.recordWalk(rec), r.meetings(rec.Facts), r.conflicts(rec)
	p.Walks = r.walks(v, rec)
	for _, g := range []*grid{&p.Records, &p.Facts, &p.Disagree} {
		r.offerRows(g)
	}
	for i := range p.Walks {
		r.offerRows(&p.Walks[i].Grid)
	}
	return r.page("reconcile", p)
}

func (r *request) recordWalk(rec *ingest.Reconciliation) grid {
	g := grid{ID: "records", Caption: r.reader.Text("reconcile.records"), Head: []gridHead{{Title: r.reader.Text("reconcile.records")}, {Title: r.reader.Text("column.count"), Numeric: true}}}
	c := rec.Records
	for _, x := range []counted{{"read", c.Read}, {"rejected", -c.Rejected}, {"skipped", -c.Skipped}, {"updated", -c.Updated}, {"unchanged", -c.Unchanged}, {"new", c.New}} {
		g.Rows = append(g.Rows, []cell{{Text: r.reader.Text("reconcile." + x.key), Header: true}, r.countCell(x.n)})
	}
	return g
}

func (r *request) meetings(list []duck.Meeting) grid {
	g := grid{ID: "facts", Caption: r.reader.Text("column.fact"), Head: []gridHead{{Title: r.reader.Text("column.fact")}}}
	for _, key := range []string{"column.rows", "reconcile.no_agent", "reconcile.provisional", "reconcile.no_lead", "reconcile.unknown_lead"} {
		g.Head = append(g.Head, gridHead{Title: r.reader.Text(key), Numeric: true})
	}
	for _, m := range list {
		row := []cell{{Text: r.fact(m.Fact), Header: true}}
		for _, n := range []int64{m.Rows, m.NoAgent, m.Provisional, m.NoLead, m.UnknownLead} {
			row = append(row, r.countCell(n))
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func (r *request) conflicts(rec *ingest.Reconciliation) grid {
	g := grid{ID: "conflicts", Caption: r.reader.Text("reconcile.conflicts"), Head: []gridHead{{Title: r.reader.Text("reconcile.conflicts")},
		{Title: r.reader.Text("column.count"), Numeric: true}, {Title: r.reader.Text("column.examples")}}}
	if !slices.ContainsFunc(rec.Facts, func(m duck.Meeting) bool { return m.Fact == "leads" }) {
		return grid{}
	}
	for _, c := range rec.Conflicts {
		g.Rows = append(g.Rows, []cell{{Text: r.reader.Text("reconcile.conflict." + c.Kind), Header: true}, r.countCell(c.Count), {Text: strings.Join(c.Examples, " · "), Class: "text"}})
	}
	return g
}

// walks shows each measure with what was left out and why, linked to the KPIs
// that use it.
func (r *request) walks(v view, rec *ingest.Reconciliation) (out []walkView) {
	var w *walkView
	var nothing []string
	for _, x := range rec.Walks {
		title := r.reader.T("reconcile.fact", map[string]any{"fact": r.fact(x.Fact), "count": x.Rows})
		if w == nil || w.Title != title {
			if w != nil {
				w.Nothing = r.nothingCounted(nothing)
			}
			out, nothing = append(out, walkView{Title: title}), nil
			w = &out[len(out)-1]
			w.Grid = grid{ID: fmt.Sprintf("walk-%d", len(out)), Caption: title, Head: []gridHead{{Title: r.reader.Text("column.measure")},
				{Title: r.reader.Text("column.counted"), Numeric: true}, {Title: r.reader.Text("column.left_out")}, {Title: r.reader.Text("column.used_by")}}}
		}
		if x.Counted == 0 {
			nothing = append(nothing, x.Measure)
			continue
		}
		used := cell{Class: "text"}
		if len(x.KPIs) > 0 {
			used.Text, used.URL = r.reader.Name(x.KPIs[0]), v.to("/kpi/"+x.KPIs[0], "source", rec.Source)
			if more := len(x.KPIs) - 1; more > 0 {
				used.Sub = r.reader.T("reconcile.more_kpis", map[string]any{"count": more})
			}
		}
		w.Grid.Rows = append(w.Grid.Rows, []cell{{Text: x.Measure, Header: true}, r.countCell(x.Counted), {Text: r.leftOut(x), Class: "text"}, used})
	}
	if w != nil {
		w.Nothing = r.nothingCounted(nothing)
	}
	return out
}

func (r *request) nothingCounted(measures []string) string {
	if len(measures) == 0 {
		return ""
	}
	for i, m := range measures {
		measures[i] = isolated(m)
	}
	return r.reader.T("reconcile.nothing", map[string]any{"measures": measures})
}

// isolated keeps a formula in its own direction within a sentence of the other.
func isolated(formula string) string { return "\u2066" + formula + "\u2069" }

func (r *request) leftOut(w kpi.Walk) string {
	var reasons []string
	for _, s := range w.Steps {
		if s.Out > 0 {
			reasons = append(reasons, r.reader.T("reconcile.reason", map[string]any{"count": s.Out, "condition": isolated(s.Condition)}))
		}
	}
	return strings.Join(reasons, " · ")
}

// diffView is what another mapping makes of a source's history.
type diffView struct {
	Facts   grid
	Columns []string
	Same    bool
}

func (r *request) diffView(d ingest.Diff) *diffView {
	v := &diffView{Same: true, Facts: grid{ID: "diff", Caption: r.reader.Text("editor.difference"), Head: []gridHead{{Title: r.reader.Text("column.fact")}}}}
	for _, key := range []string{"before", "after", "added", "removed", "altered"} {
		v.Facts.Head = append(v.Facts.Head, gridHead{Title: r.reader.Text("column." + key), Numeric: true})
	}
	for _, f := range d.Facts {
		row := []cell{{Text: r.fact(f.Fact), Header: true}}
		for _, n := range []int64{f.Before, f.After, f.Added, f.Removed, f.Altered} {
			row = append(row, r.countCell(n))
		}
		v.Facts.Rows = append(v.Facts.Rows, row)
		v.Same = v.Same && f.Added+f.Removed+f.Altered == 0
	}
	r.offerRows(&v.Facts)
	for _, c := range d.Columns {
		v.Columns = append(v.Columns, r.fact(c.Fact)+" · "+c.Column+": "+r.reader.T("mapping.column_altered", map[string]any{"count": c.Rows}))
	}
	return v
}
