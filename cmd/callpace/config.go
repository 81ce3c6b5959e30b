package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

type configCommand struct {
	Export configExportCommand `cmd:""`
	Apply  configApplyCommand  `cmd:""`
}

type configExportCommand struct{}

// Run writes the organisation's definitions and goals as YAML.
func (c *configExportCommand) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(f *ingest.Folder) error {
		return a.bookOn(ctx, f, f.Catalogue(), func(b goals.Book) error {
			data, err := b.Export(ctx)
			if err != nil {
				return err
			}
			_, err = a.stdout.Write(append(kpi.YAML(f.Policy().Own()), data...))
			return err
		})
	})
}

type configApplyCommand struct {
	DryRun bool   ``
	File   string `arg:"" name:"file" placeholder:"FILE" type:"existingfile"`
}

// mostConfig bounds a configuration.
const mostConfig = 4 << 20

// Run takes definitions and goals over from YAML, and shows what that changes.
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
	return a.replace(ctx, func(f *ingest.Folder) error {
		was := f.Policy()
		next, defined, err := was.Define(kpi.File{Name: c.File, Data: data}, console, a.now())
		if err != nil {
			return err
		}
		defs, err := next.Catalogue()
		if err != nil {
			return err
		}
		return a.bookOn(ctx, f, defs, func(b goals.Book) error {
			changes, err := b.Diff(ctx, data)
			if err != nil {
				return err
			}
			if !c.DryRun {
				if err := a.audited(ctx, auth.SettingsChanged, "config", map[string]any{"goals": len(changes), "kpis": len(defined)}); err != nil {
					return err
				}
				for _, d := range defined {
					if err := a.audited(ctx, auth.KPIDefined, d.ID, map[string]any{"version": d.Version}); err != nil {
						return err
					}
				}
				if len(defined) > 0 {
					if err := f.SetPolicy(ctx, next); err != nil {
						return err
					}
				}
				if err := b.Apply(ctx, changes, console); err != nil {
					return err
				}
			}
			return c.print(a, was, defined, changes)
		})
	})
}

// bookOn runs fn on the goals, held against some catalogue.
func (a *app) bookOn(ctx context.Context, f *ingest.Folder, defs *kpi.Catalogue, fn func(goals.Book) error) error {
	return a.stateful(ctx, func(s store.State) error {
		desk, err := a.deskOn(ctx, f, s)
		if err != nil {
			return err
		}
		desk.Catalogue = defs
		a.endProgress()
		return fn(goals.Book{State: s, Desk: desk, Now: a.now()})
	})
}

// print tells what a configuration changes, or would.
func (c *configApplyCommand) print(a *app, was kpi.Policy, defined []kpi.Definition, changes []goals.Change) error {
	list := definitionChanges(was, defined)
	if a.Output == "json" {
		return writeJSON(a.stdout, append(list, goals.DiffAnswer(changes)...))
	}
	for _, ch := range list {
		key := "definitions.changed"
		if ch.New {
			key = "definitions.new"
		}
		a.line(key, "id", ch.ID)
		for _, l := range ch.Lines {
			fmt.Fprintln(a.stdout, "  "+printable(l))
		}
	}
	for _, ch := range changes {
		if ch.Chain != "" {
			a.line("goals.diff.chain", "name", ch.Chain)
		} else if ch.Was == nil {
			a.line("goals.diff.new")
		} else {
			a.line("goals.diff.changed", "id", ch.Was.ID)
		}
		for _, l := range ch.Lines {
			fmt.Fprintln(a.stdout, "  "+printable(l.Sign+" "+l.Text))
		}
	}
	how := "applied"
	if c.DryRun {
		how = "would"
	}
	if len(list) > 0 {
		a.line("definitions."+how, "count", len(list))
	}
	if len(changes) > 0 || len(list) == 0 {
		a.line("goals.diff."+how, "count", len(changes))
	}
	return nil
}

// definitionChanges are the changes of definitions, as those of goals are told.
func definitionChanges(was kpi.Policy, defined []kpi.Definition) []goals.ChangeAnswer {
	list := []goals.ChangeAnswer{}
	for _, d := range defined {
		before := ""
		if versions := was.Versions(d.Kind, d.ID); len(versions) > 0 {
			before = versions[len(versions)-1].Body
		}
		x := goals.ChangeAnswer{Kind: string(d.Kind), ID: d.ID, New: before == ""}
		for _, l := range goals.Compare(before, d.Body) {
			x.Lines = append(x.Lines, l.Sign+" "+l.Text)
		}
		list = append(list, x)
	}
	return list
}
