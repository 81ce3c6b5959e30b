package forecast_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/stats"
)

// Days that scatter more than trials would make a guardrail less sure.
func TestDispersionOfARate(t *testing.T) {
	days := func(even, odd float64) []forecast.Day {
		out := make([]forecast.Day, 120)
		for i := range out {
			out[i] = forecast.Day{N: 100, X: even}
			if i%2 == 1 {
				out[i].X = odd
			}
		}
		return out
	}
	// 100 trials at 20 % scatter by 4: 16 and 24 are as they should be, 8 and 32 nine times as wide.
	sound, wild := forecast.Dispersion(days(16, 24), nil, 30), forecast.Dispersion(days(8, 32), nil, 30)
	require.InDelta(t, 1.06, sound, 0.05) // drawn toward 1.3 by 30 days
	require.InDelta(t, 9, wild, 0.1)
	require.Equal(t, 1.0, forecast.Dispersion(days(20, 20), nil, 30)) // never below that of trials
	require.Equal(t, 1.0, forecast.Dispersion(nil, nil, 30))
	require.Equal(t, 1.0, forecast.Dispersion(days(0, 0), nil, 30))
	require.Equal(t, 1.0, forecast.Dispersion(days(100, 100), nil, 30))

	now := stats.Proportion{X: 210, N: 1000}
	kept, p := forecast.GuardRate(now, 0.2, sound, false)
	require.Equal(t, forecast.Kept, kept)
	unclear, q := forecast.GuardRate(stats.Proportion{X: 205, N: 1000}, 0.2, wild, false)
	require.Equal(t, forecast.Unclear, unclear)
	require.Less(t, q, p)
}
