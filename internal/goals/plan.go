package goals

import (
	"context"
	"math"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/store"
)

// planned are the KPIs of which a goal asks for calls.
var planned = []string{"sales", "gross_sales", "renewal_sales", "cross_sell_sales", "new_customer_sales", "won", "sale_calls", "appointments"}

// PlanOf works a running goal for a number of sales, or of appointments, back
// to calls on the working days that are left. It is nil where there is none:
// for other goals, and without a history to plan by.
func (b Book) PlanOf(ctx context.Context, g goal.Goal, r *track.Report) (*track.Planned, error) {
	s, whole := r.Whole()
	if !slices.Contains(planned, g.KPI) || !whole || g.State != goal.Active || r.Kind != forecast.Count || !s.Has || r.DaysLeft == 0 || g.Better == goal.Lower {
		return nil, nil
	}
	unit, kpi := track.Sales, g.KPI
	if g.KPI == "appointments" {
		unit, kpi = track.Appointments, "sales"
	}
	h, err := b.Desk.History(ctx, g.Scope.Filters(), kpi)
	if err != nil {
		return nil, err
	}
	ask := track.Ask{Unit: unit, Target: math.Ceil(s.Target.High), Days: int(math.Ceil(r.DaysLeft))}
	if s.Actual > 0 {
		ask.Done = s.Actual
	}
	h.Fill(&ask)
	if unit == track.Appointments || r.Instance.From > b.Desk.Today {
		ask.Open = 0
	}
	p, err := ask.Solve()
	if code := callpace.CodeOf(err); code == callpace.Invalid {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	p.Ranks = h.Rank(p.Goal)
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
