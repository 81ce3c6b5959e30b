package cascade

import (
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

// SplitRate divides a rate's target: the denominators by the weights of the
// parts, the numerators by denominator × usual, where usual is what each part
// has reached before, so that the strong are asked for more than the weak and
// the whole comes out exactly. No usual, or nothing but zeros, asks all alike.
func SplitRate(whole Rate, parts []Part, usual []float64) ([]Rate, error) {
	dens, err := Split(whole.Den, parts)
	if err != nil {
		return nil, err
	}
	alike, asked, known := make([]Part, len(dens)), make([]Part, len(dens)), false
	for i, d := range dens {
		alike[i].Weight = float64(d)
		if i < len(usual) {
			asked[i].Weight = float64(d) * usual[i]
		}
		known = known || asked[i].Weight > 0
	}
	weights := asked
	if !known {
		weights = alike
	}
	nums, err := Split(whole.Num, weights)
	if err != nil {
		return nil, err
	}
	out := make([]Rate, len(dens))
	for i := range out {
		out[i] = Rate{nums[i], dens[i]}
	}
	return out, nil
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
