package forecast_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/stats"
)

// The yardstick itself: how often a perfect model would fail the test of
// classes, which is why it asks for 2,000 goals a class.
func TestPerfectModelFailsAtFewGoals(t *testing.T) {
	f := func(perClass, want, within float64) {
		t.Helper()
		passes := 1.0
		for _, p := range classes {
			b := distuv.Binomial{N: perClass, P: p}
			upto, below := math.Floor(perClass*(p+0.05)+1e-9), math.Ceil(perClass*(p-0.05)-1e-9)-1
			passes *= b.CDF(upto) - b.CDF(below)
		}
		require.InDelta(t, want, 1-passes, within)
	}
	f(400, 0.09, 0.005)
	f(2000, 0, 0.0001)
}

// Plain coverage of a sound 80 % interval of counts runs high, since its
// borders are taken in whole; mid-P is right on average.
func TestMidPIsTheFairCoverage(t *testing.T) {
	var plain, midP, n float64
	for mean := 4.0; mean <= 12; mean += 0.01 {
		d := forecast.Level{Mean: mean, Shape: 1e9, Phi: 1}.Rest(stats.Count{}, 1)
		low, high := d.Interval(0.8)
		truth := distuv.Poisson{Lambda: mean}
		for y := 0.0; y < 120; y++ {
			p := d.MidP(y)
			plain += truth.Prob(y) * indicator(y >= low && y <= high)
			midP += truth.Prob(y) * indicator(p >= 0.1 && p <= 0.9)
		}
		n++
	}
	t.Logf("plain %.1f %%, mid-P %.1f %%", 100*plain/n, 100*midP/n)
	require.InDelta(t, 0.86, plain/n, 0.01)
	require.InDelta(t, 0.80, midP/n, 0.01)
}
