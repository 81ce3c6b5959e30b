package track

import (
	"context"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/kpi"
)

// Joint tells whether something that counts for a goal was made by several
// together over some days, so that it counts for each by their share.
func (d Desk) Joint(ctx context.Context, g goal.Goal, days calendar.Range) (bool, error) {
	e, err := d.Catalogue.Explain(g.KPI)
	if err != nil || days.Days() <= 0 {
		return false, err
	}
	for _, m := range e.Measures {
		if !m.Shared {
			continue
		}
		where, ok := equals(facts.Orders, g.Scope.Filters())
		if !ok {
			where = nil // conditions of another kind: any joint sale of those days
		}
		part := kpi.Op{Name: kpi.Lt, Args: []kpi.Expr{kpi.Field{Name: "share", Kind: facts.Amount}, kpi.Number{Value: callpace.One}}}
		groups, err := d.Engine.Aggregate(ctx, kpi.Select{Fact: facts.Orders, Date: m.Date, From: days.From, To: days.To, Scope: d.Base.Scope, Now: d.Base.Now,
			Where: append(where, part), Measures: []kpi.Measure{{ID: "joint", Agg: kpi.Count}}})
		if err != nil || len(groups) > 0 && groups[0].Values[0].Valid && groups[0].Values[0].Exact.Whole() > 0 {
			return err == nil, err
		}
	}
	return false, nil
}
