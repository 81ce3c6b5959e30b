package track_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What today is to bring: the share of today in what was missing this morning.
func TestDue(t *testing.T) {
	w := newWorld(t)
	w.eachDay("2026-11-02", "2026-11-20", func(on time.Time) { w.calls(on, "Ana", "East", 30, 10) })
	f := func(today, text string, needed, done float64, known bool) {
		t.Helper()
		r := w.look(today, w.goal(today, text))
		s, whole := r.Whole()
		if !whole {
			var ok bool
			s, ok = r.Part("Ana")
			require.True(t, ok)
		}
		n, d, ok := r.Due(s)
		require.Equal(t, []any{needed, done, known}, []any{n, d, ok}, text)
	}
	// 21 working days in November, 14 before Friday 20: 420 of 840 are there, seven days are left.
	f("2026-11-20", "840 calls this month", 60, 30, true)
	f("2026-11-20", "840 calls this month per agent", 60, 30, true)
	f("2026-11-20", "421 calls this month", 1, 30, true) // a seventh of one call is one
	f("2026-11-20", "400 calls this month", 0, 30, true) // reached yesterday
	f("2026-11-20", "50 calls every day", 50, 30, true)  // all of it
	f("2026-11-21", "840 calls this month", 0, 0, true)  // a Saturday
	f("2026-11-23", "840 calls this month", 65, 0, true) // 390 left over six days
	f("2026-11-20", "at most 900 calls this month", 0, 0, false)
	f("2026-11-20", "contact rate 40 % this month", 0, 0, false)
}
