package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Gini gives the Gini coefficient of a histogram (value → how many have it,
// zeros included): half the mean absolute difference of all pairs, a thing
// with itself included, over the mean. 0 is even; the largest is (n−1)/n. ok
// is false without things, where all are 0, and for values below 0.
func Gini(hist map[int64]int64) (g float64, ok bool) {
	values := make([]int64, 0, len(hist))
	for v, count := range hist {
		if count < 0 || (v < 0 && count > 0) {
			return 0, false
		}
		if count > 0 {
			values = append(values, v)
		}
	}
	sort.Slice(values, func(a, b int) bool { return values[a] < values[b] })
	// G = Σ (2i − n − 1)·x_i / (n·Σx) over the sorted x; the ranks i of equal
	// values sum to count·(2·before + count + 1)/2.
	n, sum := totals(hist)
	if sum == 0 {
		return 0, false
	}
	var before, weighted float64
	for _, v := range values {
		count := float64(hist[v])
		weighted += float64(v) * count * (2*before + count - n)
		before += count
	}
	return weighted / (n * sum), true
}

// Evenness is coverage_evenness: 1 − Gini·n/(n−1) (the correction of Deltas
// 2003, so that one thing having everything is 0 for any n). ok is false for
// fewer than two things.
func Evenness(hist map[int64]int64) (v float64, ok bool) {
	g, ok := Gini(hist)
	n, _ := totals(hist)
	if !ok || n < 2 {
		return 0, false
	}
	return 1 - g*n/(n-1), true
}

// RandomEvenness gives the evenness to be expected if the same number of calls
// had been dialled to the same number of leads at random, each call to any lead
// alike: the figure that says whether coverage was steered at all.
//
// Two leads together get T ~ Binomial(calls, 2/leads) of the calls and share
// them by coin tosses, which leaves them E|2B − T| = T·C(T−1, ⌊(T−1)/2⌋)/2^(T−1)
// apart (de Moivre's mean deviation of the binomial; Diaconis and Zabell 1991).
// Half of that over the mean is Gini·n/(n−1). For many leads with λ calls each it
// tends to e^(−2λ)(I₀(2λ) + I₁(2λ)), the Gini coefficient of the Poisson law.
func RandomEvenness(hist map[int64]int64) (v float64, ok bool) {
	leads, calls := totals(hist)
	if leads < 2 || calls <= 0 {
		return 0, false
	}
	pair := distuv.Binomial{N: calls, P: 2 / leads}
	if leads == 2 {
		return 1 - apart(calls)/calls, true
	}
	mean, sd := pair.Mean(), pair.StdDev()
	from := math.Max(1, math.Floor(mean-12*sd)-1)
	to := math.Min(calls, math.Ceil(mean+12*sd)+60) // beyond: less than 1e-16
	var distance float64
	for t := from; t <= to; t++ {
		distance += pair.Prob(t) * apart(t)
	}
	return 1 - distance/(2*calls/leads), true
}

// apart is E|2B − T| for B ~ Binomial(T, ½).
func apart(t float64) float64 {
	half := math.Floor((t - 1) / 2)
	a, _ := math.Lgamma(t)
	b, _ := math.Lgamma(half + 1)
	c, _ := math.Lgamma(t - half)
	return t * math.Exp(a-b-c-(t-1)*math.Ln2)
}

func totals(hist map[int64]int64) (n, sum float64) {
	var things, total int64 // whole numbers add up alike in any order
	for v, count := range hist {
		things += count
		total += v * count
	}
	return float64(things), float64(total)
}
