package callpace

import (
	"strconv"
	"strings"
)

// Amount is an exact decimal with six places, counted in millionths. It holds
// money, shares, scores and rates: whatever must not become a float.
// Its range is that of DECIMAL(18,6): ±999,999,999,999.999999.
type Amount int64

// One is the amount 1.
const One Amount = 1_000_000

const maxAmount = 999_999_999_999_999_999

// ParseAmount reads a plain decimal such as -12.5, with a point and no
// grouping. ok is false for anything else, for more than six places that are
// not zero, and for what is out of range.
func ParseAmount(s string) (a Amount, ok bool) {
	neg := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		neg, s = s[0] == '-', s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	if whole == "" && frac == "" {
		return 0, false
	}
	var n int64
	for i := 0; i < len(whole); i++ {
		d := whole[i] - '0'
		if d > 9 || n > maxAmount {
			return 0, false
		}
		n = n*10 + int64(d)
	}
	if n > maxAmount/int64(One) {
		return 0, false
	}
	for i := range max(len(frac), 6) {
		d := byte(0)
		if i < len(frac) {
			d = frac[i] - '0'
		}
		switch {
		case d > 9 || i >= 6 && d != 0:
			return 0, false
		case i < 6:
			n = n*10 + int64(d)
		}
	}
	if neg {
		n = -n
	}
	return Amount(n), true
}

// String prints the amount without needless zeros: 12.5, -0.000001, 7.
func (a Amount) String() string {
	n, sign := int64(a), ""
	if n < 0 {
		n, sign = -n, "-"
	}
	s := sign + strconv.FormatInt(n/int64(One), 10)
	if f := n % int64(One); f != 0 {
		d := strconv.FormatInt(int64(One)+f, 10)[1:]
		s += "." + strings.TrimRight(d, "0")
	}
	return s
}

// Float gives the nearest float64, for ratios and charts only.
func (a Amount) Float() float64 { return float64(a) / float64(One) }
