package kept

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
)

// Packed numbers are the same numbers, whatever they are, and those of calls
// and seconds take the least room.
func TestPackedNumbersAreTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.SampledFrom([]int64{1, 1_000, 1_000_000}).Draw(t, "scale")
		largest := rapid.SampledFrom([]int64{255, 256, math.MaxInt16, math.MaxInt16 + 1, math.MaxInt32, math.MaxInt32 + 1, math.MaxInt64 / 1_000_000, math.MaxInt64}).Draw(t, "largest")
		var all []callpace.Total
		for _, n := range rapid.SliceOf(rapid.Int64Range(rapid.SampledFrom([]int64{0, -largest}).Draw(t, "least"), largest)).Draw(t, "numbers") {
			all = append(all, callpace.TotalOf(n, scale))
		}
		if rapid.Bool().Draw(t, "huge") {
			huge, ok := callpace.BigTotal(new(big.Int).Lsh(big.NewInt(1), 100))
			require.True(t, ok)
			all = append(all, huge)
		}
		r := packed(all)
		for i, want := range all {
			require.Equal(t, want, r.at(i))
		}
	})
	size := func(scale int64, numbers ...int64) int {
		var all []callpace.Total
		for _, n := range numbers {
			all = append(all, callpace.TotalOf(n, scale))
		}
		return packed(all).size()
	}
	require.Equal(t, 2, size(1, 0, 255), "calls of a day")
	require.Equal(t, 4, size(1, 0, 256))
	require.Equal(t, 8, size(1_000, 0, 86_400_001), "a day of talking, in milliseconds")
	require.Equal(t, 2, size(1_000, 0, 60_000), "whole minutes")
	require.Equal(t, 16, size(1_000_000, 0, math.MaxInt64))
}
