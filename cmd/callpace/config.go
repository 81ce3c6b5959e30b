package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goals"
)

type configCommand struct {
	Export configExportCommand `cmd:""`
	Apply  configApplyCommand  `cmd:""`
}

type configExportCommand struct{}

// Run writes the goals as YAML.
func (c *configExportCommand) Run(ctx context.Context, a *app) error {
	return a.book(ctx, func(b goals.Book) error {
		data, err := b.Export(ctx)
		if err != nil {
			return err
		}
		_, err = a.stdout.Write(data)
		return err
	})
}

type configApplyCommand struct {
	DryRun bool   ``
	File   string `arg:"" name:"file" placeholder:"FILE" type:"existingfile"`
}

// mostConfig bounds a configuration.
const mostConfig = 4 << 20

// Run takes goals over from YAML, and shows what that changes.
func (c *configApplyCommand) Run(ctx context.Context, a *app) error {
	f, err := os.Open(c.File)
	if err != nil {
		return callpace.E(callpace.NotFound, "goals.unreadable", "path", c.File).Because(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostConfig))
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	return a.book(ctx, func(b goals.Book) error {
		changes, err := b.Diff(ctx, data)
		if err != nil {
			return err
		}
		if !c.DryRun {
			if err := b.Apply(ctx, changes, console); err != nil {
				return err
			}
		}
		if a.Output == "json" {
			return writeJSON(a.stdout, goals.DiffAnswer(changes))
		}
		for _, ch := range changes {
			if ch.Was == nil {
				a.line("goals.diff.new")
			} else {
				a.line("goals.diff.changed", "id", ch.Was.ID)
			}
			for _, l := range ch.Lines {
				fmt.Fprintln(a.stdout, "  "+printable(l.Sign+" "+l.Text))
			}
		}
		key := "goals.diff.applied"
		if c.DryRun {
			key = "goals.diff.would"
		}
		a.line(key, "count", len(changes))
		return nil
	})
}
