package kpi

import (
	"sort"
	"strings"
)

// Nearest gives the known name that a mistyped one was most likely meant to
// be, or "" where none is close.
func Nearest(name string, known []string) string { return nearest(name, known) }

// nearest gives the known name that a mistyped one was most likely meant to
// be, or "" where none is close.
func nearest(name string, known []string) string {
	known = append([]string(nil), known...)
	sort.Strings(known)
	best, least := "", max(2, len([]rune(name))/2)+1
	for _, k := range known {
		d := distance(strings.ToLower(name), strings.ToLower(k))
		if strings.HasPrefix(k, name) && len(name) >= 3 {
			d = min(d, 2)
		}
		if d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is that of Levenshtein, with neighbours swapped counted as one edit.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
