// Package goals keeps the goals of an organisation: it joins the state in
// which they are written down with the desk that they are held against. The
// command line and the pages both go through it, so a goal set in one is the
// same in the other.
package goals

import (
	"context"
	"slices"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/store"
)

// Book is the goals of an organisation on one day.
type Book struct {
	State store.State
	Desk  track.Desk
	Now   time.Time
}

// Entry is a goal with how it stands. Where the data do not allow what it
// asks, Fault says why.
type Entry struct {
	store.Goal
	Report *track.Report
	Fault  error
}

// Add writes a goal down and, where it has begun, with it what it is measured
// against. A goal of which nothing can be said is refused and leaves nothing behind.
func (b Book) Add(ctx context.Context, g store.Goal) (store.Goal, error) {
	if err := g.Validate(b.Desk.Catalogue); err != nil {
		return g, err
	}
	if g.State == goal.Active {
		r, err := b.look(ctx, g, false, nil)
		if err != nil {
			return g, err
		}
		if r.Fresh {
			g.Baselines = append(g.Baselines, r.Frozen)
		}
	}
	g.CreatedAt = b.Now
	return b.State.Goals().CreateGoal(ctx, g, b.Desk.Today)
}

// Change writes a goal anew. Its Version is the one that the author saw: where
// somebody has changed the goal meanwhile that is a Conflict; 0 asks nothing.
// What is closed stays as it is.
func (b Book) Change(ctx context.Context, g store.Goal, author string) (store.Goal, error) {
	if g.Closing != nil {
		return g, callpace.E(callpace.Conflict, "goals.closed_already", "id", g.ID)
	}
	if err := g.Validate(b.Desk.Catalogue); err != nil {
		return g, err
	}
	return b.State.Goals().UpdateGoal(ctx, g, b.Desk.Today, author, b.Now)
}

// Look reports on a goal and keeps what is to be kept: the baseline of an
// instance that has just begun, and what was told today.
func (b Book) Look(ctx context.Context, g store.Goal, deep bool) (*track.Report, error) {
	others, err := b.plain(ctx)
	if err != nil {
		return nil, err
	}
	return b.keep(ctx, g, deep, others)
}

// Try reports on a goal that is only thought of, as it would stand. Its id is
// that of the goal which it would replace, if any.
func (b Book) Try(ctx context.Context, g goal.Goal) (*track.Report, error) {
	others, err := b.plain(ctx)
	if err != nil {
		return nil, err
	}
	return b.Desk.Look(ctx, track.Input{Goal: g, Others: others})
}

func (b Book) plain(ctx context.Context) ([]goal.Goal, error) {
	all, err := b.State.Goals().FindGoals(ctx)
	if err != nil {
		return nil, err
	}
	return Plain(all), nil
}

func (b Book) keep(ctx context.Context, g store.Goal, deep bool, others []goal.Goal) (*track.Report, error) {
	r, err := b.look(ctx, g, deep, others)
	if err != nil || g.State == goal.Draft || g.ID == "" {
		return r, err
	}
	if r.Fresh {
		g.Baselines = append(g.Baselines, r.Frozen)
		if err := b.State.Goals().KeepGoal(ctx, g); err != nil {
			return nil, err
		}
	}
	if g.State == goal.Closed {
		return r, b.correct(ctx, g, r)
	}
	if err := b.settle(ctx, g, r.Instance); err != nil {
		return nil, err
	}
	return r, b.tell(ctx, g, r)
}

// look reports on a goal as it was told so far.
func (b Book) look(ctx context.Context, g store.Goal, deep bool, others []goal.Goal) (*track.Report, error) {
	in := track.Input{Goal: g.Goal, Frozen: g.Baselines, Deep: deep, Others: others}
	if g.Closing != nil {
		in.On = int64(g.Closing.On)
	}
	var failed error
	if g.ID != "" {
		in.Told = func(part string, from int64) []track.Told {
			told, err := b.State.Goals().FindTold(ctx, g.ID, part, from)
			if err != nil {
				failed = err
			}
			return told
		}
	}
	r, err := b.Desk.Look(ctx, in)
	if err == nil {
		err = failed
	}
	return r, err
}

// tell keeps today's word, while there is something to say.
func (b Book) tell(ctx context.Context, g store.Goal, r *track.Report) error {
	if !r.Judged.Has(b.Desk.Today) {
		return nil
	}
	return b.State.Update(ctx, func(s store.State) error {
		for _, p := range r.Parts {
			if p.Verdict.Status == pace.NoData {
				continue
			}
			if err := s.Goals().Tell(ctx, g.ID, p.Part, r.Instance.From, r.Tell(p, b.Desk.Today)); err != nil {
				return err
			}
		}
		return nil
	})
}

// correct notes what later data have made of a closed goal's result.
func (b Book) correct(ctx context.Context, g store.Goal, r *track.Report) error {
	s, ok := r.Whole()
	if !ok || g.Closing == nil {
		return nil
	}
	c, changed := g.Closing.Corrected(r.Result(s))
	if !changed {
		return nil
	}
	g.Closing = &c
	return b.State.Goals().KeepGoal(ctx, g)
}

// Close ends a goal with its result as it is now. Its Version is as for Change.
func (b Book) Close(ctx context.Context, g store.Goal, author string) (store.Goal, error) {
	switch g.State {
	case goal.Closed:
		return g, callpace.E(callpace.Conflict, "goals.closed_already", "id", g.ID)
	case goal.Draft:
		return g, callpace.E(callpace.Conflict, "goals.closing_draft", "id", g.ID)
	}
	r, err := b.Look(ctx, g, false)
	if err != nil {
		return g, err
	}
	result := goal.Result{Days: r.Judged, NoData: true}
	if s, ok := r.Whole(); ok {
		result = r.Result(s)
	} else {
		result.NoData, result.Value, result.Reached = false, goal.Number(callpace.Amount(r.Good())*callpace.One), r.Good() == len(r.Parts)
	}
	fresh, err := b.State.Goals().FindGoal(ctx, g.ID) // Look may have frozen it
	if err != nil {
		return g, err
	}
	fresh.State, fresh.Version = goal.Closed, g.Version
	fresh.Closing = &goal.Closing{On: calendar.Date(min(b.Desk.Today, r.Instance.To-1)), First: result, Now: result}
	return b.State.Goals().UpdateGoal(ctx, fresh, b.Desk.Today, author, b.Now)
}

// Entries reports on goals; what cannot be reported says why.
func (b Book) Entries(ctx context.Context, list []store.Goal) ([]Entry, error) {
	others, err := b.plain(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(list))
	for i, g := range list {
		out[i].Goal = g
		if out[i].Report, out[i].Fault = b.keep(ctx, g, false, others); out[i].Fault != nil && callpace.CodeOf(out[i].Fault) == callpace.Internal {
			return nil, out[i].Fault
		}
	}
	return out, nil
}

// Parts are the goals that a goal was split into.
func Parts(of string, all []store.Goal) []store.Goal {
	return slices.DeleteFunc(slices.Clone(all), func(g store.Goal) bool { return g.Parent != of })
}

// Placed is a goal at its place in the tree: how many goals stand above it, and
// the goals that it was split into.
type Placed struct {
	store.Goal
	Depth int
	Parts []*Placed
}

// Tree puts each goal below the one that it is a part of, where that is there, too.
func Tree(all []store.Goal) (wholes []*Placed) {
	at := make(map[string]*Placed, len(all))
	for _, g := range all {
		at[g.ID] = &Placed{Goal: g}
	}
	for _, g := range all {
		p := at[g.ID]
		if above := at[g.Parent]; above != nil {
			above.Parts = append(above.Parts, p)
		} else {
			wholes = append(wholes, p)
		}
	}
	for _, p := range wholes {
		p.sink(0)
	}
	return wholes
}

func (p *Placed) sink(depth int) {
	p.Depth = depth
	for _, x := range p.Parts {
		x.sink(depth + 1)
	}
}

// InOrder lists goals, each before its parts.
func InOrder(wholes []*Placed) (out []*Placed) {
	for _, p := range wholes {
		out = append(append(out, p), InOrder(p.Parts)...)
	}
	return out
}
