package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/ingest"
)

type rosterCommand struct {
	Unresolved bool ``
}

// Run lists agents, with the spellings that wait to be resolved.
func (c *rosterCommand) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(f *ingest.Folder) error {
		agents, err := f.Store().Agents(ctx)
		if err != nil {
			return err
		}
		if c.Unresolved {
			agents = slices.DeleteFunc(agents, func(x duck.Agent) bool { return !x.Provisional })
		}
		a.endProgress()
		head := []string{"agent", "team", "aliases", "provisional", "sources", "rows"}
		switch a.Output {
		case "json":
			return writeJSON(a.stdout, agents)
		case "csv":
			var rows [][]string
			for _, x := range agents {
				rows = append(rows, []string{x.Name, x.Team, strings.Join(x.Aliases, ";"), fmt.Sprint(x.Provisional), strings.Join(x.Sources, ";"), fmt.Sprint(x.Rows)})
			}
			return writeCSV(a.stdout, head, rows)
		}
		g := grid{head: []string{a.text("column.agent"), a.text("column.team"), a.text("column.alias"), a.text("column.source"), a.text("column.rows")}, right: []bool{false, false, false, false, true}}
		unresolved := 0
		for _, x := range agents {
			name := x.Name
			if x.Provisional {
				unresolved++
				name += " ?"
			}
			g.add(name, x.Team, strings.Join(x.Aliases, ", "), strings.Join(x.Sources, ", "), a.say.Int(x.Rows))
		}
		g.print(a.stdout)
		if unresolved > 0 {
			a.line("roster.unresolved", "count", unresolved)
		}
		return nil
	})
}
