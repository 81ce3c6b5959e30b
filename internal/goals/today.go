package goals

import (
	"context"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/store"
)

// Due is a running goal with what it asks of today.
type Due struct {
	Goal   store.Goal
	Report *track.Report
	// State is that of all together, or of one part of a goal for each; of a goal
	// for each as a whole it is the part in the middle, and Whole is false.
	State track.State
	Whole bool
	// Needed is today's share of what was missing yesterday, Done what is there
	// of it, Left what is still to do. They are known of totals that are to grow.
	Needed, Done, Left float64
	Known              bool
}

// Today lists what the running goals that somebody sees ask of today, those in
// the worst state first. Own lists only what is theirs in person: goals set for
// them, and their line of goals for each. report gives how a goal stands, nil
// looks it up. Goals of which nothing can be said are left out.
func (b Book) Today(ctx context.Context, s Sight, own bool, report func(store.Goal) (*track.Report, error)) ([]Due, error) {
	list, err := b.Goals(ctx, s)
	if err != nil {
		return nil, err
	}
	if report == nil {
		report = func(g store.Goal) (*track.Report, error) { return b.Look(ctx, g, false) }
	}
	var out []Due
	for _, g := range list {
		if g.State != goal.Active || !b.Desk.Instance(g.Goal).Has(b.Desk.Today) || own && !s.personal(g.Goal) {
			continue
		}
		r, err := report(g)
		if err != nil && callpace.CodeOf(err) == callpace.Internal {
			return nil, err
		}
		if err != nil || !r.Judged.Has(b.Desk.Today) {
			continue
		}
		if d, ok := s.due(g, r, own); ok {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b Due) int { return pace.Worse(a.Status(), b.Status()) })
	return out, nil
}

// Status is that of the part, or of the whole.
func (d Due) Status() pace.Status {
	if d.Whole {
		return d.State.Verdict.Status
	}
	return d.Report.Status
}

// personal tells whether a goal, or a line of it, is somebody's own.
func (s Sight) personal(g goal.Goal) bool {
	return s.own != "" && (g.Scope.Agent == s.own || g.Scope.Each == goal.EachAgent)
}

func (s Sight) due(g store.Goal, r *track.Report, own bool) (d Due, ok bool) {
	d = Due{Goal: g, Report: r}
	if d.State, d.Whole = r.Whole(); !d.Whole {
		if d.State, ok = r.Part(s.own); ok && s.own != "" {
			d.Whole = true
		} else if own || len(r.Parts) == 0 {
			return d, false
		} else {
			d.State = r.Parts[(len(r.Parts)-1)/2]
		}
	}
	if d.Whole {
		d.Needed, d.Done, d.Known = r.Due(d.State)
		d.Left = max(0, d.Needed-d.Done)
	}
	return d, true
}

// calling are the KPIs by which goals count calls.
var calling = []string{"calls", "outbound_calls", "cold_calls"}

// CallsDue is how many calls somebody's goals ask of today: of the goal of
// calls that asks for most, else what their goals of sales or appointments come
// to by the plan. ok is false where no goal says anything. by is the goal.
func (b Book) CallsDue(ctx context.Context, dues []Due) (calls float64, by Due, ok bool, err error) {
	for _, d := range dues {
		if d.Known && slices.Contains(calling, d.Goal.KPI) && (!ok || d.Needed > calls) {
			calls, by, ok = d.Needed, d, true
		}
	}
	if ok {
		return calls, by, true, nil
	}
	chain, err := b.Chain(ctx, "")
	if err != nil {
		return 0, by, false, err
	}
	for _, d := range dues {
		if !d.Known || !(d.Needed > 0) {
			continue
		}
		r := *d.Report
		if r.Goal.Scope.Each == goal.EachAgent { // the plan of one of them
			r.Goal.Scope.Each, r.Goal.Scope.Agent = goal.Together, d.State.Part
		}
		p, planned, err := b.Desk.PlanGoal(ctx, &r, d.State, chain)
		if err != nil {
			return 0, by, false, err
		}
		if planned && (!ok || float64(p.Plan.Begin.ExpectedPerDay) > calls) {
			calls, by, ok = float64(p.Plan.Begin.ExpectedPerDay), d, true
		}
	}
	return calls, by, ok, nil
}
