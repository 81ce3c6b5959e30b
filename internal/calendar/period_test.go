package calendar_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
)

const today = "2026-11-22" // a Sunday; 1 Azar 1405

func TestParse(t *testing.T) {
	f := func(c calendar.Calendar, text, first, last string) {
		t.Helper()
		p, err := c.Parse(text, day(today))
		require.NoError(t, err)
		require.Equal(t, first, iso.Key(calendar.Day, p.From))
		require.Equal(t, last, iso.Key(calendar.Day, p.To-1))
	}
	f(iso, "2026", "2026-01-01", "2026-12-31")
	f(iso, "2026-Q4", "2026-10-01", "2026-12-31")
	f(iso, "2026-q1", "2026-01-01", "2026-03-31")
	f(iso, "2026-11", "2026-11-01", "2026-11-30")
	f(iso, "2024-2", "2024-02-01", "2024-02-29")
	f(iso, "2026-W47", "2026-11-16", "2026-11-22")
	f(us, "2026-W47", "2026-11-22", "2026-11-28")
	f(iso, "2026-W53", "2026-12-28", "2027-01-03")
	f(iso, "2026-W1", "2025-12-29", "2026-01-04")
	f(iso, " 2026-11-22 ", "2026-11-22", "2026-11-22")
	f(iso, "2026-11-01..2026-11-22", "2026-11-01", "2026-11-22")
	f(iso, "2026-09..2026-11", "2026-09-01", "2026-11-30")
	f(iso, "2026-Q3..today", "2026-07-01", "2026-11-22")
	f(iso, "today", "2026-11-22", "2026-11-22")
	f(iso, "Yesterday", "2026-11-21", "2026-11-21")
	f(iso, "this-week", "2026-11-16", "2026-11-22")
	f(us, "this-week", "2026-11-22", "2026-11-28")
	f(iso, "last-week", "2026-11-09", "2026-11-15")
	f(iso, "this-month", "2026-11-01", "2026-11-30")
	f(iso, "last-month", "2026-10-01", "2026-10-31")
	f(iso, "this-quarter", "2026-10-01", "2026-12-31")
	f(iso, "last-quarter", "2026-07-01", "2026-09-30")
	f(iso, "this-year", "2026-01-01", "2026-12-31")
	f(iso, "last-year", "2025-01-01", "2025-12-31")
	f(iso, "last-7-days", "2026-11-15", "2026-11-21")
	f(iso, "last-1-day", "2026-11-21", "2026-11-21")
	f(iso, "last-4-weeks", "2026-10-19", "2026-11-15")
	f(iso, "last-3-months", "2026-08-01", "2026-10-31")
	f(iso, "last-2-quarters", "2026-04-01", "2026-09-30")

	f(iran, "1405-08", "2026-10-23", "2026-11-21")
	f(iran, "۱۴۰۵-۰۸", "2026-10-23", "2026-11-21")
	f(iran, "1405", "2026-03-21", "2027-03-20")
	f(iran, "1405-Q3", "2026-09-23", "2026-12-21")
	f(iran, "1403-12-30", "2025-03-20", "2025-03-20")
	f(iran, "last-month", "2026-10-23", "2026-11-21")
	f(iran, "this-month", "2026-11-22", "2026-12-21")
	f(iran, "this-week", "2026-11-21", "2026-11-27")
	f(iran, "1405-W36", "2026-11-21", "2026-11-27")
	f(iran, "2026-11", "2026-11-01", "2026-11-30")
	f(iso, "1405-08", "2026-10-23", "2026-11-21")
}

func TestParseRefuses(t *testing.T) {
	f := func(c calendar.Calendar, text, key string) {
		t.Helper()
		_, err := c.Parse(text, day(today))
		var e *callpace.Error
		require.True(t, errors.As(err, &e), text)
		require.Equal(t, callpace.Invalid, e.Code)
		require.Equal(t, key, e.Key)
		require.Equal(t, text, e.Args["text"])
	}
	for _, text := range []string{"", "..", "2026..", "26-11", "2026-", "2026-11-", "2026/11", "22.11.2026", "last-0-days",
		"last-month-2", "next-week", "this-day", "2026-11-22T10:00", "2026-111", "-2026"} {
		f(iso, text, "period.bad")
	}
	for _, text := range []string{"2026-13", "2026-00", "2026-02-29", "2026-11-31", "2026-11-00", "2026-Q5", "2026-Q0", "2025-W53",
		"2026-W00", "1404-12-30", "1405-07-31", "1177-01", "1634-01", "0000"} {
		f(iso, text, "period.none")
		f(iran, text, "period.none")
	}
	f(iso, "2026-11-22..2026-11-01", "period.backwards")
	f(iso, "2026-11-01..2026-11-31", "period.none")
}

func TestParseDay(t *testing.T) {
	n, err := iran.ParseDay("1405-09-01", 0)
	require.NoError(t, err)
	require.Equal(t, day(today), n)
	_, err = iso.ParseDay("2026-11", 0)
	require.Equal(t, "period.bad_day", err.(*callpace.Error).Key)
	_, err = iso.ParseDay("soon", 0)
	require.Equal(t, "period.bad", err.(*callpace.Error).Key)
}

// Each line: what is asked for, and the first and last day of what it is compared with.
func TestComparisons(t *testing.T) {
	show := func(r calendar.Range) string {
		return iso.Key(calendar.Day, r.From) + " " + iso.Key(calendar.Day, r.To-1)
	}
	f := func(c calendar.Calendar, text, previous, yearAgo, sameWeekdays string) {
		t.Helper()
		p, err := c.Parse(text, day(today))
		require.NoError(t, err)
		require.Equal(t, previous, show(p.Previous(day(today))), "previous")
		require.Equal(t, yearAgo, show(p.YearAgo(day(today))), "a year ago")
		require.Equal(t, sameWeekdays, show(p.SameWeekdays(day(today))), "same weekdays")
	}
	//                          previous                 a year ago               same weekdays
	f(iso, "2026-10", "2026-09-01 2026-09-30", "2025-10-01 2025-10-31", "2026-08-27 2026-09-26")
	f(iso, "last-3-months", "2026-05-01 2026-07-31", "2025-08-01 2025-10-31", "2026-04-25 2026-07-25")
	f(iso, "2026-Q1", "2025-10-01 2025-12-31", "2025-01-01 2025-03-31", "2025-10-02 2025-12-30")
	f(iso, "2025", "2024-01-01 2024-12-31", "2024-01-01 2024-12-31", "2023-12-27 2024-12-25")
	f(iso, "2026-W46", "2026-11-02 2026-11-08", "2025-11-10 2025-11-16", "2026-11-02 2026-11-08")
	f(iso, "2020-W53", "2020-12-21 2020-12-27", "2019-12-23 2019-12-29", "2020-12-21 2020-12-27")
	f(iso, "2024-02-29", "2024-02-28 2024-02-28", "2023-02-28 2023-02-28", "2024-02-22 2024-02-22")
	f(iso, "2024-02-01..2024-02-29", "2024-01-03 2024-01-31", "2023-02-01 2023-02-28", "2023-12-28 2024-01-25")
	f(iso, "last-10-days", "2026-11-02 2026-11-11", "2025-11-12 2025-11-21", "2026-10-29 2026-11-07")
	f(iran, "1405-08", "2026-09-23 2026-10-22", "2025-10-23 2025-11-21", "2026-09-18 2026-10-17")
	f(iran, "1404-12", "2026-01-21 2026-02-19", "2025-02-19 2025-03-20", "2026-01-16 2026-02-13") // 29 days after 30
	// not over: 22 days of November, 53 of the quarter, 1 of Azar
	f(iso, "this-month", "2026-10-01 2026-10-22", "2025-11-01 2025-11-22", "2026-10-04 2026-10-25")
	f(iso, "2026-11-20..2026-11-26", "2026-11-13 2026-11-15", "2025-11-20 2025-11-22", "2026-11-13 2026-11-15")
	f(iso, "this-quarter", "2026-07-01 2026-08-22", "2025-10-01 2025-11-22", "2026-08-06 2026-09-27")
	f(iran, "this-month", "2026-10-23 2026-10-23", "2025-11-22 2025-11-22", "2026-11-15 2026-11-15")
	f(iso, "today", "2026-11-21 2026-11-21", "2025-11-22 2025-11-22", "2026-11-15 2026-11-15")
}

func TestToDate(t *testing.T) {
	at := func(s string) calendar.Range { return calendar.Range{From: day("2026-03-01"), To: day(s)} }
	march, err := iso.Parse("2026-03", 0)
	require.NoError(t, err)
	require.Equal(t, at("2026-03-31"), march.ToDate(day("2026-03-30")))
	require.Equal(t, at("2026-04-01"), march.ToDate(day("2026-03-31")))
	require.Equal(t, at("2026-04-01"), march.ToDate(day("2026-06-01")))
	require.Equal(t, at("2026-04-01"), march.ToDate(day("2026-02-01")))
	// 30 days of March have no equal in February: all of it.
	require.Equal(t, int64(28), march.Previous(day("2026-03-30")).Days())
}

func TestComparisonsNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCal.Draw(t, "calendar")
		from, now := anyDay.Draw(t, "from"), anyDay.Draw(t, "today")
		p := c.Between(from, from+rapid.Int64Range(1, 400).Draw(t, "days"))
		if u := rapid.SampledFrom(units).Draw(t, "unit"); u != calendar.Day {
			p = c.Of(u, from)
		}
		prev, same := p.Previous(now), p.SameWeekdays(now)
		require.LessOrEqual(t, prev.To, p.From)
		require.Positive(t, prev.Days())
		require.LessOrEqual(t, same.To, p.From)
		require.Equal(t, p.ToDate(now).Days(), same.Days())
		require.Zero(t, (p.From-same.From)%7)
		require.Positive(t, p.YearAgo(now).Days())
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-11", "1405-W36", "last-3-months", "2026-11-01..today", "۱۴۰۵", "2026-W53..", "9999-12-31", "last-9999-years"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := iran.Parse(text, day(today))
		if err != nil {
			require.Equal(t, callpace.Invalid, callpace.CodeOf(err))
			return
		}
		require.Less(t, p.From, p.To)
		if p.From < day("1800-01-01") {
			return // Hijri years that cannot be asked for by name
		}
		again, err := iran.Parse(p.String(), day(today))
		require.NoError(t, err)
		require.Equal(t, p.Range, again.Range)
	})
}
