package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/store"
)

type goalCommand struct {
	Add   goalAddCommand   `cmd:""`
	List  goalListCommand  `cmd:""`
	Show  goalShowCommand  `cmd:""`
	Check goalCheckCommand `cmd:""`
	Close goalCloseCommand `cmd:""`
	Split goalSplitCommand `cmd:""`
}

// goalWords are a goal as the command line says it: in one line, or by flags.
type goalWords struct {
	Kpi       string   `placeholder:"KPI"`
	Target    string   `placeholder:"NUMBER"`
	Baseline  string   `placeholder:"WHAT"`
	Period    string   `placeholder:"PERIOD"`
	Team      string   `placeholder:"NAME"`
	Agent     string   `placeholder:"NAME"`
	Each      string   `enum:",agent,team" default:"" placeholder:"WHO"`
	Where     []string `placeholder:"COND" sep:"none"`
	Better    string   `enum:",higher,lower,inside" default:"" placeholder:"WAY"`
	Means     string   `placeholder:"TEXT"`
	Guardrail []string `placeholder:"KPI" sep:"none"`
	Weight    string   `placeholder:"N"`
	Owner     string   `placeholder:"NAME"`
	Objective string   `placeholder:"TEXT"`
	Name      string   `placeholder:"TEXT"`
	Text      []string `arg:"" optional:"" name:"text" placeholder:"TEXT"`
}

// read makes a goal of the words.
func (w goalWords) read(ctx goal.Context) (g goal.Goal, err error) {
	if len(w.Text) > 0 && w.Kpi != "" {
		return g, callpace.E(callpace.Invalid, "goals.text_and_flags")
	}
	if len(w.Text) == 0 {
		return goal.Fields{Name: w.Name, KPI: w.Kpi, Target: w.Target, Baseline: w.Baseline, Period: w.Period, Team: w.Team, Agent: w.Agent, Each: w.Each, Where: w.Where,
			Better: w.Better, Means: w.Means, Guardrails: w.Guardrail, Weight: w.Weight, Owner: w.Owner, Objective: w.Objective}.Goal(ctx)
	}
	if g, err = goal.Parse(strings.Join(w.Text, " "), ctx); err != nil {
		return g, err
	}
	for _, x := range []struct {
		into *string
		text string
	}{{&g.Name, w.Name}, {&g.Scope.Team, w.Team}, {&g.Scope.Agent, w.Agent}, {&g.Means, w.Means}, {&g.Owner, w.Owner}, {&g.Objective, w.Objective}} {
		if x.text != "" {
			*x.into = x.text
		}
	}
	if w.Each != "" {
		g.Scope.Each = goal.Each(w.Each)
	}
	if w.Weight != "" {
		if err := g.Weight.UnmarshalText([]byte(w.Weight)); err != nil {
			return g, err
		}
	}
	g.Scope.Where = append(g.Scope.Where, w.Where...)
	return g, g.Validate(ctx.Catalogue)
}

// book runs fn on the goals of the data folder.
func (a *app) book(ctx context.Context, fn func(goals.Book) error) error {
	return a.with(ctx, func(f *ingest.Folder) error { return a.bookOn(ctx, f, f.Catalogue(), fn) })
}

// console is who sets goals on the command line: the folder's owner.
const console = "console"

type goalAddCommand struct {
	goalWords
	Draft  bool ``
	DryRun bool ``
}

// Run sets a goal, and says what was understood.
func (c *goalAddCommand) Run(ctx context.Context, a *app) error {
	return a.book(ctx, func(b goals.Book) error {
		words, err := a.goalContext(ctx, b.Desk)
		if err != nil {
			return err
		}
		g, err := c.read(words)
		if err != nil {
			return usageError{err}
		}
		if c.Draft {
			g.State = goal.Draft
		}
		entry := store.Goal{Goal: g, Author: console}
		if !c.DryRun {
			if err := a.audited(ctx, auth.GoalChanged, g.Name, map[string]any{"kpi": g.KPI}); err != nil {
				return err
			}
			if entry, err = b.Add(ctx, entry); err != nil {
				return err
			}
		}
		r, err := b.Look(ctx, entry, false)
		if err != nil {
			return err
		}
		if a.Output == "json" {
			return writeJSON(a.stdout, goals.Answer(entry, r))
		}
		if c.DryRun {
			a.line("goals.understood")
		} else {
			a.line("goals.added", "id", entry.ID)
		}
		return a.printGoal(b, entry, r)
	})
}

type goalListCommand struct {
	All bool ``
}

// Run lists the goals with how they stand.
func (c *goalListCommand) Run(ctx context.Context, a *app) error {
	return a.book(ctx, func(b goals.Book) error {
		all, err := b.State.Goals().FindGoals(ctx)
		if err != nil {
			return err
		}
		var list []store.Goal
		for _, g := range all {
			if c.All || g.State != goal.Closed {
				list = append(list, g)
			}
		}
		entries, err := b.Entries(ctx, list)
		if err != nil {
			return err
		}
		return a.printGoals(b, entries)
	})
}

type goalShowCommand struct {
	ID string `arg:"" name:"id" placeholder:"ID"`
}

// Run shows a goal: what was understood, how it stands, and its history.
func (c *goalShowCommand) Run(ctx context.Context, a *app) error {
	return a.book(ctx, func(b goals.Book) error {
		g, err := b.State.Goals().FindGoal(ctx, c.ID)
		if err != nil {
			return err
		}
		return a.answerGoal(ctx, b, g, true, func(r *track.Report) error {
			if err := a.printPast(ctx, b, c.ID, r); err != nil {
				return err
			}
			return a.printHistory(ctx, b, g)
		})
	})
}

// answerGoal tells how a goal stands, and for people what more has to add.
func (a *app) answerGoal(ctx context.Context, b goals.Book, g store.Goal, deep bool, more func(*track.Report) error) error {
	r, err := b.Look(ctx, g, deep)
	if err != nil {
		return err
	}
	if a.Output == "json" {
		answer, err := b.Answer(ctx, g, r, deep)
		if err != nil {
			return err
		}
		return writeJSON(a.stdout, answer)
	}
	if err := a.printGoal(b, g, r); err != nil {
		return err
	}
	return more(r)
}

type goalCheckCommand struct {
	goalWords
}

// Run checks a goal against the letters of SMART: one that is set, by its id,
// or one that is only thought of.
func (c *goalCheckCommand) Run(ctx context.Context, a *app) error {
	return a.book(ctx, func(b goals.Book) error {
		g, err := c.goal(ctx, a, b)
		if err != nil {
			return err
		}
		return a.answerGoal(ctx, b, g, false, func(r *track.Report) error { a.printChecks(b, r); return nil })
	})
}

func (c *goalCheckCommand) goal(ctx context.Context, a *app, b goals.Book) (store.Goal, error) {
	if len(c.Text) == 1 {
		if g, err := b.State.Goals().FindGoal(ctx, c.Text[0]); err == nil {
			return g, nil
		}
	}
	words, err := a.goalContext(ctx, b.Desk)
	if err != nil {
		return store.Goal{}, err
	}
	g, err := c.read(words)
	if err != nil {
		return store.Goal{}, usageError{err}
	}
	return store.Goal{Goal: g}, nil
}

type goalCloseCommand struct {
	ID string `arg:"" name:"id" placeholder:"ID"`
}

// Run closes a goal with its result.
func (c *goalCloseCommand) Run(ctx context.Context, a *app) error {
	return a.book(ctx, func(b goals.Book) error {
		g, err := b.State.Goals().FindGoal(ctx, c.ID)
		if err != nil {
			return err
		}
		if err := a.audited(ctx, auth.GoalChanged, c.ID, map[string]any{"closed": true}); err != nil {
			return err
		}
		if g, err = b.Close(ctx, g, console); err != nil {
			return err
		}
		r, err := b.Look(ctx, g, false)
		if err != nil {
			return err
		}
		if a.Output == "json" {
			return writeJSON(a.stdout, goals.Answer(g, r))
		}
		fmt.Fprintln(a.stdout, a.wording(b, r).Closing(g.Closing))
		return nil
	})
}
