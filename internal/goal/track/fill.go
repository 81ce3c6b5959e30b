package track

import (
	"context"
	"math"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/plan"
)

// Over says over which days an ask is to be planned: the working days of a run
// of days, and its end.
func (d Desk) Over(a *Ask, days calendar.Range) {
	a.Left, a.Until = nil, days.To-1
	for day := days.From; day < days.To; day++ {
		if share, _ := d.Working.Day(day); share > 0 {
			a.Left = append(a.Left, day)
		}
	}
	a.Days, a.Doubts = len(a.Left), d.Working.Notes(days)
}

// Fill puts what history knows in place of what was not given.
func (h History) Fill(a *Ask) {
	if a.Chain != nil {
		h.fillChain(a)
	} else if a.Rates == (Rates{}) {
		a.Rates = h.Rates
	}
	if a.Open == 0 && slices.Contains(sold, a.result()) {
		a.Open = h.pipeline(a)
	}
	a.InTime = h.lags.inTime(a.result(), a.Left, a.Until)
	for _, x := range []struct {
		into *float64
		v    float64
	}{{&a.PerHour, h.PerHour}, {&a.Hours, h.Hours}, {&a.Agents, h.Agents}, {&a.AttemptsPerLead, h.PerLead}} {
		if *x.into == 0 {
			*x.into = x.v
		}
	}
	if a.Absent == 0 {
		a.Absent = h.away(a.Agents, a.Days, a.Left)
	}
	if a.LeadsLeft == nil {
		a.LeadsLeft = h.Left
	}
}

// fillChain takes the measured rates of a chain's units.
func (h History) fillChain(a *Ask) {
	measured := map[string]*plan.Rate{}
	for _, u := range h.Chain {
		measured[u.Name] = u.Rate
	}
	chain := make(Chain, len(a.Chain))
	copy(chain, a.Chain)
	for i := range chain {
		if i > 0 && chain[i].Rate == nil {
			chain[i].Rate = measured[chain[i].Name]
		}
	}
	a.Chain = chain
}

// pipeline is what open appointments will bring, by the deadline where one is known.
func (h History) pipeline(a *Ask) float64 {
	if close, ok := h.Chain.closeRate(); ok && a.Until > 0 && len(a.Left) > 0 {
		if sum, ok := h.lags.matures(close, float64(a.Until-h.Days.To)); ok {
			return sum
		}
	}
	return h.Open
}

// result is the KPI at the chain's end.
func (a Ask) result() string {
	if n := len(a.Chain); n > 0 && (a.Unit == "" || a.Unit == a.Chain.end()) {
		return a.Chain[n-1].KPI
	}
	return a.Unit
}

// PlanGoal works a goal for a number of sales, or of appointments, back to
// calls: what is still to be done of it on the working days left. chain is one
// of one's own that ends in the goal's KPI; nil: the standard one. ok is false
// for other goals, and where there is no history to plan by.
func (d Desk) PlanGoal(ctx context.Context, r *Report, s State, chain Chain) (p Planned, ok bool, err error) {
	g, unit := r.Goal, Sales
	switch {
	case len(chain) > 0 && chain[len(chain)-1].KPI == g.KPI:
		unit = chain.end()
	case g.KPI == Appointments:
		unit, chain = Appointments, nil
	case slices.Contains(sold, g.KPI):
		chain = nil
	default:
		return p, false, nil
	}
	if g.State == goal.Closed || r.Kind != forecast.Count || !s.Has || s.Target.Better != pace.Higher || r.DaysLeft == 0 {
		return p, false, nil
	}
	along, end := chain, g.KPI
	if chain == nil {
		if unit == Appointments {
			end = Sales
		}
		along = Standard(end)
	}
	h, err := d.ChainHistory(ctx, g.Scope.Filters(), along)
	if err != nil {
		return p, false, err
	}
	ask := Ask{Unit: unit, Target: math.Ceil(s.Target.High), Chain: chain}
	d.Over(&ask, calendar.Range{From: max(r.Judged.From, min(d.Today, r.Judged.To)), To: r.Judged.To})
	if s.Actual > 0 {
		ask.Done = s.Actual
	}
	h.Fill(&ask)
	if r.Instance.From > d.Today {
		ask.Open = 0
	}
	if p, err = ask.Solve(); callpace.CodeOf(err) == callpace.Invalid {
		return p, false, nil // no history to plan by
	} else if err != nil {
		return p, false, err
	}
	p.Catalogue, p.Ranks = d.Catalogue, h.Rank(p.Goal)
	return p, true, nil
}
