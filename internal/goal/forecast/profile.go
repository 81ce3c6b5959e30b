package forecast

import (
	"math"

	"github.com/callpace/callpace/internal/stats"
)

// Profile says how much a staffed hour brings on the days of a week and in the
// seasons of a year, relative to the mean hour.
type Profile struct {
	Weekday [7]float64 // by time.Weekday
	Season  []float64  // by Day.Season; 1 beyond its end
	Widen   float64    // relative standard deviation of seasons that nobody has seen twice
}

// Flat is the profile of those of whom nothing is known.
func Flat() Profile {
	p := Profile{Widen: unseenSeason}
	for w := range p.Weekday {
		p.Weekday[w] = 1
	}
	return p
}

// unseenSeason is how far months of a usual year lie apart: the retail sales
// of a category without a holiday peak vary by about a tenth.
const unseenSeason = 0.10

// cyclesNeeded is the number of years after which the own season is believed.
const cyclesNeeded = 2

// Learn learns the profile of a scope from its days, drawing it toward that of
// the company: weekdays by moments, and the season as log factors weighted by
// n/(n+½) for n years seen. Under two years the company's season is borrowed.
func Learn(own []Day, company Profile) Profile {
	p := company
	p.Weekday = weekdays(own, company.Weekday)
	if season, ok := seasons(own, p.Weekday); ok {
		p.Season, p.Widen = season, 0
	}
	return p
}

// Exposure is what a day counts for: staffed hours × weekday × season.
func (p Profile) Exposure(d Day) float64 {
	return d.Staffed * p.Weekday[d.Weekday] * p.season(d.Season)
}

func (p Profile) season(s int) float64 {
	if s < 0 || s >= len(p.Season) {
		return 1
	}
	return p.Season[s]
}

// closed is the factor under which a weekday is none on which anything is sold.
const closed = 0.05

// weekdays learns the factors of weekdays. Days on which nobody sells are
// learned like the others.
func weekdays(days []Day, prior [7]float64) [7]float64 {
	var counted, staffed, want [7]float64
	var events, hours float64
	for _, d := range days {
		counted[d.Weekday] += d.N
		staffed[d.Weekday] += d.Staffed
		events += d.N
		hours += d.Staffed * prior[d.Weekday]
	}
	if !(events > 0) || !(hours > 0) {
		return prior
	}
	// How far weekdays lie from the prior beyond chance, by moments.
	var squares, room, n float64
	for w := range want {
		if want[w] = events / hours * staffed[w] * prior[w]; want[w] > 0 {
			squares += (counted[w] - want[w]) * (counted[w] - want[w]) / want[w]
			room += want[w]
			n++
		}
	}
	const phi = usualPhi
	c := math.Max(0.005, (squares-phi*(n-1))/(room*(1-1/math.Max(n, 2))))
	var out [7]float64
	for w := range out {
		out[w] = prior[w] * (counted[w]/phi + 1/c) / (want[w]/phi + 1/c)
		if want[w] == 0 && staffed[w] > 0 { // sold where nobody had before
			out[w] = counted[w] / (staffed[w]*events/hours + 1/c)
		}
		if out[w] < closed {
			out[w] = 0
		}
	}
	return meanOne(out, staffed)
}

// meanOne scales factors so that the mean staffed hour counts 1.
func meanOne(factors, staffed [7]float64) [7]float64 {
	var weighted, hours float64
	for w, f := range factors {
		weighted += f * staffed[w]
		hours += staffed[w]
	}
	for w := range factors {
		if weighted > 0 {
			factors[w] *= hours / weighted
		}
	}
	return factors
}

// seasons gives each season's factor; ok is false under two whole years.
func seasons(days []Day, weekday [7]float64) (factors []float64, ok bool) {
	type cell struct{ cycle, season int }
	cells, years := map[cell]stats.Count{}, map[int]stats.Count{}
	most := 0
	for _, d := range days {
		if d.Season < 0 {
			continue
		}
		e := d.Staffed * weekday[d.Weekday]
		c, y := cells[cell{d.Cycle, d.Season}], years[d.Cycle]
		cells[cell{d.Cycle, d.Season}] = stats.Count{Events: c.Events + d.N, Exposure: c.Exposure + e}
		years[d.Cycle] = stats.Count{Events: y.Events + d.N, Exposure: y.Exposure + e}
		most = max(most, d.Season)
	}
	logs, seen := make([]float64, most+1), make([]float64, most+1)
	first, last := 0, -1
	for c := range years {
		if last < first || c < first {
			first = c
		}
		last = max(last, c)
	}
	for season := range logs {
		for cycle := first; cycle <= last; cycle++ { // in order: sums are the same every time
			c, y := cells[cell{cycle, season}], years[cycle]
			if c.Exposure > 0 && y.Events > 0 {
				logs[season] += math.Log((c.Events + 0.5) / c.Exposure * y.Exposure / (y.Events + 0.5))
				seen[season]++
			}
		}
	}
	whole := math.Inf(1)
	for season := range logs {
		whole = math.Min(whole, seen[season])
		if n := seen[season]; n > 0 {
			logs[season] = math.Exp(logs[season] / n * n / (n + 0.5))
		} else {
			logs[season] = 1
		}
	}
	return logs, whole >= cyclesNeeded
}
