package main

import (
	"context"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/present"
)

type rowsCommand struct {
	asked
	Limit int    `default:"20" placeholder:"N"`
	Kpi   string `arg:"" name:"kpi" placeholder:"KPI"`
}

// Run shows the rows behind a number.
func (c *rowsCommand) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(f *ingest.Folder) error {
		defs, err := catalogue(f, c.Definitions)
		if err != nil {
			return err
		}
		q, _, err := a.query(f, c.words(c.Kpi))
		if err != nil {
			return err
		}
		engine := f.Store().Engine()
		spec, err := defs.RowsBehind(ctx, engine, q, nil)
		if err != nil {
			return err
		}
		spec.Limit = c.Limit
		count, err := engine.Count(ctx, *spec)
		if err != nil {
			return err
		}
		set, err := engine.Rows(ctx, *spec)
		if err != nil {
			return err
		}
		clock, err := f.Settings().Clock()
		if err != nil {
			return err
		}
		a.endProgress()
		return a.printRows(present.RowText{Reader: a.reader(defs), Clock: clock, Fact: spec.Fact, Set: set, Currency: f.Settings().Currency}, count)
	})
}

// printRows writes a listing. People see the columns that have a value in any
// row and are no bookkeeping; programs see them all.
func (a *app) printRows(rows present.RowText, count int64) error {
	l := present.List(rows.Set, rows.Clock)
	switch a.Output {
	case "csv":
		return writeCSV(a.stdout, l.Head, l.Rows)
	case "json":
		list := []map[string]any{}
		for _, row := range l.Rows {
			m := map[string]any{}
			for i, v := range row {
				m[l.Head[i]] = nullable(v)
			}
			list = append(list, m)
		}
		return writeJSON(a.stdout, map[string]any{"count": count, "rows": list})
	}
	if len(l.Rows) > 0 {
		a.printTable(rows.Table())
	}
	a.line("rows.count", "count", count, "shown", len(l.Rows))
	return nil
}

// nullable turns the empty text of a null into one.
func nullable(v string) any {
	if v == "" {
		return nil
	}
	return v
}
