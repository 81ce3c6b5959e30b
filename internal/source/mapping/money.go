package mapping

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"

	"github.com/callpace/callpace"
	folding "github.com/callpace/callpace/internal/fold"
)

//go:embed currencies.yaml
var currenciesYAML []byte

// denomination is a currency and how many of its units are counted as one: a
// toman is ten rials.
type denomination struct {
	code string
	by   int64
}

// denominations has what is written beside amounts, folded, with all that it may
// stand for.
var denominations = sync.OnceValue(func() map[string][]denomination {
	out := map[string][]denomination{}
	each(currenciesYAML, func(name string, list any) {
		code, times, _ := strings.Cut(name, "*")
		d := denomination{code, 1}
		if times != "" {
			d.by, _ = strconv.ParseInt(times, 10, 64)
		}
		for _, w := range list.([]any) {
			if w := foldMoney(fmt.Sprint(w)); !slices.Contains(out[w], d) { // ﷼ is ریال
				out[w] = append(out[w], d)
			}
		}
	})
	return out
})

func foldMoney(s string) string { return strings.TrimRight(folding.Text(s), ".") }

// denominationsOf gives what a word or sign may stand for; nil where nobody knows.
func denominationsOf(text string) []denomination {
	if found := denominations()[foldMoney(text)]; found != nil {
		return found
	}
	if code := strings.ToUpper(text); isCurrency(code) {
		if _, err := currency.ParseISO(code); err == nil {
			return []denomination{{code, 1}}
		}
	}
	return nil
}

// oneDenomination reads a column of currencies: a code, else a word that stands for one.
func oneDenomination(text string) (d denomination, ok bool) {
	if found := denominations()[foldMoney(text)]; len(found) == 1 {
		return found[0], true
	}
	text = strings.ToUpper(text)
	return denomination{text, 1}, isCurrency(text)
}

// trimBeside takes what is written before and behind a number off it: signs and
// words of currencies, of which the caller knows whether they may be there. A
// full stop behind a word belongs to that where no digit follows.
func trimBeside(s string) (number string, beside []string) {
	is := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) || unicode.IsSpace(r) || unicode.In(r, unicode.Mn, unicode.Cf)
	}
	number = strings.TrimLeftFunc(s, is)
	if left := strings.TrimSpace(s[:len(s)-len(number)]); left != "" {
		last, _ := utf8.DecodeLastRuneInString(left)
		if rest, dot := strings.CutPrefix(number, "."); dot && unicode.IsLetter(last) {
			if first, _ := utf8.DecodeRuneInString(rest); !unicode.IsSpace(first) {
				return s, nil // Rs.50: fifty, or a half?
			}
			number = strings.TrimLeftFunc(rest, unicode.IsSpace)
		}
		beside = append(beside, left)
	}
	end := strings.TrimRightFunc(number, func(r rune) bool { return is(r) || r == '.' })
	if right := strings.TrimSpace(number[len(end):]); strings.Trim(right, ".") != "" {
		return end, append(beside, strings.TrimLeft(right, ". "))
	}
	return strings.TrimRightFunc(number, unicode.IsSpace), beside
}

// amount reads an exact decimal. Of money, what is written beside it is handed
// back, to be held against the row's currency; of other numbers there may be a
// sign, which says nothing.
func (f *field) amount(text string) (n int64, beside []string, bad *callpace.Message) {
	plain, beside := readNumber(text, f.value.formats.decimal)
	if f.def.currency == "" && !onlySigns(beside) {
		plain = ""
	}
	a, ok := callpace.ParseAmount(plain)
	if !ok {
		return 0, nil, f.reject("mapping.reject.number", text)
	}
	return int64(a), beside, nil
}

func onlySigns(beside []string) bool {
	for _, b := range beside {
		if strings.ContainsFunc(b, unicode.IsLetter) {
			return false
		}
	}
	return true
}

// besides joins what stands before and behind an amount, for a cell.
const besides = "\x00"

// moneyField is an amount of an entry, and where the row's currency for it is.
type moneyField struct {
	field            *field
	amount, currency int // cells; currency -1 where not mapped
}

// money holds what is written beside the amounts of a row against its currency:
// that of its own column, else of the mapping, else of the organisation.
func (s *state) money(e *bound) *callpace.Message {
	for _, m := range e.money {
		c, row := &s.cells[m.amount], denomination{s.plan.currency, 1}
		if m.currency >= 0 && s.cells[m.currency].set {
			row = denomination{s.cells[m.currency].text, s.cells[m.currency].num}
		}
		if !c.set || c.text == "" && row.by == 1 {
			continue
		}
		by := row.by
		if c.text != "" {
			for _, text := range strings.Split(c.text, besides) {
				d, ok := row.among(denominationsOf(text))
				if !ok {
					return m.field.unlike(text, row)
				}
				by = d.by
			}
		}
		most := int64(maxMoney) / by
		if c.num > most || c.num < -most {
			return m.field.reject("mapping.reject.number", strconv.FormatInt(c.num/int64(callpace.One), 10))
		}
		c.num *= by
	}
	return nil
}

// maxMoney is what callpace.Amount holds.
const maxMoney = 999_999_999_999_999_999

// among finds the same currency among several.
func (d denomination) among(list []denomination) (denomination, bool) {
	for _, x := range list {
		if x.code == d.code {
			return x, true
		}
	}
	return d, false
}

func (f *field) unlike(text string, row denomination) *callpace.Message {
	m := f.reject("mapping.reject.other_currency", text)
	m.Args["currency"] = row.code
	return m
}
