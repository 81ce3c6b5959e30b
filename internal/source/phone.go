package source

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// rounded is a number that a spreadsheet has spoilt: 3.85911E+11 may be
// anybody's.
var rounded = regexp.MustCompile(`^\s*\d[.,]\d+[eE]\+?\d+\s*$`)

// Phone gives a telephone number as facts hold it, whichever way a source
// wrote it, so that calls and leads of different sources meet: in E.164 where
// it can be a number (of the country, where it has no prefix), else its bare
// digits, "" where there are fewer than three.
func Phone(text, country string) string {
	if IsE164(text) {
		return text
	}
	text = ASCIIDigits(text)
	if len(text) > 100 || rounded.MatchString(text) {
		return ""
	}
	parse := text
	if rest, ok := strings.CutPrefix(strings.TrimSpace(text), "00"); ok && country == "" {
		parse = "+" + rest
	}
	if n, err := phonenumbers.Parse(parse, country); err == nil && phonenumbers.IsPossibleNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164)
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	if len(digits) < 3 {
		return ""
	}
	return digits
}

// IsE164 tells whether s is +, and 8 to 15 digits that begin with no zero.
func IsE164(s string) bool {
	if len(s) < 9 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// ASCIIDigits writes Persian and Arabic digits as 0 to 9, and drops the marks
// of writing direction that travel with them. Other text is left alone.
func ASCIIDigits(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	if i == len(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '0' && r <= '9': // full width
			return r - '0' + '0'
		case r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		case r == '\u00a0' || r == '\u202f':
			return ' '
		}
		return r
	}, s)
}
