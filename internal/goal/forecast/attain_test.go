package forecast_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/stats"
)

// A level that is known exactly makes Poisson counts and binomial rates: by
// chance alone the seeds' own goals look hopeless, so the verdict uses the lift.
func TestSeedGoals(t *testing.T) {
	sales := forecast.Level{Mean: 20, Shape: 1e9, Phi: 1}.Rest(stats.Count{}, 1)
	require.InDelta(t, 0.16, sales.AtLeast(25), 0.005)
	a, ok := forecast.Attain(sales.AtLeast(25), 20, 25, false, nil)
	require.True(t, ok)
	require.InDelta(t, 0.25, a.Lift, 1e-12)
	require.Equal(t, forecast.Challenging, a.Verdict)

	conversion := distuv.Binomial{N: 5000, P: 0.05}.Survival(299)
	require.InDelta(t, 0.001, conversion, 0.0005)
	a, ok = forecast.Attain(conversion, 0.05, 0.06, false, nil)
	require.True(t, ok)
	require.Equal(t, forecast.Challenging, a.Verdict)
}

func TestVerdicts(t *testing.T) {
	// Ten periods that rose or fell by about a tenth, well measured.
	var lifts []stats.Estimate
	for i := range 40 {
		lifts = append(lifts, stats.Estimate{Value: 0.1 * distuv.UnitNormal.Quantile((float64(i)+0.5)/40), SE: 0.02, DF: 50})
	}
	f := func(target float64, lower bool, want forecast.Verdict) {
		t.Helper()
		a, ok := forecast.Attain(0.5, 100, target, lower, lifts)
		require.True(t, ok)
		require.Equal(t, want, a.Verdict, "percentile %v", a.Percentile)
	}
	f(100, false, forecast.AlreadyThere)
	f(90, false, forecast.AlreadyThere)
	f(104, false, forecast.Realistic)
	f(110, false, forecast.Challenging)
	f(119, false, forecast.Stretch)
	f(150, false, forecast.OutOfReach)
	f(110, true, forecast.AlreadyThere)
	f(96, true, forecast.Realistic)
	f(60, true, forecast.OutOfReach)
	for _, bad := range [][2]float64{{0, 5}, {-3, 5}, {5, 0}, {math.NaN(), 5}} {
		_, ok := forecast.Attain(0.5, bad[0], bad[1], false, nil)
		require.False(t, ok, bad)
	}
}

// Lifts that are no more than noise are not achievements.
func TestNoiseIsNoLift(t *testing.T) {
	noisy, ok := forecast.LogLift(stats.Count{Events: 4, Exposure: 20}, stats.Count{Events: 9, Exposure: 20}, 1)
	require.True(t, ok)
	require.InDelta(t, math.Log(9.5/4.5), noisy.Value, 1e-12)
	lifts := []stats.Estimate{noisy, {Value: -noisy.Value, SE: noisy.SE, DF: 9}, {Value: 0.1, SE: noisy.SE, DF: 9}, {Value: -0.1, SE: noisy.SE, DF: 9}}
	a, _ := forecast.Attain(0.1, 100, 190, false, lifts)
	require.Greater(t, a.Percentile, 0.9)
	_, ok = forecast.LogLift(stats.Count{}, stats.Count{Events: 1, Exposure: 1}, 1)
	require.False(t, ok)
}

func TestGuardrail(t *testing.T) {
	rate := func(x, n float64, lower bool, want forecast.Guard) {
		t.Helper()
		g, _ := forecast.GuardRate(stats.Proportion{X: x, N: n}, 0.05, 1, lower)
		require.Equal(t, want, g)
	}
	rate(400, 8000, false, forecast.Kept)
	rate(50, 1000, false, forecast.Unclear) // P = 0.63
	rate(30, 1000, false, forecast.Broken)
	rate(0, 0, false, forecast.Unclear)
	rate(400, 8000, true, forecast.Kept)
	rate(80, 1000, true, forecast.Broken)
	mean := func(value, se float64, lower bool, want forecast.Guard) {
		t.Helper()
		g, _ := forecast.GuardMean(stats.Estimate{Value: value, SE: se, DF: 30}, 200, lower)
		require.Equal(t, want, g)
	}
	mean(200, 10, false, forecast.Kept) // P(≥ 190) = 0.84
	mean(200, 20, false, forecast.Unclear)
	mean(170, 10, false, forecast.Broken)
	mean(230, 10, true, forecast.Broken)
	mean(200, 0, true, forecast.Unclear)
}
