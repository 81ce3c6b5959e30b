package stats

import "math"

// noise is z at 95 % two-sided plus z at 80 % power: a change this many
// standard errors large is found four times in five.
const noise = 2.8

// Distinguishable gives the smallest relative change that can be told from
// noise between two periods of the same rate: exp(2.8·√(φ·Σ(1−p)/x)) − 1, the
// sum over both (statistics.md). phi is their over-dispersion, 1 where trials
// are independent. ok is false where one has no event.
func Distinguishable(before, after Proportion, phi float64) (change float64, ok bool) {
	p, ok := before.Value()
	q, also := after.Value()
	if !ok || !also || before.X == 0 || after.X == 0 || !(phi > 0) {
		return 0, false
	}
	return math.Exp(noise*math.Sqrt(phi*((1-p)/before.X+(1-q)/after.X))) - 1, true
}

// SmallestChange asks the same ahead of time: the later period is to have n
// trials and a rate that is higher by exactly the change that comes out.
func SmallestChange(before Proportion, n, phi float64) (change float64, ok bool) {
	p, ok := before.Value()
	if !ok || p == 0 || p == 1 || !(n > 0) {
		return 0, false
	}
	low, high := 0.0, 1/p-1
	told := func(lift float64) bool {
		q := p * (1 + lift)
		c, ok := Distinguishable(before, Proportion{X: n * q, N: n}, phi)
		return ok && c <= lift
	}
	if !told(high) {
		return 0, false // not even a rate of 1 would stand out
	}
	for range 60 {
		if mid := (low + high) / 2; told(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}
