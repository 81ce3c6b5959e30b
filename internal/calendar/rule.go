package calendar

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/facts"
)

var (
	monthDay  = regexp.MustCompile(`^(hijri )?(\d\d)-(\d\d)$`)
	feast     = regexp.MustCompile(`^(easter|orthodox)([+-]\d+)$`)
	nth       = regexp.MustCompile(`^(first|second|third|fourth|last) ([a-z]+) (\d\d)$`)
	dayBefore = regexp.MustCompile(`^([a-z]+) before (\d\d)-(\d\d)$`)
	ordinals  = map[string]int64{"first": 0, "second": 1, "third": 2, "fourth": 3}
)

// in lists the days of a rule that lie in a Gregorian year.
func (r rule) in(year int) (days []int64, err error) {
	if r.On == "" {
		whole := gregorianYear(year)
		for _, text := range r.Dates {
			run, err := isoDays(text)
			if err != nil {
				return nil, err
			}
			for d := run.From; d < run.To; d++ {
				if whole.Has(d) {
					days = append(days, d)
				}
			}
		}
		return days, nil
	}
	if r.From != 0 && year < r.From || r.Until != 0 && year > r.Until || slices.Contains(r.Except, year) {
		return nil, nil
	}
	if m := monthDay.FindStringSubmatch(r.On); m != nil {
		return fixed(year, number(m[2]), number(m[3]), m[1] != ""), nil
	}
	if m := feast.FindStringSubmatch(r.On); m != nil {
		shift, _ := strconv.ParseInt(m[2], 10, 64)
		if m[1] == "easter" {
			return []int64{Easter(year) + shift}, nil
		}
		return []int64{OrthodoxEaster(year) + shift}, nil
	}
	if m := nth.FindStringSubmatch(r.On); m != nil {
		if want, ok := weekdays[m[2]]; ok {
			return []int64{nthOf(year, number(m[3]), m[1], want)}, nil
		}
	}
	if m := dayBefore.FindStringSubmatch(r.On); m != nil {
		if want, ok := weekdays[m[1]]; ok {
			last := facts.DayOf(year, time.Month(number(m[2])), number(m[3])) - 1
			return []int64{last - mod(weekday(last)-int64(want), 7)}, nil
		}
	}
	return nil, fmt.Errorf("%q is no rule", r.On)
}

// fixed gives the days of a year that are some month's day of a calendar: none
// for one that this year lacks (30 Esfand).
func fixed(year, month, day int, inHijri bool) []int64 {
	if !inHijri {
		return []int64{facts.DayOf(year, time.Month(month), day)}
	}
	var out []int64
	for y := year - 622; y <= year-621; y++ {
		if d, ok := DayOfHijri(y, month, day); ok && gregorianYear(year).Has(d) {
			out = append(out, d)
		}
	}
	return out
}

func nthOf(year, month int, which string, want time.Weekday) int64 {
	if which == "last" {
		last := gregorian{}.day(int64(year+month/12), month%12+1) - 1
		return last - mod(weekday(last)-int64(want), 7)
	}
	first := gregorian{}.day(int64(year), month)
	return first + mod(int64(want)-weekday(first), 7) + 7*ordinals[which]
}

func gregorianYear(year int) Range {
	return Range{From: gregorian{}.day(int64(year), 1), To: gregorian{}.day(int64(year)+1, 1)}
}

// isoDays reads 2026-12-24 or 2026-12-24..2026-12-31, the last day included.
func isoDays(text string) (Range, error) {
	a, b, run := strings.Cut(text, "..")
	if !run {
		b = a
	}
	from, err := time.Parse(time.DateOnly, a)
	if err != nil {
		return Range{}, fmt.Errorf("read a day: %w", err)
	}
	to, err := time.Parse(time.DateOnly, b)
	if err != nil {
		return Range{}, fmt.Errorf("read a day: %w", err)
	}
	return Range{From: from.Unix() / 86400, To: to.Unix()/86400 + 1}, nil
}
