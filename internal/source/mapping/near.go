package mapping

import (
	"strings"
	"unicode/utf8"
)

// nearest gives the known name that differs least from a mistaken one, or ""
// where none is close enough to be meant.
func nearest(name string, known []string) string {
	n := utf8.RuneCountInString(name)
	least := max(1, n/3) + 1
	if n >= 4 { // two letters exchanged
		least = max(least, 3)
	}
	best := ""
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is Levenshtein's, over at most 64 letters.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > 64 || len(t) > 64 {
		return 64
	}
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range s {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range t {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(t)]
}
