package cascade_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal/cascade"
)

func by(weights ...float64) (out []cascade.Part) {
	for _, w := range weights {
		out = append(out, cascade.Part{Weight: w})
	}
	return out
}

func locked(v int64) cascade.Part { return cascade.Part{Locked: true, Value: v} }

func TestSplit(t *testing.T) {
	f := func(total int64, parts []cascade.Part, want ...int64) {
		t.Helper()
		got, err := cascade.Split(total, parts)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	f(50, by(1, 1, 1), 17, 17, 16)
	f(50, by(20, 10, 5), 29, 14, 7)       // 28.57, 14.29, 7.14
	f(100, by(0.5, 0.3, 0.2), 50, 30, 20) // floats that are not exact
	f(10, by(0.1, 0.1, 0.1), 4, 3, 3)     // equal remainders: the first
	f(5, by(1, 0, 1), 3, 0, 2)            // nothing for no weight
	f(-5, by(1, 1), -3, -2)               // a goal to lose five complaints
	f(50, append(by(1, 1), locked(20)), 15, 15, 20)
	f(20, append(by(1, 1), locked(20)), 0, 0, 20)
	f(1, by(1, 1, 1, 1), 1, 0, 0, 0)
	f(9_007_199_254_740_993, by(1, 1), 4_503_599_627_370_497, 4_503_599_627_370_496) // beyond float64
	f(0, by(0, 0), 0, 0)
}

func TestSplitRefuses(t *testing.T) {
	f := func(code callpace.Code, key string, total int64, parts []cascade.Part) {
		t.Helper()
		_, err := cascade.Split(total, parts)
		require.Equal(t, code, callpace.CodeOf(err))
		require.ErrorContains(t, err, key)
	}
	f(callpace.Conflict, "cascade.locked_over", 50, append(by(1), locked(60)))
	f(callpace.Conflict, "cascade.locked_differ", 50, []cascade.Part{locked(20), locked(20)})
	f(callpace.Invalid, "cascade.no_weight", 50, by(0, 0))
	f(callpace.Invalid, "cascade.bad_weight", 50, by(1, -1))
	f(callpace.Conflict, "cascade.locked_differ", 50, nil)
}

func TestMoney(t *testing.T) {
	f := func(total string, places int, parts []cascade.Part, want ...string) {
		t.Helper()
		a, ok := callpace.ParseAmount(total)
		require.True(t, ok)
		got, err := cascade.Money(a, places, parts)
		require.NoError(t, err)
		for i, w := range want {
			require.Equal(t, w, got[i].String())
		}
	}
	f("100", 2, by(1, 1, 1), "33.34", "33.33", "33.33")
	f("100", 0, by(1, 1, 1), "34", "33", "33")
	f("0.05", 2, by(1, 1), "0.03", "0.02")
	f("10.005", 2, by(1, 1), "5.005", "5") // a total finer than its currency
	f("100", 2, append(by(1, 1), locked(50_010_000)), "25", "24.99", "50.01")
	_, err := cascade.Money(100, 7, by(1))
	require.ErrorContains(t, err, "cascade.bad_places")
	_, err = cascade.Money(10*callpace.One, 2, append(by(1), locked(12_500_000)))
	require.EqualError(t, err, "cascade.locked_over over=2.5")
}

func TestDays(t *testing.T) {
	got, ok := cascade.Days(50, []float64{1, 1, 1, 1, 0, 0, 1, 1})
	require.True(t, ok)
	require.Equal(t, []int64{8, 9, 8, 8, 0, 0, 9, 8}, got)
	_, ok = cascade.Days(50, []float64{0, 0})
	require.False(t, ok)
}

func TestRates(t *testing.T) {
	parts, err := cascade.SplitRate(cascade.Rate{Num: 60, Den: 1000}, by(3, 1), []cascade.Level{{Usual: .04}, {Usual: .08}})
	require.NoError(t, err)
	require.Equal(t, []cascade.Rate{{36, 750}, {24, 250}}, parts) // 30 : 20
	require.Equal(t, cascade.Rate{Num: 60, Den: 1000}, cascade.Sum(parts))
	parts, err = cascade.SplitRate(cascade.Rate{Num: 60, Den: 1000}, by(3, 1), nil)
	require.NoError(t, err)
	require.Equal(t, []cascade.Rate{{45, 750}, {15, 250}}, parts)
	parts, err = cascade.SplitRate(cascade.Rate{Num: 60, Den: 1000}, by(3, 1), []cascade.Level{{Locked: true, Value: .05}, {Usual: .08}})
	require.NoError(t, err)
	require.Equal(t, []cascade.Rate{{38, 750}, {22, 250}}, parts) // 37.5 is 38
	parts, err = cascade.SplitRate(cascade.Rate{Num: 60, Den: 1000}, by(3, 1), []cascade.Level{{Locked: true, Value: .1}, {Usual: .08}})
	require.ErrorContains(t, err, "cascade.locked_over")
	require.Equal(t, []cascade.Rate{{75, 750}, {0, 250}}, parts)
	// 1 of 2 and 10 of 100 are 11 of 102, not 30 %.
	v, ok := cascade.Sum([]cascade.Rate{{1, 2}, {10, 100}}).Value()
	require.True(t, ok)
	require.InDelta(t, 11.0/102, v, 1e-12)
	_, ok = cascade.Sum(nil).Value()
	require.False(t, ok)
}

func TestCredit(t *testing.T) {
	got, err := cascade.Credit([]float64{60, 40})
	require.NoError(t, err)
	require.Equal(t, []callpace.Amount{600_000, 400_000}, got)
	got, err = cascade.Credit([]float64{1, 1, 1})
	require.NoError(t, err)
	require.Equal(t, callpace.One, got[0]+got[1]+got[2])
}

func weights(t *rapid.T) []cascade.Part {
	parts := by(rapid.SliceOfN(rapid.Float64Range(0, 1e6), 1, 30).Draw(t, "weights")...)
	parts[0].Weight++
	return parts
}

func total(parts []int64) (sum int64) {
	for _, p := range parts {
		sum += p
	}
	return sum
}

// Parts sum to the whole, lie within one of their exact share, and a split of
// the splits sums too.
func TestSplitProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(-1_000_000, 1_000_000_000_000).Draw(t, "whole")
		parts := weights(t)
		got, err := cascade.Split(whole, parts)
		require.NoError(t, err)
		require.Equal(t, whole, total(got))
		sum := 0.0
		for _, p := range parts {
			sum += p.Weight
		}
		for i, p := range parts {
			require.InDelta(t, float64(whole)*p.Weight/sum, float64(got[i]), 1.001)
		}
		again, err := cascade.Split(got[0], weights(t))
		require.NoError(t, err)
		require.Equal(t, got[0], total(again))
	})
}

// The order of parts and the unit of weights do not matter, but among equals.
func TestSplitInvariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "n")
		var forward, backward []cascade.Part
		for i := range n {
			w := float64(rapid.IntRange(0, 1000).Draw(t, "w")*n + i) // no two alike
			forward = append(forward, cascade.Part{Weight: w})
			backward = append([]cascade.Part{{Weight: w * 8}}, backward...)
		}
		whole := rapid.Int64Range(0, 10_000).Draw(t, "whole")
		a, err := cascade.Split(whole, forward)
		require.NoError(t, err)
		b, err := cascade.Split(whole, backward)
		require.NoError(t, err)
		for i := range a {
			// Equal remainders may still arise: 0.5 and 1.5.
			require.InDelta(t, a[i], b[n-1-i], 1)
		}
		require.Equal(t, total(a), total(b))
	})
}

// Pro-rating over any calendar sums to the target; the way to it never leaves
// the straight line by more than a half.
func TestDaysProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		exposure := rapid.SliceOfN(rapid.Float64Range(0, 10), 1, 400).Draw(t, "exposure")
		exposure[len(exposure)/2]++
		target := rapid.Int64Range(-1000, 1_000_000).Draw(t, "target")
		got, ok := cascade.Days(target, exposure)
		require.True(t, ok)
		require.Equal(t, target, total(got))
		var whole, soFar float64
		var given int64
		for _, e := range exposure {
			whole += e
		}
		for i, e := range exposure {
			soFar += e
			given += got[i]
			require.True(t, e > 0 || got[i] == 0)
			require.InDelta(t, float64(target)*soFar/whole, float64(given), 0.501)
		}
	})
}
