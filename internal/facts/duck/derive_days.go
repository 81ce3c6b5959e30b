package duck

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
)

// Days outside these are faults of the data, and get no entry.
var (
	firstDay = facts.DayOf(1900, 1, 1)
	lastDay  = facts.DayOf(2200, 1, 1)
)

// deriveDays grows the days table over all days that facts have, with whole
// years of the organisation's calendar.
func (s *Store) deriveDays(ctx context.Context) error {
	have, some, err := s.daysBetween(ctx, "SELECT min(day), max(day) FROM days")
	if err != nil {
		return err
	}
	// Few rows are of days outside, and mostly none: so hardly any is looked at.
	where := "true"
	if some {
		where = fmt.Sprintf("day < %s OR day > %s", dialect{}.Date(have.From), dialect{}.Date(have.To-1))
	}
	var ranges []string
	for _, t := range facts.Tables {
		if t.Derived { // of days that others have
			continue
		}
		for _, m := range t.Moments {
			ranges = append(ranges, fmt.Sprintf("SELECT min(day) AS low, max(day) AS high FROM (SELECT %s_day AS day FROM %s) WHERE %s", m, t.Name, where))
		}
	}
	outside, grown, err := s.daysBetween(ctx, "SELECT min(low), max(high) FROM ("+strings.Join(ranges, " UNION ALL ")+")")
	if err != nil || !grown {
		return err
	}
	c := calendar.New(s.settings.Calendar, s.settings.WeekStart)
	near := func(day int64) int64 { return min(max(day, firstDay), lastDay) }
	from, to := c.Span(calendar.Year, near(outside.From)).From, c.Span(calendar.Year, near(outside.To-1)).To
	if some {
		from, to = min(from, have.From), max(to, have.To)
		if from == have.From && to == have.To { // outside are faults of the data alone
			return nil
		}
	}
	s.touched.everything = true // days that had no bucket have one
	if err := s.exec(ctx, "DELETE FROM days"); err != nil {
		return err
	}
	return s.insertDays(ctx, c, from, to)
}

// daysBetween reads a first and a last day; ok is false where they are null.
func (s *Store) daysBetween(ctx context.Context, query string) (r calendar.Range, ok bool, err error) {
	var from, to sql.NullTime
	if err := s.conn.QueryRowContext(ctx, query).Scan(&from, &to); err != nil {
		return r, false, fmt.Errorf("find the range of days: %w", err)
	}
	if !from.Valid {
		return r, false, nil
	}
	return calendar.Range{From: dayNumber(from.Time), To: dayNumber(to.Time) + 1}, true, nil
}

func (s *Store) insertDays(ctx context.Context, c calendar.Calendar, from, to int64) error {
	n := int(to - from)
	units := []calendar.Unit{calendar.Week, calendar.Month, calendar.Quarter, calendar.Year}
	keys := make([][]string, len(units))
	starts, ends := make([][]int64, len(units)), make([][]int64, len(units))
	days, weekdays := make([]int64, n), make([]int64, n)
	for i := range n {
		day := from + int64(i)
		days[i] = day
		weekdays[i] = calendar.Weekday(day)
		for u, unit := range units {
			span := c.Span(unit, day)
			keys[u] = append(keys[u], c.Key(unit, day))
			starts[u], ends[u] = append(starts[u], span.From), append(ends[u], span.To)
		}
	}
	fields := []field{{"day", intColumn(facts.Day, days)}, {"weekday", intColumn(facts.Hour, weekdays)}}
	for u, unit := range units {
		fields = append(fields, field{string(unit), textColumn(keys[u])},
			field{string(unit) + "_start", intColumn(facts.Day, starts[u])}, field{string(unit) + "_end", intColumn(facts.Day, ends[u])})
	}
	return s.insert(ctx, "days", fields, n, nil)
}
