package goals

import (
	"context"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/cascade"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/store"
)

// SplitTree divides a total of the company among its teams and each team's
// share among its agents, in one go: the weight of a team is that of its people,
// so that both levels are divided alike. Locks name a team or an agent; agents
// are counted to the team in which they called last. At each level the parts
// sum to the whole to the last unit; locks that do not allow it are a Conflict.
func (b Book) SplitTree(ctx context.Context, g goal.Goal, way Way, locked map[string]goal.Number) ([]Share, error) {
	if g.Target.Kind != goal.Total || g.Scope.Each != goal.Together || g.Scope.Agent != "" || g.Scope.Team != "" {
		return nil, callpace.E(callpace.Unsupported, "goals.no_split")
	}
	r, err := b.Desk.Look(ctx, track.Input{Goal: g})
	if err != nil {
		return nil, err
	}
	agents, err := b.weights(ctx, g, goal.EachAgent, way, r.Judged)
	if err != nil {
		return nil, err
	}
	teamOf, err := b.Desk.TeamsOf(ctx, g.Scope)
	if err != nil {
		return nil, err
	}
	return splitTree(r, g.Target.Value, teams(agents, teamOf), locked)
}

// teams gathers agents under their teams, by name. Agents without a team have
// no part in it.
func teams(agents []Share, teamOf map[string]string) (out []Share) {
	for _, a := range agents {
		team := teamOf[a.Who]
		if team == "" {
			continue
		}
		at := slices.IndexFunc(out, func(s Share) bool { return s.Who == team })
		if at < 0 {
			at = len(out)
			out = append(out, Share{Who: team, There: 1})
		}
		t := &out[at]
		t.Weight, t.Usual, t.Parts = t.Weight+a.Weight, t.Usual+a.Usual, append(t.Parts, a)
	}
	slices.SortFunc(out, func(a, b Share) int {
		if a.Who < b.Who {
			return -1
		}
		return 1
	})
	return out
}

// splitTree divides a total among teams, and their shares among their people.
func splitTree(r *track.Report, total goal.Number, list []Share, locked map[string]goal.Number) ([]Share, error) {
	if err := divide(r, total, list, locks(list, locked)); err != nil {
		return nil, err
	}
	for i := range list {
		if err := divide(r, list[i].Value, list[i].Parts, locks(list[i].Parts, locked)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// locks turns shares into parts, those set by hand locked.
func locks(list []Share, locked map[string]goal.Number) []cascade.Part {
	parts := make([]cascade.Part, len(list))
	for i := range list {
		s := &list[i]
		parts[i].Weight = s.Weight
		if v, ok := locked[s.Who]; ok {
			s.Locked, parts[i].Locked, parts[i].Value = true, true, int64(v)
		}
	}
	return parts
}

// CascadeTree writes the shares of teams and of their agents down as goals of
// their own, each below its team's, in place of the parts that there were.
func (b Book) CascadeTree(ctx context.Context, g store.Goal, shares []Share, author string) error {
	all, err := b.State.Goals().FindGoals(ctx)
	if err != nil {
		return err
	}
	return b.State.Update(ctx, func(s store.State) error {
		for _, old := range below(g.ID, all) {
			if err := s.Goals().DeleteGoal(ctx, old.ID); err != nil {
				return err
			}
		}
		for _, team := range shares {
			made, err := b.part(ctx, s, g, g.ID, goal.Scope{Team: team.Who, Where: g.Scope.Where}, team, author)
			if err != nil {
				return err
			}
			for _, agent := range team.Parts {
				if _, err := b.part(ctx, s, g, made.ID, goal.Scope{Team: team.Who, Agent: agent.Who, Where: g.Scope.Where}, agent, author); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// part writes one share down; of nothing there is no goal.
func (b Book) part(ctx context.Context, s store.State, g store.Goal, parent string, scope goal.Scope, share Share, author string) (store.Goal, error) {
	p := g.Goal
	p.ID, p.Version, p.Text, p.Scope, p.Target.Value = "", 0, "", scope, share.Value
	if share.Value <= 0 {
		return store.Goal{}, nil
	}
	if err := p.Validate(b.Desk.Catalogue); err != nil {
		return store.Goal{}, err
	}
	return s.Goals().CreateGoal(ctx, store.Goal{Goal: p, Parent: parent, Locked: share.Locked, Author: author, CreatedAt: b.Now}, b.Desk.Today)
}

// below are the goals that a goal was split into, at any depth, the deepest first.
func below(of string, all []store.Goal) (out []store.Goal) {
	for _, p := range Parts(of, all) {
		out = append(append(out, below(p.ID, all)...), p)
	}
	return out
}
