// Package plan works a goal back through a chain of stages to what it asks of
// each working day: 50 sales at 5 % are 1,000 calls, 48 a day over 21 days, and
// 1,114 to be 80 % sure. It says what each better rate would save, which stage
// to work on, and whether hours and leads suffice.
//
// It is arithmetic that takes well under a millisecond per figure, so that a
// slider can ask it at every move. It reads nothing, and names units and stages
// by the keys that it was given.
package plan

import (
	"math"

	"github.com/callpace/callpace/internal/stats"
)

// Sure is the chance with which the cautious figure of a plan suffices.
const Sure = 0.80

// Rate is the share of one unit that becomes the next: measured, with its
// counts, or set by hand and taken at its word.
type Rate struct {
	measured stats.Proportion
	set      float64
}

// Set is a rate that somebody states.
func Set(p float64) Rate { return Rate{set: p} }

// Measured is a rate of x out of n.
func Measured(x, n float64) Rate { return Rate{measured: stats.Proportion{X: x, N: n}} }

// Value gives the rate; ok is false where it is none between 0 and 1.
func (r Rate) Value() (p float64, ok bool) {
	if r.measured.N != 0 {
		return r.measured.Value()
	}
	return r.set, r.set >= 0 && r.set <= 1
}

// Counts gives the counts of a measured rate; ok is false for one that was set.
func (r Rate) Counts() (c stats.Proportion, ok bool) { return r.measured, r.measured.N > 0 }

// Stage turns one unit into the next. The units are keys: "calls", "appointments".
type Stage struct {
	From, To string
	Rate     Rate
}

// Goal is what is to be planned for: a number of the last unit of a chain.
type Goal struct {
	Target float64
	Done   float64 // of it already there
	Open   float64 // expected from leads that are open already
	Stages []Stage // from what people do to what is wanted, in order
	// InTime is the share of what is begun from now on whose result still falls
	// before the deadline (see InTime); 0 counts as 1.
	InTime float64
	Days   int // working days left
}

// Step is how many of a unit it takes.
type Step struct {
	Unit     string
	Expected float64 // exactly as many as the rates make; shown rounded up
	Number   int64   // rounded up
}

// Plan is a goal worked back.
type Plan struct {
	Need   int64 // still missing of the target, open leads deducted
	Steps  []Step
	Begin  Figure  // of the first unit: what people do
	Rate   float64 // of the first unit that becomes the last, in time
	Chance float64 // that the expected number suffices: about a half
}

// Figure is one number said twice: what it takes on average, and to be Sure.
type Figure struct {
	Expected, Sure             int64
	ExpectedPerDay, SurePerDay int64 // working day; 0 where none is left
}

// Solve works a goal back. ok is false where a rate is none, or so small that
// no number of calls reaches the goal.
func Solve(g Goal) (p Plan, ok bool) {
	rate, ok := g.rate()
	if !ok {
		return Plan{}, false
	}
	p.Rate, p.Need = rate, up(g.Target-g.Done-g.Open)
	if p.Need <= 0 {
		p.Need, p.Chance = 0, 1
	} else if rate == 0 {
		return Plan{}, false
	}
	p.steps(g)
	b := belief(g)
	p.Begin.Expected = p.Steps[0].Number
	if p.Begin.Sure, ok = enough(b, p.Need, p.Begin.Expected); !ok {
		return Plan{}, false
	}
	p.Chance = chance(b, p.Begin.Expected, p.Need)
	p.Begin.ExpectedPerDay = perDay(p.Begin.Expected, g.Days)
	p.Begin.SurePerDay = perDay(p.Begin.Sure, g.Days)
	return p, true
}

// steps runs the chain backward, each unit from the exact number of the next.
func (p *Plan) steps(g Goal) {
	p.Steps = make([]Step, len(g.Stages)+1)
	number, last := float64(p.Need), len(g.Stages)
	if last == 0 {
		p.Steps[0] = Step{"", number, p.Need}
		return
	}
	p.Steps[last] = Step{g.Stages[last-1].To, number, p.Need}
	number /= g.inTime()
	for i := last - 1; i >= 0; i-- {
		r, _ := g.Stages[i].Rate.Value()
		if number > 0 {
			number /= r
		}
		p.Steps[i] = Step{g.Stages[i].From, number, up(number)}
	}
}

// Chance gives the chance to reach the goal with so many of the first unit.
// ok is false where a rate is none.
func Chance(g Goal, begun int64) (p float64, ok bool) {
	if _, ok = g.rate(); !ok {
		return 0, false
	}
	return chance(belief(g), begun, up(g.Target-g.Done-g.Open)), true
}

func (g Goal) rate() (rate float64, ok bool) {
	rate = g.inTime()
	for _, s := range g.Stages {
		r, ok := s.Rate.Value()
		if !ok {
			return 0, false
		}
		rate *= r
	}
	return rate, true
}

func (g Goal) inTime() float64 {
	if g.InTime > 0 && g.InTime < 1 {
		return g.InTime
	}
	return 1
}

// InTime gives Goal.InTime from the working days left, each by the number of
// days from it to the deadline, and the share of results that take at most a
// number of days (forecast.Cycle.Within): work is spread evenly over the days.
func InTime(daysToDeadline []float64, within func(days float64) float64) float64 {
	if len(daysToDeadline) == 0 {
		return 1
	}
	sum := 0.0
	for _, d := range daysToDeadline {
		sum += within(d)
	}
	return sum / float64(len(daysToDeadline))
}

// up rounds up, but not what is whole but for the error of a division:
// 50 / (0.15 × ⅓) are 1,000 calls, not 1,001.
func up(v float64) int64 {
	return int64(math.Ceil(v - 1e-9*math.Max(1, math.Abs(v))))
}

func perDay(n int64, days int) int64 {
	if days <= 0 {
		return 0
	}
	return (n + int64(days) - 1) / int64(days)
}
