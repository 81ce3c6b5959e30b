package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Proportion is a numerator that is part of its denominator: sales of calls.
// Both may be fractions where joint sales are counted by shares.
type Proportion struct{ X, N float64 }

// Value gives X/N; ok is false where N is 0 or X no part of N.
func (p Proportion) Value() (v float64, ok bool) {
	if !(p.N > 0) || !(p.X >= 0) || p.X > p.N || math.IsInf(p.N, 0) {
		return 0, false
	}
	return p.X / p.N, true
}

// Wilson gives the score interval of a proportion (Wilson 1927) at a
// confidence such as 0.95. It stays within 0 and 1 and is honest for small N.
func Wilson(p Proportion, confidence float64) (i Interval, ok bool) {
	if _, ok = p.Value(); !ok || !level(confidence) {
		return Interval{}, false
	}
	return p.wilson(distuv.UnitNormal.Quantile((1 + confidence) / 2)), true
}

func (p Proportion) wilson(z float64) Interval {
	z2 := z * z
	centre := p.X + z2/2
	half := z * math.Sqrt(p.X*(p.N-p.X)/p.N+z2/4)
	return Interval{
		Low:  math.Max(0, (centre-half)/(p.N+z2)),
		High: math.Min(1, (centre+half)/(p.N+z2)),
	}
}

// ProportionChange compares two independent proportions by Newcombe's hybrid
// score interval (Newcombe 1998, method 10).
func ProportionChange(now, before Proportion) (c Change, ok bool) {
	a, ok := now.Value()
	if !ok {
		return Change{}, false
	}
	b, ok := before.Value()
	if !ok {
		return Change{}, false
	}
	z := distuv.UnitNormal.Quantile((1 + Confidence) / 2)
	return Change{Diff: a - b, Interval: newcombe(now, before, z), P: newcombeP(now, before)}, true
}

func newcombe(now, before Proportion, z float64) Interval {
	a, b := now.X/now.N, before.X/before.N
	wa, wb := now.wilson(z), before.wilson(z)
	return Interval{
		Low:  a - b - math.Hypot(a-wa.Low, wb.High-b),
		High: a - b + math.Hypot(wa.High-a, b-wb.Low),
	}
}

// newcombeP inverts the interval: the level at which its nearer border meets 0.
// A separate test would now and then contradict the interval shown beside it.
func newcombeP(now, before Proportion) float64 {
	apart := func(z float64) bool {
		i := newcombe(now, before, z)
		return i.Low > 0 || i.High < 0
	}
	low, high := 0.0, 40.0 // P below 1e-300 is 0
	if apart(high) {
		return 0
	}
	for range 60 {
		if mid := (low + high) / 2; apart(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return 2 * distuv.UnitNormal.Survival(high)
}
