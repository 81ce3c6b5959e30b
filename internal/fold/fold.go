// Package fold makes texts comparable that people write differently and mean
// the same: letters of two keyboards, digits of three scripts, capitals and
// accents. What it makes is for comparing only, never for showing or storing.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// same are letters that stand for one another, beside what decomposition tells.
var same = map[rune]rune{
	'ي': 'ی', 'ى': 'ی', 'ې': 'ی', // Arabic and Persian ye
	'ك': 'ک', 'ڪ': 'ک', // Arabic and Persian kaf
	'ة': 'ه', 'ۀ': 'ه', 'ە': 'ه', 'ہ': 'ه',
	'đ': 'd', 'ð': 'd', 'ł': 'l', 'ø': 'o', 'ı': 'i',
	'ґ': 'г',
	'’': '\'', 'ʼ': '\'', '`': '\'', // apostrophes of Ukrainian names
}

// Text folds a text: no capitals, no accents on Latin and Arabic letters, one
// form of ye, kaf and he, digits as 0 to 9, no half-spaces and marks of
// direction, runs of blanks as one.
func Text(s string) string {
	var b strings.Builder
	base, blank := rune(0), false
	for _, r := range strings.ToLower(norm.NFKD.String(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
			if !unicode.In(base, unicode.Latin, unicode.Arabic) {
				b.WriteRune(r) // й is no и
			}
			continue
		case unicode.IsSpace(r):
			blank = true
			continue
		case unicode.In(r, unicode.Cf) || r == 'ـ': // half-space, direction, stretching
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank, base = false, r
		if d, ok := digit(r); ok {
			r = d
		} else if one, ok := same[r]; ok {
			r = one
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// digit gives a Persian or Arabic digit as 0 to 9.
func digit(r rune) (rune, bool) {
	switch {
	case '۰' <= r && r <= '۹':
		return r - '۰' + '0', true
	case '٠' <= r && r <= '٩':
		return r - '٠' + '0', true
	}
	return r, false
}

// Has tells whether a text contains another, both folded. Everything contains "".
func Has(text, part string) bool { return strings.Contains(Text(text), Text(part)) }
