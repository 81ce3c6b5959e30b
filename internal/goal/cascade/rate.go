package cascade

import (
	"math"

	"github.com/callpace/callpace"
)

// Rate is a rate as it goes down and up the tree: what succeeds, of what.
type Rate struct{ Num, Den int64 }

// Value gives the rate; ok is false without a denominator.
func (r Rate) Value() (v float64, ok bool) {
	if r.Den == 0 {
		return 0, false
	}
	return float64(r.Num) / float64(r.Den), true
}

// Sum rolls parts up: numerators and denominators each by their sum.
func Sum(parts []Rate) (whole Rate) {
	for _, p := range parts {
		whole.Num += p.Num
		whole.Den += p.Den
	}
	return whole
}

// Level is what a part of a rate has reached before, or what was set for it by hand.
type Level struct {
	Usual  float64
	Locked bool
	Value  float64 // of a locked one
}

// SplitRate divides a rate's target: the denominators by the weights of the
// parts, the numerators by denominator × usual, so that the strong are asked
// for more than the weak and the whole comes out exactly; locked levels are
// kept to the nearest numerator. No usual, or nothing but zeros, asks all
// alike. Where the numerators cannot be divided the error is that of Split,
// with the denominators and the locked numerators given all the same.
func SplitRate(whole Rate, parts []Part, levels []Level) ([]Rate, error) {
	dens, err := Split(whole.Den, parts)
	if err != nil {
		return nil, err
	}
	out, alike, asked, known := make([]Rate, len(dens)), make([]Part, len(dens)), make([]Part, len(dens)), false
	for i, d := range dens {
		out[i].Den, alike[i].Weight = d, float64(d)
		if i < len(levels) {
			asked[i].Weight = float64(d) * levels[i].Usual
			if levels[i].Locked {
				out[i].Num = int64(math.Round(float64(d) * levels[i].Value))
				alike[i] = Part{Locked: true, Value: out[i].Num}
				asked[i] = alike[i]
			}
		}
		known = known || asked[i].Weight > 0
	}
	if !known {
		asked = alike
	}
	nums, err := Split(whole.Num, asked)
	for i := range nums {
		out[i].Num = nums[i]
	}
	return out, err
}

// Credit divides one sale among those who made it together, 60/40 say, in
// millionths that sum to one, so that no sale is counted twice or lost.
func Credit(shares []float64) ([]callpace.Amount, error) {
	parts := make([]Part, len(shares))
	for i, s := range shares {
		parts[i].Weight = s
	}
	units, err := Split(int64(callpace.One), parts)
	if err != nil {
		return nil, err
	}
	out := make([]callpace.Amount, len(units))
	for i, u := range units {
		out[i] = callpace.Amount(u)
	}
	return out, nil
}
