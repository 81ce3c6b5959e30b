package goal

import (
	"strings"

	"github.com/callpace/callpace"
)

// Number is an exact decimal of a goal, in text as 12.5. It reads 15% as 0.15.
type Number callpace.Amount

// Amount gives the decimal.
func (n Number) Amount() callpace.Amount { return callpace.Amount(n) }

// Float gives the nearest float64.
func (n Number) Float() float64 { return callpace.Amount(n).Float() }

// String prints the decimal.
func (n Number) String() string { return callpace.Amount(n).String() }

// MarshalText writes the decimal.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads a decimal or a percentage.
func (n *Number) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	whole, percent := strings.CutSuffix(s, "%")
	a, ok := callpace.ParseAmount(strings.TrimSpace(whole))
	if ok && percent {
		a, ok = hundredth(a)
	}
	if !ok {
		return callpace.E(callpace.Invalid, "goal.bad_number", "text", s)
	}
	*n = Number(a)
	return nil
}

// hundredth turns per cent into a fraction; ok is false for what six places do
// not hold.
func hundredth(a callpace.Amount) (callpace.Amount, bool) { return a / 100, a%100 == 0 }

// times multiplies by a whole number; ok is false beyond the range.
func times(a callpace.Amount, n int64) (callpace.Amount, bool) {
	const limit = 999_999_999_999_999_999
	if n != 0 && (int64(a) > limit/n || int64(a) < -limit/n) {
		return 0, false
	}
	return a * callpace.Amount(n), true
}
