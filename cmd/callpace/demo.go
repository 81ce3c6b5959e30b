package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/demo"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
)

type demoCommand struct {
	Seed uint64 `default:"1" placeholder:"N"`
	Keep bool   ``
	// Listen serves the company after it was made.
	Listen string `placeholder:"ADDR"`
}

// Run makes the demo company, brings its files in like anybody's, and prints
// the overview.
func (c *demoCommand) Run(ctx context.Context, a *app) error {
	if !c.Keep {
		dir, err := os.MkdirTemp("", "callpace-demo-")
		if err != nil {
			return fmt.Errorf("make a folder for the demo: %w", err)
		}
		defer os.RemoveAll(dir)
		a.Data = dir
	}
	settings := facts.Settings{Zone: demo.Zone, Currency: "EUR", Country: "HR", WeekStart: time.Monday, Calendar: facts.Gregorian, CreditDays: 30, CallbackMinutes: 60}
	if err := ingest.Init(ctx, a.Data, settings, a.now()); err != nil {
		return err
	}
	files, err := demo.Make(c.Seed, a.now())
	if err != nil {
		return err
	}
	err = a.write(ctx, func(f *ingest.Folder) error {
		started := time.Now()
		var sum facts.Counts
		for _, file := range files {
			r, err := importDemo(ctx, f, file)
			if err != nil {
				return err
			}
			sum = sum.Add(r.Counts)
		}
		a.endProgress()
		if a.Output == "table" {
			a.line("demo.made", "count", len(files), "records", sum.Read, "seconds", a.say.Number(time.Since(started).Seconds(), 1))
		}
		if err := a.printOverviewOf(ctx, f); err != nil {
			return err
		}
		switch {
		case a.Output != "table":
		case c.Keep:
			a.line("demo.kept", "dir", a.Data)
		case c.Listen == "": // what is served is there to play with
			a.line("demo.go_on")
		}
		return nil
	})
	if err != nil || c.Listen == "" {
		return err
	}
	return a.serve(ctx, serveCommand{Listen: c.Listen}, func(ctx context.Context, s *server) error { return s.demoAccounts(ctx) })
}

// printOverviewOf prints how the running month stands against the one before.
func (a *app) printOverviewOf(ctx context.Context, f *ingest.Folder) error {
	defs := f.Catalogue()
	q, month, err := a.query(f, question.Words{Period: "this-month"})
	if err != nil {
		return err
	}
	today, err := a.asker(f).Today()
	if err != nil {
		return err
	}
	o, err := overview.Make(ctx, defs, f.Store().Engine(), overview.Focus, q, month.ToDate(today), kpi.Comparison{Range: month.Previous(today), Label: "previous"})
	if err != nil {
		return err
	}
	r := a.reader(defs)
	switch a.Output {
	case "json":
		return writeJSON(a.stdout, map[string]any{"focus": r.Answer(o.Focus), "stages": r.Answer(o.Stages), "weakest": o.Weakest, "first": o.First})
	case "csv":
		head, rows := present.Records(o.Focus, true)
		return writeCSV(a.stdout, head, rows)
	}
	a.printFocus(r, o.Focus, "overview.focus")
	a.printFocus(r, o.Stages, "overview.funnel")
	if w := o.Weakest; w != nil {
		fmt.Fprintln(a.stdout)
		a.line("overview.weakest", "kpi", r.NameWithVariant(w.KPI), "team", w.Of, "own", r.Rate(w.Own), "others", r.Rate(w.Others), "missed", a.say.Number(w.Missed(), 0))
	}
	if len(o.First) > 0 {
		fmt.Fprintf(a.stdout, "\n%s\n", a.text("overview.first"))
		for _, x := range o.First {
			key, of := "overview.finding", x.Of
			if x.Among == "" {
				key, of = "overview.finding_all", strings.TrimSpace(r.FindingKind(x)+" "+x.Of)
			}
			fmt.Fprintf(a.stdout, "  %s\n", a.say.T(key, map[string]any{"agent": of, "kpi": r.Name(x.KPI), "own": r.Rate(x.Own),
				"x": a.say.Int(int64(x.Own.X)), "n": a.say.Int(int64(x.Own.N)), "others": r.Rate(x.Others), "campaign": x.Among}))
		}
		if note := r.FollowedIn(o.First); note != "" {
			fmt.Fprintln(a.stdout, note)
		}
	}
	fmt.Fprintln(a.stdout)
	return nil
}

// printFocus prints a frame of one row as a list: a KPI a line.
func (a *app) printFocus(r present.Reader, f *kpi.Frame, title string) {
	fmt.Fprintln(a.stdout)
	a.printTable(r.List(f, r.Text(title)))
	if title == "overview.focus" {
		a.printCompared(f)
	}
}
