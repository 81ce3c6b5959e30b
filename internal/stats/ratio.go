package stats

import "math"

// Cluster is the part of a ratio that one day (or one agent on one day)
// brought: what happens within it is not independent, so it counts as one.
type Cluster struct{ Num, Den float64 }

// Ratio estimates a ratio of sums, Σ Num / Σ Den, or a mean (Den counts the
// values), with the error of the delta method over clusters: the variance is
// k/(k−1) · Σ (Num − R·Den)² / (Σ Den)² (Cochran 1977, 6.3). ok is false where
// the denominators come to 0. A single cluster gives a value without an error.
func Ratio(clusters []Cluster) (e Estimate, ok bool) {
	var num, den float64
	for _, c := range clusters {
		num += c.Num
		den += c.Den
	}
	r := num / den
	if den == 0 || math.IsNaN(r) || math.IsInf(r, 0) {
		return Estimate{}, false
	}
	k := float64(len(clusters))
	if k < 2 {
		return Estimate{Value: r}, true
	}
	var squares float64
	for _, c := range clusters {
		d := c.Num - r*c.Den
		squares += d * d
	}
	return Estimate{Value: r, SE: math.Sqrt(k/(k-1)*squares) / math.Abs(den), DF: k - 1}, true
}

// Total estimates the error of a count from its days in order, days without
// any included. From two weeks on, days are held against the mean of their own
// weekday: a closed Sunday is no news. The error is never below that of a
// Poisson count. ok is false without days, or where nothing was counted.
func Total(days []float64) (e Estimate, ok bool) {
	var sum float64
	for _, d := range days {
		sum += d
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		return Estimate{}, false
	}
	k := len(days)
	if k < 2 {
		return Estimate{Value: sum, SE: math.Sqrt(sum), DF: 1}, true
	}
	cycle := 1
	if k >= 14 {
		cycle = 7
	}
	df := float64(k - cycle)
	variance := float64(k) * squaresWithin(days, cycle) / df
	return Estimate{Value: sum, SE: math.Sqrt(math.Max(variance, sum)), DF: df}, true
}

// squaresWithin sums the squared distances from the mean of each place in the cycle.
func squaresWithin(days []float64, cycle int) float64 {
	var squares float64
	for w := range cycle {
		var n, sum float64
		for i := w; i < len(days); i += cycle {
			n++
			sum += days[i]
		}
		for i := w; i < len(days); i += cycle {
			d := days[i] - sum/n
			squares += d * d
		}
	}
	return squares
}
