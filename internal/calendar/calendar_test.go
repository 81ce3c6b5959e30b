package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
)

var (
	iso    = calendar.New(facts.Gregorian, time.Monday)
	us     = calendar.New(facts.Gregorian, time.Sunday)
	iran   = calendar.New(facts.SolarHijri, time.Saturday)
	units  = []calendar.Unit{calendar.Day, calendar.Week, calendar.Month, calendar.Quarter, calendar.Year}
	anyDay = rapid.Int64Range(facts.DayOf(1800, 1, 1), facts.DayOf(2250, 1, 1))
	anyCal = rapid.Custom(func(t *rapid.T) calendar.Calendar {
		name := rapid.SampledFrom([]facts.Calendar{facts.Gregorian, facts.SolarHijri}).Draw(t, "calendar")
		return calendar.New(name, time.Weekday(rapid.IntRange(0, 6).Draw(t, "week start")))
	})
)

func day(s string) int64 {
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return at.Unix() / 86400
}

func TestHijriDates(t *testing.T) {
	f := func(gregorian string, year, month, dayOfMonth int) {
		t.Helper()
		n, ok := calendar.DayOfHijri(year, month, dayOfMonth)
		require.True(t, ok)
		require.Equal(t, gregorian, facts.DateOf(n).Format(time.DateOnly))
		y, m, d := calendar.HijriOf(n)
		require.Equal(t, []int{year, month, dayOfMonth}, []int{y, m, d})
	}
	f("1979-02-11", 1357, 11, 22) // the revolution
	f("1925-03-31", 1304, 1, 11)  // the calendar's introduction
	f("1988-07-20", 1367, 4, 29)  // the ceasefire
	f("1970-01-01", 1348, 10, 11)
	f("2000-03-20", 1379, 1, 1)
	f("2016-03-20", 1395, 1, 1)
	f("2017-03-21", 1396, 1, 1)
	f("2020-03-20", 1399, 1, 1)
	f("2021-03-20", 1399, 12, 30)
	f("2021-03-21", 1400, 1, 1)
	f("2024-03-20", 1403, 1, 1)
	f("2025-03-20", 1403, 12, 30)
	f("2025-03-21", 1404, 1, 1)
	f("2026-03-20", 1404, 12, 29)
	f("2026-03-21", 1405, 1, 1)
	f("2026-09-23", 1405, 7, 1)
	f("2026-11-22", 1405, 9, 1)
	f("2029-03-20", 1408, 1, 1)
}

func TestHijriLeapYears(t *testing.T) {
	var leap []int
	for y := 1370; y <= 1425; y++ {
		if calendar.HijriLeap(y) {
			leap = append(leap, y)
		}
	}
	// As the Iranian calendar office has and will have them.
	require.Equal(t, []int{1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424}, leap)
}

func TestHijriRefuses(t *testing.T) {
	f := func(y, m, d int) {
		t.Helper()
		_, ok := calendar.DayOfHijri(y, m, d)
		require.False(t, ok)
	}
	f(1404, 12, 30)
	f(1405, 7, 31)
	f(1405, 13, 1)
	f(1405, 0, 1)
	f(1405, 1, 0)
	f(1177, 1, 1)
	f(1634, 1, 1)
}

func TestHijriRoundTrip(t *testing.T) {
	from, _ := calendar.DayOfHijri(calendar.FirstHijri, 1, 1)
	to, _ := calendar.DayOfHijri(calendar.LastHijri, 12, 29)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(from, to).Draw(t, "day")
		y, m, d := calendar.HijriOf(n)
		back, ok := calendar.DayOfHijri(y, m, d)
		require.True(t, ok)
		require.Equal(t, n, back)
	})
	for n := from; n < to; n++ { // day after day, none skipped
		y, m, d := calendar.HijriOf(n + 1)
		if d > 1 {
			py, pm, pd := calendar.HijriOf(n)
			require.Equal(t, []int{y, m, d - 1}, []int{py, pm, pd})
		}
	}
}

func TestKeys(t *testing.T) {
	f := func(c calendar.Calendar, date string, keys ...string) {
		t.Helper()
		var got []string
		for _, u := range units {
			got = append(got, c.Key(u, day(date)))
		}
		require.Equal(t, keys, got)
	}
	f(iso, "2026-11-22", "2026-11-22", "2026-W47", "2026-11", "2026-Q4", "2026")
	f(us, "2026-11-22", "2026-11-22", "2026-W47", "2026-11", "2026-Q4", "2026") // Sun 22 to Sat 28
	f(us, "2026-11-21", "2026-11-21", "2026-W46", "2026-11", "2026-Q4", "2026")
	f(iso, "2027-01-03", "2027-01-03", "2026-W53", "2027-01", "2027-Q1", "2027")
	f(us, "2027-01-02", "2027-01-02", "2026-W52", "2027-01", "2027-Q1", "2027")
	f(us, "2027-01-03", "2027-01-03", "2027-W01", "2027-01", "2027-Q1", "2027")
	f(iso, "2024-12-30", "2024-12-30", "2025-W01", "2024-12", "2024-Q4", "2024")
	f(iso, "1969-12-31", "1969-12-31", "1970-W01", "1969-12", "1969-Q4", "1969")
	f(iran, "2026-11-22", "1405-09-01", "1405-W36", "1405-09", "1405-Q3", "1405")
	f(iran, "2026-03-20", "1404-12-29", "1404-W52", "1404-12", "1404-Q4", "1404") // Friday ends the week
	f(iran, "2026-03-21", "1405-01-01", "1405-W01", "1405-01", "1405-Q1", "1405") // Nowruz is a Saturday
}

func TestISOWeeks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyDay.Draw(t, "day")
		y, w := facts.DateOf(n).ISOWeek()
		require.Equal(t, time.Date(y, 1, 4, 0, 0, 0, 0, time.UTC).Format("2006"), iso.Key(calendar.Week, n)[:4])
		require.Equal(t, w, int(iso.Key(calendar.Week, n)[6]-'0')*10+int(iso.Key(calendar.Week, n)[7]-'0'))
	})
}

// Units lie side by side, hold the day, and all their days have one key that
// no other day has.
func TestSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, n := anyCal.Draw(t, "calendar"), anyDay.Draw(t, "day")
		for _, u := range units {
			s, key := c.Span(u, n), c.Key(u, n)
			require.True(t, s.Has(n))
			require.Equal(t, key, c.Key(u, s.From))
			require.Equal(t, key, c.Key(u, s.To-1))
			require.NotEqual(t, key, c.Key(u, s.From-1))
			require.NotEqual(t, key, c.Key(u, s.To))
			p, err := c.Parse(key, 0)
			require.NoError(t, err)
			require.Equal(t, s, p.Range)
			require.Equal(t, key, p.String())
		}
	})
}

func TestBuckets(t *testing.T) {
	got := iran.Buckets(calendar.Month, calendar.Range{From: day("2026-09-22"), To: day("2026-10-24")})
	require.Equal(t, []calendar.Bucket{
		{"1405-06", calendar.Range{From: day("2026-08-23"), To: day("2026-09-23")}},
		{"1405-07", calendar.Range{From: day("2026-09-23"), To: day("2026-10-23")}},
		{"1405-08", calendar.Range{From: day("2026-10-23"), To: day("2026-11-22")}},
	}, got)
	require.Empty(t, iso.Buckets(calendar.Day, calendar.Range{From: 5, To: 5}))
}

func TestStart(t *testing.T) {
	f := func(zone, date, at string, hours float64) {
		t.Helper()
		loc, err := time.LoadLocation(zone)
		require.NoError(t, err)
		start := calendar.Start(loc, day(date))
		require.Equal(t, at, start.Format(time.RFC3339))
		require.Equal(t, hours, calendar.Start(loc, day(date)+1).Sub(start).Hours())
	}
	f("Europe/Zagreb", "2026-11-22", "2026-11-22T00:00:00+01:00", 24)
	f("Europe/Zagreb", "2026-03-29", "2026-03-29T00:00:00+01:00", 23)
	f("Europe/Zagreb", "2026-10-25", "2026-10-25T00:00:00+02:00", 25)
	f("Asia/Tehran", "2022-03-22", "2022-03-22T01:00:00+04:30", 23) // midnight skipped
	f("Asia/Tehran", "2022-09-21", "2022-09-21T00:00:00+04:30", 25) // 23:00 came twice
	f("Asia/Tehran", "2026-03-22", "2026-03-22T00:00:00+03:30", 24)
	f("Pacific/Chatham", "2026-09-27", "2026-09-27T00:00:00+12:45", 23)
	f("Australia/Lord_Howe", "2026-10-04", "2026-10-04T00:00:00+10:30", 23.5)
	f("America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00", 25) // midnight twice
	f("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", 0)    // no such day
}

func TestStartIsFirst(t *testing.T) {
	zones := []string{"Europe/Zagreb", "Asia/Tehran", "Pacific/Chatham", "America/New_York", "Asia/Shanghai", "Pacific/Apia"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		require.NoError(t, err)
		n := rapid.Int64Range(day("1995-01-01"), day("2035-01-01")).Draw(t, "day")
		start, clock := calendar.Start(loc, n), facts.NewClock(loc)
		require.GreaterOrEqual(t, clock.Moment(start).Day, n)
		require.Less(t, clock.Moment(start.Add(-time.Second)).Day, n)
	})
}
