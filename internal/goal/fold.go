package goal

import (
	"strings"
	"unicode"
)

// folded is a text as words are looked up in it: lower case, ASCII digits,
// without diacritics that people leave out. at gives for each rune its place
// in the text as typed, in runes; it has one place more, the end.
type folded struct {
	runes []rune
	at    []int
}

// latin folds letters that keyboards and habits write in several ways.
var latin = pairs("čcćcšsžzđdșsțtşsţtăaâaîiéeèeöoüu" + "ьь" + "يیكکةهۀهأاإاآاؤوئی" + "’'ʼ'`'‘'" + "−-–-—-‑-" + "，,；;：:。.、,％%＋+－-（(）)“\"”\"„\"«\"»\"「\"」\"")

func pairs(s string) map[rune]rune {
	out := map[rune]rune{}
	r := []rune(s)
	for i := 0; i+1 < len(r); i += 2 {
		out[r[i]] = r[i+1]
	}
	return out
}

// fold folds a text; more are pairs of a language.
func fold(text string, more map[rune]rune) folded {
	var f folded
	for i, r := range []rune(text) {
		switch {
		case r == '\u200c' || r == '\u200e' || r == '\u200f' || r == '\u00ad' || r == '\u0654' || r == '\u0640' || r == '\ufeff':
			continue // joiners and marks of direction; Persian hamza and tatweel
		case unicode.IsSpace(r) || r == '\u00a0' || r == '\u202f':
			r = ' '
		case r >= '۰' && r <= '۹':
			r += '0' - '۰'
		case r >= '٠' && r <= '٩':
			r += '0' - '٠'
		case r >= '０' && r <= '９':
			r += '0' - '０'
		}
		r = unicode.ToLower(r)
		if to, ok := latin[r]; ok {
			r = to
		}
		if to, ok := more[r]; ok {
			r = to
		}
		f.runes, f.at = append(f.runes, r), append(f.at, i)
	}
	f.at = append(f.at, len([]rune(text)))
	return f
}

// han tells letters that are written without spaces between words.
func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// wordy tells the runes of words that spaces end.
func wordy(r rune) bool {
	return !han(r) && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '\'')
}

func (f folded) text(from, to int) string { return strings.TrimSpace(string(f.runes[from:to])) }
