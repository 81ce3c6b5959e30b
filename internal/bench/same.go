package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// same makes sure that two sides worked out the same rows, in whatever order.
// keys is how many columns name a row. Numbers may differ by a billionth.
func same(keys int, ours, theirs [][]string) error {
	if len(ours) != len(theirs) {
		return fmt.Errorf("%d rows and %d", len(ours), len(theirs))
	}
	byKey := func(a, b []string) int { return slices.Compare(a[:keys], b[:keys]) }
	ours, theirs = slices.SortedFunc(slices.Values(ours), byKey), slices.SortedFunc(slices.Values(theirs), byKey)
	for i, mine := range ours {
		if len(mine) != len(theirs[i]) {
			return fmt.Errorf("row %v has other columns than %v", mine, theirs[i])
		}
		for c, x := range mine {
			if y := theirs[i][c]; x != y && (c < keys || !near(x, y)) {
				return fmt.Errorf("column %d of %s: %q, and %q", c+1, strings.Join(mine[:keys], ", "), x, y)
			}
		}
	}
	return nil
}

func near(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err == nil && err2 == nil && math.Abs(x-y) <= 1e-9*math.Max(math.Abs(x), math.Abs(y))
}
