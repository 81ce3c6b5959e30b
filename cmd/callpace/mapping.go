package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/mapping"
)

type mappingCommand struct {
	Guess mappingGuessCommand `cmd:""`
	Check mappingCheckCommand `cmd:""`

	Apply  mappingApplyCommand  `cmd:""`
	Schema mappingSchemaCommand `cmd:""`
}

type mappingGuessCommand struct {
	File string `arg:"" type:"existingfile"`
}

// Run drafts a mapping; it needs no data folder, but uses its settings where there is one.
func (c *mappingGuessCommand) Run(ctx context.Context, a *app) error {
	settings := facts.Settings{Zone: "UTC"}
	if ingest.Exists(a.Data) {
		if err := a.with(ctx, func(f *ingest.Folder) error { settings = f.Settings(); return nil }); err != nil {
			return err
		}
	}
	head, err := readHead(ctx, c.File)
	if err != nil {
		return err
	}
	text, err := mapping.Guess(head, filepath.Base(c.File), settings, a.say.T)
	if err != nil {
		return err
	}
	_, err = io.WriteString(a.stdout, text)
	return err
}

// readHead reads the beginning of a file, unpacked.
func readHead(ctx context.Context, path string) ([]byte, error) {
	r, err := journal.Unpacked(ctx, path, func() (io.ReadCloser, error) { return os.Open(path) })
	if err != nil {
		return nil, err
	}
	limit := int64(source.HeadSize)
	if filepath.Ext(path) == ".xlsx" {
		limit = source.MaxWhole
	}
	head, err := io.ReadAll(io.LimitReader(r, limit))
	return head, errors.Join(err, r.Close())
}

type mappingCheckCommand struct {
	Mapping string `arg:"" type:"existingfile"`
	File    string `arg:"" optional:"" type:"existingfile"`
}

// Run checks a mapping file, and that it fits a file where one is given.
func (c *mappingCheckCommand) Run(ctx context.Context, a *app) error {
	text, err := os.ReadFile(c.Mapping)
	if err != nil {
		return callpace.E(callpace.NotFound, "import.mapping_unreadable", "path", c.Mapping).Because(err)
	}
	if _, err := mapping.Parse(string(text)); err != nil {
		return err
	}
	if c.File != "" {
		head, err := readHead(ctx, c.File)
		if err != nil {
			return err
		}
		spec := source.Spec{Source: "check", Format: "mapping", Mapping: string(text), Settings: facts.Settings{Zone: "UTC", Currency: "EUR"}}
		if _, err := mapping.New().Open(spec, head); err != nil {
			return err
		}
	}
	a.line("mapping.sound", "path", c.Mapping)
	return nil
}

type mappingApplyCommand struct {
	Mapping string `arg:"" type:"existingfile"`
	Source  string `required:"" placeholder:"NAME"`
	From    int    `placeholder:"INPUT" xor:"which" required:""`
	All     bool   `xor:"which" required:""`
	DryRun  bool   ``
}

// Run reads history again with another mapping.
func (c *mappingApplyCommand) Run(ctx context.Context, a *app) error {
	spec, err := (&reading{Source: c.Source, Mapping: c.Mapping}).spec()
	if err != nil {
		return err
	}
	return a.replace(ctx, func(f *ingest.Folder) error {
		if !c.DryRun {
			if err := a.audited(ctx, auth.MappingApplied, spec.Source, map[string]any{"from": c.From}); err != nil {
				return err
			}
		}
		diff, err := f.ApplyMapping(ctx, spec, c.From, c.DryRun)
		if err != nil {
			return err
		}
		a.endProgress()
		if a.Output == "json" {
			return writeJSON(a.stdout, diff)
		}
		a.printDiff(diff)
		if c.DryRun {
			a.line("mapping.dry_run")
		} else {
			a.line("mapping.applied", "count", diff.Inputs)
		}
		return nil
	})
}

func (a *app) printDiff(diff ingest.Diff) {
	g := grid{right: []bool{false, true, true, true, true, true}}
	for _, h := range []string{"fact", "before", "after", "added", "removed", "altered"} {
		g.head = append(g.head, a.text("column."+h))
	}
	for _, d := range diff.Facts {
		g.add(d.Fact, a.say.Int(d.Before), a.say.Int(d.After), a.say.Int(d.Added), a.say.Int(d.Removed), a.say.Int(d.Altered))
	}
	g.print(a.stdout)
	for _, col := range diff.Columns {
		fmt.Fprintf(a.stdout, "  %s.%s: %s\n", col.Fact, col.Column, a.say.T("mapping.column_altered", map[string]any{"count": col.Rows}))
	}
}

type mappingSchemaCommand struct{}

// Run prints the JSON schema of mapping files.
func (mappingSchemaCommand) Run(a *app) error {
	_, err := a.stdout.Write(mapping.Schema())
	return err
}
