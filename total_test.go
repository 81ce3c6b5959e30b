package callpace_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
)

func big128(s string) callpace.Total {
	n, _ := new(big.Int).SetString(s, 10)
	t, ok := callpace.BigTotal(n)
	if !ok {
		panic(s)
	}
	return t
}

func TestTotalString(t *testing.T) {
	f := func(millionths, want string) { require.Equal(t, want, big128(millionths).String()) }
	f("0", "0")
	f("12500000", "12.5")
	f("-1", "-0.000001")
	f("9223372036854775807", "9223372036854.775807")
	f("9223372036854775808", "9223372036854.775808")
	f("1500000000000000000000", "1500000000000000")
	f("-1500000000000000000010", "-1500000000000000.00001")
	_, ok := callpace.BigTotal(new(big.Int).Lsh(big.NewInt(1), 127))
	require.False(t, ok)
}

// Totals reckon as whole numbers of any size do, and say where they cannot.
func TestTotalArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) *big.Int {
			n := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, name))
			n.Rsh(n, 1)
			if rapid.Bool().Draw(t, name+" is negative") {
				n.Neg(n)
			}
			return n
		}
		a, b := draw("a"), draw("b")
		x, y := big128(a.String()), big128(b.String())
		require.Equal(t, a.String(), x.Big().String())
		require.Equal(t, a.Sign(), x.Sign())
		require.Equal(t, new(big.Int).Neg(a).String(), x.Neg().Big().String())
		want := new(big.Int).Add(a, b)
		sum, ok := x.Add(y)
		fits := want.Cmp(new(big.Int).Lsh(big.NewInt(-1), 127)) >= 0 && want.BitLen() <= 127 || want.Cmp(new(big.Int).Lsh(big.NewInt(-1), 127)) == 0
		require.Equal(t, fits, ok)
		if ok {
			require.Equal(t, want.String(), sum.Big().String())
		}
		text, err := json.Marshal(x)
		require.NoError(t, err)
		var back callpace.Total
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, x, back)
		f, _ := new(big.Rat).SetFrac(a, big.NewInt(1_000_000)).Float64()
		require.Equal(t, f, x.Float())
		if a.IsInt64() {
			amount, ok := x.Amount()
			require.True(t, ok)
			require.Equal(t, a.Int64(), int64(amount))
			require.Equal(t, x, amount.Total())
		}
	})
}

func TestParseTotal(t *testing.T) {
	for _, text := range []string{"", "-", "1.0000001", "1-2", "1.2.3", "1e5", "170141183460469231731687303715885"} {
		_, ok := callpace.ParseTotal(text)
		require.False(t, ok, text)
	}
	got, ok := callpace.ParseTotal("-1500000000000000.5")
	require.True(t, ok)
	require.Equal(t, "-1500000000000000.5", got.String())
}

func TestTotalOf(t *testing.T) {
	f := func(want string, n, scale int64) {
		got := callpace.TotalOf(n, scale)
		require.Equal(t, want, got.String())
	}
	f("3", 3, 1)
	f("-0.003", -3, 1000)
	f("0.000003", 3, 1_000_000)
	f("9223372036854775807", math.MaxInt64, 1)
	f("-9223372036854775808", math.MinInt64, 1)
	require.EqualValues(t, -7, callpace.TotalOf(-7_999, 1000).Whole())
}

func FuzzParseTotal(f *testing.F) {
	for _, s := range []string{"0", "-1500000000000000.5", "1e9", "--1", ".5", "170141183460469231731687303715884.105727"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, ok := callpace.ParseTotal(s); ok {
			again, ok := callpace.ParseTotal(n.String())
			require.True(t, ok)
			require.Equal(t, n, again)
		}
	})
}
