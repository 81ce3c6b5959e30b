package goals

import (
	"context"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/store"
)

// CascadeTree writes a split down as goals of their own, each below its team's:
// those that there were get another version where their number is another, and
// what asks nothing of anybody is no goal. Where the goal has another version than g, that is a Conflict. Parts of who has left end with their result where
// the goal has begun, other parts that are no more are taken away. A split that does not come
// to the whole is a Conflict.
func (b Book) CascadeTree(ctx context.Context, g store.Goal, s *Split, author string) error {
	if g.Closing != nil {
		return callpace.E(callpace.Conflict, "goals.closed_already", "id", g.ID)
	}
	if err := s.Err(); err != nil {
		return err
	}
	all, err := b.State.Goals().FindGoals(ctx)
	if err != nil {
		return err
	}
	old := map[goal.Place]store.Goal{}
	for _, p := range below(g.ID, all) {
		if p.State != goal.Closed {
			old[p.Scope.Place()] = p
		}
	}
	return b.State.Update(ctx, func(tx store.State) error {
		b.State = tx
		if err := tx.Goals().Unchanged(ctx, g.ID, g.Version); err != nil {
			return err
		}
		w := writer{b, g, old, author}
		for _, p := range s.Parts {
			made, err := w.part(ctx, p, g.ID)
			if err != nil {
				return err
			}
			for _, x := range p.Parts {
				if _, err := w.part(ctx, x, made.ID); err != nil {
					return err
				}
			}
		}
		for _, p := range below(g.ID, all) { // the deepest first
			if _, left := w.old[p.Scope.Place()]; !left || p.State == goal.Closed {
				continue
			}
			if err := w.end(ctx, p, s); err != nil {
				return err
			}
		}
		d := goal.Division{Levels: s.Ask.Levels, Way: s.Ask.Way, Inside: s.Ask.Inside, On: calendar.Date(b.Desk.Today), People: s.present}
		return tx.Goals().KeepDivision(ctx, g.ID, d, b.Now)
	})
}

// writer writes the parts of a goal down; old are those that are still to be met.
type writer struct {
	Book
	of     store.Goal
	old    map[goal.Place]store.Goal
	author string
}

// part writes one share down; of nothing there is no goal.
func (w writer) part(ctx context.Context, share Share, parent string) (store.Goal, error) {
	if share.Value <= 0 {
		return store.Goal{}, nil
	}
	p := w.of.Goal
	p.ID, p.Version, p.Text, p.Target.Value = "", 0, "", share.Value
	p.Scope = goal.Scope{Team: share.Team, Agent: share.Agent, Where: w.of.Scope.Where}
	if err := p.Validate(w.Desk.Catalogue); err != nil {
		return store.Goal{}, err
	}
	was, ok := w.old[share.Place]
	if !ok {
		return w.State.Goals().CreateGoal(ctx, store.Goal{Goal: p, Parent: parent, Locked: share.Locked, Author: w.author, CreatedAt: w.Now}, w.Desk.Today)
	}
	delete(w.old, share.Place)
	next := was.Goal // its name, owner, means and weight are its own
	next.KPI, next.KPIVersion, next.Target, next.Better, next.Period, next.State, next.Version, next.Text = p.KPI, p.KPIVersion, p.Target, p.Better, p.Period, p.State, 0, ""
	was.Goal, was.Parent, was.Locked = next, parent, share.Locked
	return w.State.Goals().UpdateGoal(ctx, was, w.Desk.Today, w.author, w.Now)
}

// end is what becomes of a part that there is no more.
func (w writer) end(ctx context.Context, p store.Goal, s *Split) error {
	for _, m := range s.Since {
		if m.Move == Left && m.Place == p.Scope.Place() && s.Report.Begun && p.State == goal.Active {
			_, err := w.Close(ctx, p, w.author)
			return err
		}
	}
	return w.State.Goals().DeleteGoal(ctx, p.ID)
}

// below are the goals that a goal was split into, at any depth, the deepest first.
func below(of string, all []store.Goal) (out []store.Goal) {
	for _, p := range Parts(of, all) {
		out = append(append(out, below(p.ID, all)...), p)
	}
	return out
}
