// Package forecast says what a period will come to: the distribution of the
// final result of a count, an amount of money, a rate or a mean, given its days
// so far and the days before it; whether a target asks for more than was ever
// achieved; and whether a guardrail holds. The methods are those that
// docs/adr/0012-forecast.md gives with their measured calibration.
//
// It is arithmetic on plain days: it knows no KPI, reads no facts, looks at no
// clock, and gives the same answer to the same question every time. Amounts
// are floats here, since a forecast is an estimate and nobody is paid by it.
package forecast

import (
	"math"
	"time"

	"github.com/callpace/callpace/internal/stats"
)

// Day is one calendar day of a scope, closed days included.
type Day struct {
	Weekday time.Weekday
	Cycle   int // the year
	Season  int // the place in the year, from 0, usually the month; -1 where there is none
	// Staffed are the hours (or people) at work. Where no schedule is known, 1
	// for every day: which days are selling days is then learned.
	Staffed float64
	N       float64 // what was counted: sales, calls, contacts
	// X is what the N brought: of a rate the part that succeeded, of money and
	// means the sum over all N. Counts have none.
	X float64
}

// Kind is what a KPI comes to over a period.
type Kind string

// The kinds.
const (
	Count Kind = "count" // Σ N
	Money Kind = "money" // Σ X over N orders
	Rate  Kind = "rate"  // Σ X / Σ N, X being a part of N
	Mean  Kind = "mean"  // Σ X / Σ N of anything
)

// Question is everything a forecast is made from.
type Question struct {
	Kind    Kind
	Own     []Day   // the days before the period, in order
	Peers   [][]Day // those of comparable scopes, the own ones not among them
	Company []Day   // those of all together, which lend weekdays and season
	// Together are the days of the period of all together so far, if known: a good
	// month for everybody shows there long before it does in the own few counts.
	Together []Day
	Period   []Day // every day of the period; of days to come only the first four fields count
	Seen     int   // so many days of the period are over
	// Arrived are the shares of a day's count that the data hold after 0, 1, 2 …
	// days; later all have arrived. Nil: what happened is booked at once.
	Arrived []float64
	Amounts []float64 // of Money: single orders of the past; without any, daily means stand in
	Open    []Open    // leads that may still be won in the period, counted beside those to come
	Cycle   Cycle     // needed with Open: how long a lead takes
	Seed    uint64    // of the draws that Money and Mean take
}

// Answer is a forecast.
type Answer struct {
	Result Distribution // of the final result
	Done   float64      // what it stands at: a sum for Count and Money, else the rate or mean (NaN without any N)
	// Share is the part of the period's exposure that is behind: of a target for a
	// sum, so much was to be expected to date.
	Share float64
	Level Level        // of N per exposure
	Rest  Distribution // of N that is still to come
}

// Predict answers a question. ok is false where nobody has any history, and
// for a rate or mean that has no denominator and expects none.
func Predict(q Question) (a Answer, ok bool) {
	s, ok := q.state()
	if !ok {
		return Answer{}, false
	}
	rest := 0.0
	for _, e := range s.rest {
		rest += e
	}
	a = q.answer(s, s.level.Rest(s.seen, rest).Plus(pipeline(q.Open)))
	return a, a.Result.Known()
}

// state is what is known of the scope and its period.
type state struct {
	level   Level
	seen    stats.Count
	brought float64   // Σ X so far
	rest    []float64 // the exposure still to come of each day, late bookings of past ones included
	whole   float64   // exposure of the period
}

func (q Question) state() (s state, ok bool) {
	p := Learn(q.Own, Learn(q.Company, Flat()))
	series := append([][]stats.Count{q.exposed(p, q.Own, q.Seen)}, q.peers()...)
	s.level = Levels(series, len(q.Period))[0]
	if !s.level.known() {
		return s, false
	}
	s.level = q.shared(s.level, p.Widen)
	s.rest = make([]float64, len(q.Period))
	for i, d := range q.Period {
		e := p.Exposure(d)
		s.whole += e
		if i >= q.Seen {
			s.rest[i] = e * q.fresh(i)
			continue
		}
		arrived := q.arrived(q.Seen - 1 - i)
		s.seen.Exposure += e * arrived
		s.seen.Events += d.N
		s.brought += d.X
		s.rest[i] = e * (1 - arrived)
	}
	return s, true
}

// answer turns what N is still to come into what all comes to.
func (q Question) answer(s state, rest Distribution) Answer {
	a := Answer{Level: s.level, Share: 1, Rest: rest}
	if s.whole > 0 {
		a.Share = s.seen.Exposure / s.whole
	}
	x, n := s.brought, s.seen.Events
	switch q.Kind {
	case Count:
		a.Done = n
		a.Result = rest.Shift(n)
	case Money:
		a.Done = x
		a.Result = q.money(x, n, rest).Shift(x)
	case Rate:
		a.Done = x / n
		a.Result = q.rate(stats.Proportion{X: x, N: n}, rest)
	case Mean:
		a.Done = x / n
		a.Result = q.mean(x, n, rest)
	}
	return a
}

// shared moves a level by what this period has brought all together so far,
// and takes off the doubt that this has settled: of how much periods differ,
// the part that they have in common, which includes a season that nobody has seen.
func (q Question) shared(l Level, widen float64) Level {
	wide := l.Wider(widen)
	if len(q.Together) == 0 {
		return wide
	}
	p := Learn(q.Company, Flat())
	all := Levels([][]stats.Count{q.exposed(p, q.Company, q.Seen)}, len(q.Period))[0]
	if !all.known() {
		return wide
	}
	common := math.Min(all.between, mostCommon*l.between) + widen*widen
	all.Shape = 1 / common
	seen := sum(Question{Arrived: q.Arrived}.exposed(p, q.Together, 0))
	shape, _ := all.posterior(seen)
	wide.Mean *= all.Expected(seen) / all.Mean
	wide.Shape = 1 / (1/wide.Shape - (common - 1/shape))
	return wide
}

// mostCommon is the largest part of the variance between periods that is
// taken to be common to all.
const mostCommon = 0.8

// exposed turns days that ended the given number of days ago or before into
// counts with exposure.
func (q Question) exposed(p Profile, days []Day, ended int) []stats.Count {
	out := make([]stats.Count, len(days))
	for i, d := range days {
		out[i] = stats.Count{Events: d.N, Exposure: p.Exposure(d) * q.arrived(ended+len(days)-1-i)}
	}
	return out
}

// peers exposes the days of each peer by its own profile, in units of the own
// scope's: an hour is an hour.
func (q Question) peers() [][]stats.Count {
	company := Learn(q.Company, Flat())
	out := make([][]stats.Count, len(q.Peers))
	for i, days := range q.Peers {
		out[i] = q.exposed(Learn(days, company), days, q.Seen)
	}
	return out
}

func (q Question) arrived(age int) float64 {
	if age >= len(q.Arrived) {
		return 1
	}
	return q.Arrived[max(age, 0)]
}

// fresh is the share of the sales of a day to come that are to come from leads
// which are not open yet: all, where open leads are not counted by themselves.
func (q Question) fresh(day int) float64 {
	if q.Open == nil {
		return 1
	}
	return q.Cycle.Within(float64(day - q.Seen))
}
