package goal

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/callpace/callpace/internal/calendar"
)

// pattern is a phrase of the vocabulary, compiled: letters, spaces, * for the
// rest of a word, and the places {n}, {unit}, {ord}, {month} and {year}.
type pattern struct {
	elems []elem
	sharp int // letters that are written out: of two phrases as long, the one with more wins
}

type elem struct {
	kind elemKind
	r    rune
}

type elemKind uint8

const (
	letter elemKind = iota
	space
	rest
	aNumber
	aUnit
	anOrdinal
	aMonth
	aYear
)

// found is where a pattern matched and what stood in its places.
type found struct {
	end  int
	n    int64
	unit calendar.Unit
	// A month by its number, 101 to 112 of the Solar Hijri calendar, and the year beside it; 0: none.
	month, year int64
}

func compile(phrase string, more map[rune]rune) pattern {
	var p pattern
	places := []struct {
		name string
		kind elemKind
	}{{"{n}", aNumber}, {"{unit}", aUnit}, {"{ord}", anOrdinal}, {"{month}", aMonth}, {"{year}", aYear}}
	for phrase = strings.TrimSpace(phrase); phrase != ""; {
		matched := false
		for _, place := range places {
			if rest, ok := strings.CutPrefix(phrase, place.name); ok {
				p.elems, phrase, matched = append(p.elems, elem{kind: place.kind}), rest, true
			}
		}
		if matched {
			continue
		}
		r := []rune(phrase)[0]
		phrase = phrase[len(string(r)):]
		switch {
		case r == '*':
			p.elems = append(p.elems, elem{kind: rest})
		case unicode.IsSpace(r):
			p.elems = append(p.elems, elem{kind: space})
		default:
			for _, r := range fold(string(r), more).runes {
				p.elems = append(p.elems, elem{kind: letter, r: r})
				p.sharp++
			}
		}
	}
	return p
}

// match looks for the longest reading of a pattern at a place.
func (v *vocabulary) match(p pattern, f folded, at int) (best found, ok bool) {
	var try func(e, i int, got found)
	try = func(e, i int, got found) {
		if e == len(p.elems) {
			if boundary(f, i) && i > best.end {
				got.end = i
				best, ok = got, true
			}
			return
		}
		switch el := p.elems[e]; el.kind {
		case letter:
			if i < len(f.runes) && f.runes[i] == el.r {
				try(e+1, i+1, got)
			}
		case space:
			j := i
			for j < len(f.runes) && f.runes[j] == ' ' {
				j++
			}
			if j > i || i > 0 && i < len(f.runes) && (han(f.runes[i]) || han(f.runes[i-1])) {
				try(e+1, j, got)
			}
		case rest:
			for i < len(f.runes) && wordy(f.runes[i]) {
				i++
			}
			try(e+1, i, got)
		case aNumber:
			j := i
			for j < len(f.runes) && j < i+5 && '0' <= f.runes[j] && f.runes[j] <= '9' {
				j++
			}
			if j > i {
				got.n = 0
				for _, r := range f.runes[i:j] {
					got.n = 10*got.n + int64(r-'0')
				}
				try(e+1, j, got)
			}
			for _, w := range v.numbers {
				if j, ok := v.literal(w.pattern, f, i); ok {
					got.n = w.n
					try(e+1, j, got)
				}
			}
		case anOrdinal:
			for _, w := range v.ordinals {
				if j, ok := v.literal(w.pattern, f, i); ok {
					got.n = w.n
					try(e+1, j, got)
				}
			}
		case aMonth:
			for _, w := range v.months {
				if j, ok := v.literal(w.pattern, f, i); ok {
					got.month = w.n
					try(e+1, j, got)
				}
			}
		case aYear:
			if y, ok := yearAt(f, i); ok {
				got.year = y
				try(e+1, i+4, got)
			}
		case aUnit:
			for _, w := range v.units {
				if j, ok := v.literal(w.pattern, f, i); ok {
					got.unit = w.unit
					try(e+1, j, got)
				}
			}
		}
	}
	try(0, at, found{end: at})
	return best, ok
}

// literal matches a pattern without places; what follows is checked by the
// pattern that it stands in.
func (v *vocabulary) literal(p pattern, f folded, i int) (end int, ok bool) {
	for _, el := range p.elems {
		switch {
		case el.kind == rest:
			for i < len(f.runes) && wordy(f.runes[i]) {
				i++
			}
		case el.kind == space:
			from := i
			for i < len(f.runes) && f.runes[i] == ' ' {
				i++
			}
			if i == from {
				return 0, false
			}
		case i < len(f.runes) && f.runes[i] == el.r:
			i++
		default:
			return 0, false
		}
	}
	return i, true
}

// boundary tells whether a word may end before a rune: not within letters.
func boundary(f folded, i int) bool {
	return i == 0 || i >= len(f.runes) || !wordy(f.runes[i]) || !wordy(f.runes[i-1])
}

// yearAt reads a year of this time, of either calendar: "2000 calls" has none.
func yearAt(f folded, i int) (y int64, ok bool) {
	if i+4 > len(f.runes) || i+4 < len(f.runes) && '0' <= f.runes[i+4] && f.runes[i+4] <= '9' {
		return 0, false
	}
	y, err := strconv.ParseInt(string(f.runes[i:i+4]), 10, 64)
	return y, err == nil && (1390 <= y && y < 1450 || 2015 <= y && y < 2100)
}
