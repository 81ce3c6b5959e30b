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

// The revenue of a large company in rials comes out to the last place, and so
// does what is reckoned of it by sums and differences.
func TestLargeAmounts(t *testing.T) {
	c, err := kpi.Load(kpi.File{Name: "own.yaml", Data: []byte("kpis:\n  - {id: lost_revenue, version: 1, unit: money, better: lower, kind: sum, formula: gross_revenue - revenue}\n")})
	require.NoError(t, err)
	b := &facts.Batch{}
	rows := b.Rows(facts.Orders)
	clock := facts.NewClock(time.UTC)
	for i := range 2000 {
		r := rows.Add(0)
		rows.SetMoment(r, facts.Orders.Col("placed_at"), clock.DayMoment(2026, 10, 1+i%31))
		rows.SetInt(r, facts.Orders.Col("amount"), 999_999_999_999_000_001)
		rows.SetText(r, facts.Orders.Col("currency"), "IRR")
		if i == 0 {
			rows.SetMoment(r, facts.Orders.Col("cancelled_at"), clock.DayMoment(2026, 10, 9))
		}
	}
	q := query("2026-10", "revenue", "gross_revenue", "lost_revenue", "average_order_value")
	q.Intervals = true
	f, err := c.Run(context.Background(), naive.New(b, kpitest.Calendar, kpitest.Currency), q)
	require.NoError(t, err)
	x := f.Rows[0].Figures
	require.Equal(t, "1998999999998001.001999 IRR", x[0].Exact.String()+" "+x[0].Currency)
	require.Equal(t, "1999999999998000.002", x[1].Exact.String())
	require.Equal(t, "999999999999.000001", x[2].Exact.String())
	require.True(t, x[0].IsExact && x[1].IsExact && x[2].IsExact)
	require.InEpsilon(t, 999_999_999_999.0, x[3].Number, 1e-9)
}
