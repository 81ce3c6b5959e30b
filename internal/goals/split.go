package goals

import (
	"context"
	"math"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/cascade"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

// Way is by what a goal is divided.
type Way string

// The ways; each has a message goals.way.<way>.
const (
	Equally    Way = "equal"
	ByHistory  Way = "history"
	ByCapacity Way = "capacity"
)

// Ways are the ways to divide.
func Ways() []Way { return []Way{Equally, ByHistory, ByCapacity} }

// Share is what one team or agent gets of a goal.
type Share struct {
	Who    string
	Weight float64
	Usual  float64 // what they brought in as many days before
	There  float64 // the share of the working days that they are there, by the schedule; 1 without one
	Locked bool
	Value  goal.Number
	Parts  []Share // of a team that was divided further
}

// Split divides a total among the teams, or agents, of its scope. Locked are
// numbers set by hand; the others share what is left. The shares sum to the
// whole to the last unit. What is no total cannot be divided: Unsupported.
func (b Book) Split(ctx context.Context, g goal.Goal, to goal.Each, way Way, locked map[string]goal.Number) ([]Share, error) {
	if g.Target.Kind != goal.Total || g.Scope.Each != goal.Together || g.Scope.Agent != "" {
		return nil, callpace.E(callpace.Unsupported, "goals.no_split")
	}
	r, err := b.Desk.Look(ctx, track.Input{Goal: g})
	if err != nil {
		return nil, err
	}
	shares, err := b.weights(ctx, g, to, way, r.Judged)
	if err != nil {
		return nil, err
	}
	return shares, divide(r, g.Target.Value, shares, locks(shares, locked))
}

// divide splits whole units, or cents.
func divide(r *track.Report, total goal.Number, shares []Share, parts []cascade.Part) error {
	if r.Unit == kpi.UnitMoney {
		amounts, err := cascade.Money(total.Amount(), 2, parts)
		for i, a := range amounts {
			shares[i].Value = goal.Number(a)
		}
		return err
	}
	for i := range parts {
		parts[i].Value /= int64(callpace.One)
	}
	whole, err := cascade.Split(int64(total)/int64(callpace.One), parts)
	for i, n := range whole {
		shares[i].Value = goal.Number(n * int64(callpace.One))
	}
	return err
}

// weights are those of the members of a scope: 1 each, their figures of four
// periods before, or the hours that are planned for them (else those logged in
// over four weeks). Who joins, leaves or is away counts by their share of the
// working days. Who has no history or hours still gets a share of an equal division.
func (b Book) weights(ctx context.Context, g goal.Goal, to goal.Each, way Way, days calendar.Range) ([]Share, error) {
	names, usual, err := b.Desk.Usual(ctx, g, string(to), calendar.Range{From: b.Desk.Today - 4*days.Days(), To: b.Desk.Today})
	if err != nil {
		return nil, err
	}
	shifts, planned, err := b.Desk.Shifts(ctx, g.Scope, string(to), days)
	if err != nil {
		return nil, err
	}
	logged := map[string]float64{}
	if way == ByCapacity && !planned {
		if logged, err = b.Desk.LoggedHours(ctx, g.Scope, string(to)); err != nil {
			return nil, err
		}
	}
	out := make([]Share, len(names))
	for i, who := range names {
		out[i] = Share{Who: who, Usual: usual[who] / 4, Weight: 1, There: 1}
		if planned {
			out[i].There = shifts[who].There
		}
		switch way {
		case ByHistory:
			out[i].Weight = math.Max(0, usual[who])
		case ByCapacity:
			if out[i].Weight = logged[who]; planned {
				out[i].Weight = shifts[who].Hours
			}
			continue // absences show in hours
		}
		out[i].Weight *= out[i].There
	}
	return out, nil
}

// Cascade writes the shares down as goals of their own, in place of the parts
// that there were.
func (b Book) Cascade(ctx context.Context, g store.Goal, to goal.Each, shares []Share, author string) error {
	all, err := b.State.Goals().FindGoals(ctx)
	if err != nil {
		return err
	}
	var parts []store.Goal
	for _, s := range shares {
		p := g.Goal
		p.ID, p.Version, p.Text, p.Name, p.Target.Value = "", 0, "", g.Name, s.Value
		if p.Scope.Agent = s.Who; to == goal.EachTeam {
			p.Scope.Agent, p.Scope.Team = "", s.Who
		}
		if s.Value <= 0 { // nothing is asked of them
			continue
		}
		if err := p.Validate(b.Desk.Catalogue); err != nil {
			return err
		}
		parts = append(parts, store.Goal{Goal: p, Parent: g.ID, Locked: s.Locked, Author: author, CreatedAt: b.Now})
	}
	return b.State.Update(ctx, func(s store.State) error {
		for _, old := range below(g.ID, all) {
			if err := s.Goals().DeleteGoal(ctx, old.ID); err != nil {
				return err
			}
		}
		for _, p := range parts {
			if _, err := s.Goals().CreateGoal(ctx, p, b.Desk.Today); err != nil {
				return err
			}
		}
		return nil
	})
}
