package forecast

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/callpace/callpace/internal/stats"
)

// Guard says whether what was to stay as it is has stayed.
type Guard string

// The states of a guardrail. Each has a message: guard.<guard>.
const (
	Kept    Guard = "kept"
	Broken  Guard = "broken"
	Unclear Guard = "unclear"
)

// Key gives the key of the state's message.
func (g Guard) Key() string { return "guard." + string(g) }

// A guardrail allows the true value to lie this far on the bad side of its
// baseline, and speaks when it is this sure.
const (
	slack = 0.05
	sure  = 0.80
)

// GuardRate holds a rate against its frozen baseline, both higher is better:
// kept if P(true ≥ 0.95 × baseline) ≥ 80 %, broken if ≤ 20 %. phi is the
// over-dispersion of its days. Without trials it is Unclear.
func GuardRate(now stats.Proportion, baseline, phi float64, lower bool) (g Guard, chance float64) {
	if _, ok := now.Value(); !ok || !(phi >= 1) || !(baseline > 0) {
		return Unclear, math.NaN()
	}
	belief := distuv.Beta{Alpha: now.X/phi + 0.5, Beta: (now.N-now.X)/phi + 0.5}
	if lower {
		chance = belief.CDF(math.Min(1, (1+slack)*baseline))
	} else {
		chance = 1 - belief.CDF(math.Min(1, (1-slack)*baseline))
	}
	return guard(chance), chance
}

// GuardMean does the same for a mean or a ratio of sums with its error.
func GuardMean(now stats.Estimate, baseline float64, lower bool) (g Guard, chance float64) {
	if !(now.SE > 0) || !(now.DF > 0) || math.IsNaN(baseline) {
		return Unclear, math.NaN()
	}
	border := baseline - slack*math.Abs(baseline)
	if lower {
		border = baseline + slack*math.Abs(baseline)
	}
	t := distuv.StudentsT{Mu: now.Value, Sigma: now.SE, Nu: now.DF}
	if chance = t.Survival(border); lower {
		chance = t.CDF(border)
	}
	return guard(chance), chance
}

// Dispersion gives φ of the days of a rate: Pearson's about their own stretches
// of periodDays, drawn toward the peers' and the usual one, as forecasts have
// it. It is at least 1, and 1 where nothing was counted.
func Dispersion(own []Day, peers [][]Day, periodDays int) float64 {
	series := make([][]stats.Count, 0, 1+len(peers))
	var x, n float64
	for _, days := range append([][]Day{own}, peers...) {
		counts := make([]stats.Count, len(days))
		for i, d := range days {
			counts[i] = stats.Count{Events: d.X, Exposure: d.N}
			x, n = x+d.X, n+d.N
		}
		series = append(series, counts)
	}
	least := 1 - x/n
	if !(x > 0) || !(least > 0) {
		return 1
	}
	level := levels(series, periodDays, least, usualOfRates)[0]
	return math.Max(1, level.Phi/least)
}

func guard(chance float64) Guard {
	switch {
	case chance >= sure:
		return Kept
	case chance <= 1-sure:
		return Broken
	}
	return Unclear
}
