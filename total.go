package callpace

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Total is an exact sum of amounts, in millionths as they are, but of 128
// bits: a company's revenue in rials does not fit into an Amount. Totals are
// compared by ==; the zero Total is 0.
type Total struct {
	hi int64
	lo uint64
}

// TotalOf counts units of 1/scale, where scale divides a million: 1 for whole
// things, 1,000 for milliseconds, 1,000,000 for amounts.
func TotalOf(n, scale int64) Total {
	factor := uint64(int64(One) / scale)
	magnitude := uint64(n)
	if n < 0 {
		magnitude = -magnitude
	}
	hi, lo := bits.Mul64(magnitude, factor)
	t := Total{int64(hi), lo}
	if n < 0 {
		return t.Neg()
	}
	return t
}

// Total widens an amount.
func (a Amount) Total() Total { return Total{int64(a) >> 63, uint64(a)} }

// BigTotal makes a Total of n millionths; ok is false beyond 127 bits.
func BigTotal(n *big.Int) (t Total, ok bool) {
	if n.BitLen() > 127 {
		return Total{}, false
	}
	var b [16]byte
	new(big.Int).Abs(n).FillBytes(b[:])
	for i := range 8 {
		t.hi = t.hi<<8 | int64(b[i])
		t.lo = t.lo<<8 | uint64(b[8+i])
	}
	if n.Sign() < 0 {
		return t.Neg(), true
	}
	return t, true
}

// Big gives the millionths.
func (t Total) Big() *big.Int {
	n := new(big.Int).Lsh(big.NewInt(t.hi), 64)
	return n.Add(n, new(big.Int).SetUint64(t.lo))
}

// Amount narrows a total; ok is false where it does not fit.
func (t Total) Amount() (a Amount, ok bool) {
	a = Amount(t.lo)
	return a, a.Total() == t
}

// Add adds; ok is false where the sum does not fit.
func (t Total) Add(u Total) (sum Total, ok bool) {
	lo, carry := bits.Add64(t.lo, u.lo, 0)
	hi, _ := bits.Add64(uint64(t.hi), uint64(u.hi), carry)
	sum = Total{int64(hi), lo}
	return sum, (t.hi < 0) != (u.hi < 0) || (sum.hi < 0) == (t.hi < 0)
}

// Neg changes the sign.
func (t Total) Neg() Total {
	lo, borrow := bits.Sub64(0, t.lo, 0)
	hi, _ := bits.Sub64(0, uint64(t.hi), borrow)
	return Total{int64(hi), lo}
}

// Sign is -1, 0 or 1.
func (t Total) Sign() int {
	switch {
	case t.hi < 0:
		return -1
	case t == Total{}:
		return 0
	}
	return 1
}

// Whole gives the whole part, cut toward zero, as far as it fits.
func (t Total) Whole() int64 {
	n := t.Big()
	if n.Quo(n, big.NewInt(int64(One))); n.IsInt64() {
		return n.Int64()
	}
	return int64(t.Sign()) * math.MaxInt64
}

// String prints the total without needless zeros, as Amount does.
func (t Total) String() string {
	if a, ok := t.Amount(); ok {
		return a.String()
	}
	whole, fraction := new(big.Int).QuoRem(t.Big(), big.NewInt(int64(One)), new(big.Int))
	s := whole.String()
	if f := fraction.Int64(); f != 0 {
		s += "." + strings.TrimRight(strconv.FormatInt(int64(One)+max(f, -f), 10)[1:], "0")
	}
	return s
}

// Float gives the nearest float64, for ratios and charts only.
func (t Total) Float() float64 {
	if a, ok := t.Amount(); ok && a < 1<<53 && a > -1<<53 {
		return a.Float() // one rounding
	}
	f, _ := new(big.Rat).SetFrac(t.Big(), big.NewInt(int64(One))).Float64()
	return f
}

// ParseTotal reads what String prints.
func ParseTotal(s string) (t Total, ok bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if strings.Trim(whole, "-") == "" || len(fraction) > 6 || strings.Trim(s, "-.0123456789") != "" {
		return Total{}, false
	}
	n, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", 6-len(fraction)), 10)
	if !ok {
		return Total{}, false
	}
	return BigTotal(n)
}

// MarshalText writes String, so that JSON loses no digit.
func (t Total) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (t *Total) UnmarshalText(text []byte) error {
	var ok bool
	if *t, ok = ParseTotal(string(text)); !ok {
		return fmt.Errorf("no total: %q", text)
	}
	return nil
}
