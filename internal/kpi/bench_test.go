package kpi

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
)

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}

// staff answers every Select with 500 agents, each of them on every day.
type staff struct{ totals, byDay []Group }

func newStaff(period calendar.Range, cal calendar.Calendar) staff {
	const most = 40 // measures of a Select
	values := func(n int64) []Value {
		out := make([]Value, most)
		for i := range out {
			out[i] = Value{Valid: true, Exact: callpace.TotalOf(n+int64(i%7), 1)}
		}
		return out
	}
	var s staff
	for agent := range int64(500) {
		name := fmt.Sprint("agent-", agent)
		s.totals = append(s.totals, Group{Key: []string{name}, Values: values(1000 + agent)})
		for day := period.From; day < period.To; day++ {
			s.byDay = append(s.byDay, Group{Key: []string{name, cal.Key(calendar.Day, day)}, Values: values(30 + agent*day%17)})
		}
	}
	return s
}

func (s staff) Aggregate(_ context.Context, q Select) ([]Group, error) {
	if q.ByDay {
		return s.byDay, nil
	}
	return s.totals, nil
}

func (staff) Attributes(context.Context, string) ([]string, error) { return nil, nil }

func (staff) Range(context.Context, *facts.Table, string) (first, last int64, ok bool, err error) {
	return 0, 0, false, nil
}

// BenchmarkTwelve makes twelve KPIs by agent of thirty days, with intervals, of
// answers that are there: what a question costs beside its statements.
func BenchmarkTwelve(b *testing.B) {
	cal := calendar.New(facts.Gregorian, time.Monday)
	period := calendar.Range{From: facts.DayOf(2026, 9, 1), To: facts.DayOf(2026, 10, 1)}
	e := newStaff(period, cal)
	q := Query{KPIs: []string{"calls", "outbound_calls", "inbound_calls", "cold_calls", "reach_rate", "contact_rate", "talk_time", "handle_time", "wrap_time", "drop_off_rate", "service_level", "average_wait"},
		By: []string{"agent"}, Period: &period, Intervals: true, Scope: Everything(), Calendar: cal, Currency: "EUR", Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Builtin().Run(context.Background(), e, q); err != nil {
			b.Fatal(err)
		}
	}
}
