package plan

import (
	"sort"

	"github.com/callpace/callpace/internal/stats"
)

// Worth is what one better rate would change.
type Worth struct {
	Stage    int // of Goal.Stages
	From, To float64
	Expected int64   // of the first unit then
	Saves    int64   // of it; below 0 where the rate is worse
	Chance   float64 // to reach the goal with as many as the plan expects now
}

// WhatIf gives the worth of a stage at another rate. ok is false where there
// is no plan with or without it.
func WhatIf(g Goal, stage int, rate float64) (w Worth, ok bool) {
	if stage < 0 || stage >= len(g.Stages) {
		return Worth{}, false
	}
	now, ok := Solve(g)
	if !ok {
		return Worth{}, false
	}
	w = Worth{Stage: stage, To: rate}
	w.From, _ = g.Stages[stage].Rate.Value()
	then := g.With(stage, Set(rate))
	if r, ok := then.rate(); !ok || r == 0 {
		return Worth{}, false
	}
	var p Plan
	p.Need = now.Need
	p.steps(then)
	w.Expected = p.Steps[0].Number
	w.Saves = now.Begin.Expected - w.Expected
	w.Chance, _ = Chance(then, now.Begin.Expected)
	return w, true
}

// With gives the goal with another rate at a stage.
func (g Goal) With(stage int, r Rate) Goal {
	stages := append([]Stage(nil), g.Stages...)
	stages[stage].Rate = r
	g.Stages = stages
	return g
}

// Record is what a stage has been elsewhere and before, to hold it against.
type Record struct {
	Quarters []stats.Proportion // of the own scope, oldest first
	Teams    []stats.Proportion // of comparable scopes, now
	// Reference is a rate that is good by common experience, such as one
	// appointment in three; 0 where there is none.
	Reference float64
}

// Weakness is how far a stage lies under what it could be.
type Weakness struct {
	Worth
	Usual, Best, Others float64 // shrunk: mean and best own quarter, mean of other teams; 0 is unknown
	Reference           float64
	Lift                float64 // achievable: shrunk best quarter / now − 1, at least 0
}

// Rank orders the stages by achievable lift, the largest first: equal relative
// lifts of any stage are worth the same, so what can be achieved decides. The
// best quarter is shrunk, since the best of many is partly luck. Where there are
// no quarters, the best other team stands in, then the reference. records has
// one entry per stage.
func Rank(g Goal, records []Record) []Weakness {
	var out []Weakness
	for i, s := range g.Stages {
		now, ok := s.Rate.Value()
		if !ok || now == 0 || i >= len(records) {
			continue
		}
		w := weakness(now, records[i])
		if worth, ok := WhatIf(g, i, now*(1+w.Lift)); ok {
			w.Worth = worth
			out = append(out, w)
		}
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].Lift > out[b].Lift })
	return out
}

func weakness(now float64, r Record) Weakness {
	w := Weakness{Reference: r.Reference}
	best := r.Reference
	if mean, top, ok := meanAndBest(r.Teams); ok {
		w.Others, best = mean, top
	}
	if mean, top, ok := meanAndBest(r.Quarters); ok {
		w.Usual, w.Best, best = mean, top, top
	}
	w.Lift = max(0, min(best, 1)/now-1)
	return w
}

func meanAndBest(rates []stats.Proportion) (mean, best float64, ok bool) {
	shrunk, ok := stats.ShrinkRates(rates)
	if !ok {
		return 0, 0, false
	}
	var x, n float64
	for i, s := range shrunk {
		x, n = x+rates[i].X, n+rates[i].N
		best = max(best, s.Value)
	}
	return x / n, best, true
}
