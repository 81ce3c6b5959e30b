package goal

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
)

// token is a piece of a text with what it means.
type token struct {
	code     code
	from, to int // in the folded text
	column   int // in the text as typed, from 1
	raw      string
	value    string
	unit     calendar.Unit
	n        int64
	month    int64 // see found
	year     int64
	num      amount
}

// amount is a number as written: 6 %, +2 points, 1.5k €, 3 min.
type amount struct {
	value    callpace.Amount
	written  callpace.Amount // without its sign, scale and unit
	signed   bool
	kind     code // isPercent, isPoints, isSeconds, isCurrency, or ""
	currency string
	unit     int64 // of a duration: its seconds
}

// maxText is the longest goal read.
const maxText = 2000

var (
	filterHead = regexp.MustCompile(`^([\pL_][\pL\pN_.]*) ?(!=|<>|>=|<=|=|<|>) ?`)
	listHead   = regexp.MustCompile(`^([\pL_][\pL\pN_.]*) in ?\([^)]*\)`)
	dateText   = regexp.MustCompile(`^\d{4}-(?:\d{1,2}-\d{1,2}|\d{1,2}|w\d{1,2}|q\d)(?:\.\.\d{4}-(?:\d{1,2}-\d{1,2}|\d{1,2}|w\d{1,2}|q\d))?`)
	variantOf  = regexp.MustCompile(`^:[a-z0-9_]+`)
	shutting   = map[rune]rune{'"': '"', '\'': '\''}
	fields     = []string{"name", "owner", "weight", "objective", "means", "id", "team", "agent"}
)

// lexer cuts a text into tokens.
type lexer struct {
	vocabulary *vocabulary
	folded
	original []rune
	tokens   []token
}

func (l *lexer) run() {
	for i := 0; i < len(l.runes); {
		if l.runes[i] == ' ' {
			i++
			continue
		}
		t := l.next(i)
		t.column, t.raw = l.at[t.from]+1, l.raw(t.from, t.to)
		l.tokens = append(l.tokens, t)
		i = t.to
	}
}

// raw gives the text of a token as typed.
func (l *lexer) raw(from, to int) string {
	return strings.TrimSpace(string(l.original[l.at[from]:l.at[to]]))
}

func (l *lexer) next(i int) token {
	if t, ok := l.quotedText(i); ok {
		return t
	}
	rest := string(l.runes[i:])
	if t, ok := l.filterAt(i, rest); ok {
		return t
	}
	if m := dateText.FindString(rest); m != "" && boundary(l.folded, i+len([]rune(m))) {
		return token{code: isDated, from: i, to: i + len([]rune(m)), value: m}
	}
	phrase, isPhrase := l.phraseAt(i)
	number, isNumber := l.numberAt(i)
	switch {
	case isPhrase && (!isNumber || phrase.to >= number.to):
		return phrase
	case isNumber:
		return number
	}
	return l.wordAt(i)
}

// phraseAt finds the longest phrase; of two, the one that is written out more.
func (l *lexer) phraseAt(i int) (best token, ok bool) {
	sharp := -1
	for _, list := range [][]entry{l.vocabulary.entries[l.runes[i]], l.vocabulary.entries[0]} {
		for _, e := range list {
			m, matched := l.vocabulary.match(e.pattern, l.folded, i)
			if !matched || m.end < best.to || m.end == best.to && e.sharp <= sharp {
				continue
			}
			unit := m.unit
			if e.unit != "" {
				unit = e.unit
			}
			best, ok, sharp = token{code: e.code, from: i, to: m.end, value: e.value, unit: unit, n: m.n, month: m.month, year: m.year}, true, e.sharp
		}
	}
	if ok && best.code == isKPI {
		if m := variantOf.FindString(string(l.runes[best.to:])); m != "" && l.text(best.from, best.to) == best.value {
			best.value += m
			best.to += len(m)
		}
	}
	return best, ok
}

func (l *lexer) quotedText(i int) (t token, ok bool) {
	shut, opens := shutting[l.runes[i]]
	if !opens || i > 0 && wordy(l.runes[i-1]) {
		return t, false
	}
	n := slices.Index(l.runes[i+1:], shut)
	if n < 0 {
		return t, false
	}
	return token{code: isQuoted, from: i, to: i + n + 2, value: l.raw(i+1, i+1+n)}, true
}

// filterAt reads product=X, kind in (a, b), owner='Ana'. What follows a sign
// in quotes, or up to a space or comma, is its value.
func (l *lexer) filterAt(i int, rest string) (t token, ok bool) {
	if m := listHead.FindString(rest); m != "" {
		end := i + len([]rune(m))
		return token{code: isFilter, from: i, to: end, value: l.raw(i, end)}, true
	}
	m := filterHead.FindStringSubmatch(rest)
	if m == nil {
		return t, false
	}
	if p, ok := l.phraseAt(i); ok && p.code == isKPI && p.to >= i+len([]rune(m[1])) {
		return t, false // conversion >= 6 %
	}
	at := i + len([]rune(m[0]))
	end := at
	if at < len(l.runes) {
		if q, ok := l.quotedText(at); ok {
			end = q.to
		}
	}
	for end == at || end < len(l.runes) && end > at && l.runes[end-1] != '\'' && l.runes[end-1] != '"' {
		if end >= len(l.runes) || l.runes[end] == ' ' || l.runes[end] == ',' || l.runes[end] == ';' {
			break
		}
		end++
	}
	if end == at {
		return t, false
	}
	t = token{code: isFilter, from: i, to: end, value: l.raw(i, end), n: int64(at - i)}
	if name := m[1]; m[2] == "=" && slices.Contains(fields, name) {
		t.code, t.value = isField, name+"\x00"+unquote(l.raw(at, end))
	}
	return t, true
}

func unquote(s string) string {
	r := []rune(s)
	if len(r) < 2 {
		return s
	}
	if a := fold(string([]rune{r[0], r[len(r)-1]}), nil).runes; len(a) == 2 && a[0] == a[1] && shutting[a[0]] != 0 {
		return strings.TrimSpace(string(r[1 : len(r)-1]))
	}
	return s
}

func (l *lexer) wordAt(i int) token {
	if !wordy(l.runes[i]) && !han(l.runes[i]) {
		if n := len(l.tokens); l.runes[i] == '-' && n > 0 && l.tokens[n-1].code == isNumeral {
			return token{code: isDash, from: i, to: i + 1}
		}
		if strings.ContainsRune(",;:.()!?…-", l.runes[i]) {
			return token{code: isStop, from: i, to: i + 1, value: string(l.runes[i])}
		}
		return token{code: isWord, from: i, to: i + 1}
	}
	end := i + 1
	if han(l.runes[i]) {
		for end < len(l.runes) && han(l.runes[end]) {
			if _, known := l.phraseAt(end); known {
				break
			}
			end++
		}
		return token{code: isWord, from: i, to: end}
	}
	// Inner hyphens and points belong to names: e-mail, v2.1.
	for end < len(l.runes) && (wordy(l.runes[end]) || strings.ContainsRune("-.&/", l.runes[end]) && end+1 < len(l.runes) && wordy(l.runes[end+1])) {
		end++
	}
	return token{code: isWord, from: i, to: end}
}

// numberAt reads a number with its sign and what stands after it.
func (l *lexer) numberAt(i int) (t token, ok bool) {
	t = token{code: isNumeral, from: i}
	at, negative := i, false
	if r := l.runes[i]; r == '+' || r == '-' {
		if n := len(l.tokens); n > 0 && l.tokens[n-1].code == isNumeral {
			return t, false // 3-6: from 3 to 6
		}
		t.num.signed, negative = true, r == '-'
		for at++; at < len(l.runes) && l.runes[at] == ' '; at++ {
		}
	}
	text, end := l.digits(at)
	if end == at {
		return t, false
	}
	if m := l.clock(at); m > 0 {
		t.num.kind, t.to = isSeconds, at+m
		hours := strings.Split(string(l.runes[at:t.to]), ":")
		var sum int64
		for _, part := range hours {
			n, _ := strconv.ParseInt(part, 10, 64)
			sum = 60*sum + n
		}
		t.num.value = callpace.Amount(sum) * callpace.One
	} else {
		value, valid := callpace.ParseAmount(text)
		if !valid {
			return t, false
		}
		t.num.value, t.num.written, t.to = value, value, end
		l.suffixed(&t)
		l.finer(&t)
	}
	if negative {
		t.num.value = -t.num.value
	}
	l.leading(&t)
	return t, boundary(l.folded, t.to)
}

// clock gives the length of minutes and seconds, such as 3:00.
func (l *lexer) clock(i int) int { return len(clockText.FindString(string(l.runes[i:]))) }

var clockText = regexp.MustCompile(`^\d{1,4}:[0-5]\d(?::[0-5]\d)?\b`)

// digits reads a number with separators, and gives it with a point and without
// grouping. A separator groups where three digits follow and the language
// groups by it; three zeros are thousands in every language.
func (l *lexer) digits(i int) (text string, end int) {
	var b strings.Builder
	group := map[rune]bool{' ': true, '\'': true, '٬': true}
	seen := 0
	for end = i; end < len(l.runes); {
		r := l.runes[end]
		if unicode.IsDigit(r) && r < 128 {
			b.WriteRune(r)
			end++
			continue
		}
		n := l.run3(end + 1) // digits that follow
		known := r == '.' || r == ',' || r == '٫'
		switch {
		case end == i || n == 0:
			return b.String(), end
		case group[r] && n == 3 && (r != ' ' || seen > 0 || end-i <= 3):
			seen++
		case known && n == 3 && r != '٫' && (r != l.vocabulary.decimal || seen > 0 && strings.ContainsRune(string(l.runes[i:end]), r) ||
			string(l.runes[end+1:end+4]) == "000" && end-i <= 3 || l.again(end+4, r)):
			seen++
		case known:
			b.WriteByte('.')
			for end++; end < len(l.runes) && unicode.IsDigit(l.runes[end]); end++ {
				b.WriteRune(l.runes[end])
			}
			return b.String(), end
		default:
			return b.String(), end
		}
		end++
	}
	return b.String(), end
}

// run3 counts the digits from a place, up to 4.
func (l *lexer) run3(i int) (n int) {
	for n < 4 && i+n < len(l.runes) && l.runes[i+n] >= '0' && l.runes[i+n] <= '9' {
		n++
	}
	return n
}

// again tells whether the same separator groups three more digits.
func (l *lexer) again(i int, sep rune) bool {
	return i < len(l.runes) && l.runes[i] == sep && l.run3(i+1) == 3
}

// suffixed takes scales, units and currencies after a number.
func (l *lexer) suffixed(t *token) {
	for range 3 {
		best, e := t.to, entry{}
		for gap := range 2 { // beside the number, or after a space
			at := t.to + gap
			if gap == 1 && (t.to >= len(l.runes) || l.runes[t.to] != ' ') || at >= len(l.runes) {
				break
			}
			for _, s := range l.vocabulary.suffixes {
				if m, ok := l.vocabulary.match(s.pattern, l.folded, at); ok && m.end > best && (s.code != isScale || t.num.kind == "") {
					best, e = m.end, s
				}
			}
		}
		if best == t.to || !l.take(t, e) {
			return
		}
		t.to = best
	}
}

// finer adds what follows in smaller units of time: 1 min 30 s. A word for
// "and" between them would be that of a band.
func (l *lexer) finer(t *token) {
	first := t.num.unit
	for unit := first; unit > 1; {
		at := t.to
		if at < len(l.runes) && l.runes[at] == ' ' {
			at++
		}
		text, end := l.digits(at)
		value, ok := callpace.ParseAmount(text)
		next := token{from: at, to: end, num: amount{value: value}}
		if l.suffixed(&next); !ok || next.num.unit == 0 || next.num.unit >= unit || next.num.value >= callpace.Amount(unit)*callpace.One {
			return
		}
		t.num.value, t.to, unit = t.num.value+next.num.value, next.to, next.num.unit
		t.num.written = t.num.value / callpace.Amount(first)
	}
}

// Seconds reads a duration as people of a language type it: 90, 1:30, 2 min, 1 min 30 s.
func Seconds(lang, text string) (Number, error) {
	v, err := words(lang)
	if err != nil {
		return 0, err
	}
	l := &lexer{vocabulary: v, folded: fold(text, v.fold), original: []rune(text)}
	if len(text) <= maxText {
		l.run()
	}
	if len(l.tokens) != 1 || l.tokens[0].code != isNumeral || l.tokens[0].num.signed || l.tokens[0].num.kind != "" && l.tokens[0].num.kind != isSeconds {
		return 0, callpace.E(callpace.Invalid, "goal.bad_number", "text", text)
	}
	return Number(l.tokens[0].num.value), nil
}

// take lays a suffix onto a number; false where it does not fit.
func (l *lexer) take(t *token, e entry) bool {
	if e.code != isScale && t.num.kind != "" && (t.num.kind != isPercent || e.code != isPoints) {
		return false
	}
	factor := int64(1)
	switch e.code {
	case isScale, isSeconds:
		factor, _ = strconv.ParseInt(e.value, 10, 64)
		if e.code == isSeconds {
			t.num.unit = factor
		}
	case isCurrency:
		code, by, scaled := strings.Cut(e.value, "*")
		if t.num.currency = code; scaled {
			factor, _ = strconv.ParseInt(by, 10, 64)
		}
	}
	value, ok := times(t.num.value, factor)
	if !ok {
		return false
	}
	t.num.value = value
	if e.code != isScale {
		t.num.kind = e.code
	}
	return true
}

// leading takes a currency that stands before the number: €500.
func (l *lexer) leading(t *token) {
	n := len(l.tokens)
	if n == 0 || t.num.kind != "" || l.tokens[n-1].code != isWord && l.tokens[n-1].code != isCurrency {
		return
	}
	before := l.tokens[n-1]
	for _, s := range l.vocabulary.suffixes {
		if m, ok := l.vocabulary.match(s.pattern, l.folded, before.from); ok && s.code == isCurrency && m.end == before.to && l.take(t, s) {
			t.from, l.tokens = before.from, l.tokens[:n-1]
			return
		}
	}
}
