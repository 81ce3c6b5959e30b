package duck

import (
	"context"
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
	var ranges []string
	for _, t := range facts.Tables {
		for _, m := range t.Moments {
			ranges = append(ranges, fmt.Sprintf("SELECT min(%[1]s_day) AS low, max(%[1]s_day) AS high FROM %[2]s", m, t.Name))
		}
	}
	epoch := func(agg, from string) string {
		return fmt.Sprintf("(SELECT coalesce(%s, DATE '1970-01-01') - DATE '1970-01-01' FROM %s)", agg, from)
	}
	var low, high, have, until, count int64
	err := s.conn.QueryRowContext(ctx, "WITH r AS ("+strings.Join(ranges, " UNION ALL ")+") SELECT "+
		epoch("min(low)", "r")+", "+epoch("max(high)", "r")+", "+epoch("min(day)", "days")+", "+epoch("max(day)", "days")+
		", (SELECT count(*) FROM r WHERE low IS NOT NULL)").Scan(&low, &high, &have, &until, &count)
	if err != nil {
		return fmt.Errorf("find the range of days: %w", err)
	}
	if count == 0 {
		return nil
	}
	c := calendar.New(s.settings.Calendar, s.settings.WeekStart)
	from := c.Span(calendar.Year, max(low, firstDay)).From
	to := c.Span(calendar.Year, min(high, lastDay)).To
	empty := have == 0 && until == 0
	if !empty && from >= have && to <= until+1 {
		return nil
	}
	if !empty {
		from, to = min(from, have), max(to, until+1)
	}
	s.touched.everything = true // days that had no bucket have one
	if err := s.exec(ctx, "DELETE FROM days"); err != nil {
		return err
	}
	return s.insertDays(ctx, c, from, to)
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
		weekdays[i] = (day+3)%7 + 1 // 1970-01-01 was a Thursday; Monday is 1
		if weekdays[i] < 1 {
			weekdays[i] += 7
		}
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
