package stats

import "sort"

// BenjaminiHochberg marks the findings that hold when many are looked at at
// once, so that at most the share q of those marked is false on average
// (Benjamini and Hochberg 1995). p are the P of the findings, in any order;
// the marks come in the same order.
func BenjaminiHochberg(p []float64, q float64) []bool {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return p[order[a]] < p[order[b]] })
	last := -1
	for rank, i := range order {
		if p[i] <= q*float64(rank+1)/float64(len(p)) {
			last = rank
		}
	}
	marks := make([]bool, len(p))
	for _, i := range order[:last+1] {
		marks[i] = true
	}
	return marks
}
