package i18n

import (
	"strconv"
	"strings"

	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/callpace/callpace"
)

// Int writes a whole number with the language's digits and separators.
func (l Localizer) Int(n int64) string { return l.decimal(n) }

// Number writes a number, rounded to some decimals, all of them shown.
func (l Localizer) Number(v float64, decimals int) string {
	return l.decimal(v, number.Scale(decimals))
}

// Percent writes a share such as 0.125 as 12.5 %, rounded to some decimals, with
// the sign where CLDR has it: hr 5 %, ro 5 %, the others 5%.
func (l Localizer) Percent(share float64, decimals int) string {
	text := l.print(number.Percent(share, number.Scale(decimals)))
	if l.lang == "hr" { // CLDR put the space there after x/text took its data
		text = strings.Replace(text, "%", "\u00a0%", 1)
	}
	return text
}

// Amount writes an amount exactly, with at least some decimals. It carries no
// unit: the currency always stands beside it.
func (l Localizer) Amount(a callpace.Amount, decimals int) string {
	return l.Total(a.Total(), decimals)
}

// Total writes a total as Amount does.
func (l Localizer) Total(t callpace.Total, decimals int) string {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(t.String(), "-"), ".")
	out := l.whole(whole)
	if decimals = max(decimals, len(fraction)); decimals > 0 {
		// Whole and fraction apart, since a float would not hold all 18 digits.
		f, _ := strconv.ParseFloat("0."+fraction, 64)
		out += strings.TrimPrefix(l.Number(f, decimals), l.Int(0))
	}
	if t.Sign() < 0 {
		out = strings.Replace(l.Int(-1), l.Int(1), out, 1)
	}
	return out
}

// whole groups the digits of a whole number of any size, three by three as all
// the languages here do: those beyond 18 digits are put before the rest.
func (l Localizer) whole(digits string) string {
	if len(digits) <= 18 {
		n, _ := strconv.ParseInt(digits, 10, 64) // digits by construction
		return l.decimal(n)
	}
	// A one before the last 18 keeps their zeros and the grouping.
	low, _ := strconv.ParseInt("1"+digits[len(digits)-18:], 10, 64)
	return l.whole(digits[:len(digits)-18]) + strings.TrimPrefix(l.decimal(low), l.Int(1))
}

// Date writes a day number as a date with the month's name, in the
// organisation's calendar whatever the language.
func (l Localizer) Date(day int64) string {
	year, month, d := l.cal.Date(day)
	names := "calendar.gregorian.of."
	if l.cal.Hijri() {
		names = "calendar.hijri.of."
	}
	return l.T("calendar.date", map[string]any{"day": d, "month": l.T(names+strconv.Itoa(month), nil), "year": year})
}

func (l Localizer) decimal(v any, opts ...number.Option) string {
	return l.print(number.Decimal(v, opts...))
}

func (l Localizer) print(v any) string {
	// A printer is cheap and not safe to share.
	return message.NewPrinter(l.tag).Sprint(v)
}

// Digits writes ASCII digits in the language's own.
func (l Localizer) Digits(s string) string {
	if l.lang != "fa" || l.latin {
		return s
	}
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return '۰' + r - '0'
		}
		return r
	}, s)
}
