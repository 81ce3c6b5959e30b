package overview

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/stats"
)

// Beside sets somebody's figure against that of the others.
type Beside struct {
	Own, Others kpi.Figure
	Diff        float64
	Valid       bool // both have data
	Judged      bool // it can be told whether it exceeds chance
	Beyond      bool // it does
	Good        bool // and is for the better
	p           float64
}

// Compare sets the figures of one row against those of another, column by
// column. heads is how many the others are: counts and sums of theirs are
// taken by head. What exceeds chance is told for the whole list at once
// (stats.BenjaminiHochberg).
func Compare(columns []kpi.Column, own, others []kpi.Figure, heads float64) []Beside {
	out := make([]Beside, len(columns))
	var p []float64
	var judged []int
	for i, c := range columns {
		b := &out[i]
		b.Own, b.Others = own[i], others[i]
		if c.Kind == kpi.KindCount || c.Kind == kpi.KindSum {
			b.Others = byHead(others[i], heads)
		}
		if b.Valid = b.Own.Valid && b.Others.Valid && b.Own.Currency == b.Others.Currency; !b.Valid {
			continue
		}
		b.Diff = b.Own.Number - b.Others.Number
		if b.p, b.Judged = chance(c, b.Own, b.Others); b.Judged {
			p, judged = append(p, b.p), append(judged, i)
		}
	}
	for i, marked := range stats.BenjaminiHochberg(p, falseShare) {
		b := &out[judged[i]]
		better := columns[judged[i]].Better
		b.Beyond = marked
		b.Good = marked && (better == "higher" && b.Diff > 0 || better == "lower" && b.Diff < 0)
	}
	return out
}

func byHead(x kpi.Figure, heads float64) kpi.Figure {
	if !(heads > 0) {
		return kpi.Figure{}
	}
	return kpi.Figure{Valid: x.Valid, Number: x.Number / heads, Currency: x.Currency, Low: x.Low / heads, High: x.High / heads, Interval: x.Interval, Marks: x.Marks}
}

// chance gives the P of a difference. Proportions are compared as such; other
// figures by their intervals, whose halves on the side of the other figure add
// up by squares (MOVER; Zou and Donner 2008). Small denominators tell nothing.
func chance(c kpi.Column, own, others kpi.Figure) (p float64, ok bool) {
	if c.Kind == kpi.KindProportion {
		if own.Den < minimum || others.Den < minimum {
			return 0, false
		}
		change, ok := stats.ProportionChange(stats.Proportion{X: own.Num, N: own.Den}, stats.Proportion{X: others.Num, N: others.Den})
		return change.P, ok
	}
	if !own.Interval || !others.Interval {
		return 0, false
	}
	low, high := own.Number-own.Low, others.High-others.Number
	if own.Number < others.Number {
		low, high = own.High-own.Number, others.Number-others.Low
	}
	half := math.Hypot(low, high)
	if !(half > 0) {
		return 0, false
	}
	z := math.Abs(own.Number-others.Number) / half * distuv.UnitNormal.Quantile((1+stats.Confidence)/2)
	return 2 * distuv.UnitNormal.Survival(z), true
}
