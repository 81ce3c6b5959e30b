package main

import (
	"fmt"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
)

// printFrame writes an answer in the form asked for. All forms come from the
// frame alone, so they agree.
func (a *app) printFrame(defs *kpi.Catalogue, f *kpi.Frame, intervals bool) error {
	switch a.Output {
	case "csv":
		head, rows := present.Records(f, intervals)
		return writeCSV(a.stdout, head, rows)
	case "json":
		return writeJSON(a.stdout, a.reader(defs).Answer(f))
	}
	t := a.reader(defs).Table(f, intervals)
	a.printTable(t)
	for _, note := range t.Notes {
		fmt.Fprintln(a.stdout, note)
	}
	a.printCompared(f)
	return nil
}

// printCompared says what the figures were compared with, and what the marks of changes mean.
func (a *app) printCompared(f *kpi.Frame) {
	if f.Compare == nil {
		return
	}
	a.line("kpi.compared_with", "from", a.say.Date(f.Compare.From), "to", a.say.Date(f.Compare.To-1))
	for _, row := range f.Rows {
		for _, x := range row.Figures {
			if c := x.Compared; c != nil && c.Valid && !c.Judged {
				a.line("kpi.unjudged")
				return
			}
		}
	}
}

// reader is who reads the answers of this command.
func (a *app) reader(defs *kpi.Catalogue) present.Reader {
	return present.Reader{Localizer: a.say, Catalogue: defs}
}

func (a *app) printTable(t present.Table) {
	g := grid{unfold: true}
	for _, h := range t.Head {
		g.head, g.right = append(g.head, h.Title), append(g.right, h.Numeric)
	}
	for _, row := range t.Rows {
		g.add(row...)
	}
	g.print(a.stdout)
}
