package main

import (
	"context"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
)

type initCommand struct {
	Zone      string `required:"" placeholder:"ZONE"`
	Currency  string `required:"" placeholder:"CODE"`
	Country   string `placeholder:"CODE"`
	WeekStart string `enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday" default:"monday" placeholder:"DAY"`
	Calendar  string `enum:"gregorian,solar-hijri" default:"gregorian" placeholder:"NAME"`
}

// Run makes a data folder.
func (c *initCommand) Run(ctx context.Context, a *app) error {
	s := facts.Settings{Zone: c.Zone, Currency: strings.ToUpper(c.Currency), Country: strings.ToUpper(c.Country),
		Calendar: facts.Calendar(c.Calendar), CreditDays: 30, CallbackMinutes: 60}
	s.WeekStart = weekday(c.WeekStart)
	if err := ingest.CheckSettings(s); err != nil {
		return usageError{err}
	}
	if err := ingest.Init(ctx, a.Data, s, a.now()); err != nil {
		return err
	}
	if a.Output == "json" {
		return writeJSON(a.stdout, s)
	}
	a.line("init.done", "dir", a.Data, "zone", s.Zone, "currency", s.Currency)
	return nil
}

// weekday reads the English name of a day.
func weekday(name string) time.Weekday {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(d.String(), name) {
			return d
		}
	}
	return time.Monday
}

type versionCommand struct{}

// version is set when a release is built.
var version = "dev"

// Run prints the version.
func (versionCommand) Run(a *app) error {
	a.line("version.line", "version", version)
	return nil
}

type rebuildCommand struct{}

// Run makes the facts anew from the journal.
func (rebuildCommand) Run(ctx context.Context, a *app) error {
	return a.replace(ctx, func(f *ingest.Folder) error {
		if err := a.audited(ctx, auth.Rebuilt, "", nil); err != nil {
			return err
		}
		if a.folder != nil || !f.Rebuilt() { // as opening it may have had to
			if err := f.Rebuild(ctx); err != nil {
				return err
			}
		}
		inputs, err := f.Inputs(ctx)
		if err != nil {
			return err
		}
		var sum facts.Counts
		for _, in := range inputs {
			sum = sum.Add(in.Counts)
		}
		if a.Output == "json" {
			return writeJSON(a.stdout, sum)
		}
		a.endProgress()
		a.line("rebuild.done", "count", len(inputs), "records", sum.Read)
		return nil
	})
}

type verifyCommand struct{}

// Run checks every digest of the journal.
func (verifyCommand) Run(ctx context.Context, a *app) error {
	return a.turn(ctx, func(f *ingest.Folder) error {
		r, err := f.Verify(ctx)
		if err != nil {
			return err
		}
		a.endProgress()
		if a.Output == "json" {
			if err := writeJSON(a.stdout, map[string]any{"segments": r.Segments, "entries": r.Frames, "bytes": r.Bytes, "stored_bytes": r.Stored, "damaged": len(r.Damage)}); err != nil {
				return err
			}
		}
		for _, d := range r.Damage {
			a.warn(callpace.Message{Key: d.Key, Args: d.Args})
		}
		if len(r.Damage) > 0 {
			return callpace.E(callpace.Damaged, "verify.damaged", "count", len(r.Damage))
		}
		if a.Output != "json" {
			a.line("verify.ok", "count", r.Frames, "mib", r.Bytes>>20)
		}
		return nil
	})
}
