package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
)

type reconcileCommand struct {
	days
	Source string `arg:"" placeholder:"SOURCE"`
}

// Run walks from a source's rows to what each KPI counted.
func (c *reconcileCommand) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(f *ingest.Folder) error {
		q, _, err := a.query(f, asked{days: c.days}.words())
		if err != nil {
			return err
		}
		r, err := f.Reconcile(ctx, f.Catalogue(), q, c.Source)
		if err != nil {
			return err
		}
		a.endProgress()
		switch a.Output {
		case "json":
			return writeJSON(a.stdout, r)
		case "csv":
			return writeCSV(a.stdout, []string{"step", "fact", "measure", "reason", "count"}, reconcileRows(r))
		}
		a.printReconciliation(r)
		return nil
	})
}

// reconcileRows are the walk for machines: one row a step.
func reconcileRows(r *ingest.Reconciliation) [][]string {
	var rows [][]string
	add := func(step, fact, measure, reason string, n int64) {
		rows = append(rows, []string{step, fact, measure, reason, fmt.Sprint(n)})
	}
	add("records", "", "", "read", r.Records.Read)
	add("records", "", "", "rejected", r.Records.Rejected)
	add("records", "", "", "skipped", r.Records.Skipped)
	add("records", "", "", "updated", r.Records.Updated)
	add("records", "", "", "unchanged", r.Records.Unchanged)
	add("records", "", "", "new", r.Records.New)
	for _, m := range r.Facts {
		add("facts", m.Fact, "", "rows", m.Rows)
		add("facts", m.Fact, "", "no_agent", m.NoAgent)
		add("facts", m.Fact, "", "provisional_agent", m.Provisional)
		add("facts", m.Fact, "", "no_lead", m.NoLead)
		add("facts", m.Fact, "", "unknown_lead", m.UnknownLead)
	}
	for _, c := range r.Conflicts {
		add("conflicts", "leads", "", c.Kind, c.Count)
	}
	for _, w := range r.Walks {
		add("measure", w.Fact, w.Measure, "rows", w.Rows)
		for _, s := range w.Steps {
			add("measure", w.Fact, w.Measure, "not: "+s.Condition, -s.Out)
		}
		add("measure", w.Fact, w.Measure, "counted", w.Counted)
	}
	return rows
}

func (a *app) printReconciliation(r *ingest.Reconciliation) {
	a.line("reconcile.title", "source", r.Source, "count", r.Inputs)
	g := grid{head: []string{a.text("reconcile.records"), a.text("column.count")}, right: []bool{false, true}}
	for _, x := range []struct {
		key string
		n   int64
	}{{"read", r.Records.Read}, {"rejected", -r.Records.Rejected}, {"skipped", -r.Records.Skipped}, {"updated", -r.Records.Updated},
		{"unchanged", -r.Records.Unchanged}, {"new", r.Records.New}} {
		g.add(a.text("reconcile."+x.key), a.say.Int(x.n))
	}
	g.print(a.stdout)
	fmt.Fprintln(a.stdout)
	g = grid{head: []string{a.text("column.fact"), a.text("column.rows"), a.text("reconcile.no_agent"), a.text("reconcile.provisional"), a.text("reconcile.no_lead"), a.text("reconcile.unknown_lead")},
		right: []bool{false, true, true, true, true, true}}
	for _, m := range r.Facts {
		g.add(m.Fact, a.say.Int(m.Rows), a.say.Int(m.NoAgent), a.say.Int(m.Provisional), a.say.Int(m.NoLead), a.say.Int(m.UnknownLead))
	}
	g.print(a.stdout)
	a.printConflicts(r)
	fact, nothing := "", []string(nil)
	flush := func() {
		if len(g.rows) > 0 {
			g.print(a.stdout)
		}
		if len(nothing) > 0 {
			a.line("reconcile.nothing", "measures", nothing)
		}
	}
	g.rows = nil
	for _, w := range r.Walks {
		if w.Fact != fact {
			flush()
			fact, nothing = w.Fact, nil
			g = grid{head: []string{a.text("column.measure"), a.text("column.counted"), a.text("column.left_out")}, right: []bool{false, true, false}}
			fmt.Fprintln(a.stdout)
			a.line("reconcile.fact", "fact", fact, "count", w.Rows)
		}
		if w.Counted == 0 {
			nothing = append(nothing, w.Measure)
			continue
		}
		g.add(w.Measure, a.say.Int(w.Counted), a.leftOut(w))
	}
	flush()
}

// printConflicts tells where sources disagree on who a lead is, with examples.
func (a *app) printConflicts(r *ingest.Reconciliation) {
	if !slices.ContainsFunc(r.Facts, func(m duck.Meeting) bool { return m.Fact == facts.Leads.Name }) {
		return
	}
	g := grid{head: []string{a.text("reconcile.conflicts"), a.text("column.count"), a.text("column.examples")}, right: []bool{false, true, false}}
	for _, c := range r.Conflicts {
		g.add(a.text("reconcile.conflict."+c.Kind), a.say.Int(c.Count), strings.Join(c.Examples, " · "))
	}
	fmt.Fprintln(a.stdout)
	g.print(a.stdout)
}

// leftOut tells why rows were not counted: each condition with the rows that
// met all before it but not this one.
func (a *app) leftOut(w kpi.Walk) string {
	var reasons []string
	for _, s := range w.Steps {
		if s.Out > 0 {
			reasons = append(reasons, a.say.T("reconcile.reason", map[string]any{"count": s.Out, "condition": s.Condition}))
		}
	}
	return strings.Join(reasons, " · ")
}
