package overview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
)

// A frame by agent, day and hour: two Fridays before, and today until 10:30.
func TestWeekdays(t *testing.T) {
	f := &kpi.Frame{Dims: []string{"agent", "day", "hour"}, Columns: make([]kpi.Column, 1)}
	for _, r := range []struct {
		agent, day, hour string
		n                float64
	}{
		{"Ana", "2026-11-06", "9", 10}, {"Ana", "2026-11-06", "10", 20}, {"Ana", "2026-11-06", "", 3},
		{"Ana", "2026-11-13", "9", 20}, {"Ana", "2026-11-13", "10", 40},
		{"Ana", "2026-11-20", "9", 4},
		{"Bo", "2026-11-13", "10", 8}, {"Bo", "2026-11-20", "9", 2},
	} {
		f.Rows = append(f.Rows, kpi.FrameRow{Key: []string{r.agent, r.day, r.hour}, Figures: []kpi.Figure{{Valid: true, Number: r.n}}})
	}
	w := overview.ReadWeekdays(f, "2026-11-20")

	all := w.All(0)
	require.Equal(t, 6.0, all.Now.Whole())
	require.Equal(t, overview.Usual{Mean: 15, Low: 10, High: 20, Days: 2}, all.Hour(9))
	require.Equal(t, overview.Usual{Mean: 32, Low: 20, High: 44, Days: 2}, all.Until(10*60+30), "half of the hour from ten")
	require.Equal(t, overview.Usual{Mean: 50.5, Low: 33, High: 68, Days: 2}, all.Whole(), "what has no time counts at the end")
	from, to := all.Span()
	require.Equal(t, []int{9, 11}, []int{from, to})

	bo := w.Of("agent", "Bo", 0)
	require.Equal(t, overview.Usual{Mean: 8, Low: 8, High: 8, Days: 1}, bo.Whole(), "a day away is no day of none")
	require.Equal(t, overview.Usual{}, w.Of("agent", "Nobody", 0).Whole())
}

func TestUsualPlace(t *testing.T) {
	f := func(u overview.Usual, v float64, want int) {
		t.Helper()
		require.Equal(t, want, u.Place(v))
	}
	few, some := overview.Usual{Low: 5, High: 9, Days: 3}, overview.Usual{Low: 5, High: 9, Days: 4}
	f(few, 0, 0)
	f(some, 4, -1)
	f(some, 5, 0)
	f(some, 9, 0)
	f(some, 10, 1)
}
