package forecast

import (
	"math"
	"math/rand/v2"
)

const (
	few    = 200 // orders are drawn one by one; of more, the sum is as good as normal
	enough = 30  // own orders show how amounts vary; with fewer the peers' are added
)

// money predicts the amount of a drawn number of orders: each brings the
// amount of an order of the past, taken at random and moved to the mean that is
// believed of the rest of this period.
func (q Question) money(x, n float64, orders Distribution) Distribution {
	level, ok := q.unit(x, n)
	if !ok {
		return Distribution{}
	}
	amounts := q.Amounts
	if len(amounts) == 0 {
		amounts = likely(q.Own, q.Peers)
	}
	if len(amounts) == 0 {
		amounts = []float64{level.mean}
	}
	mean, sd := meanAndSD(amounts)
	r := rand.New(rand.NewPCG(q.Seed, 'm'))
	draws := make([]float64, points)
	for i := range draws {
		u := spread(i)
		n, total := orders.Quantile(u[0]), 0.0
		if n <= few {
			for range int(n) {
				total += amounts[r.IntN(len(amounts))] - mean
			}
		} else {
			total = math.Sqrt(n) * sd * normal.Quantile(u[1])
		}
		// Amounts vary in proportion to their mean.
		perOrder := level.mean + level.sd*normal.Quantile(u[2])
		if mean > 0 {
			total *= math.Max(0, perOrder/mean)
		}
		draws[i] = n*perOrder + total
	}
	return drawn(draws)
}

func meanAndSD(values []float64) (mean, sd float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		sd += (v - mean) * (v - mean) / math.Max(1, float64(len(values)-1))
	}
	return mean, math.Sqrt(sd)
}

// likely stands in for single orders where only days are known: the means of
// days, each as often as it had orders and so much further from the mean of all
// as single orders lie: the variance of a mean of n is that of one over n.
func likely(own []Day, peers [][]Day) (amounts []float64) {
	orders, days := 0.0, []Day(nil)
	for _, series := range append([][]Day{own}, peers...) {
		for _, d := range opened(series) {
			days = append(days, d)
			orders += d.N
		}
		if orders >= enough {
			break
		}
	}
	if len(days) == 0 {
		return nil
	}
	mean := ratio(days)
	for _, d := range days {
		for range int(math.Min(d.N, 50)) {
			amounts = append(amounts, mean+(d.X/d.N-mean)*math.Sqrt(d.N))
		}
	}
	return amounts
}
