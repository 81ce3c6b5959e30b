package calendar

import (
	"time"

	"github.com/callpace/callpace/internal/facts"
)

// Add moves a day by n units: to the same day of another month, or to that
// month's last where it has none such. n may be negative.
func (c Calendar) Add(u Unit, day, n int64) int64 {
	switch u {
	case Month, Quarter, Year:
		first := c.first(Month, day)
		to := c.shift(Month, first, n*int64(monthsOf(u)))
		return min(to+day-first, c.shift(Month, to, 1)-1)
	case Week:
		return day + 7*n
	}
	return day + n
}

// Date is a day number that is written as a date: 2026-11-22, Gregorian in
// files and in data, and in the organisation's calendar to a reader. The zero
// value stands for no date.
type Date int64

// String prints the Gregorian date.
func (d Date) String() string { return facts.DateOf(int64(d)).Format(time.DateOnly) }

// MarshalText writes the Gregorian date, nothing for the zero value.
func (d Date) MarshalText() ([]byte, error) {
	if d == 0 {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads a Gregorian or Solar Hijri date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	day, err := Calendar{}.ParseDay(string(text), 0)
	*d = Date(day)
	return err
}
