// Package calendar divides days into weeks, months, quarters and years, in the
// Gregorian or the Solar Hijri calendar, and reads the periods that people ask
// for. Days are numbers (since 1970-01-01), so nothing here depends on a zone
// but Start; today is always an argument.
package calendar

import (
	"fmt"
	"sort"
	"strconv"
	"time"

	"github.com/callpace/callpace/internal/facts"
)

// Unit is a part of time that days belong to.
type Unit string

// The units, with the names that queries use.
const (
	Day     Unit = "day"
	Week    Unit = "week"
	Month   Unit = "month"
	Quarter Unit = "quarter"
	Year    Unit = "year"
)

// Range is a run of days, To exclusive.
type Range struct{ From, To int64 }

// Days gives the length of the range.
func (r Range) Days() int64 { return r.To - r.From }

// Has tells whether a day lies in the range.
func (r Range) Has(day int64) bool { return r.From <= day && day < r.To }

// Calendar is the calendar of an organisation: which years and months it
// counts in, and on which day its weeks begin. The zero value is Gregorian
// with weeks from Sunday.
type Calendar struct {
	hijri     bool
	weekStart time.Weekday
}

// New makes the calendar that an organisation's settings name.
func New(name facts.Calendar, weekStart time.Weekday) Calendar {
	return Calendar{hijri: name == facts.SolarHijri, weekStart: weekStart}
}

// Hijri tells whether dates are written in the Solar Hijri calendar.
func (c Calendar) Hijri() bool { return c.hijri }

// Date gives year, month and day of a day number in this calendar.
func (c Calendar) Date(day int64) (year, month, dayOfMonth int) {
	y, m, d := c.years().date(day)
	return int(y), m, d
}

// Key prints the unit that a day lies in: 2026-11-22, 2026-W47, 2026-11,
// 2026-Q4, 2026; in the Solar Hijri calendar 1405-09-01, 1405-W35, 1405-09,
// 1405-Q3, 1405. A week belongs to the year in which its fourth day lies, and
// the first week of a year is the first that does; with weeks from Monday
// that is ISO 8601.
func (c Calendar) Key(u Unit, day int64) string {
	y, m, d := c.years().date(day)
	switch u {
	case Day:
		return padded(y, 4) + "-" + padded(int64(m), 2) + "-" + padded(int64(d), 2)
	case Week:
		y, n := c.week(day)
		return padded(y, 4) + "-W" + padded(n, 2)
	case Month:
		return padded(y, 4) + "-" + padded(int64(m), 2)
	case Quarter:
		return padded(y, 4) + "-Q" + padded(int64(m+2)/3, 1)
	case Year:
		return padded(y, 4)
	}
	return ""
}

// padded prints a number with at least so many digits: keys are printed for
// every day of every row, where fmt takes half of the time.
func padded(n int64, width int) string {
	if n < 0 {
		return fmt.Sprintf("%0*d", width, n)
	}
	text := strconv.FormatInt(n, 10)
	return "0000"[:max(0, width-len(text))] + text
}

// Span gives the days of the unit that a day lies in.
func (c Calendar) Span(u Unit, day int64) Range {
	from := c.first(u, day)
	return Range{From: from, To: c.shift(u, from, 1)}
}

// Bucket is one unit with its key and its days.
type Bucket struct {
	Key string
	Range
}

// Buckets lists the units that a range touches, in order, whole even where the
// range begins or ends within them.
func (c Calendar) Buckets(u Unit, r Range) []Bucket {
	var out []Bucket
	for day := r.From; day < r.To; {
		b := Bucket{Key: c.Key(u, day), Range: c.Span(u, day)}
		out = append(out, b)
		day = b.To
	}
	return out
}

// Start gives the instant at which a day begins in a zone. Where clocks skip
// midnight that is the first instant after it; a day that a zone skipped as a
// whole begins, and ends, with the one after it. Where clocks went back over
// midnight, it is one of the instants at which the day begins.
func Start(zone *time.Location, day int64) time.Time {
	const hours = 3600
	clock := facts.NewClock(zone)
	base := day*86400 - 20*hours
	// Zones lie within −12 to +14 hours, before 1900 within −16 to +16.
	n := sort.Search(40*hours, func(s int) bool {
		return clock.Moment(time.Unix(base+int64(s), 0)).Day >= day
	})
	return time.Unix(base+int64(n), 0).In(zone)
}

func (c Calendar) years() years {
	if c.hijri {
		return hijri{}
	}
	return gregorian{}
}

// first gives the first day of the unit that a day lies in.
func (c Calendar) first(u Unit, day int64) int64 {
	y, m, _ := c.years().date(day)
	switch u {
	case Week:
		return day - mod(weekday(day)-int64(c.weekStart), 7)
	case Month:
		return c.years().day(y, m)
	case Quarter:
		return c.years().day(y, (m-1)/3*3+1)
	case Year:
		return c.years().day(y, 1)
	}
	return day
}

// shift moves the first day of a unit by n units.
func (c Calendar) shift(u Unit, first, n int64) int64 {
	switch u {
	case Week:
		return first + 7*n
	case Month, Quarter, Year:
		y, m, _ := c.years().date(first)
		months := 12*y + int64(m-1) + n*int64(monthsOf(u))
		return c.years().day(floor(months, 12), int(mod(months, 12))+1)
	}
	return first + n
}

func (c Calendar) week(day int64) (year, n int64) {
	fourth := c.first(Week, day) + 3
	year, _, _ = c.years().date(fourth)
	return year, (fourth-c.years().day(year, 1))/7 + 1
}

func monthsOf(u Unit) int {
	switch u {
	case Quarter:
		return 3
	case Year:
		return 12
	}
	return 1
}

// PlaceInWeek gives where in the calendar's week an ISO weekday stands (1 is
// Monday, 7 Sunday): 0 for the week's first day, 6 for its last.
func (c Calendar) PlaceInWeek(iso int64) int64 { return mod(iso%7-int64(c.weekStart), 7) }

func weekday(day int64) int64 { return mod(day+int64(time.Thursday), 7) }

// Weekday gives the ISO weekday of a day: 1 is Monday, 7 Sunday.
func Weekday(day int64) int64 { return mod(weekday(day)-1, 7) + 1 }
