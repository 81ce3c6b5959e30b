//go:build cgo

package kpitest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/mapping"
)

// From the bytes of a file to the table: a decoder reads the moments, the
// store derives, and every call is in one hour of one day.
func TestDecodedMoments(t *testing.T) {
	catalogue, err := kpi.Load()
	require.NoError(t, err)
	f := func(s facts.Settings, begin, by, period string, file, want string) {
		t.Helper()
		engine := decoded(t, s, "version: 1\nkey: id\nfacts: {calls: {direction: {value: outbound}, outcome: {value: sale}, started: "+begin+"}}\n", file)
		c := calendar.New(s.Calendar, s.WeekStart)
		zone, err := time.LoadLocation(s.Zone)
		require.NoError(t, err)
		q := kpi.Query{KPIs: []string{"calls"}, By: strings.Fields(by), Scope: kpi.Everything(), Now: time.Date(2026, 11, 22, 12, 0, 0, 0, zone), Calendar: c}
		if period != "" {
			p, err := c.Parse(period, facts.DayOf(2026, 11, 22))
			require.NoError(t, err)
			q.Period = &p.Range
		}
		frame, err := catalogue.Run(context.Background(), engine, q)
		require.NoError(t, err)
		var got []string
		for _, r := range frame.Rows {
			got = append(got, strings.Join(append(r.Key, r.Figures[0].Exact.String()), " "))
		}
		require.Equal(t, want, strings.Join(got, ", "))
	}
	// 24 and 25 October 2026 from minute to minute: every half hour of the doubled hour, and the borders of the day.
	autumn := "id,at\n1,1792879199\n2,1792879200\n3,1792888200\n4,1792890000\n5,1792891800\n6,1792893600\n7,1792969199\n8,1792969200\n"
	f(zagreb, "{column: at, format: epoch_s}", "day", "", autumn, "2026-10-24 1, 2026-10-25 6, 2026-10-26 1")
	f(zagreb, "{column: at, format: epoch_s}", "hour", "2026-10-25", autumn, "0 1, 2 3, 3 1, 23 1")
	// The wall clock of a source in another zone, over the change of the organisation's clocks.
	f(zagreb, "{column: at, zone: Asia/Tehran}", "day hour", "", "id,at\n1,2026-03-29 04:29:59\n2,2026-03-29 04:30:00\n3,2026-03-30 01:29:59\n4,2026-03-30 01:30:00\n",
		"2026-03-29 1 1, 2026-03-29 3 1, 2026-03-29 23 1, 2026-03-30 0 1")
	// Days of the Solar Hijri calendar, as the source writes them.
	f(tehran, "{column: at, calendar: solar-hijri}", "month", "1405", "id,at\n1,1405-07-30 23:59:59\n2,1405-08-01 00:00:00\n3,1405-08-30 23:59:59\n4,1405-09-01\n",
		"1405-07 1, 1405-08 2, 1405-09 1")
	chatham := facts.Settings{Zone: "Pacific/Chatham", Currency: "NZD", WeekStart: time.Monday, Calendar: facts.Gregorian}
	f(chatham, "{column: at, format: epoch_s}", "day hour", "", "id,at\n1,1775297699\n2,1775297700\n3,1775311200\n4,1775311260\n",
		"2026-04-04 23 1, 2026-04-05 0 1, 2026-04-05 2 2")
}

func decoded(t *testing.T, s facts.Settings, text, file string) kpi.Engine {
	d, err := mapping.New().Open(source.Spec{Source: "pbx", Format: "mapping", Mapping: text, Settings: s}, []byte(file))
	require.NoError(t, err)
	skip, lines := d.Start()
	b := &facts.Batch{}
	d.Decode(source.Chunk{Data: []byte(file)[skip:], Line: lines + 1, Tail: true}, b)
	require.Empty(t, b.Rejects)
	store := openStore(t, s)
	_, err = store.Apply(context.Background(), facts.Application{Input: 1, Stream: 1, Source: "pbx", Batch: b})
	require.NoError(t, err)
	require.NoError(t, store.Derive(context.Background()))
	return store.Engine()
}
