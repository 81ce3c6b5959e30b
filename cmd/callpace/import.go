package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/source"
)

// reading says how inputs are to be read: shared by import and watch.
type reading struct {
	Source  string            `required:"" placeholder:"NAME"`
	Format  string            `placeholder:"FORMAT" xor:"how"`
	Mapping string            `placeholder:"FILE" type:"existingfile" xor:"how"`
	Option  map[string]string `placeholder:"NAME=VALUE"`
}

// spec makes the specification that goes into the journal with every input.
func (r *reading) spec() (source.Spec, error) {
	s := source.Spec{Source: r.Source, Format: r.Format, Options: r.Option}
	switch {
	case r.Mapping != "":
		text, err := os.ReadFile(r.Mapping)
		if err != nil {
			return s, callpace.E(callpace.NotFound, "import.mapping_unreadable", "path", r.Mapping).Because(err)
		}
		s.Format, s.Mapping = "mapping", string(text)
	case r.Format == "":
		return s, usageError{callpace.E(callpace.Invalid, "import.how", "known", formats.All().Names())}
	}
	return s, nil
}

type importCommand struct {
	reading
	Continue int      `placeholder:"INPUT"`
	DryRun   bool     ``
	Rows     int      `default:"5" placeholder:"N"`
	Files    []string `arg:"" name:"files" type:"existingfile"`
}

// importResult is the JSON of an import: the counts of all files.
type importResult struct {
	facts.Counts
	Inputs []ingest.Report `json:"inputs"`
}

// Run takes files in.
func (c *importCommand) Run(ctx context.Context, a *app) error {
	spec, err := c.spec()
	if err != nil {
		return err
	}
	return a.write(ctx, func(f *ingest.Folder) error {
		if c.DryRun {
			return a.preview(ctx, f, spec, c.Files, c.Rows)
		}
		if err := a.audited(ctx, auth.Imported, spec.Source, map[string]any{"files": len(c.Files)}); err != nil {
			return err
		}
		result := importResult{}
		for _, path := range c.Files {
			r, err := f.Import(ctx, ingest.Delivery{Spec: spec, Name: filepath.Base(path), Continue: c.Continue,
				Open: func() (io.ReadCloser, error) { return os.Open(path) }})
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			result.Inputs = append(result.Inputs, r)
			result.Counts = result.Counts.Add(r.Counts)
		}
		a.endProgress()
		return a.printImport(result)
	})
}

func (a *app) printImport(r importResult) error {
	head := []string{"input", "file", "read", "new", "updated", "unchanged", "skipped", "rejected"}
	switch a.Output {
	case "json":
		return writeJSON(a.stdout, r)
	case "csv":
		var rows [][]string
		for _, in := range r.Inputs {
			rows = append(rows, append([]string{fmt.Sprint(in.Input), in.Name}, countCells(in.Counts, func(n int64) string { return fmt.Sprint(n) })...))
		}
		return writeCSV(a.stdout, head, rows)
	}
	g := grid{right: []bool{true, false, true, true, true, true, true, true}}
	for _, h := range head {
		g.head = append(g.head, a.text("column."+h))
	}
	for _, in := range r.Inputs {
		g.add(append([]string{fmt.Sprint(in.Input), in.Name}, countCells(in.Counts, a.say.Int)...)...)
	}
	g.print(a.stdout)
	for _, in := range r.Inputs {
		if in.Recognised {
			a.line("import.recognised", "file", in.Name, "input", in.Input)
		}
		if in.Rejects != "" {
			a.line("import.rejects", "count", in.Rejected, "path", in.Rejects)
		}
	}
	a.printWarnings(r.Inputs)
	return nil
}

// printWarnings tells each kind of warning once for all files, with the first
// place where it was met.
func (a *app) printWarnings(inputs []ingest.Report) {
	type first struct {
		ingest.WarningCount
		file string
	}
	var kinds []*first
	for _, in := range inputs {
	next:
		for _, w := range in.Warnings {
			for _, k := range kinds {
				if k.Reason.Key == w.Reason.Key {
					k.Count += w.Count
					continue next
				}
			}
			kinds = append(kinds, &first{w, in.Name})
		}
	}
	for _, k := range kinds {
		a.line("import.warning", "count", k.Count, "text", a.say.Message(k.Reason), "line", k.Line, "file", k.file)
	}
}

func countCells(c facts.Counts, format func(int64) string) []string {
	var cells []string
	for _, n := range []int64{c.Read, c.New, c.Updated, c.Unchanged, c.Skipped, c.Rejected} {
		cells = append(cells, format(n))
	}
	return cells
}
