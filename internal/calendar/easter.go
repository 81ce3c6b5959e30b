package calendar

import (
	"time"

	"github.com/callpace/callpace/internal/facts"
)

// Easter gives the day of the Western churches' Easter Sunday in a Gregorian
// year, after the anonymous algorithm of Meeus, Jones and Butcher.
func Easter(year int) int64 {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return facts.DayOf(year, time.Month(n/31), n%31+1)
}

// OrthodoxEaster gives the day of the Easter Sunday of the churches that reckon
// it by the Julian calendar, after Meeus.
func OrthodoxEaster(year int) int64 {
	a, b, c := year%4, year%7, year%19
	d := (19*c + 15) % 30
	e := (2*a + 4*b - d + 34) % 7
	n := d + e + 114
	// The Julian date lies year/100 − year/400 − 2 days after the Gregorian one of the same name.
	return facts.DayOf(year, time.Month(n/31), n%31+1) + int64(year/100-year/400-2)
}
