package stats

import "math"

// Node is one value of an unknown quantity with its share of the belief in it.
type Node struct{ Value, Weight float64 }

// GammaNodes stands in for a gamma belief of the given shape and rate (both
// above 0) by n ascending values whose weights sum to 1.
func GammaNodes(shape, rate float64, n int) []Node {
	logf := func(z float64) float64 { return shape*z - rate*math.Exp(z) }
	return nodes(logf, math.Log(shape/rate), 1/math.Sqrt(shape), n, math.Exp)
}

// BetaNodes stands in for a Beta(a, b) belief about a rate, a and b above 0,
// by n ascending values whose weights sum to 1.
func BetaNodes(a, b float64, n int) []Node {
	logf := func(z float64) float64 {
		if z > 0 { // log(1 + e^z) without overflow
			return -b*z - (a+b)*math.Log1p(math.Exp(-z))
		}
		return a*z - (a+b)*math.Log1p(math.Exp(z))
	}
	logistic := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	return nodes(logf, math.Log(a/b), math.Sqrt((a+b)/(a*b)), n, logistic)
}

// nodes puts equal steps over the bulk of a log-concave density. On the scale
// of logarithms (of odds) both densities are smooth and vanish at both ends,
// where the trapezoidal rule converges exponentially (Trefethen and Weideman
// 2014): some fifty nodes integrate a smooth function to twelve digits.
func nodes(logf func(float64) float64, mode, sd float64, n int, value func(float64) float64) []Node {
	top := logf(mode)
	low, high := reach(logf, mode, -sd, top), reach(logf, mode, sd, top)
	out := make([]Node, n)
	step, sum := (high-low)/float64(n-1), 0.0
	for i := range out {
		z := low + float64(i)*step
		w := math.Exp(logf(z) - top)
		out[i] = Node{value(z), w}
		sum += w
	}
	for i := range out {
		out[i].Weight /= sum
	}
	return out
}

// reach finds where the density has fallen by e^24 on one side of the mode.
func reach(logf func(float64) float64, mode, step, top float64) float64 {
	const fall = 24
	inside := mode
	for logf(mode+step) > top-fall {
		inside, step = mode+step, 2*step
	}
	outside := mode + step
	for range 12 {
		if mid := (inside + outside) / 2; logf(mid) > top-fall {
			inside = mid
		} else {
			outside = mid
		}
	}
	return outside
}
