package forecast

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/callpace/callpace/internal/stats"
)

// Rest predicts the count that is still to come in an exposure, after what was
// seen of the period. The rate of the period is a priori Gamma(k, k/m); after
// y in E₁ it is Gamma(k + y/φ, k/m + E₁/φ); the rest then has mean λE₂ and
// variance φ times that (statistics.md): a negative binomial mixed over λ.
func (l Level) Rest(seen stats.Count, rest float64) Distribution {
	if !l.known() {
		return Distribution{}
	}
	if !(rest > 0) {
		return Certain(0)
	}
	a, b := l.posterior(seen)
	mean, spread := a/b*rest, math.Sqrt(a)/b*rest
	sd := math.Sqrt(l.Phi*mean + spread*spread)
	low := math.Max(0, math.Floor(mean-9*sd))
	high := math.Ceil(mean + 14*sd + 30) // gamma tails are long
	step := math.Max(1, math.Ceil((high-low)/points))
	values, masses := make([]float64, int((high-low)/step)+2), make([]float64, int((high-low)/step)+2)
	for i := range values {
		values[i] = low + float64(i)*step
	}
	for _, n := range stats.GammaNodes(a, b, nodesFor(spread, math.Sqrt(l.Phi*mean))) {
		if step == 1 {
			addCounts(masses, low, n.Value*rest, l.Phi, n.Weight)
		} else {
			addNormal(masses, low, step, n.Value*rest, l.Phi, n.Weight)
		}
	}
	return weighted(values, masses)
}

// Expected gives the rate per exposure to be expected of the rest.
func (l Level) Expected(seen stats.Count) float64 {
	a, b := l.posterior(seen)
	return a / b
}

// drift is the part of the variance between periods by which the rest of a
// period differs from its beginning: levels move within periods too.
const drift = 0.2

func (l Level) posterior(seen stats.Count) (shape, rate float64) {
	shape, rate = l.Shape+seen.Events/l.Phi, l.Shape/l.Mean+seen.Exposure/l.Phi
	if seen.Exposure > 0 {
		less := 1 / (1 + drift*l.between*shape)
		shape, rate = shape*less, rate*less
	}
	return shape, rate
}

// nodesFor takes so many nodes that the humps of single ones melt together.
func nodesFor(between, within float64) int {
	return int(math.Min(400, math.Max(64, 20*between/math.Max(within, 1e-9))))
}

// addCounts adds the chances of a count with mean mu and variance phi·mu to
// masses, which start at low. It walks from the mode both ways, so that nothing
// underflows.
func addCounts(masses []float64, low, mu, phi, weight float64) {
	over := math.Max(phi-1, 1e-9) // Poisson is the limit
	size, q := mu/over, over/(1+over)
	mode := math.Max(0, math.Floor((size-1)*q/(1-q)))
	if mu < 1e-12 {
		mode, size = 0, 1e-12/over
	}
	at := weight * math.Exp(logCount(mode, size, q))
	add := func(n, p float64) {
		if i := int(n - low); i >= 0 {
			masses[min(i, len(masses)-1)] += p
		}
	}
	const least = 1e-14
	for n, p := mode, at; p > least*weight; n++ {
		add(n, p)
		p *= (n + size) / (n + 1) * q
	}
	for n, p := mode, at; n > 0; n-- {
		if p *= n / ((n - 1 + size) * q); p <= least*weight {
			break
		}
		add(n-1, p)
	}
}

// logCount is the log chance of n under a negative binomial of that size.
func logCount(n, size, q float64) float64 {
	a, _ := math.Lgamma(n + size)
	b, _ := math.Lgamma(size)
	c, _ := math.Lgamma(n + 1)
	if size > 1e6 { // the difference of huge logarithms: Stirling's instead
		a, b = n*math.Log(size)+n*(n-1)/(2*size), 0
	}
	return a - b - c + n*math.Log(q) + size*math.Log1p(-q)
}

// addNormal does the same in steps, where counts run into thousands.
func addNormal(masses []float64, low, step, mu, phi, weight float64) {
	n := distuv.Normal{Mu: mu, Sigma: math.Sqrt(phi*mu) + 1e-9}
	from := max(0, int((mu-9*n.Sigma-low)/step)-1)
	below := n.CDF(low + (float64(from)-0.5)*step)
	for i := from; i < len(masses); i++ {
		upto := n.CDF(low + (float64(i)+0.5)*step)
		masses[i] += weight * (upto - below)
		if below = upto; upto > 1-1e-14 {
			return
		}
	}
}
