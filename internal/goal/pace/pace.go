// Package pace says where a goal stands on a day: what was to be expected to
// date, what is there, what is needed of each day that is left, how likely the
// target is, and a status that a person can act on. It judges figures that
// internal/goal/forecast has predicted, and looks at no clock: a status is a
// function of the readings so far, the same whenever it is asked.
package pace

import (
	"math"

	"github.com/callpace/callpace/internal/goal/forecast"
)

// Better is the side of a target on which it is reached.
type Better string

// The sides.
const (
	Higher Better = "higher" // at least High
	Lower  Better = "lower"  // at most High
	Within Better = "within" // Low to High, both included
)

// Target is what is to be reached. Low is of Within only.
type Target struct {
	Better    Better
	Low, High float64
}

// Met tells whether a value reaches the target.
func (t Target) Met(v float64) bool {
	switch t.Better {
	case Lower:
		return v <= t.High
	case Within:
		return v >= t.Low && v <= t.High
	}
	return v >= t.High
}

// Chance gives the probability that a result will reach the target.
func (t Target) Chance(d forecast.Distribution) float64 {
	switch t.Better {
	case Lower:
		return d.AtMost(t.High)
	case Within:
		return d.Within(t.Low, t.High)
	}
	return d.AtLeast(t.High)
}

// Due gives what a target expects when a share of the period is over: a sum
// grows with it, a rate or mean does not. Only of a band the two differ.
func (t Target) Due(kind forecast.Kind, share float64) (low, high float64) {
	if kind != forecast.Count && kind != forecast.Money {
		share = 1
	}
	if low = t.High; t.Better == Within {
		low = t.Low
	}
	return low * share, t.High * share
}

// Pace is where a goal stands.
type Pace struct {
	Expected   float64 // to date, to be on the way to the target exactly; of a band its upper end
	AtLeast    float64 // of a band, what is expected to date at its lower end; else as Expected
	Actual     float64
	Ahead      float64 // Actual − Expected, in the unit of the goal
	NeededDay  float64 // of a sum: on each working day left; 0 where none is
	NeededRest float64 // of a rate or mean: its value over all that is still to come
	Projected  float64 // mean of what it will come to
	Low, High  float64 // 80 % interval of it
	Chance     float64 // to reach the target
}

// Of gives the pace of a goal from its forecast. daysLeft are its working
// days that are not over. seen is the denominator of a rate or mean so far.
func Of(kind forecast.Kind, t Target, a forecast.Answer, seen float64, daysLeft int) Pace {
	p := Pace{Actual: a.Done, Projected: a.Result.Mean(), Chance: t.Chance(a.Result)}
	p.Low, p.High = a.Result.Interval(0.8)
	p.AtLeast, p.Expected = t.Due(kind, a.Share)
	switch kind {
	case forecast.Count, forecast.Money:
		if daysLeft > 0 {
			p.NeededDay = math.Max(0, t.High-a.Done) / float64(daysLeft)
		}
	default:
		p.NeededRest = t.High
		if rest := a.Rest.Mean(); seen > 0 && rest > 0 {
			p.NeededRest = (t.High*(seen+rest) - a.Done*seen) / rest
		}
	}
	p.Ahead = p.Actual - p.Expected
	return p
}

// Readings gives what was known at the end of each day of the period up to the
// question's last, from the data as they are now: the series that Judge reads.
// The first is that of the day before the period.
func Readings(q forecast.Question, t Target) []Reading {
	sum := q.Kind == forecast.Count || q.Kind == forecast.Money
	out := make([]Reading, 0, q.Seen+1)
	for day := range q.Seen + 1 {
		then := q
		then.Seen = day
		then.Together = q.Together[:min(day, len(q.Together))]
		if day < q.Seen {
			then.Arrived = nil // what came late is there by now
		}
		r := Reading{Chance: math.NaN()}
		if a, ok := forecast.Predict(then); ok {
			r.Chance = t.Chance(a.Result)
			r.Settled = Settle(t, sum, a.Done, day == len(q.Period))
		}
		out = append(out, r)
	}
	return out
}
