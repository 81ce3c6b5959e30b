package kpi_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kpitest"
	"github.com/callpace/callpace/internal/kpi/naive"
)

// A comparison takes the earlier period as it stood when it was as old, and so
// its error, too: a ratio's comes from the days.
func TestAnEarlierPeriodIsJudgedAsItStood(t *testing.T) {
	c, err := kpi.Load(kpi.File{Name: "own.yaml", Data: []byte("kpis: [{id: cancelled_ratio, unit: ratio, better: lower, kind: ratio, numerator: cancelled_sales, denominator: gross_sales}]")})
	require.NoError(t, err)
	ask := func(orders map[string][]string) *kpi.Compared {
		b := &facts.Batch{}
		rows := b.Rows(facts.Orders)
		clock := facts.NewClock(time.UTC)
		moment := func(row int, of, day string) {
			at, err := time.Parse(time.DateOnly, day)
			require.NoError(t, err)
			rows.SetMoment(row, facts.Orders.Col(of+"_at"), clock.DayMoment(at.Date()))
		}
		for placed, cancelled := range orders { // four orders a day
			for i := range 4 {
				row := rows.Add(0)
				if moment(row, "placed", placed); i < len(cancelled) {
					moment(row, "cancelled", cancelled[i])
				}
			}
		}
		q := query("2026-11-16..2026-11-18", "cancelled_ratio") // of the 22nd: four days later
		q.Compare = &kpi.Comparison{Range: *query("2026-11-09..2026-11-11").Period}
		f, err := c.Run(context.Background(), naive.New(b, kpitest.Calendar, kpitest.Currency), q)
		require.NoError(t, err)
		require.True(t, f.Rows[0].Figures[0].Compared.Judged)
		return f.Rows[0].Figures[0].Compared
	}
	stood := map[string][]string{
		"2026-11-09": {"2026-11-09"}, "2026-11-10": {}, "2026-11-11": {"2026-11-12", "2026-11-13"},
		"2026-11-16": {"2026-11-17"}, "2026-11-17": {"2026-11-17"}, "2026-11-18": {"2026-11-19"},
	}
	want := ask(stood)
	require.Equal(t, 0.25, want.Before.Number)
	stood["2026-11-10"] = []string{"2026-11-20", "2026-11-21", "2026-11-21"}
	require.Equal(t, want, ask(stood), "what was cancelled later changes nothing of how it stood")
}
