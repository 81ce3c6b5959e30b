package forecast

import "sort"

// Open are leads in the same state that may still be won within the period.
type Open struct {
	Leads int
	Win   float64 // the chance of each to be won before the deadline
}

// pipeline gives the number of open leads that will be won: a sum of
// independent chances, counted out exactly.
func pipeline(open []Open) Distribution {
	masses := []float64{1}
	for _, o := range open {
		for range o.Leads {
			masses = append(masses, 0)
			for n := len(masses) - 1; n > 0; n-- {
				masses[n] = masses[n]*(1-o.Win) + masses[n-1]*o.Win
			}
			masses[0] *= 1 - o.Win
		}
	}
	values := make([]float64, len(masses))
	for i := range values {
		values[i] = float64(i)
	}
	return weighted(values, masses)
}

// Cycle is how many days leads took in the past, from where they count as
// open to their end, in ascending order. The zero Cycle takes none.
type Cycle struct{ days []float64 }

// NewCycle takes the days of single leads, in any order.
func NewCycle(days []float64) Cycle {
	c := Cycle{append([]float64(nil), days...)}
	sort.Float64s(c.days)
	return c
}

// Len gives the number of leads that it knows.
func (c Cycle) Len() int { return len(c.days) }

// Within gives the share that takes at most so many days.
func (c Cycle) Within(days float64) float64 {
	if len(c.days) == 0 {
		return 1
	}
	return float64(sort.Search(len(c.days), func(i int) bool { return c.days[i] > days })) / float64(len(c.days))
}

// Win gives the chance that a lead which has been open for age days is won
// within the next left days, where the share win of all leads is won at last,
// after the times won, and the others are given up after the times lost.
func Win(win float64, won, lost Cycle, age, left float64) float64 {
	open := win*(1-won.Within(age)) + (1-win)*(1-lost.Within(age))
	if open <= 0 {
		return 0 // older than any lead that ever came to an end
	}
	return win * (won.Within(age+left) - won.Within(age)) / open
}

// Arrivals gives Question.Arrived from the delays, in days, with which things
// of the past came into the data; maxDays is the longest that is waited for.
func Arrivals(delays []int, maxDays int) []float64 {
	if len(delays) == 0 {
		return nil
	}
	sorted := append([]int(nil), delays...)
	sort.Ints(sorted)
	out := make([]float64, 0, maxDays)
	for age := range maxDays {
		share := float64(sort.SearchInts(sorted, age+1)) / float64(len(sorted))
		out = append(out, share)
		if share == 1 {
			break
		}
	}
	return out
}
