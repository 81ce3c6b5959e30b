package forecast

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/callpace/callpace/internal/stats"
)

// rate predicts X/N: the rate of the period is a priori a beta around the
// shrunk mean of the past, as wide as periods differ; what was seen of the
// period sharpens it; the rest has a random denominator and a beta-binomial
// numerator. Trials of a day are over-dispersed like counts.
func (q Question) rate(seen stats.Proportion, rest Distribution) Distribution {
	series := append([][]stats.Count{trials(q.Own)}, make([][]stats.Count, 0, len(q.Peers))...)
	for _, p := range q.Peers {
		series = append(series, trials(p))
	}
	var all stats.Count
	for _, s := range series {
		c := sum(s)
		all.Events += c.Events
		all.Exposure += c.Exposure
	}
	if !(all.Exposure > 0) || !(all.Events <= all.Exposure) {
		return Distribution{}
	}
	usual := (all.Events + 0.5) / (all.Exposure + 1)
	level := levels(series, len(q.Period), 1-usual, usualOfRates)[0]
	if !level.known() { // no success yet
		level = Level{Mean: usual, Shape: 0.5, Phi: 1 - usual}
	}
	p := math.Min(level.Mean, 0.999)
	phi := math.Max(1, level.Phi/(1-p))
	// Var = p(1−p)/(s+1) = p²/k
	s := math.Max(1, (1-p)*level.Shape/p-1)
	nodes := stats.BetaNodes(p*s+seen.X/phi, (1-p)*s+(seen.N-seen.X)/phi, 512)
	values, masses := make([]float64, len(nodes)), make([]float64, len(nodes))
	for i, n := range nodes {
		values[i], masses[i] = n.Value, n.Weight
	}
	belief := weighted(values, masses)
	draws := make([]float64, 0, points)
	for i := range points {
		u := spread(i)
		n := rest.Quantile(u[0])
		if seen.N+n > 0 {
			draws = append(draws, (seen.X+successes(n, belief.Quantile(u[1]), phi, u[2]))/(seen.N+n))
		}
	}
	if len(draws) == 0 {
		return Distribution{}
	}
	return drawn(draws)
}

func trials(days []Day) []stats.Count {
	out := make([]stats.Count, len(days))
	for i, d := range days {
		out[i] = stats.Count{Events: d.X, Exposure: d.N}
	}
	return out
}

// successes gives the u-quantile of n trials at rate p with variance
// φ·np(1−p), of which there are no more than n and no fewer than none.
func successes(n, p, phi, u float64) float64 {
	if p > 0.5 { // the chance of no success is then too small a number to begin with
		return n - successes(n, 1-p, phi, 1-u)
	}
	mean, variance := n*p, phi*n*p*(1-p)
	if variance > 50 {
		return math.Min(n, math.Max(0, math.Round(mean+normal.Quantile(u)*math.Sqrt(variance))))
	}
	// Few: a binomial of n/φ trials that count φ each has that mean and variance.
	size := math.Max(1, math.Round(n/phi))
	b := distuv.Binomial{N: size, P: p}
	k, chance := 0.0, b.Prob(0)
	for upto := chance; upto < u && k < size; upto += chance {
		chance *= (size - k) / (k + 1) * p / (1 - p)
		k++
	}
	return math.Min(n, math.Round(k*n/size))
}
