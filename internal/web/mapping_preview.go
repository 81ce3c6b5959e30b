package web

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/source"
)

// previewView is what the beginning of a file is understood as.
type previewView struct {
	Fault    string // why it cannot be read at all
	Summary  string
	Facts    []grid
	Rejects  []rejectView
	Warnings []string
	Good     bool
}

// rejectView is a record that could not be understood.
type rejectView struct {
	Line   string
	Reason string
	Raw    string
}

const (
	previewRows    = 8
	previewRejects = 10
)

// previewDraft reads the beginning of a draft's first file as an import would.
func (r *request) previewDraft(d *draft) *previewView {
	v := &previewView{}
	var b *facts.Batch
	err := r.s.Folder.Look(func(f *ingest.Folder) (err error) {
		delivery, err := r.sampleOf(f, d)
		if err != nil {
			return err
		}
		b, err = f.Preview(r.Context(), delivery)
		return err
	})
	if err == nil {
		err = v.fill(r, b)
	}
	if err != nil {
		v.Fault = r.reader.Error(err)
	}
	return v
}

func (v *previewView) fill(r *request, b *facts.Batch) error {
	clock, err := r.settings.Clock()
	if err != nil {
		return err
	}
	v.Summary = r.reader.T("preview.summary", map[string]any{"count": b.Read, "skipped": b.Skipped, "rejected": len(b.Rejects)})
	v.Good = b.Read > 0 && len(b.Rejects) == 0
	for _, rows := range b.Tables {
		if rows != nil && rows.N > 0 {
			v.Facts = append(v.Facts, r.previewTable(b.Records, rows, clock))
		}
	}
	for _, x := range b.Rejects[:min(previewRejects, len(b.Rejects))] {
		v.Rejects = append(v.Rejects, rejectView{fmt.Sprint(x.Line), r.reader.Message(x.Reason), x.Raw})
	}
	v.Warnings = r.warned(b.Warnings)
	return nil
}

// warned tells each kind of warning once, with its first line.
func (r *request) warned(list []facts.Warning) (out []string) {
	var kinds []ingest.WarningCount
	for _, w := range list {
		i := slices.IndexFunc(kinds, func(k ingest.WarningCount) bool { return k.Reason.Key == w.Reason.Key })
		if i < 0 {
			i, kinds = len(kinds), append(kinds, ingest.WarningCount{Reason: w.Reason, Line: w.Line})
		}
		kinds[i].Count++
	}
	return r.warningTexts(kinds)
}

func (r *request) warningTexts(kinds []ingest.WarningCount) (out []string) {
	for _, k := range kinds {
		out = append(out, r.reader.T("input.warning", map[string]any{"text": r.reader.Message(k.Reason), "line": k.Line, "count": k.Count}))
	}
	return out
}

// previewTable shows the first rows of a fact, with the columns that say something.
func (r *request) previewTable(records []facts.Record, rows *facts.Rows, clock *facts.Clock) grid {
	g := grid{ID: "preview-" + rows.Table.Name, Caption: r.reader.T("preview.fact", map[string]any{"fact": r.fact(rows.Table.Name), "count": rows.N})}
	g.Head = []gridHead{{Title: r.reader.Text("column.line"), Numeric: true}}
	n := min(previewRows, rows.N)
	for row := range n {
		g.Rows = append(g.Rows, []cell{{Text: r.reader.Digits(fmt.Sprint(records[rows.Record[row]].Line)), Class: "num"}})
	}
	add := func(name string, text func(row int) string) {
		texts, some := make([]string, n), false
		for row := range n {
			texts[row] = text(row)
			some = some || texts[row] != ""
		}
		if !some {
			return
		}
		g.Head = append(g.Head, gridHead{Title: name})
		for row := range n {
			g.Rows[row] = append(g.Rows[row], cell{Text: texts[row]})
		}
	}
	for i, c := range rows.Table.Columns {
		if (present.Bookkeeping(c.Name) || c.Kind == facts.Hash) && c.Name != "agent_alias" && c.Name != "lead_ref" || c.Name == "source" {
			continue
		}
		col, name := &rows.Cols[i], strings.TrimSuffix(c.Name, "_at")
		hour := rows.Table.Col(name + "_hour")
		add(r.field(shownAs(name)), func(row int) string {
			if c.Kind == facts.Instant && hour >= 0 && col.Has(row) && !rows.Cols[hour].Has(row) {
				return present.Day(clock.Moment(time.UnixMicro(col.Int(row))).Day) // no time of day is known
			}
			return present.Cell(c.Kind, kpi.Cell{Valid: col.Has(row), Int: col.Int(row), Text: col.Text(row)}, clock)
		})
	}
	for _, name := range slices.Sorted(maps.Keys(rows.Attrs)) {
		add("attr."+name, func(row int) string { return rows.Attrs[name].Text(row) })
	}
	return g
}

// shownAs is the field of a mapping that fills a column.
func shownAs(column string) string {
	switch column {
	case "agent_alias":
		return "agent"
	case "lead_ref":
		return "lead"
	}
	return column
}

// fact names a fact.
func (r *request) fact(name string) string {
	base, number, _ := strings.Cut(name, "#")
	if text := "fact." + base; r.reader.Has(text) {
		base = r.reader.Text(text)
	}
	return strings.TrimSpace(base + " " + cmp.Or(number, ""))
}

// sampleOf is the draft's first file, or the beginning of what the source sent.
func (r *request) sampleOf(f *ingest.Folder, d *draft) (ingest.Delivery, error) {
	if !d.Again() {
		if len(d.Files) == 0 {
			return ingest.Delivery{}, callpace.E(callpace.NotFound, "upload.no_draft")
		}
		return d.delivery(d.Files[0]), nil
	}
	head, err := f.Sample(r.Context(), d.Input)
	if err != nil {
		return ingest.Delivery{}, err
	}
	return ingest.Delivery{Spec: d.spec(), Name: d.Source, Open: opened(head[:min(len(head), source.MaxWhole)])}, nil
}
