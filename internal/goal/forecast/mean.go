package forecast

import (
	"math/rand/v2"
)

// replicates of a bootstrap.
const replicates = 2000

// mean predicts X/N by a bootstrap of whole days: what happens within one is
// not independent. The drawn N to come bring the mean of days drawn from the
// past and the period so far, moved to the level that is believed of the rest
// of this period.
func (q Question) mean(x, n float64, rest Distribution) Distribution {
	level, ok := q.unit(x, n)
	if !ok {
		return Distribution{}
	}
	days := opened(append(append([]Day(nil), q.Own...), q.Period[:q.Seen]...))
	if len(days) == 0 {
		for _, p := range q.Peers {
			days = append(days, opened(p)...)
		}
	}
	usual, left := ratio(days), 0
	for _, d := range q.Period[q.Seen:] {
		if d.Staffed > 0 {
			left++
		}
	}
	left = max(1, left*len(days)/max(1, staffed(q.Own)+staffed(q.Period[:q.Seen])))
	r := rand.New(rand.NewPCG(q.Seed, 'b'))
	draws := make([]float64, 0, replicates)
	for i := range replicates {
		u := spread(i)
		more := rest.Quantile(u[0])
		if n+more == 0 {
			continue
		}
		var sx, sn float64
		for range left {
			d := days[r.IntN(len(days))]
			sx, sn = sx+d.X, sn+d.N
		}
		perN := sx/sn - usual + level.mean + level.sd*normal.Quantile(u[1])
		draws = append(draws, (x+more*perN)/(n+more))
	}
	if len(draws) == 0 {
		return Distribution{}
	}
	return drawn(draws)
}

func staffed(days []Day) (n int) {
	for _, d := range days {
		if d.Staffed > 0 {
			n++
		}
	}
	return n
}

// opened are the days on which anything was counted.
func opened(days []Day) (out []Day) {
	for _, d := range days {
		if d.N > 0 {
			out = append(out, d)
		}
	}
	return out
}

func ratio(days []Day) float64 {
	var x, n float64
	for _, d := range days {
		x, n = x+d.X, n+d.N
	}
	return x / n
}
