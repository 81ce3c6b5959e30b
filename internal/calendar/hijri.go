package calendar

import (
	"time"

	"github.com/callpace/callpace/internal/facts"
)

// The years for which the arithmetic of Hijri dates agrees with the
// astronomical calendar of Iran.
const (
	FirstHijri = 1178
	LastHijri  = 1633
)

// nowruz1405 is 1 Farvardin 1405 = 2026-03-21.
var nowruz1405 = facts.DayOf(2026, 3, 21)

// HijriLeap tells whether a Solar Hijri year has 366 days: 8 years of a cycle
// of 33, which is exact for the years 1178 to 1633 (as in Wikipedia, Solar
// Hijri calendar, "Leap year algorithm").
func HijriLeap(year int) bool { return mod(25*int64(year)+11, 33) < 8 }

// DayOfHijri gives the day number of a Solar Hijri date; ok is false for a date
// that does not exist or lies outside 1178 to 1633.
func DayOfHijri(year, month, day int) (n int64, ok bool) {
	if year < FirstHijri || year > LastHijri || month < 1 || month > 12 || day < 1 || day > hijriMonth(year, month) {
		return 0, false
	}
	return hijri{}.day(int64(year), month) + int64(day) - 1, true
}

// HijriOf gives the Solar Hijri date of a day number. Outside the years 1178
// to 1633 it may be a day off.
func HijriOf(n int64) (year, month, day int) {
	y, m, d := hijri{}.date(n)
	return int(y), m, d
}

func hijriMonth(year, month int) int {
	switch {
	case month <= 6:
		return 31
	case month <= 11 || HijriLeap(year):
		return 30
	}
	return 29
}

// years is what the two calendars have in common: years of twelve months.
type years interface {
	// date gives year, month and day of a day number.
	date(n int64) (year int64, month, day int)
	// day gives the day number of the first of a month, 1 to 12.
	day(year int64, month int) int64
}

type hijri struct{}

func (hijri) day(year int64, month int) int64 {
	m := int64(month - 1)
	return newYear(year) + 31*min(m, 6) + 30*max(m-6, 0)
}

func (hijri) date(n int64) (year int64, month, day int) {
	year = 1405 + floor(n-nowruz1405, 366) // near enough for a few steps
	for newYear(year) > n {
		year--
	}
	for newYear(year+1) <= n {
		year++
	}
	d := n - newYear(year)
	if d < 6*31 {
		return year, int(d/31) + 1, int(d%31) + 1
	}
	d -= 6 * 31
	return year, int(d/30) + 7, int(d%30) + 1
}

func newYear(year int64) int64 {
	before := func(y int64) int64 { return 365*y + floor(8*y+21, 33) }
	return nowruz1405 + before(year) - before(1405)
}

type gregorian struct{}

func (gregorian) date(n int64) (year int64, month, day int) {
	y, m, d := facts.DateOf(n).Date()
	return int64(y), int(m), d
}

func (gregorian) day(year int64, month int) int64 {
	return facts.DayOf(int(year), time.Month(month), 1)
}

func floor(a, b int64) int64 { return (a - mod(a, b)) / b }

func mod(a, b int64) int64 { return (a%b + b) % b }
