package plan_test

import (
	"math"
	"math/rand/v2"
)

func source(seed uint64) rand.Source { return rand.NewPCG(seed, 7) }

func choose(n, k float64) float64 {
	a, _ := math.Lgamma(n + 1)
	b, _ := math.Lgamma(k + 1)
	c, _ := math.Lgamma(n - k + 1)
	return math.Exp(a - b - c)
}

func beta(x, y float64) float64 {
	a, _ := math.Lgamma(x)
	b, _ := math.Lgamma(y)
	c, _ := math.Lgamma(x + y)
	return math.Exp(a + b - c)
}
