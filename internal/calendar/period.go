package calendar

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
)

// Period is a run of whole units that was asked for: one month, three weeks.
// A range between two dates is a run of days.
type Period struct {
	Range
	Unit Unit
	cal  Calendar // whose units they are: 1405-08 may be asked of a Gregorian organisation
}

// Of makes the period of one unit, the one that a day lies in.
func (c Calendar) Of(u Unit, day int64) Period {
	return Period{Range: c.Span(u, day), Unit: u, cal: c}
}

// Between makes the period of a run of days, To exclusive.
func (c Calendar) Between(from, to int64) Period {
	return Period{Range: Range{From: from, To: to}, Unit: Day, cal: c}
}

// String prints a period as it can be read again: the key of its unit, or of
// its first and last with ".." between them.
func (p Period) String() string {
	first, last := p.cal.Key(p.Unit, p.From), p.cal.Key(p.Unit, p.To-1)
	if first == last {
		return first
	}
	return first + ".." + last
}

// Shift gives the period n of its own lengths later: the month after, the three
// weeks before.
func (p Period) Shift(n int64) Period {
	if p.Unit == Day {
		days := n * p.Days()
		return Period{Range: Range{From: p.From + days, To: p.To + days}, Unit: Day, cal: p.cal}
	}
	units := n * int64(len(p.cal.Buckets(p.Unit, p.Range)))
	return Period{Range: Range{From: p.cal.shift(p.Unit, p.From, units), To: p.cal.shift(p.Unit, p.To, units)}, Unit: p.Unit, cal: p.cal}
}

// Years before oldest are Solar Hijri, those from it on Gregorian, whatever the
// organisation's calendar: nobody counts calls of either 1405 or 2026 twice.
const oldest = 1700

var (
	dated    = regexp.MustCompile(`^(\d{4})(?:-(?:q(\d)|w(\d{1,2})|(\d{1,2})(?:-(\d{1,2}))?))?$`)
	lastN    = regexp.MustCompile(`^last-(\d{1,4})-(day|week|month|quarter|year)s?$`)
	relative = regexp.MustCompile(`^(this|last)-(week|month|quarter|year)$`)
	// Persian and Arabic digits, as their keyboards type them.
	digits = strings.NewReplacer("۰", "0", "۱", "1", "۲", "2", "۳", "3", "۴", "4", "۵", "5", "۶", "6", "۷", "7", "۸", "8", "۹", "9",
		"٠", "0", "١", "1", "٢", "2", "٣", "3", "٤", "4", "٥", "5", "٦", "6", "٧", "7", "٨", "8", "٩", "9")
)

// Parse reads a period: 2026, 2026-Q4, 2026-11, 2026-W47, 2026-11-22, two of
// them with ".." between (the last one included), today, yesterday, this- and
// last- week, month, quarter or year, and last-N-days, -weeks, -months,
// -quarters, -years. The last N units are whole ones, the current one left
// out. A year before 1700 is Solar Hijri (1178 to 1633), a later one Gregorian. What is no
// period gives an Invalid error that says what is.
func (c Calendar) Parse(text string, today int64) (Period, error) {
	s := digits.Replace(strings.ToLower(strings.TrimSpace(text)))
	a, b, isRange := strings.Cut(s, "..")
	if !isRange {
		return c.parse(s, text, today)
	}
	from, err := c.parse(a, text, today)
	if err != nil {
		return Period{}, err
	}
	to, err := c.parse(b, text, today)
	if err != nil {
		return Period{}, err
	}
	if to.From < from.From || to.To < from.To {
		return Period{}, callpace.E(callpace.Invalid, "period.backwards", "text", text)
	}
	p := Period{Range: Range{From: from.From, To: to.To}, Unit: from.Unit, cal: from.cal}
	if from.Unit != to.Unit || from.cal != to.cal {
		p.Unit, p.cal = Day, c
	}
	return p, nil
}

func (c Calendar) parse(s, text string, today int64) (Period, error) {
	switch s {
	case "today":
		return c.Of(Day, today), nil
	case "yesterday":
		return c.Of(Day, today-1), nil
	}
	if m := relative.FindStringSubmatch(s); m != nil {
		if m[1] == "this" {
			return c.Of(Unit(m[2]), today), nil
		}
		return c.last(1, Unit(m[2]), today), nil
	}
	if m := lastN.FindStringSubmatch(s); m != nil {
		if n := number(m[1]); n > 0 {
			return c.last(int64(n), Unit(m[2]), today), nil
		}
	}
	m := dated.FindStringSubmatch(s)
	if m == nil {
		return Period{}, callpace.E(callpace.Invalid, "period.bad", "text", text)
	}
	p, ok := c.dated(m)
	if !ok {
		return Period{}, callpace.E(callpace.Invalid, "period.none", "text", text)
	}
	return p, nil
}

// dated makes a period of year, quarter, week, month and day as matched; ok is
// false where the calendar has none such.
func (c Calendar) dated(m []string) (p Period, ok bool) {
	year := number(m[1])
	in := Calendar{hijri: year < oldest, weekStart: c.weekStart}
	if in.hijri && (year < FirstHijri || year > LastHijri) {
		return Period{}, false
	}
	unit, month, day := Year, 1, 1
	switch {
	case m[2] != "":
		unit, month = Quarter, 3*number(m[2])-2
	case m[3] != "":
		return in.weekOf(year, number(m[3]))
	case m[5] != "":
		unit, month, day = Day, number(m[4]), number(m[5])
	case m[4] != "":
		unit, month = Month, number(m[4])
	}
	if month < 1 || month > 12 || day < 1 {
		return Period{}, false
	}
	n := in.years().day(int64(year), month) + int64(day) - 1
	if _, got, _ := in.years().date(n); got != month {
		return Period{}, false
	}
	return in.Of(unit, n), true
}

func (c Calendar) weekOf(year, n int) (p Period, ok bool) {
	p = c.Of(Week, c.years().day(int64(year), 1)+3+int64(n-1)*7)
	y, got := c.week(p.From)
	return p, y == int64(year) && got == int64(n)
}

// last makes the period of the n units before the one of today.
func (c Calendar) last(n int64, u Unit, today int64) Period {
	to := c.first(u, today)
	return Period{Range: Range{From: c.shift(u, to, -n), To: to}, Unit: u, cal: c}
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // only what matched as digits comes here
	return n
}

// ParseDay reads one date such as 2026-11-22 or 1405-09-01, or today or
// yesterday. Anything else gives an Invalid error.
func (c Calendar) ParseDay(text string, today int64) (day int64, err error) {
	p, err := c.Parse(text, today)
	if err != nil {
		return 0, err
	}
	if p.Unit != Day || p.Days() != 1 {
		return 0, callpace.E(callpace.Invalid, "period.bad_day", "text", text)
	}
	return p.From, nil
}
