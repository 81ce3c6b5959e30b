// Package cascade divides a goal among teams, people or days, and adds parts
// up again, so that parts and whole always agree to the last unit. Rates go
// down as numerators and denominators and come up as sums; an average of rates
// is never taken.
package cascade

import (
	"math"
	"math/big"
	"slices"

	"github.com/callpace/callpace"
)

// Part is one receiver of a share.
type Part struct {
	// Weight is by what the whole is divided: 1 each, sales of the past, capacity
	// in hours. Weights of joiners, leavers and absences are multiplied by their
	// share of the working days.
	Weight float64
	// Locked parts keep Value, set by hand; the others share what is left.
	Locked bool
	Value  int64
}

// Split divides a total of whole units by weights: each part gets the whole
// units of its exact share, and the units left over go to the largest
// remainders, the first part first among equals (Hamilton's method). The parts
// sum to the total exactly.
func Split(total int64, parts []Part) ([]int64, error) {
	return split(total, parts, func(n int64) any { return n })
}

// split shows the user's numbers in the unit that they know.
func split(total int64, parts []Part, show func(int64) any) ([]int64, error) {
	out := make([]int64, len(parts))
	left := total
	var weights []float64
	var open []int
	for i, p := range parts {
		switch {
		case p.Locked:
			out[i] = p.Value
			left -= p.Value
		case !(p.Weight >= 0) || math.IsInf(p.Weight, 0):
			return nil, callpace.E(callpace.Invalid, "cascade.bad_weight", "part", i+1)
		default:
			open = append(open, i)
			weights = append(weights, p.Weight)
		}
	}
	switch {
	case len(open) == 0 && left != 0:
		return nil, callpace.E(callpace.Conflict, "cascade.locked_differ", "left", show(left))
	case left < 0 != (total < 0) && left != 0:
		return nil, callpace.E(callpace.Conflict, "cascade.locked_over", "over", show(-left))
	}
	shares, ok := divide(left, weights)
	if !ok {
		return nil, callpace.E(callpace.Invalid, "cascade.no_weight")
	}
	for i, at := range open {
		out[at] = shares[i]
	}
	return out, nil
}

// divide is the method of largest remainders, in exact arithmetic. ok is false
// where there is something to divide and no weight.
func divide(total int64, weights []float64) (out []int64, ok bool) {
	out = make([]int64, len(weights))
	if total == 0 {
		return out, true
	}
	sum, exact := new(big.Rat), make([]*big.Rat, len(weights))
	for i, w := range weights {
		exact[i] = new(big.Rat).SetFloat64(w)
		sum.Add(sum, exact[i])
	}
	if sum.Sign() == 0 {
		return nil, false
	}
	whole := new(big.Rat).SetInt64(total)
	whole.Quo(whole.Abs(whole), sum)
	left, order := max(total, -total), make([]int, len(weights))
	for i, w := range exact {
		w.Mul(w, whole)
		n := new(big.Int).Quo(w.Num(), w.Denom())
		out[i], order[i] = n.Int64(), i
		w.Sub(w, new(big.Rat).SetInt(n))
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return exact[b].Cmp(exact[a]) })
	for _, i := range order[:left] {
		out[i]++
	}
	if total < 0 {
		for i := range out {
			out[i] = -out[i]
		}
	}
	return out, true
}

// Money divides an amount in steps of its currency's smallest unit, given by
// its decimal places (2 for euros and dollars, 0 for rials). What lies below
// that unit goes to the first part that is not locked.
func Money(total callpace.Amount, places int, parts []Part) ([]callpace.Amount, error) {
	step := int64(callpace.One)
	for range places {
		step /= 10
	}
	if places < 0 || step == 0 {
		return nil, callpace.E(callpace.Invalid, "cascade.bad_places", "places", places)
	}
	units := slices.Clone(parts)
	for i := range units {
		if units[i].Locked && units[i].Value%step != 0 {
			return nil, callpace.E(callpace.Invalid, "cascade.bad_amount", "part", i+1)
		}
		units[i].Value /= step
	}
	shares, err := split(int64(total)/step, units, func(n int64) any { return callpace.Amount(n * step).String() })
	if err != nil {
		return nil, err
	}
	out := make([]callpace.Amount, len(shares))
	for i, s := range shares {
		out[i] = callpace.Amount(s * step)
	}
	if rest := int64(total) % step; rest != 0 {
		i := slices.IndexFunc(parts, func(p Part) bool { return !p.Locked })
		if i < 0 {
			return nil, callpace.E(callpace.Conflict, "cascade.locked_differ", "left", callpace.Amount(rest).String())
		}
		out[i] += callpace.Amount(rest)
	}
	return out, nil
}

// Days spreads a target over the days of a period by their exposure, in whole
// units and as evenly as they allow: up to each day, the parts are the rounded
// share of the days so far. They sum to the target exactly; days without
// exposure get nothing. ok is false where no day has any.
func Days(target int64, exposure []float64) (out []int64, ok bool) {
	var whole float64
	last := -1
	for i, e := range exposure {
		if !(e >= 0) || math.IsInf(e, 0) {
			return nil, false
		}
		whole += e
		if e > 0 {
			last = i
		}
	}
	if last < 0 {
		return nil, false
	}
	out = make([]int64, len(exposure))
	var soFar float64
	var given int64
	for i, e := range exposure {
		if e == 0 {
			continue
		}
		soFar += e
		upto := target
		if i != last {
			upto = share(target, soFar/whole)
		}
		out[i] = upto - given
		given = upto
	}
	return out, true
}

// share is the rounded part of a target, never beyond it.
func share(target int64, part float64) int64 {
	v := int64(math.Round(float64(target) * math.Min(1, part)))
	if target < 0 {
		return max(v, target)
	}
	return min(v, target)
}
