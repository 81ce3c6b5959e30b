package forecast

import (
	"math"

	"github.com/callpace/callpace/internal/stats"
)

// unit is what is believed of the mean X of one N over the rest of a period:
// normal, from the own past shrunk toward the peers', the difference between
// periods, and what was seen of this one.
type unit struct{ mean, sd float64 }

// unit estimates it. x over n was seen of the period.
func (q Question) unit(x, n float64) (u unit, ok bool) {
	series := append([][]Day{q.Own}, q.Peers...)
	var all stats.Cluster
	for _, days := range series {
		for _, d := range days {
			all.Num += d.X
			all.Den += d.N
		}
	}
	if all.Den == 0 { // nothing but the period itself
		if n > 0 {
			u = unit{mean: x / n, sd: math.Abs(x/n) * math.Sqrt(usualOfMeans)}
		}
		return u, n > 0
	}
	usual := all.Num / all.Den
	within, between := q.components(series, usual)
	peers := make([]stats.Estimate, len(series))
	for i, days := range series {
		var c stats.Cluster
		for _, d := range days {
			c.Num, c.Den = c.Num+d.X, c.Den+d.N
		}
		if _, blocks := blocksOf(len(days), len(q.Period)); c.Den > 0 {
			peers[i] = stats.Estimate{Value: c.Num / c.Den, SE: math.Sqrt(within/c.Den+between/float64(blocks)) + 1e-12}
		}
	}
	means, ok := stats.ShrinkMeans(peers)
	if !ok {
		return unit{}, false
	}
	spread := commonSpread(peers, means)
	own, w := peers[0], means[0].Weight
	unsure := (1-w)*(1-w)*spread.common + w*own.SE*own.SE
	if own.SE == 0 {
		unsure += spread.between
	}
	u = unit{mean: means[0].Value}
	variance := between + unsure
	if n > 0 && variance > 0 {
		weight := variance / (variance + within/n)
		u.mean += weight * (x/n - u.mean)
		variance = variance*(1-weight) + drift*between
	}
	u.sd = math.Sqrt(variance)
	return u, true
}

// components gives the variance of one N within periods, days being clusters,
// and the variance between the means of periods.
func (q Question) components(series [][]Day, usual float64) (within, between float64) {
	var squares, counted, excess, room, df float64
	for _, days := range series {
		_, n := blocksOf(len(days), len(q.Period))
		blocks := make([]stats.Cluster, n)
		var own stats.Cluster
		for i, d := range days {
			b := &blocks[block(i, len(days), len(q.Period))]
			b.Num, b.Den = b.Num+d.X, b.Den+d.N
			own.Num, own.Den = own.Num+d.X, own.Den+d.N
		}
		for i, d := range days {
			if b := blocks[block(i, len(days), len(q.Period))]; d.N > 0 {
				e := d.X - b.Num/b.Den*d.N
				squares += e * e
				counted += d.N * (1 - d.N/b.Den) // a day alone in its block tells nothing
			}
		}
		if own.Den == 0 {
			continue
		}
		df--
		var den2 float64
		for _, b := range blocks {
			if b.Den > 0 {
				e := b.Num/b.Den - own.Num/own.Den
				excess += b.Den * e * e
				den2 += b.Den * b.Den
				df++
			}
		}
		room += own.Den - den2/own.Den
	}
	if counted > 0 {
		within = squares / counted
	}
	scale := usual * usual
	if !(scale > 0) {
		return within, 0
	}
	c := squaredCV((excess-within*df)/scale, room, df, within/scale, usualOfMeans)
	return within, c * scale
}
