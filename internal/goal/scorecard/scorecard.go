// Package scorecard weighs what a person or team has attained of several goals
// into one figure, with everything in it in sight: each attainment with its
// floor and cap, what its weight does, and how short and long term balance.
package scorecard

import "math"

// Term is the horizon that a goal serves.
type Term string

// The terms.
const (
	Short Term = "short"
	Long  Term = "long"
)

// Item is one goal on a card. Attainment is 1 where the target was met exactly;
// NaN is no data (see Attainment).
type Item struct {
	Weight     float64
	Attainment float64
	Floor, Cap float64 // attainment below Floor counts as 0, above Cap as Cap; a Cap of 0 is none
	Term       Term
}

// Line is an item as it counts.
type Line struct {
	Counted float64 // attainment after floor and cap; NaN without data
	Share   float64 // of the weight of all items with data
	Points  float64 // Share × Counted: the lines sum to the score
	// Effect is what one more hundredth of all weight on this item, taken from the
	// others in proportion, would add to the score.
	Effect  float64
	Without float64 // the score without this item; NaN where nothing is left
}

// Card is a scorecard.
type Card struct {
	Score   float64 // weighted attainment; NaN without any data
	Covered float64 // share of weight that has data
	Lines   []Line
	// The shares of weight of short and long term, and their own scores.
	ShortShare, LongShare, ShortScore, LongScore float64
}

// Of makes the card. Items without data are left out of the score, and Covered
// says how much of the weight that was. Weights below 0 count as 0.
func Of(items []Item) Card {
	c := Card{Lines: make([]Line, len(items))}
	var weight, all, sum float64
	for i, it := range items {
		w := it.weight()
		all += w
		c.Lines[i].Counted = it.counted()
		if !math.IsNaN(c.Lines[i].Counted) {
			weight += w
			sum += w * c.Lines[i].Counted
		}
	}
	c.Score, c.Covered = sum/weight, weight/all
	for i, it := range items {
		l, w := &c.Lines[i], it.weight()
		if math.IsNaN(l.Counted) || weight == 0 {
			l.Without = c.Score
			continue
		}
		l.Share = w / weight
		l.Points = l.Share * l.Counted
		l.Without = (sum - w*l.Counted) / (weight - w)
		if w >= weight {
			l.Without = math.NaN()
		}
		if l.Share < 1 {
			l.Effect = 0.01 * (l.Counted - l.Without)
		}
	}
	c.ShortShare, c.ShortScore = balance(items, c.Lines, Short)
	c.LongShare, c.LongScore = balance(items, c.Lines, Long)
	return c
}

// balance gives the share of a term and its own score, NaN where it has none.
func balance(items []Item, lines []Line, term Term) (share, score float64) {
	points := 0.0
	for i, it := range items {
		if it.Term == term {
			share += lines[i].Share
			points += lines[i].Points
		}
	}
	return share, points / share
}

func (it Item) weight() float64 { return math.Max(0, it.Weight) }

func (it Item) counted() float64 {
	switch {
	case it.Attainment < it.Floor:
		return 0
	case it.Cap > 0: // min keeps a NaN
		return math.Min(it.Attainment, it.Cap)
	}
	return it.Attainment
}

// best is the attainment of a figure that is to be low and is 0, or next to it.
const best = 2

// Attainment gives how much of a target was attained: actual / target where
// more is better, target / actual where less is, but never more than 2 then.
// Towards a target that was set as a change from a baseline, use OfChange. It is
// NaN where the two have no ratio: a target of 0 or below, an actual below 0.
func Attainment(actual, target float64, lower bool) float64 {
	switch {
	case math.IsNaN(actual) || !(target > 0) || actual < 0:
		return math.NaN()
	case !lower:
		return actual / target
	}
	return math.Min(best, target/actual)
}

// OfChange gives how much of the way from the baseline to the target was gone:
// 1 at the target, 0 at the baseline, below 0 on the wrong side. Its direction
// is the target's. It is NaN where the target is the baseline.
func OfChange(actual, baseline, target float64) float64 {
	if target == baseline {
		return math.NaN()
	}
	return (actual - baseline) / (target - baseline)
}

// OfBand gives 1 within a band, and outside the ratio to its nearer border.
func OfBand(actual, low, high float64) float64 {
	switch {
	case actual < low:
		return Attainment(actual, low, false)
	case actual > high:
		return Attainment(actual, high, true)
	case math.IsNaN(actual):
		return actual
	}
	return 1
}
