// Package stats judges numbers: intervals, changes that are more than chance,
// shrinkage of small groups toward their peers, evenness. It is arithmetic on
// sums that others have counted: it reads no facts, knows no KPI and keeps no
// state but constants that it found. What is undefined comes back with ok false, never as NaN or Inf.
package stats

import (
	"math"
	"sync/atomic"

	"gonum.org/v1/gonum/stat/distuv"
)

// The levels at which figures are judged.
const (
	Confidence     = 0.95 // of every interval shown
	Significance   = 0.05 // a change with a smaller P is more than chance
	FalseDiscovery = 0.10 // share of false flags tolerated in lists that point at people or stages
)

// Interval is a confidence interval, in the unit of the figure it belongs to.
type Interval struct{ Low, High float64 }

// Estimate is a figure with its standard error. DF are the degrees of freedom
// of that error (clusters less one), for Student's t.
type Estimate struct{ Value, SE, DF float64 }

// Interval gives the t interval of an estimate at a confidence such as 0.95.
// An error of zero is no sign of certainty but of too little variety to tell
// (no sale on any day), so it has no interval.
func (e Estimate) Interval(confidence float64) (i Interval, ok bool) {
	if !e.told() || !level(confidence) {
		return Interval{}, false
	}
	half := quantile(e.DF, confidence) * e.SE
	return finite(e.Value-half, e.Value+half)
}

func (e Estimate) told() bool {
	return e.SE > 0 && e.DF > 0 && !math.IsInf(e.SE, 0) && !math.IsNaN(e.Value) && !math.IsInf(e.Value, 0)
}

// Change is the difference of two figures, the later less the earlier, with
// its 95 % interval. P is the chance of a difference at least as large if
// nothing had changed: P < 0.05 exactly where the interval leaves out 0.
type Change struct {
	Diff float64
	Interval
	P float64
}

// MoreThanChance tells whether the change is larger than chance explains, at 95 %.
// For many changes at once, see BenjaminiHochberg.
func (c Change) MoreThanChance() bool { return c.P < Significance }

// Difference compares two independent estimates by Welch's t test (Welch 1947,
// degrees of freedom by Satterthwaite 1946). One of the two may have no error
// of its own; without any there is no telling.
func Difference(now, before Estimate) (c Change, ok bool) {
	v, w := now.SE*now.SE, before.SE*before.SE
	var parts float64
	if v > 0 {
		parts += v * v / now.DF
	}
	if w > 0 {
		parts += w * w / before.DF
	}
	d := Estimate{Value: now.Value - before.Value, SE: math.Sqrt(v + w), DF: (v + w) * (v + w) / parts}
	i, ok := d.Interval(Confidence)
	if !ok {
		return Change{}, false
	}
	p := 2 * student(d.DF).Survival(math.Abs(d.Value)/d.SE)
	return Change{Diff: d.Value, Interval: i, P: p}, true
}

func student(df float64) distuv.StudentsT { return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df} }

// quantiles keeps those of whole degrees of freedom at the usual confidence:
// most intervals rest on so many days, and a quantile takes longer to find than
// all else that a figure needs.
var quantiles [1 << 10]atomic.Uint64 // as bits of a float64; 0: not found yet

// quantile is half the width of an interval of so much confidence, in standard errors.
func quantile(df, confidence float64) float64 {
	if n := int(df); confidence == Confidence && float64(n) == df && n < len(quantiles) {
		known := &quantiles[n]
		if bits := known.Load(); bits != 0 {
			return math.Float64frombits(bits)
		}
		q := student(df).Quantile((1 + confidence) / 2)
		known.Store(math.Float64bits(q))
		return q
	}
	return student(df).Quantile((1 + confidence) / 2)
}

func level(confidence float64) bool { return confidence > 0 && confidence < 1 }

func finite(low, high float64) (Interval, bool) {
	if math.IsNaN(low) || math.IsInf(low, 0) || math.IsNaN(high) || math.IsInf(high, 0) {
		return Interval{}, false
	}
	return Interval{Low: low, High: high}, true
}
