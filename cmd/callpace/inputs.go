package main

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
)

type inputsCommand struct {
	Source string `placeholder:"NAME"`
}

// Run lists what has arrived.
func (c *inputsCommand) Run(ctx context.Context, a *app) error {
	return a.look(ctx, func(f *ingest.Folder) error {
		all, err := f.Inputs(ctx)
		if err != nil {
			return err
		}
		inputs := all[:0]
		for _, in := range all {
			if c.Source == "" || in.Source == c.Source {
				inputs = append(inputs, in)
			}
		}
		head := []string{"input", "source", "file", "arrived", "status", "read", "new", "updated", "unchanged", "skipped", "rejected"}
		plain := func(n int64) string { return fmt.Sprint(n) }
		switch a.Output {
		case "json":
			return writeJSON(a.stdout, inputs)
		case "csv":
			var rows [][]string
			for _, in := range inputs {
				rows = append(rows, append([]string{fmt.Sprint(in.Input), in.Source, in.Name, in.Arrived.UTC().Format(time.RFC3339), in.Status}, countCells(in.Counts, plain)...))
			}
			return writeCSV(a.stdout, head, rows)
		}
		clock, err := f.Settings().Clock()
		if err != nil {
			return err
		}
		g := grid{right: []bool{true, false, false, false, false, true, true, true, true, true, true}}
		for _, h := range head {
			g.head = append(g.head, a.text("column."+h))
		}
		for _, in := range inputs {
			g.add(append([]string{a.say.Digits(fmt.Sprint(in.Input)), in.Source, in.Name, a.reader(nil).Moment(in.Arrived, clock, "15:04"), a.text("status." + in.Status)},
				countCells(in.Counts, a.say.Int)...)...)
		}
		g.print(a.stdout)
		return nil
	})
}

type withdrawCommand struct {
	Input     int  `arg:"" placeholder:"INPUT"`
	WithLater bool ``
}

// Run takes an input back.
func (c *withdrawCommand) Run(ctx context.Context, a *app) error {
	return a.replace(ctx, func(f *ingest.Folder) error {
		if err := a.audited(ctx, auth.Withdrawn, fmt.Sprint(c.Input), nil); err != nil {
			return err
		}
		gone, err := f.Withdraw(ctx, c.Input, c.WithLater)
		if err != nil {
			return err
		}
		if a.Output == "json" {
			return writeJSON(a.stdout, map[string]any{"withdrawn": gone})
		}
		a.endProgress()
		for _, n := range gone {
			a.line("withdraw.done", "input", n)
		}
		return nil
	})
}
