package stats

import "math"

// Shrunk is a figure drawn toward that of its peers. Weight is the share of
// its own evidence in it, 0 to 1: the rest is the peers'. Shrunk figures rank;
// the raw one stands beside them and pays the bonus.
type Shrunk struct{ Value, Weight float64 }

// ShrinkRates shrinks proportions toward their pooled rate by beta-binomial
// empirical Bayes. The spread between peers is estimated by moments weighted
// by N (Kleinman 1973); where it is no more than chance, all get the pooled
// rate. Peers without a denominator get the pooled rate too, with weight 0.
// ok is false where nobody has one.
func ShrinkRates(peers []Proportion) (out []Shrunk, ok bool) {
	var s sums
	for _, p := range peers {
		s.add(p.X, p.N)
	}
	if !(s.n > 0) {
		return nil, false
	}
	mean := s.x / s.n
	// E[S] = p(1−p) · (k−1 + ρ · (N − Σn²/N − (k−1)))
	var rho float64
	if room := s.n - s.n2/s.n - (s.k - 1); room > 0 && mean > 0 && mean < 1 {
		var squares float64
		for _, p := range peers {
			if p.N > 0 {
				d := p.X/p.N - mean
				squares += p.N * d * d
			}
		}
		rho = math.Min(1, math.Max(0, (squares/(mean*(1-mean))-(s.k-1))/room))
	}
	return draw(len(peers), mean, func(i int) (float64, float64) {
		p := peers[i]
		// n / (n + (1−ρ)/ρ)
		return p.X / p.N, p.N * rho / (p.N*rho + 1 - rho)
	}), true
}

// Count is a number of events and the exposure it arose in (hours, calls).
type Count struct{ Events, Exposure float64 }

// ShrinkCounts shrinks counts per exposure toward their pooled rate by
// gamma-Poisson empirical Bayes (moments weighted by exposure, after Marshall
// 1991). ok is false where nobody has an exposure.
func ShrinkCounts(peers []Count) (out []Shrunk, ok bool) {
	var s sums
	for _, c := range peers {
		s.add(c.Events, c.Exposure)
	}
	if !(s.n > 0) {
		return nil, false
	}
	mean := s.x / s.n
	// E[S] = m(k−1) + τ² · (E − Σe²/E)
	var between float64
	if room := s.n - s.n2/s.n; room > 0 {
		var squares float64
		for _, c := range peers {
			if c.Exposure > 0 {
				d := c.Events/c.Exposure - mean
				squares += c.Exposure * d * d
			}
		}
		between = math.Max(0, (squares-mean*(s.k-1))/room)
	}
	return draw(len(peers), mean, func(i int) (float64, float64) {
		c := peers[i]
		return c.Events / c.Exposure, between * c.Exposure / (between*c.Exposure + mean)
	}), true
}

// ShrinkMeans shrinks estimates with known errors toward their common mean in
// the normal model, the spread between peers by moments (DerSimonian and Laird
// 1986). Peers without an error get the common mean with weight 0. ok is false
// where nobody has one.
func ShrinkMeans(peers []Estimate) (out []Shrunk, ok bool) {
	common, between, ok := commonMean(peers)
	if !ok {
		return nil, false
	}
	return draw(len(peers), common, func(i int) (float64, float64) {
		e := peers[i]
		if !(e.SE > 0) {
			return 0, 0
		}
		return e.Value, between / (between + e.SE*e.SE)
	}), true
}

// commonMean gives the mean of peers and the variance between them.
func commonMean(peers []Estimate) (mean, between float64, ok bool) {
	weighted := func(between float64) (mean, w, w2, k float64) {
		for _, e := range peers {
			if e.SE > 0 {
				wi := 1 / (e.SE*e.SE + between)
				mean += wi * e.Value
				w += wi
				w2 += wi * wi
				k++
			}
		}
		return mean / w, w, w2, k
	}
	fixed, w, w2, k := weighted(0)
	if k == 0 {
		return 0, 0, false
	}
	if room := w - w2/w; k > 1 && room > 0 {
		var q float64
		for _, e := range peers {
			if e.SE > 0 {
				d := (e.Value - fixed) / e.SE
				q += d * d
			}
		}
		between = math.Max(0, (q-(k-1))/room)
	}
	mean, _, _, _ = weighted(between)
	return mean, between, true
}

// sums are those of the peers that have a denominator.
type sums struct{ k, x, n, n2 float64 }

func (s *sums) add(x, n float64) {
	if n > 0 {
		s.k++
		s.x += x
		s.n += n
		s.n2 += n * n
	}
}

// draw mixes the own figure of each peer with the mean. An own weight that is
// undefined (no denominator) is none.
func draw(n int, mean float64, own func(i int) (value, weight float64)) []Shrunk {
	out := make([]Shrunk, n)
	for i := range out {
		value, weight := own(i)
		if math.IsNaN(value) || math.IsInf(value, 0) || !(weight > 0) {
			out[i] = Shrunk{Value: mean}
			continue
		}
		out[i] = Shrunk{Value: mean + weight*(value-mean), Weight: weight}
	}
	return out
}
