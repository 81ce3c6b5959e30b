package goal

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
)

// rail is what a text says of a guardrail.
type rail struct {
	kpi    string
	bound  Bound
	dir    int
	number *value
}

// takeGuardrails cuts out what follows "while", up to a stop, and any other KPI
// that is said to stay. What is no part of a guardrail there (a period) is left.
func (p *parser) takeGuardrails() []rail {
	var out []rail
	for i := 0; i < len(p.tokens); i++ {
		if p.tokens[i].code != isWhile {
			continue
		}
		end := i + 1
		var left []token
		var r rail
		flush := func() {
			if r.kpi != "" {
				out = append(out, r)
			}
			r = rail{}
		}
		for ; end < len(p.tokens) && p.tokens[end].code != isStop; end++ {
			switch t := p.tokens[end]; t.code {
			case isKPI:
				if r.kpi != "" {
					flush()
				}
				r.kpi = t.value
			case isNumeral:
				r.number = &value{amount: t.num, token: t}
			case isLeast:
				r.bound = AtLeast
			case isMost:
				r.bound = AtMost
			case isUp:
				r.dir = 1
			case isDown:
				r.dir = -1
			case isStays, isAnd, isSkip, isBy, isTo:
			default:
				left = append(left, t)
			}
		}
		flush()
		p.tokens = slices.Replace(p.tokens, i, end, left...)
		i--
	}
	for i := 0; i < len(p.tokens); i++ {
		if p.tokens[i].code != isStays {
			continue
		}
		// "conversion stays the same", beside another KPI.
		for j := i - 1; j >= 0 && p.count(isKPI) > 1; j-- {
			if p.tokens[j].code == isKPI {
				out = append(out, rail{kpi: p.tokens[j].value})
				p.tokens = slices.Delete(p.tokens, j, j+1)
				i--
				break
			}
		}
		p.tokens = slices.Delete(p.tokens, i, i+1)
		i--
	}
	return out
}

func (p *parser) count(c code) (n int) {
	for _, t := range p.tokens {
		if t.code == c {
			n++
		}
	}
	return n
}

// takeRest reads the numbers, the directions and the period.
func (p *parser) takeRest() error {
	toNext, fromNext, nowNext := false, false, false
	for i, t := range p.tokens {
		switch t.code {
		case isNumeral:
			switch {
			case nowNext || fromNext:
				if p.now != nil {
					return p.fault("goal.two_numbers", t)
				}
				p.now = &t.num
			default:
				p.values = append(p.values, value{amount: t.num, token: t, to: toNext})
			}
			toNext, fromNext, nowNext = false, false, false
		case isDash: // between two numbers
			p.between = true
		case isTo:
			toNext = true
		case isFrom:
			fromNext = p.next(i, isNumeral) && p.tokens[i+1].code != isDated && p.tokens[i+1].code != isMonth
		case isAgainst:
			fromNext = p.next(i, isNumeral)
		case isNow:
			if nowNext = p.next(i, isNumeral); !nowNext && len(p.values) > 0 && p.now == nil {
				last := p.values[len(p.values)-1]
				p.now, p.values = &last.amount, p.values[:len(p.values)-1]
			}
		case isUp:
			p.dir = 1
		case isDown:
			p.dir = -1
		case isLeast:
			p.bound = AtLeast
		case isMost:
			p.bound = AtMost
		case isBetween:
			p.between = true
		case isPrevious, isPrevUnit, isYearAgo:
			if p.goal.Target.Baseline.Kind != NoBaseline {
				return p.fault("goal.two_baselines", t)
			}
			p.goal.Target.Baseline = Baseline{Kind: Previous, Unit: t.unit}
			if t.code == isYearAgo {
				p.goal.Target.Baseline = Baseline{Kind: YearAgo}
			}
		case isEvery:
			if p.each != "" && p.each != t.unit {
				return p.fault("goal.two_units", t)
			}
			p.each = t.unit
		case isKPI, isSkip, isStop, isAnd, isBy, isCompany, isStays, isUntilDate:
		case isWord, isQuoted:
			return p.unknown(t)
		default:
			if err := p.period(i, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// next tells whether a token of a kind follows before a stop or another number.
func (p *parser) next(i int, c code) bool {
	for _, t := range p.tokens[i+1:] {
		switch {
		case t.code == c:
			return true
		case t.code == isStop:
			return false
		}
	}
	return false
}

// period reads a token that names days; any other is unknown.
func (p *parser) period(i int, t token) error {
	cal, today := p.ctx.Calendar, p.ctx.Today
	var out Period
	set := func(kind PeriodKind, u calendar.Unit, from, to int64) {
		out = Period{Kind: kind, Unit: u, From: calendar.Date(from), Until: calendar.Date(to - 1)}
	}
	roll := func(n int64) error {
		if n < 1 || n > 3660 {
			return p.fault("goal.bad_period", t, "text", t.raw)
		}
		set(Rolling, t.unit, today, cal.Add(t.unit, today, n))
		out.Count = int(n)
		return nil
	}
	var err error
	switch t.code {
	case isRolling:
		err = roll(t.n)
	case isWithin:
		p.by = true
		err = roll(max(t.n, 1))
	case isRollingOne:
		err = roll(1)
	case isThisUnit:
		r := cal.Span(t.unit, today)
		set(InUnit, t.unit, r.From, r.To)
	case isNextUnit:
		r := cal.Span(t.unit, cal.Span(t.unit, today).To)
		set(InUnit, t.unit, r.From, r.To)
	case isEndOf, isEndOfNext:
		p.by = true
		r := cal.Span(t.unit, today)
		if t.code == isEndOfNext {
			r = cal.Span(t.unit, r.To)
		}
		set(Dates, "", today, r.To)
	case isEndOfNth, isNthQuarter:
		err = p.quarter(t, set)
	case isEndOfYear:
		y, parsed := cal.Parse(strconv.FormatInt(t.n, 10), today)
		if parsed != nil || y.To <= today {
			return p.fault("goal.bad_period", t, "text", t.raw)
		}
		p.by = true
		set(Dates, "", today, y.To)
	case isMonth, isEndOfMonth:
		if t.value, err = p.month(t); err != nil {
			return err
		}
		if t.code == isMonth {
			return p.date(i, t)
		}
		m, parsed := cal.Parse(t.value, today)
		if parsed != nil || m.To <= today {
			return p.fault("goal.bad_period", t, "text", t.raw)
		}
		p.by = true
		set(Dates, "", today, m.To)
	case isDated:
		return p.date(i, t)
	default:
		return p.unknown(t)
	}
	if err != nil {
		return err
	}
	return p.setPeriod(out, t)
}

// quarter reads one of the four, of this year or, where it is over, of the next.
func (p *parser) quarter(t token, set func(PeriodKind, calendar.Unit, int64, int64)) error {
	cal, today := p.ctx.Calendar, p.ctx.Today
	if t.n < 1 || t.n > 4 {
		return p.fault("goal.bad_period", t, "text", t.raw)
	}
	year := cal.Span(calendar.Year, today).From
	q := cal.Span(calendar.Quarter, cal.Add(calendar.Quarter, year, t.n-1))
	if q.To <= today {
		q = cal.Span(calendar.Quarter, cal.Add(calendar.Year, q.From, 1))
	}
	if t.code == isNthQuarter {
		set(InUnit, calendar.Quarter, q.From, q.To)
		return nil
	}
	p.by = true
	set(Dates, "", today, q.To)
	return nil
}

// month gives the key of a month that is named, in the calendar that its name
// belongs to: without a year the running one, or the next of that name.
func (p *parser) month(t token) (key string, err error) {
	hijri := t.month >= hijriMonths
	if t.year != 0 && hijri != (t.year < 1700) {
		return "", p.fault("goal.bad_period", t, "text", t.raw)
	}
	in := calendar.New(facts.Gregorian, time.Monday)
	if hijri {
		in = calendar.New(facts.SolarHijri, time.Saturday)
	}
	year, now, _ := in.Date(p.ctx.Today)
	switch n := int(t.month % hijriMonths); {
	case t.year != 0:
		year = int(t.year)
	case n < now:
		year++
	}
	return fmt.Sprintf("%04d-%02d", year, t.month%hijriMonths), nil
}

// date reads 2026-11, 2026-Q4, a day or a run of them; after "until" it is the
// end of what begins today, after "from" the beginning.
func (p *parser) date(i int, t token) error {
	got, err := p.ctx.Calendar.Parse(t.value, p.ctx.Today)
	if err != nil {
		return p.fault("goal.bad_period", t, "text", t.raw)
	}
	before := code("")
	if i > 0 {
		before = p.tokens[i-1].code
	}
	switch {
	case before == isUntilDate || before == isBy || before == isTo:
		from := calendar.Date(p.ctx.Today)
		if p.goal.Period.Kind == Dates && p.goal.Period.Until == 0 {
			from, p.goal.Period = p.goal.Period.From, Period{}
		}
		p.by = true
		return p.setPeriod(Period{Kind: Dates, From: from, Until: calendar.Date(got.To - 1)}, t)
	case before == isFrom:
		p.goal.Period = Period{}
		return p.setPeriod(Period{Kind: Dates, From: calendar.Date(got.From)}, t)
	case got.Unit != calendar.Day && got.Range == p.ctx.Calendar.Span(got.Unit, got.From):
		return p.setPeriod(Period{Kind: InUnit, Unit: got.Unit, From: calendar.Date(got.From), Until: calendar.Date(got.To - 1)}, t)
	}
	return p.setPeriod(Period{Kind: Dates, From: calendar.Date(got.From), Until: calendar.Date(got.To - 1)}, t)
}

func (p *parser) setPeriod(period Period, t token) error {
	if p.goal.Period.Kind != NoPeriod {
		return p.fault("goal.two_periods", t, "text", t.raw)
	}
	p.goal.Period = period
	return nil
}
