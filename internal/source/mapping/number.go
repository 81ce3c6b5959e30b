package mapping

import (
	"math"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// plainNumber is readNumber of what has at most the sign of a currency beside it.
func plainNumber(s string, decimal byte) string {
	plain, beside := readNumber(s, decimal)
	if !onlySigns(beside) {
		return "?"
	}
	return plain
}

// readNumber rewrites a number as callpace.ParseAmount wants it: a point, no
// grouping. What is no number comes back as something that is none either.
// beside is what stands before and behind it.
func readNumber(s string, decimal byte) (number string, beside []string) {
	plain := decimal == '.' && s != ""
	for i := 0; plain && i < len(s); i++ {
		plain = s[i]-'0' <= 9 || s[i] == '.' || i == 0 && s[i] == '-'
	}
	if plain {
		return s, nil
	}
	trim := func(s string) string {
		s, more := trimBeside(s)
		beside = append(beside, more...)
		return s
	}
	s = trim(strings.ReplaceAll(source.ASCIIDigits(s), "\u2212", "-"))
	sign := ""
	if round, ok := strings.CutSuffix(s, string(decimal)+"-"); ok { // 120,- has no cents
		s = round
	}
	switch {
	case strings.HasPrefix(s, "-"):
		sign, s = "-", trim(s[1:])
	case strings.HasSuffix(s, "-"): // as ledgers write it
		sign, s = "-", trim(s[:len(s)-1])
	case strings.HasPrefix(s, "+"):
		s = trim(s[1:])
	case strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")"): // as accountants write it
		sign, s = "-", trim(s[1:len(s)-1])
	}
	s = strings.ReplaceAll(s, "٫", string(decimal))
	whole, frac, _ := strings.Cut(s, string(decimal))
	whole, ok := ungroup(whole, decimal)
	if !ok {
		return "?", beside
	}
	if frac != "" {
		return sign + whole + "." + frac, beside
	}
	return sign + whole, beside
}

// ungroup drops grouping signs. The last group must have three digits and all
// signs must be the same, so that a decimal point is never taken for one.
func ungroup(s string, decimal byte) (string, bool) {
	var b strings.Builder
	var sign rune
	run, groups := 0, 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
			run++
			continue
		}
		if !strings.ContainsRune(".,' ’٬", r) || r == rune(decimal) || groups > 0 && r != sign || run == 0 || run > 3 {
			return "", false
		}
		sign, run = r, 0
		groups++
	}
	return b.String(), groups == 0 || run == 3
}

// short9 reads up to nine plain digits, which is what most numbers are.
func short9(s string) (n int64, ok bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// integer reads a whole number; 3.0 is one.
func (f *field) integer(text string) (int64, *callpace.Message) {
	if n, ok := short9(text); ok {
		return n, nil
	}
	a, _, bad := f.amount(text)
	if bad != nil {
		return 0, bad
	}
	if a%int64(callpace.One) != 0 || a/int64(callpace.One) > math.MaxInt32 || a/int64(callpace.One) < math.MinInt32 {
		return 0, f.reject("mapping.reject.integer", text)
	}
	return a / int64(callpace.One), nil
}

// Milliseconds of a unit. Days are Excel's: a fraction of 24 hours.
var unitMillis = map[string]int64{"": 1000, "s": 1000, "ms": 1, "min": 60_000, "h": 3_600_000, "days": 86_400_000}

// maxDuration is what DECIMAL(12,3) seconds hold.
const maxDuration = 999_999_999_999

// duration reads a duration in milliseconds.
func (f *field) duration(text string) (int64, *callpace.Message) {
	if n, ok := short9(text); ok && f.unit() != "us" && !strings.Contains(f.unit(), ":") {
		if ms := n * unitMillis[f.unit()]; ms <= maxDuration {
			return ms, nil
		}
	}
	text = source.ASCIIDigits(text)
	ms, ok := f.clockDuration(text)
	if !ok {
		a, isNumber := callpace.ParseAmount(plainNumber(text, f.value.formats.decimal))
		if !isNumber || strings.Contains(f.unit(), ":") {
			return 0, f.reject("mapping.reject.duration", text)
		}
		ms = durationOf(int64(a), f.unit())
	}
	if ms < 0 {
		return 0, f.reject("mapping.reject.negative", text)
	}
	if ms > maxDuration {
		return 0, f.reject("mapping.reject.duration", text)
	}
	return ms, nil
}

func (f *field) unit() string {
	if f.value.unit == "" && f.def.name == "hours" {
		return "h"
	}
	return f.value.unit
}

// durationOf turns millionths of a unit into milliseconds, rounding half up;
// what would overflow becomes too long instead.
func durationOf(a int64, unit string) int64 {
	if unit == "us" {
		return floorDiv(a+500_000_000, 1_000_000_000)
	}
	per := unitMillis[unit]
	if a > math.MaxInt64/per-500_000 || a < -math.MaxInt64/per {
		return maxDuration + 1
	}
	return floorDiv(a*per+500_000, 1_000_000)
}

// clockDuration reads H:MM:SS[.SSS], whatever the unit, and H:MM or MM:SS
// where the unit says so.
func (f *field) clockDuration(text string) (ms int64, ok bool) {
	if strings.IndexByte(text, ':') < 0 {
		return 0, false
	}
	negative := strings.HasPrefix(text, "-")
	parts := strings.Split(strings.TrimPrefix(text, "-"), ":")
	switch {
	case len(parts) == 3:
	case len(parts) == 2 && f.unit() == "mm:ss":
		parts = []string{"0", parts[0], parts[1]}
	case len(parts) == 2 && (f.unit() == "h:mm" || f.unit() == "h"):
		parts = append(parts, "0")
	default:
		return 0, false
	}
	h, okH := callpace.ParseAmount(parts[0])
	m, okM := callpace.ParseAmount(parts[1])
	s, okS := callpace.ParseAmount(strings.Replace(parts[2], ",", ".", 1))
	const one = callpace.One
	if !okH || !okM || !okS || h < 0 || m < 0 || s < 0 || h%one != 0 || m%one != 0 || s >= 60*one || f.unit() != "mm:ss" && m >= 60*one ||
		h > 1_000_000*one || m > 100_000_000*one {
		return 0, false
	}
	ms = int64(h/one)*3_600_000 + int64(m/one)*60_000 + (int64(s)+500)/1000
	if negative {
		ms = -ms
	}
	return ms, true
}

var truths = map[string]bool{
	"true": true, "yes": true, "y": true, "t": true, "1": true, "da": true, "так": true, "بله": true, "是": true,
	"false": false, "no": false, "n": false, "f": false, "0": false, "ne": false, "nu": false, "ні": false, "خیر": false, "否": false,
}

// boolean reads yes and no, as 1 and 0.
func (f *field) boolean(text string) (int64, *callpace.Message) {
	is, ok := truths[strings.ToLower(source.ASCIIDigits(text))]
	if !ok {
		return 0, f.reject("mapping.reject.boolean", text)
	}
	if is {
		return 1, nil
	}
	return 0, nil
}
