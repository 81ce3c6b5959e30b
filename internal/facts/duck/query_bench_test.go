package duck

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// generated makes n calls of 500 agents over 300 days, in time order.
func generated(t testing.TB, n int) *bench {
	b := newBench(t, calendar.New(facts.Gregorian, time.Monday))
	b.exec(t, fmt.Sprintf(`INSERT INTO calls BY NAME
		SELECT hash(i) AS origin, 'pbx' AS source, i::VARCHAR AS source_id, 'agent-' || (hash(i) %% 500) AS agent,
			'team-' || (hash(i) %% 500 %% 20) AS team, 'campaign-' || (hash(i, 1) %% 7) AS campaign,
			CASE WHEN hash(i, 2) %% 4 = 0 THEN 'inbound' ELSE 'outbound' END AS direction,
			CASE WHEN hash(i, 3) %% 3 = 0 THEN 'cold' ELSE 'warm' END AS kind,
			['no_answer', 'busy', 'answered', 'callback', 'appointment', 'sale'][(1 + hash(i, 4) %% 6)::BIGINT] AS outcome,
			hash(i, 4) %% 6 > 1 AS reached, hash(i, 4) %% 6 > 2 AS contacted, 1 + hash(i, 5) %% 5 AS attempt,
			'lead-' || (hash(i, 6) %% 1000000) AS lead,
			(hash(i, 7) %% 60000) / 1000 AS wait_seconds, (hash(i, 8) %% 600000) / 1000 AS talk_seconds,
			(hash(i, 9) %% 30000) / 1000 AS hold_seconds, (hash(i, 10) %% 90000) / 1000 AS wrap_seconds,
			TIMESTAMP '2025-12-01' + to_seconds((i * (240 * 86400) // %[1]d)::BIGINT) AS started_at,
			CAST(started_at AS DATE) AS started_day, hour(started_at) AS started_hour
		FROM range(%[1]d) r(i)`, n))
	return b
}

// twelve are measures such as a dashboard asks for, and the best SQL for them
// that we know of.
func twelve() (measures []kpi.Measure, byHand string) {
	field := func(name string, k facts.Kind) kpi.Expr { return kpi.Field{Name: name, Kind: k} }
	is := func(name, value string) kpi.Expr {
		return kpi.Op{Name: kpi.Eq, Args: []kpi.Expr{field(name, facts.Text), kpi.String{Value: value}}}
	}
	and := func(e ...kpi.Expr) kpi.Expr { return kpi.Op{Name: kpi.And, Args: e} }
	reached := field("reached", facts.Bool)
	outbound, inbound := is("direction", "outbound"), is("direction", "inbound")
	sum := func(name string, where kpi.Expr) kpi.Measure {
		return kpi.Measure{ID: name, Agg: kpi.Sum, Value: field(name, facts.Seconds), Where: where}
	}
	count := func(where kpi.Expr) kpi.Measure { return kpi.Measure{ID: "n", Agg: kpi.Count, Where: where} }
	within := kpi.Op{Name: kpi.Le, Args: []kpi.Expr{field("wait_seconds", facts.Seconds), kpi.Number{Value: 20 * callpace.One}}}
	return []kpi.Measure{
			count(nil), count(outbound), count(inbound), count(and(outbound, reached)), count(and(outbound, field("contacted", facts.Bool))),
			count(is("outcome", "sale")), count(is("outcome", "appointment")), count(and(outbound, is("kind", "cold"))),
			sum("talk_seconds", reached), sum("wrap_seconds", reached), sum("wait_seconds", inbound), count(and(inbound, reached, within)),
		}, `SELECT agent, count(*), count(*) FILTER (direction = 'outbound'), count(*) FILTER (direction = 'inbound'),
			count(*) FILTER (direction = 'outbound' AND reached), count(*) FILTER (direction = 'outbound' AND contacted),
			count(*) FILTER (outcome = 'sale'), count(*) FILTER (outcome = 'appointment'), count(*) FILTER (direction = 'outbound' AND kind = 'cold'),
			sum(talk_seconds) FILTER (reached), sum(wrap_seconds) FILTER (reached), sum(wait_seconds) FILTER (direction = 'inbound'),
			count(*) FILTER (direction = 'inbound' AND reached AND wait_seconds <= 20)
		FROM calls WHERE started_day >= DATE '2026-01-05' AND started_day < DATE '2026-02-04' GROUP BY agent`
}

// BenchmarkSelect compares with SQL written by hand, on CALLPACE_BENCH_CALLS
// calls (1 M).
func BenchmarkSelect(b *testing.B) {
	n, _ := strconv.Atoi(os.Getenv("CALLPACE_BENCH_CALLS"))
	f := generated(b, max(n, 1_000_000))
	measures, byHand := twelve()
	ctx := context.Background()
	agent := kpi.Dim{Name: "agent", Expr: kpi.Field{Name: "agent", Kind: facts.Text}}
	ask := func(name string, s kpi.Select) {
		s.Fact, s.Date, s.Measures, s.Scope = facts.Calls, "started", measures, kpi.Everything()
		if !s.Undated {
			s.From, s.To = facts.DayOf(2026, 1, 5), facts.DayOf(2026, 2, 4)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := f.engine().Aggregate(ctx, s)
				require.NoError(b, err)
			}
		})
	}
	b.Run("30 days by agent/by hand", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, f.engine().each(ctx, byHand, nil, func([]any) error { return nil }))
		}
	})
	ask("30 days by agent/select", kpi.Select{Dims: []kpi.Dim{agent}})
	ask("all by agent", kpi.Select{Dims: []kpi.Dim{agent}, Undated: true})
	for _, bucket := range []kpi.Bucket{kpi.BucketDay, kpi.BucketMonth, kpi.BucketWeek, kpi.BucketHour} {
		ask("all by "+string(bucket), kpi.Select{Dims: []kpi.Dim{{Bucket: bucket}}, Undated: true})
	}
	ask("all by agent and month", kpi.Select{Dims: []kpi.Dim{agent, {Bucket: kpi.BucketMonth}}, Undated: true})
	ask("all by agent and day", kpi.Select{Dims: []kpi.Dim{agent}, ByDay: true, Undated: true})
}
