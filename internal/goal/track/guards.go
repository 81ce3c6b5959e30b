package track

import (
	"context"
	"math"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/stats"
)

// guards holds the guardrails of a goal against their floors.
func (d Desk) guards(ctx context.Context, r *Report) error {
	so := upto(r.Judged, d.Today+1)
	for i, rail := range r.Goal.Guardrails {
		e, err := d.Catalogue.Explain(rail.KPI)
		if err != nil {
			return err
		}
		now := map[string]kpi.Figure{}
		if so.Days() > 0 {
			f, err := d.ask(ctx, so, r.Goal.Scope.Filters(), r.Goal.Scope.By(), true, rail.KPI)
			if err != nil {
				return err
			}
			for _, row := range f.Rows {
				now[keyOf(row.Key)] = row.Figures[0]
			}
		}
		for j := range r.Parts {
			p := &r.Parts[j]
			g := Guarded{Guardrail: rail, Now: now[p.Part], State: forecast.Unclear, Chance: math.NaN(), Unit: e.Unit}
			if floors := r.Frozen.Guards[p.Part]; i < len(floors) {
				g.Floor = floors[i]
			}
			if g.Floor.OK && g.Now.Valid {
				g.State, g.Chance = held(e, g, rail.Bound == goal.AtMost, so)
			}
			p.Guards = append(p.Guards, g)
		}
	}
	return nil
}

func held(e *kpi.Explanation, g Guarded, lower bool, so calendar.Range) (forecast.Guard, float64) {
	if e.Kind == kpi.KindProportion {
		return forecast.GuardRate(stats.Proportion{X: g.Now.Num, N: g.Now.Den}, g.Floor.Value, 1, lower)
	}
	est := stats.Estimate{Value: g.Now.Number, DF: math.Max(1, float64(so.Days()-1))}
	if g.Now.Interval {
		est.SE = (g.Now.High - g.Now.Low) / (2 * 1.96)
	}
	return forecast.GuardMean(est, g.Floor.Value, lower)
}
