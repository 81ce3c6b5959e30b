package main

import (
	"context"
	"fmt"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/store"
)

type goalSplitCommand struct {
	By     string   `enum:",equal,history,capacity" default:"" placeholder:"WHAT"`
	Levels []string `enum:"team,agent" placeholder:"WHO"`
	Lock   []string `sep:"none" placeholder:"NAME=NUMBER"`
	Save   bool     ``
	ID     string   `arg:"" name:"id" placeholder:"ID"`
}

// Run divides a goal among teams and agents, and with --save writes the parts down.
func (c *goalSplitCommand) Run(ctx context.Context, a *app) error {
	return a.book(ctx, func(b goals.Book) error {
		g, err := b.State.Goals().FindGoal(ctx, c.ID)
		if err != nil {
			return err
		}
		by, _ := a.reader(b.Desk.Catalogue).Money(g.Target.Currency)
		s, err := b.SplitBy(ctx, g, goals.SplitWords{Levels: c.Levels, By: c.By, Locks: c.Lock, Money: by})
		if err != nil {
			return err
		}
		if c.Save {
			if err := a.audited(ctx, auth.GoalChanged, c.ID, map[string]any{"split": len(s.All())}); err != nil {
				return err
			}
			if err := b.CascadeTree(ctx, g, s, console); err != nil {
				return err
			}
		}
		return a.printSplit(b, g, s, c.Save)
	})
}

// printSplit prints who gets how much, each team before its agents.
func (a *app) printSplit(b goals.Book, g store.Goal, s *goals.Split, saved bool) error {
	switch a.Output {
	case "json":
		return writeJSON(a.stdout, s.Answer(g))
	case "csv":
		return writeCSV(a.stdout, goals.SplitHead(), s.Answer(g).Records())
	}
	w := a.wording(b, s.Report)
	t := grid{unfold: true, right: []bool{false, true, true, true, true}, head: []string{a.text("goals.column.who"), a.text("goals.column.target"), a.text("goals.usual"), a.text("goals.column.actual"), a.text("goals.term.needed")}}
	for _, p := range s.All() {
		name := p.Name()
		if s.Ask.Has(goal.EachTeam) && p.Agent != "" {
			name = "  " + name
		}
		target := w.Figure(p.Value.Float())
		if p.Locked {
			target = w.T("goals.split_locked", map[string]any{"value": target})
		}
		t.add(name, target, w.Figure(p.Usual), w.Figure(p.Actual), w.Figure(p.PerDay))
	}
	t.print(a.stdout)
	fmt.Fprintln(a.stdout)
	if err := s.Err(); err != nil {
		fmt.Fprintln(a.stdout, a.say.Error(err))
		return nil
	}
	key := "goals.split_tried"
	if saved {
		key = "goals.split_saved"
	}
	a.line(key, "whole", w.Figure(s.Value.Float()), "count", len(s.All()))
	return nil
}
