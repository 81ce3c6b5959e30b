package kept_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// BenchmarkKept answers from what is kept of thirty days of 500 agents: their
// totals, the days behind intervals, and what was asked before as it was.
func BenchmarkKept(b *testing.B) {
	st := &state{rows: &facts.Batch{}, stamps: map[int64]int64{}}
	for day := range int64(30) {
		for agent := range 500 {
			st.call(day, fmt.Sprint("agent-", agent), "east", fmt.Sprint("L", agent%97))
		}
	}
	twelve := make([]kpi.Measure, 12)
	for i := range twelve {
		twelve[i] = kpi.Measure{ID: fmt.Sprint("m", i), Agg: kpi.Count, Where: kpi.Op{Name: kpi.Ge, Args: []kpi.Expr{
			kpi.Op{Name: kpi.SecondsBetween, Args: []kpi.Expr{kpi.MomentField{Name: "started"}, kpi.MomentField{Name: "started"}}}, kpi.Number{Value: 0}}}}
	}
	for name, byDay := range map[string]bool{"totals": false, "by day": true} {
		k, s := keep(40_000), calls(1, 30, by("agent"))
		s.Measures, s.ByDay, s.DaysToo = twelve, byDay, true
		ask := func() {
			if _, err := k.Aggregate(context.Background(), st, s); err != nil {
				b.Fatal(err)
			}
		}
		ask()
		st.took()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask()
			}
			if asked := st.took(); asked != "" {
				b.Fatal("asked again: ", asked)
			}
		})
	}
}
