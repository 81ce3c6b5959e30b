package forecast

import (
	"math"

	"github.com/callpace/callpace/internal/stats"
)

// Level is what is believed of a scope's rate before a period begins: counted
// per exposure on average, the shape k of the gamma law of the period's own
// rate (1/k is its squared coefficient of variation: how much periods differ,
// and how little the mean is known), and the over-dispersion φ of days, at
// least 1, that of Poisson counts.
type Level struct {
	Mean, Shape, Phi float64
	between          float64 // the part of 1/k that is the difference of periods
}

func (l Level) known() bool { return l.Mean > 0 && l.Shape > 0 && l.Phi > 0 }

// Wider gives the same level, less certain by a relative standard deviation:
// that of a season which nobody has seen yet.
func (l Level) Wider(sd float64) Level {
	l.Shape = 1 / (1/l.Shape + sd*sd)
	return l
}

// What is believed before there are data, given the weight of the data that
// they would take to say it.
const (
	usualBetween = 0.03 // squared coefficient of variation between periods of a count: 17 %
	usualOfRates = 0.01 // of a rate
	usualOfMeans = 0.005
	usualPhi     = 1.3
	phiDays      = 30  // days that usualPhi and the peers' φ weigh
	leastBetween = 0.1 // of the usual
)

// Levels estimates the level of each of a number of comparable scopes from
// their days in order, each a count with its exposure. periodDays is the length
// of the period to be predicted: how much rates differ between stretches of
// that length is estimated by moments over all peers, and each mean is shrunk
// toward theirs. A scope without exposure gets the peers' level. All are
// unknown where nobody has counted anything.
func Levels(peers [][]stats.Count, periodDays int) []Level {
	return levels(peers, periodDays, 1, usualBetween)
}

// levels with the least dispersion that is believed, 1 for counts and 1−p for
// the part of trials that succeed, and the usual difference between periods.
func levels(peers [][]stats.Count, periodDays int, least, usual float64) []Level {
	blocks := make([][]stats.Count, len(peers))
	var all moments
	for i, days := range peers {
		blocks[i] = cut(days, periodDays)
		all.within(days, blocks[i], periodDays)
	}
	pooled := math.Max(least, (all.pearson+phiDays*usualPhi*least)/(all.df+phiDays))
	phis := make([]float64, len(peers))
	for i, days := range peers {
		var own moments
		own.within(days, blocks[i], periodDays)
		phis[i] = math.Max(least, (own.pearson+phiDays*pooled)/(own.df+phiDays))
		all.between(blocks[i], phis[i])
	}
	return all.shrink(blocks, phis, squaredCV(all.excess, all.room, all.blocks, pooled, usual))
}

// block gives the place of the stretch that a day belongs to. The latest ones
// are whole; the first takes what is left over, unless that is most of one.
func block(day, days, periodDays int) int {
	size, n := blocksOf(days, periodDays)
	return max(0, n-1-(days-1-day)/size)
}

func blocksOf(days, periodDays int) (size, n int) {
	size = max(7, min(periodDays, days/2)) // at least two, to see a difference
	return size, max(1, (days+size/3)/size)
}

func cut(days []stats.Count, periodDays int) []stats.Count {
	_, n := blocksOf(len(days), periodDays)
	out := make([]stats.Count, n)
	for i, d := range days {
		b := &out[block(i, len(days), periodDays)]
		b.Events += d.Events
		b.Exposure += d.Exposure
	}
	return out
}

// moments are sums over peers.
type moments struct {
	pearson, df          float64 // of days within blocks
	excess, room, blocks float64 // of blocks within peers
}

// within adds Pearson's X² of the days of a scope about their own block's rate.
func (m *moments) within(days, blocks []stats.Count, periodDays int) {
	used := make([]bool, len(blocks))
	for i, d := range days {
		at := block(i, len(days), periodDays)
		b := blocks[at]
		if !(d.Exposure > 0) || !(b.Events > 0) {
			continue
		}
		mean := b.Events / b.Exposure * d.Exposure
		m.pearson += (d.Events - mean) * (d.Events - mean) / mean
		m.df++
		if !used[at] {
			used[at] = true
			m.df--
		}
	}
}

// between adds what the blocks of a scope differ beyond chance:
// E[Σ(y−μ)²/μ] = φ(J−1) + c·(M − Σμ²/M).
func (m *moments) between(blocks []stats.Count, phi float64) {
	total := sum(blocks)
	if !(total.Events > 0) {
		return
	}
	var squares, mu2, n float64
	for _, b := range blocks {
		if !(b.Exposure > 0) {
			continue
		}
		mean := total.Events / total.Exposure * b.Exposure
		squares += (b.Events - mean) * (b.Events - mean) / mean
		mu2 += mean * mean
		n++
	}
	m.excess += squares - phi*(n-1)
	m.room += total.Events - mu2/total.Events
	m.blocks += n - 1
}

// squaredCV gives c, the squared coefficient of variation between periods:
// the moment estimate excess/room over so many blocks, whose noise is phi,
// drawn toward what is usual by its own precision.
func squaredCV(excess, room, blocks, phi, usual float64) float64 {
	if !(room > 0) || !(blocks > 0) {
		return usual
	}
	c := excess / room
	// Var Σχ² ≈ 2·df·(φ + c·μ)², with the usual c at least, for a zero would seem sure.
	per := phi + math.Max(c, usual)*room/blocks
	variance, prior := 2*blocks*per*per/(room*room), usual*usual
	return math.Max(usual*leastBetween, (c/variance+usual/prior)/(1/variance+1/prior))
}

// shrink draws the mean of each scope toward that of its peers.
func (m *moments) shrink(blocks [][]stats.Count, phis []float64, c float64) []Level {
	var total stats.Count
	for _, b := range blocks {
		s := sum(b)
		total.Events += s.Events
		total.Exposure += s.Exposure
	}
	out := make([]Level, len(blocks))
	if !(total.Exposure > 0) || !(total.Events > 0) {
		return out
	}
	usual := total.Events / total.Exposure
	// The error of each is that of the usual rate: one taken from the own rate
	// would trust low figures more than high ones, and draw all down.
	peers, errors := make([]stats.Estimate, len(blocks)), make([]func(mean float64) float64, len(blocks))
	for i, b := range blocks {
		s := sum(b)
		errors[i] = variance(b, phis[i], c)
		if s.Exposure > 0 {
			peers[i] = stats.Estimate{Value: s.Events / s.Exposure, SE: math.Sqrt(errors[i](usual))}
		}
	}
	means, ok := stats.ShrinkMeans(peers)
	if !ok {
		return out
	}
	spread := commonSpread(peers, means)
	for i, s := range means {
		mean := math.Max(s.Value, 0.01*usual)
		unsure := (1 - s.Weight) * (1 - s.Weight) * spread.common
		if peers[i].SE > 0 {
			unsure += s.Weight * errors[i](mean)
		} else {
			unsure += spread.between
		}
		out[i] = Level{Mean: mean, Shape: 1 / (c + unsure/(mean*mean)), Phi: phis[i], between: c}
	}
	return out
}

// variance gives the sampling variance of a scope's mean rate, were it mean:
// that of its counts, and of the periods it happened to be seen in.
func variance(blocks []stats.Count, phi, c float64) func(mean float64) float64 {
	total, squares := sum(blocks), 0.0
	for _, b := range blocks {
		squares += b.Exposure * b.Exposure
	}
	return func(mean float64) float64 {
		return phi*mean/total.Exposure + c*mean*mean*squares/(total.Exposure*total.Exposure)
	}
}

// commonSpread gives the variance between peers, read off the weights
// τ²/(τ² + se²), and that of their common mean.
func commonSpread(peers []stats.Estimate, means []stats.Shrunk) (s struct{ between, common float64 }) {
	var precision float64
	for i, p := range peers {
		if p.SE > 0 {
			v := p.SE * p.SE
			precision += (1 - means[i].Weight) / v // 1/(τ² + se²)
			s.between = means[i].Weight * v / math.Max(1e-12, 1-means[i].Weight)
		}
	}
	s.common = 1 / precision
	return s
}

func sum(counts []stats.Count) (s stats.Count) {
	for _, c := range counts {
		s.Events += c.Events
		s.Exposure += c.Exposure
	}
	return s
}
