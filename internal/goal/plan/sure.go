package plan

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"

	"github.com/callpace/callpace/internal/stats"
)

// most is the largest number of calls that is looked at.
const most = int64(1) << 40

// belief is what is known of the product of a goal's rates. A measured rate is
// Beta(x + ½, n − x + ½) (Jeffreys); a set one is as said.
func belief(g Goal) []stats.Node {
	product := []stats.Node{{Value: g.inTime(), Weight: 1}}
	for _, s := range g.Stages {
		c, measured := s.Rate.Counts()
		if !measured {
			p, _ := s.Rate.Value()
			product = times(product, []stats.Node{{Value: p, Weight: 1}})
			continue
		}
		product = times(product, stats.BetaNodes(c.X+0.5, c.N-c.X+0.5, single))
	}
	return product
}

// The number of nodes for one rate, and kept of a product of several.
const (
	single = 96
	kept   = 128
)

// times multiplies two independent quantities. Products that lie close are
// put together at their mean, so that chains of any length stay quick.
func times(a, b []stats.Node) []stats.Node {
	out := make([]stats.Node, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			if w := x.Weight * y.Weight; w > 1e-13 {
				out = append(out, stats.Node{Value: x.Value * y.Value, Weight: w})
			}
		}
	}
	if len(a) == 1 || len(b) == 1 {
		return out
	}
	slices.SortFunc(out, func(a, b stats.Node) int { return cmp.Compare(a.Value, b.Value) })
	merged := make([]stats.Node, 0, kept+1)
	var sum, weight, done float64
	for i, n := range out {
		sum += n.Value * n.Weight
		weight += n.Weight
		// Shares of equal mass, but finer at both ends.
		share := math.Sqrt(math.Max(1e-6, (done+weight)*(1-done-weight))) * math.Pi / kept
		if weight >= share || i == len(out)-1 {
			merged = append(merged, stats.Node{Value: sum / weight, Weight: weight})
			done += weight
			sum, weight = 0, 0
		}
	}
	return merged
}

// chance gives P(S ≥ need) for S ~ Binomial(begun, R).
func chance(rate []stats.Node, begun, need int64) float64 {
	switch {
	case need <= 0:
		return 1
	case begun < need:
		return 0
	}
	sum := 0.0
	for _, r := range rate {
		switch {
		case r.Value >= 1:
			sum += r.Weight
		case r.Value > 0:
			// P(S ≥ s) = I_p(s, C − s + 1)
			sum += r.Weight * mathext.RegIncBeta(float64(need), float64(begun-need)+1, r.Value)
		}
	}
	return sum
}

// enough gives the smallest number whose chance is Sure, looking around the
// expected one.
func enough(rate []stats.Node, need, expected int64) (n int64, ok bool) {
	if need <= 0 {
		return 0, true
	}
	low, high := need-1, max(need, expected)
	for step := max(1, expected/16); chance(rate, high, need) < Sure; step *= 2 {
		low = high
		if high += step; high > most {
			return 0, false
		}
	}
	for high-low > 1 {
		if mid := low + (high-low)/2; chance(rate, mid, need) >= Sure {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}
