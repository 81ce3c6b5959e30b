package scorecard_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/goal/scorecard"
)

func TestCardByHand(t *testing.T) {
	c := scorecard.Of([]scorecard.Item{
		{Weight: 50, Attainment: 0.9, Term: scorecard.Short},            // 45
		{Weight: 30, Attainment: 1.6, Cap: 1.2, Term: scorecard.Short},  // 36
		{Weight: 20, Attainment: 0.4, Floor: 0.5, Term: scorecard.Long}, // 0
		{Weight: 25, Attainment: math.NaN(), Term: scorecard.Long},
	})
	require.InDelta(t, 0.81, c.Score, 1e-12)
	require.InDelta(t, 0.8, c.Covered, 1e-12)
	require.InDelta(t, 0.45, c.Lines[0].Points, 1e-12)
	require.InDelta(t, 0.36, c.Lines[1].Points, 1e-12)
	require.Zero(t, c.Lines[2].Points)
	require.InDelta(t, 0.72, c.Lines[0].Without, 1e-12)           // 36 of 50
	require.InDelta(t, 0.01*(0.9-0.72), c.Lines[0].Effect, 1e-12) // 51 : 49
	require.InDelta(t, 0.8, c.ShortShare, 1e-12)
	require.InDelta(t, 0.81/0.8, c.ShortScore, 1e-12)
	require.Zero(t, c.LongScore)
	require.Zero(t, c.Lines[3].Share)
	require.Equal(t, c.Score, c.Lines[3].Without)
}

func TestEmptyCard(t *testing.T) {
	for _, items := range [][]scorecard.Item{nil, {{Weight: 1, Attainment: math.NaN()}}, {{Weight: 0, Attainment: 1}}} {
		require.True(t, math.IsNaN(scorecard.Of(items).Score))
	}
	c := scorecard.Of([]scorecard.Item{{Weight: 3, Attainment: 0.7}})
	require.InDelta(t, 0.7, c.Score, 1e-12)
	require.True(t, math.IsNaN(c.Lines[0].Without))
	require.Zero(t, c.Lines[0].Effect)
}

func TestAttainment(t *testing.T) {
	nan := math.NaN()
	f := func(want, got float64) {
		t.Helper()
		if math.IsNaN(want) {
			require.True(t, math.IsNaN(got))
			return
		}
		require.InDelta(t, want, got, 1e-12)
	}
	f(0.8, scorecard.Attainment(40, 50, false))
	f(2, scorecard.Attainment(10, 20, true))
	f(2, scorecard.Attainment(0, 20, true))
	f(0.5, scorecard.Attainment(40, 20, true))
	f(nan, scorecard.Attainment(5, 0, false))
	f(nan, scorecard.Attainment(nan, 5, false))
	f(0, scorecard.Attainment(0, 5, false))
	f(0.5, scorecard.OfChange(85, 100, 70)) // waiting −30 %: half the way
	f(-1, scorecard.OfChange(130, 100, 70))
	f(nan, scorecard.OfChange(1, 5, 5))
	f(1, scorecard.OfBand(4, 3, 6))
	f(0.5, scorecard.OfBand(1.5, 3, 6))
	f(0.75, scorecard.OfBand(8, 3, 6))
	f(nan, scorecard.OfBand(nan, 3, 6))
}

// Lines sum to the score; the effect is what a hundredth does; scaling all
// weights changes nothing; a better attainment never lowers the score.
func TestCardProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) scorecard.Item {
			return scorecard.Item{Weight: rapid.Float64Range(0.1, 9).Draw(t, "w"), Attainment: rapid.Float64Range(0, 2).Draw(t, "a"),
				Floor: rapid.SampledFrom([]float64{0, .5}).Draw(t, "floor"), Cap: rapid.SampledFrom([]float64{0, 1.2}).Draw(t, "cap")}
		}), 2, 8).Draw(t, "items")
		c := scorecard.Of(items)
		sum, all := 0.0, 0.0
		for i, l := range c.Lines {
			sum += l.Points
			all += items[i].Weight
		}
		require.InDelta(t, c.Score, sum, 1e-9)
		moved := append([]scorecard.Item(nil), items...)
		first := moved[0].Weight / all
		for i := range moved {
			moved[i].Weight *= (1 - first - 0.01) / (1 - first)
		}
		moved[0].Weight = (first + 0.01) * all
		if first < 0.98 {
			require.InDelta(t, c.Score+0.01*(c.Lines[0].Counted-c.Lines[0].Without), scorecard.Of(moved).Score, 1e-9)
			require.InDelta(t, c.Lines[0].Effect, scorecard.Of(moved).Score-c.Score, 1e-9)
		}
		for i := range moved {
			moved[i] = items[i]
			moved[i].Weight *= 7
		}
		require.InDelta(t, c.Score, scorecard.Of(moved).Score, 1e-9)
		moved[0].Attainment += 0.3
		require.GreaterOrEqual(t, scorecard.Of(moved).Score, c.Score-1e-12)
	})
}
