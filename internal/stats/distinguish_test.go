package stats_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/callpace/callpace/internal/stats"
)

// statistics.md: +15 % on a rate of 5 % needs about 14,000 contacts a period.
func TestSmallestChange(t *testing.T) {
	f := func(x, n, after, phi, want float64) {
		t.Helper()
		got, ok := stats.SmallestChange(stats.Proportion{X: x, N: n}, after, phi)
		require.True(t, ok)
		require.InDelta(t, want, got, 0.0005)
		again, ok := stats.Distinguishable(stats.Proportion{X: x, N: n}, stats.Proportion{X: after * x / n * (1 + got), N: after}, phi)
		require.True(t, ok)
		require.InDelta(t, got, again, 1e-9)
	}
	f(710, 14_200, 14_200, 1, 0.150)
	f(1420, 28_400, 28_400, 2, 0.150) // twice the noise needs twice the contacts
	f(50, 1000, 1000, 1, 0.628)
	_, ok := stats.SmallestChange(stats.Proportion{X: 0, N: 1000}, 1000, 1)
	require.False(t, ok, "no event, no telling")
	_, ok = stats.SmallestChange(stats.Proportion{X: 1, N: 2}, 2, 1)
	require.False(t, ok, "not even all of two would stand out")
}

func TestNodesAreTheirDistribution(t *testing.T) {
	f := func(nodes []stats.Node, mean, sd float64) {
		t.Helper()
		var w, m, v float64
		for i, n := range nodes {
			w += n.Weight
			m += n.Weight * n.Value
			require.True(t, i == 0 || n.Value >= nodes[i-1].Value)
		}
		for _, n := range nodes {
			v += n.Weight * (n.Value - m) * (n.Value - m)
		}
		require.InDelta(t, 1, w, 1e-12)
		require.InEpsilon(t, mean, m, 1e-7)
		require.InEpsilon(t, sd, math.Sqrt(v), 1e-6)
	}
	gamma := func(a, b float64) { t.Helper(); f(stats.GammaNodes(a, b, 128), a/b, math.Sqrt(a)/b) }
	gamma(0.5, 3)
	gamma(1, 1)
	gamma(40, 2)
	gamma(1e6, 1e3)
	beta := func(a, b float64) {
		t.Helper()
		d := distuv.Beta{Alpha: a, Beta: b}
		f(stats.BetaNodes(a, b, 128), d.Mean(), d.StdDev())
	}
	beta(0.5, 1000.5)
	beta(50.5, 950.5)
	beta(0.5, 0.5)
	beta(30_000, 70_000)
}
