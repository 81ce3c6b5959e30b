package track

import (
	"context"
	"math"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
)

// Outcome is what an instance came to by the data as they are now, with what it
// was measured against: f, or what it would be where that was not kept. Of a
// goal for each it is how many reached their target, and whether all did.
func (d Desk) Outcome(ctx context.Context, g goal.Goal, i goal.Instance, kept []Frozen) (goal.Result, Frozen, error) {
	e, err := d.Catalogue.Explain(g.KPI)
	if err != nil {
		return goal.Result{}, Frozen{}, err
	}
	r := &Report{Goal: g, Instance: i, Judged: g.Judged(d.cal(), i), Kind: kindOf(e), Form: e.Kind, Unit: e.Unit}
	out := goal.Result{Days: r.Judged}
	var ok bool
	if r.Frozen, ok = findFrozen(kept, i); !ok {
		if r.Frozen, err = d.Freeze(ctx, g, i); err != nil {
			return out, r.Frozen, err
		}
	}
	f, err := d.ask(ctx, r.Judged, g.Scope.Filters(), g.Scope.By(), false, g.KPI)
	if err != nil {
		return out, r.Frozen, err
	}
	reached, all := 0, 0
	for _, row := range f.Rows {
		part, x := first(row.Key), row.Figures[0]
		if part == "" && g.Scope.Each != goal.Together || !x.Valid {
			continue
		}
		all++
		if t, ok := d.target(r, part); ok && t.Met(x.Number) {
			reached++
		}
		out.Value = goal.Number(callpace.Amount(math.Round(x.Number * float64(callpace.One))))
	}
	if g.Scope.Each != goal.Together {
		out.Value = goal.Number(callpace.Amount(reached) * callpace.One)
	}
	out.Reached = all > 0 && reached == all
	if all == 0 {
		// Nothing happened: a sum is nought, a rate has no data.
		if out.NoData = !additive(r.Kind) || g.Scope.Each != goal.Together; !out.NoData {
			t, ok := d.target(r, "")
			out.Reached = ok && t.Met(0)
		}
	}
	return out, r.Frozen, nil
}
