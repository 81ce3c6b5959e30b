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
				now[first(row.Key)] = row.Figures[0]
			}
		}
		past, err := d.railDays(ctx, r, e, so)
		if err != nil {
			return err
		}
		for j := range r.Parts {
			p := &r.Parts[j]
			g := Guarded{Guardrail: rail, Now: now[p.Part], State: forecast.Unclear, Chance: math.NaN(), Unit: e.Unit}
			if floors := r.Frozen.Guards[p.Part]; i < len(floors) {
				g.Floor = floors[i]
			}
			if g.Floor.OK && g.Now.Valid {
				g.State, g.Chance = held(e, g, rail.Bound == goal.AtMost, so, past.dispersion(p.Part, so))
			}
			p.Guards = append(p.Guards, g)
		}
	}
	return nil
}

// railDays are the days of a guardrail's rate, by part, half a year back: how
// much they scatter says how sure its figure is. Nil for what is no rate.
type railDays map[string][]forecast.Day

func (d Desk) railDays(ctx context.Context, r *Report, e *kpi.Explanation, so calendar.Range) (railDays, error) {
	if e.Kind != kpi.KindProportion || so.Days() <= 0 {
		return nil, nil
	}
	return d.days(ctx, source{kpi: e.Name, kind: forecast.Rate, where: r.Goal.Scope.Filters(), by: first(r.Goal.Scope.By())}, calendar.Range{From: so.From - ownDays, To: so.To})
}

func (days railDays) dispersion(part string, so calendar.Range) float64 {
	var peers [][]forecast.Day
	for _, name := range busiest(days, part) {
		peers = append(peers, begun(days[name]))
	}
	return forecast.Dispersion(begun(days[part]), peers, int(so.Days()))
}

func held(e *kpi.Explanation, g Guarded, lower bool, so calendar.Range, phi float64) (forecast.Guard, float64) {
	if e.Kind == kpi.KindProportion {
		return forecast.GuardRate(stats.Proportion{X: g.Now.Num, N: g.Now.Den}, g.Floor.Value, phi, lower)
	}
	est := stats.Estimate{Value: g.Now.Number, DF: math.Max(1, float64(so.Days()-1))}
	if g.Now.Interval {
		est.SE = (g.Now.High - g.Now.Low) / (2 * 1.96)
	}
	return forecast.GuardMean(est, g.Floor.Value, lower)
}
