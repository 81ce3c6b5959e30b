package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/source"
)

// preview shows how the beginning of each file is understood.
func (a *app) preview(ctx context.Context, f *ingest.Folder, spec source.Spec, paths []string, rows int) error {
	clock, err := f.Settings().Clock()
	if err != nil {
		return err
	}
	for _, path := range paths {
		b, err := f.Preview(ctx, ingest.Delivery{Spec: spec, Name: filepath.Base(path), Open: func() (io.ReadCloser, error) { return os.Open(path) }})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := a.printPreview(filepath.Base(path), b, rows, clock); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) printPreview(name string, b *facts.Batch, most int, clock *facts.Clock) error {
	if a.Output == "json" {
		out := map[string]any{"file": name, "read": b.Read, "skipped": b.Skipped, "rejected": len(b.Rejects)}
		tables := map[string]any{}
		for _, r := range b.Tables {
			if r != nil {
				head, rows := previewRows(b.Records, r, most, clock)
				list := []map[string]string{}
				for _, row := range rows {
					m := map[string]string{}
					for i, v := range row {
						if v != "" {
							m[head[i]] = v
						}
					}
					list = append(list, m)
				}
				tables[r.Table.Name] = list
			}
		}
		out["facts"] = tables
		return writeJSON(a.stdout, out)
	}
	a.line("preview.title", "file", name, "count", b.Read, "skipped", b.Skipped, "rejected", len(b.Rejects))
	for _, r := range b.Tables {
		if r == nil || r.N == 0 {
			continue
		}
		head, rows := previewRows(b.Records, r, most, clock)
		fmt.Fprintf(a.stdout, "\n%s\n", a.say.T("preview.fact", map[string]any{"fact": r.Table.Name, "count": r.N}))
		printRecords(a.stdout, head, rows)
	}
	for _, x := range b.Rejects[:min(most, len(b.Rejects))] {
		fmt.Fprintln(a.stdout)
		a.line("preview.reject", "line", x.Line, "text", a.say.Message(x.Reason), "row", shorten(x.Raw))
	}
	return nil
}

// printRecords prints one field a line and one row a column, since a fact has
// more fields than a terminal has room for columns.
func printRecords(w io.Writer, head []string, rows [][]string) {
	g := grid{head: []string{"line"}}
	for _, row := range rows {
		g.head = append(g.head, row[0])
	}
	for i := 1; i < len(head); i++ {
		cells := []string{head[i]}
		for _, row := range rows {
			cells = append(cells, shorten(row[i]))
		}
		if strings.Join(cells[1:], "") != "" {
			g.add(cells...)
		}
	}
	g.print(w)
}

func shorten(s string) string {
	const most = 24
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// previewRows are the first rows of a table with the line that each came from.
func previewRows(lines []facts.Record, r *facts.Rows, most int, clock *facts.Clock) (head []string, rows [][]string) {
	head = []string{"line"}
	var cols []int
	for i, c := range r.Table.Columns {
		// What was read before it is resolved is all there is yet.
		if !present.Bookkeeping(c.Name) && c.Kind != facts.Hash || c.Name == "agent_alias" || c.Name == "lead_ref" {
			cols, head = append(cols, i), append(head, c.Name)
		}
	}
	attrs := make([]string, 0, len(r.Attrs))
	for name := range r.Attrs {
		attrs = append(attrs, name)
	}
	slices.Sort(attrs)
	for _, name := range attrs {
		head = append(head, "attr."+name)
	}
	for row := range min(most, r.N) {
		cells := []string{fmt.Sprint(lines[r.Record[row]].Line)}
		for _, i := range cols {
			v := &r.Cols[i]
			cells = append(cells, present.Cell(r.Table.Columns[i].Kind, kpi.Cell{Valid: v.Has(row), Int: v.Int(row), Text: v.Text(row)}, clock))
		}
		for _, name := range attrs {
			cells = append(cells, r.Attrs[name].Text(row))
		}
		rows = append(rows, cells)
	}
	return head, rows
}
