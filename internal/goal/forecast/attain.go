package forecast

import (
	"math"

	"github.com/callpace/callpace/internal/stats"
)

// Verdict says how much a target asks for, held against what was achieved.
type Verdict string

// The verdicts. Each has a message: attain.verdict.<verdict>.
const (
	AlreadyThere Verdict = "already_there" // the usual level reaches it
	Realistic    Verdict = "realistic"
	Challenging  Verdict = "challenging"
	Stretch      Verdict = "stretch"
	OutOfReach   Verdict = "out_of_reach"
)

// Key gives the key of the verdict's message.
func (v Verdict) Key() string { return "attain.verdict." + string(v) }

// The percentiles of achieved lifts up to which a required one is so called:
// three periods in ten have risen by more than a realistic lift, one in ten by
// more than a challenging one.
const (
	realisticUpto   = 0.70
	challengingUpto = 0.90
	stretchUpto     = 0.98
)

// Attainability is the two figures of a target and what they mean.
type Attainability struct {
	Chance     float64 // to reach it if nothing changes
	Lift       float64 // required: target / expected − 1, signed so that more is harder
	Percentile float64 // of Lift among the lifts achieved between comparable periods
	Verdict    Verdict
}

// What lifts are usually like, before any are known, and the weight of that
// in number of lifts: between two months, people change by a fifth.
const (
	usualLift     = 0.20
	usualLiftHeld = 4
)

// Attain judges a target. chance is that of reaching it if nothing changes.
// expected and target are in the same unit, both above 0: what the scope
// would come to, and is to come to. lower tells that less is better. lifts
// are the changes between comparable periods of this scope and its peers, as
// logarithms of the later over the earlier, each with its error (see LogLift).
// ok is false where expected or target are not above 0: "+15 %" of nothing, or
// of a loss, is no target.
func Attain(chance, expected, target float64, lower bool, lifts []stats.Estimate) (a Attainability, ok bool) {
	if !(expected > 0) || !(target > 0) || math.IsInf(expected, 0) || math.IsInf(target, 0) {
		return Attainability{}, false
	}
	needed, side := math.Log(target/expected), 1.0
	if lower {
		needed, side = -needed, -1
	}
	a = Attainability{Chance: chance, Lift: math.Exp(needed) - 1, Percentile: percentile(needed, side, lifts)}
	switch {
	case needed <= 0:
		a.Verdict = AlreadyThere
	case a.Percentile <= realisticUpto:
		a.Verdict = Realistic
	case a.Percentile <= challengingUpto:
		a.Verdict = Challenging
	case a.Percentile <= stretchUpto:
		a.Verdict = Stretch
	default:
		a.Verdict = OutOfReach
	}
	return a, true
}

// percentile gives the share of true lifts below the needed one. Each measured
// lift is shrunk to what is believed of the true one, a normal law about its
// shrunk value; the usual lift counts as a few more of them.
func percentile(needed, side float64, lifts []stats.Estimate) float64 {
	share := usualLiftHeld * normal.CDF(needed/usualLift)
	n := float64(usualLiftHeld)
	shrunk, ok := stats.ShrinkMeans(lifts)
	if ok {
		for i, s := range shrunk {
			if !(lifts[i].SE > 0) {
				continue
			}
			n++
			sd := math.Sqrt(s.Weight) * lifts[i].SE // that of the belief: √(τ²σ²/(τ²+σ²))
			switch d := needed - side*s.Value; {
			case sd > 0:
				share += normal.CDF(d / sd)
			case d > 0:
				share++
			}
		}
	}
	return share / n
}

// LogLift gives the change between two periods as the logarithm of the ratio
// of their rates, with its error: √(φ(1/y₁ + 1/y₂)). Half an event is added to
// both, so that a period without any still says something. ok is false without
// exposure. For rates, exposure are the trials and phi is φ·(1−p).
func LogLift(before, after stats.Count, phi float64) (e stats.Estimate, ok bool) {
	if !(before.Exposure > 0) || !(after.Exposure > 0) || !(phi > 0) {
		return stats.Estimate{}, false
	}
	x, y := before.Events+0.5, after.Events+0.5
	return stats.Estimate{
		Value: math.Log(y / after.Exposure * before.Exposure / x),
		SE:    math.Sqrt(phi * (1/x + 1/y)),
		DF:    x + y,
	}, true
}

// Lifts gives the log lifts from each stretch of periodDays to the next, of
// each scope, whose days are counts with exposure in order.
func Lifts(scopes [][]stats.Count, periodDays int) []stats.Estimate {
	levels := Levels(scopes, periodDays)
	var out []stats.Estimate
	for i, days := range scopes {
		phi := math.Max(1, levels[i].Phi)
		blocks := cut(days, periodDays)
		for j := 1; j < len(blocks); j++ {
			if e, ok := LogLift(blocks[j-1], blocks[j], phi); ok {
				out = append(out, e)
			}
		}
	}
	return out
}
