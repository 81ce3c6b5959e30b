package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/ingest"
)

type changesCommand struct {
	Input int `placeholder:"INPUT"`
}

// Run tells how figures of past months changed.
func (c *changesCommand) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(f *ingest.Folder) error {
		changes, err := f.Store().Changes(ctx, duck.ChangeFilter{Input: c.Input})
		if err != nil {
			return err
		}
		a.endProgress()
		switch a.Output {
		case "json":
			return writeJSON(a.stdout, changesJSON(changes))
		case "csv":
			var rows [][]string
			for _, x := range changes {
				rows = append(rows, []string{fmt.Sprint(x.Input), x.Month, x.Measure, x.Before.String(), x.After.String(),
					fmt.Sprint(x.Cancelled), fmt.Sprint(x.Changed), fmt.Sprint(x.Added), fmt.Sprint(x.Removed)})
			}
			return writeCSV(a.stdout, []string{"input", "month", "measure", "before", "after", "cancelled", "changed", "added", "removed"}, rows)
		}
		if len(changes) == 0 {
			a.line("changes.none")
			return nil
		}
		reader, currency := a.reader(f.Catalogue()), f.Settings().Currency
		for _, x := range changes {
			a.line("changes.line", "month", x.Month, "kpi", reader.Name(x.Measure), "before", reader.Corrected(x.Measure, x.Before, currency), "after", reader.Corrected(x.Measure, x.After, currency),
				"reasons", a.reasons(x), "input", x.Input)
		}
		return nil
	})
}

// changesJSON is the log for programs, the figures exactly.
func changesJSON(changes []duck.Change) []map[string]any {
	list := []map[string]any{}
	for _, x := range changes {
		list = append(list, map[string]any{"input": x.Input, "month": x.Month, "measure": x.Measure,
			"before": json.Number(x.Before.String()), "after": json.Number(x.After.String()),
			"cancelled": x.Cancelled, "changed": x.Changed, "added": x.Added, "removed": x.Removed})
	}
	return list
}

// reasons names what changed the records behind a figure.
func (a *app) reasons(x duck.Change) []string {
	var out []string
	for _, r := range []struct {
		key string
		n   int64
	}{{"changes.cancelled", x.Cancelled}, {"changes.changed", x.Changed}, {"changes.added", x.Added}, {"changes.removed", x.Removed}} {
		if r.n > 0 {
			out = append(out, a.say.T(r.key, map[string]any{"count": r.n}))
		}
	}
	if len(out) == 0 {
		out = append(out, a.text("changes.other"))
	}
	return out
}
