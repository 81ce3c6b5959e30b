package goals

import (
	"context"

	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/store"
)

// PlanOf works a running goal for a number of sales, or of appointments, back
// to calls on the working days that are left, along the usual chain. It is nil
// where there is none: for other goals, and without a history to plan by.
func (b Book) PlanOf(ctx context.Context, g goal.Goal, r *track.Report) (*track.Planned, error) {
	s, whole := r.Whole()
	if !whole || g.State != goal.Active {
		return nil, nil
	}
	chain, err := b.Chain(ctx, "")
	if err != nil {
		return nil, err
	}
	p, ok, err := b.Desk.PlanGoal(ctx, r, s, chain)
	if err != nil || !ok {
		return nil, err
	}
	return &p, nil
}

// Answer makes the JSON of a goal with, where it is looked into, its plan.
func (b Book) Answer(ctx context.Context, g store.Goal, r *track.Report, deep bool) (GoalAnswer, error) {
	out := Answer(g, r)
	if !deep || r == nil {
		return out, nil
	}
	p, err := b.PlanOf(ctx, g.Goal, r)
	if err == nil && p != nil {
		plan := p.Answer()
		out.Plan = &plan
	}
	return out, err
}
