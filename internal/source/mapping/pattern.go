package mapping

import (
	"strings"
)

// A pattern is a date or time format such as "DD.MM.YYYY[ HH:mm[:ss]]",
// compiled. Letters that are no token stand for themselves.
type pattern struct {
	ops      []op
	calendar bool // has year, month and day
	clock    bool // has an hour
}

type op struct {
	token  byte // see tokens; 0: the literal
	width  int  // 0: one or two digits
	letter byte
}

// The tokens of a pattern, longest first where one begins another.
var tokens = []struct {
	text  string
	token byte
	width int
}{
	{"YYYY", 'Y', 4}, {"YY", 'y', 2}, {"MMM", 'N', 0}, {"MM", 'M', 2}, {"M", 'M', 0}, {"DD", 'D', 2}, {"D", 'D', 0}, {"ddd", 'W', 0},
	{"HH", 'H', 2}, {"H", 'H', 0}, {"hh", 'h', 2}, {"h", 'h', 0}, {"mm", 'm', 2}, {"m", 'm', 0}, {"SSS", 'S', 0}, {"ss", 's', 2}, {"s", 's', 0},
	{"A", 'A', 0}, {"Z", 'Z', 0},
}

// maxPatterns bounds what the optional parts of one format may multiply to.
const maxPatterns = 32

// compile gives the patterns of a format, the most complete first: a part in
// square brackets may be missing. ok is false for a format that makes no sense.
func compile(format string) (out []*pattern, ok bool) {
	texts := expand(format)
	if len(texts) == 0 || len(texts) > maxPatterns || len(format) > 100 {
		return nil, false
	}
	for _, t := range texts {
		p, ok := compileOne(t)
		if !ok {
			return nil, false
		}
		out = append(out, p)
	}
	return out, true
}

// expand writes out the optional parts: with, then without the first of them.
func expand(format string) []string {
	open := strings.IndexByte(format, '[')
	if open < 0 {
		if strings.IndexByte(format, ']') >= 0 {
			return nil
		}
		return []string{format}
	}
	depth, shut := 0, -1
	for i := open; i < len(format) && shut < 0; i++ {
		switch format[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				shut = i
			}
		}
	}
	if shut < 0 {
		return nil
	}
	with := expand(format[:open] + format[open+1:shut] + format[shut+1:])
	without := expand(format[:open] + format[shut+1:])
	if with == nil || without == nil || len(with)+len(without) > maxPatterns {
		return nil
	}
	return append(with, without...)
}

func compileOne(text string) (*pattern, bool) {
	p := &pattern{}
	seen := map[byte]int{}
next:
	for text != "" {
		for _, t := range tokens {
			if strings.HasPrefix(text, t.text) {
				p.ops = append(p.ops, op{token: t.token, width: t.width})
				seen[t.token]++
				text = text[len(t.text):]
				continue next
			}
		}
		p.ops = append(p.ops, op{letter: text[0]})
		text = text[1:]
	}
	for _, n := range seen {
		if n > 1 {
			return nil, false
		}
	}
	years, months := seen['Y']+seen['y'], seen['M']+seen['N']
	hours := seen['H'] + seen['h']
	p.calendar, p.clock = years == 1 && months == 1 && seen['D'] == 1, hours == 1
	if years > 1 || months > 1 || hours > 1 || !p.calendar && years+months+seen['D'] > 0 || hours == 0 && seen['m']+seen['s']+seen['A'] > 0 ||
		seen['A'] != seen['h'] || seen['S'] > seen['s'] || seen['s'] > seen['m'] {
		return nil, false
	}
	p.relax()
	return p, true
}

// relax lets a two-digit token take one digit where its neighbours are no
// digits: "7:02" is as good as "07:02" for HH:mm.
func (p *pattern) relax() {
	numeric := func(i int) bool {
		return i >= 0 && i < len(p.ops) && strings.IndexByte("YyMDHhmsS", p.ops[i].token) >= 0 && p.ops[i].token != 0
	}
	for i := range p.ops {
		if t := p.ops[i].token; p.ops[i].width == 2 && t != 'y' && !numeric(i-1) && !numeric(i+1) {
			p.ops[i].width = 0
		}
	}
}

// civil is a date and time as written, before a calendar and a zone give it meaning.
type civil struct {
	year, month, day     int
	hour, minute, second int
	micro                int
	offset               int  // seconds east of UTC
	hasDate, hasTime     bool // which parts were written
	hasOffset            bool
	short                bool // the year has two digits
}

// read parses s, which must match the pattern from end to end. c is untouched
// where it does not.
func (p *pattern) read(s string, c *civil) bool {
	v, pm, half := *c, false, false
	for i := range p.ops {
		o := &p.ops[i]
		if o.token == 0 {
			if o.letter == ' ' { // one or more
				n := 0
				for n < len(s) && s[n] == ' ' {
					n++
				}
				if n == 0 {
					return false
				}
				s = s[n:]
				continue
			}
			if s == "" || s[0] != o.letter {
				return false
			}
			s = s[1:]
			continue
		}
		var n, used int
		switch o.token {
		case 'N':
			n, used = monthName(s)
			v.month = n
		case 'W':
			used = lettersOf(s)
		case 'A':
			half = true
			pm, used = halfDay(s)
		case 'Z':
			v.offset, used = offsetOf(s)
			v.hasOffset = true
		case 'S':
			v.micro, used = fraction(s)
		default:
			n, used = digitsOf(s, o.width)
			v.put(o.token, n)
		}
		if used == 0 {
			return false
		}
		s = s[used:]
	}
	if s != "" || !v.settle(half, pm) || p.calendar && (v.month < 1 || v.month > 12 || v.day < 1 || v.day > 31) {
		return false
	}
	v.hasDate, v.hasTime = v.hasDate || p.calendar, v.hasTime || p.clock
	*c = v
	return true
}

func (c *civil) put(token byte, n int) {
	switch token {
	case 'Y':
		c.year = n
	case 'y':
		c.year, c.short = n, true
	case 'M':
		c.month = n
	case 'D':
		c.day = n
	case 'H', 'h':
		c.hour = n
	case 'm':
		c.minute = n
	case 's':
		c.second = n
	}
}

// settle applies am and pm, and tells whether the time of day exists. 24:00:00
// is the end of the day, and second 60 a leap second; both are carried on.
func (c *civil) settle(half, pm bool) bool {
	if half {
		if c.hour < 1 || c.hour > 12 {
			return false
		}
		if c.hour %= 12; pm {
			c.hour += 12
		}
	}
	return c.minute < 60 && c.second <= 60 && (c.hour < 24 || c.hour == 24 && c.minute == 0 && c.second == 0 && c.micro == 0)
}

func digitsOf(s string, width int) (n, used int) {
	most := width
	if most == 0 {
		most = 2
	}
	for used < most && used < len(s) && s[used]-'0' <= 9 {
		n = n*10 + int(s[used]-'0')
		used++
	}
	if width != 0 && used != width {
		return 0, 0
	}
	return n, used
}

func fraction(s string) (micro, used int) {
	for used < len(s) && used < 9 && s[used]-'0' <= 9 {
		if used < 6 {
			micro = micro*10 + int(s[used]-'0')
		}
		used++
	}
	for i := used; i < 6; i++ {
		micro *= 10
	}
	return micro, used
}

func lettersOf(s string) (n int) {
	for n < len(s) && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || s[n] >= 0x80) {
		n++
	}
	return n
}

const monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"

func monthName(s string) (month, used int) {
	used = lettersOf(s)
	if used < 3 {
		return 0, 0
	}
	i := strings.Index(monthNames, strings.ToLower(s[:3]))
	if i < 0 || i%3 != 0 {
		return 0, 0
	}
	return i/3 + 1, used
}

func halfDay(s string) (pm bool, used int) {
	if len(s) < 2 || s[1]|0x20 != 'm' {
		return false, 0
	}
	switch s[0] | 0x20 {
	case 'a':
		return false, 2
	case 'p':
		return true, 2
	}
	return false, 0
}

// offsetOf reads Z, UTC, GMT, +02, +0200 or +02:00.
func offsetOf(s string) (seconds, used int) {
	for _, word := range [...]string{"UTC", "GMT", "UT", "Z", "z"} {
		if strings.HasPrefix(s, word) {
			return 0, len(word)
		}
	}
	if len(s) < 3 || s[0] != '+' && s[0] != '-' {
		return 0, 0
	}
	h, n := digitsOf(s[1:], 2)
	if n == 0 || h > 18 {
		return 0, 0
	}
	used = 3
	rest := s[used:]
	if rest != "" && rest[0] == ':' {
		rest, n = rest[1:], 1
	} else {
		n = 0
	}
	m, k := digitsOf(rest, 2)
	if k == 2 && m < 60 {
		used += n + 2
		seconds = m * 60
	}
	seconds += h * 3600
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, used
}
