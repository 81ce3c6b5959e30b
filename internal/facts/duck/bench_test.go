package duck

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// BenchmarkApply imports calls with 24 columns set and 6 attributes.
func BenchmarkApply(b *testing.B) {
	for _, size := range []int{50_000, 125_000, 250_000} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			var spent time.Duration
			for range b.N {
				s, err := Open(filepath.Join(b.TempDir(), "facts"), "bench", testSettings, Options{})
				require.NoError(b, err)
				const total = 1_000_000
				var batches []*facts.Batch
				for at := 0; at < total; at += size {
					batches = append(batches, benchBatch(at, size))
				}
				began := time.Now()
				for i, batch := range batches {
					_, err := s.Apply(context.Background(), facts.Application{Input: 1, Stream: 1, Source: "bench", Batch: batch,
						Position: facts.Position{Offset: int64(i + 1)}})
					require.NoError(b, err)
				}
				require.NoError(b, s.Close())
				spent += time.Since(began)
			}
			b.ReportMetric(float64(1_000_000*b.N)/spent.Seconds(), "rows/s")
		})
	}
}

// told makes a store of a million calls with the stories of their leads.
func told(b *testing.B) *feed {
	f := newFeed(b)
	for at := 0; at < 1_000_000; at += 125_000 {
		f.take(benchBatch(at, 125_000))
	}
	f.finish()
	return f
}

// take applies a batch as an input of its own.
func (f *feed) take(batch *facts.Batch) {
	f.t.Helper()
	f.input++
	_, err := f.store.Apply(context.Background(), facts.Application{Input: f.input, Stream: f.input, Source: "bench", Batch: batch,
		Position: facts.Position{Offset: 1}})
	require.NoError(f.t, err)
}

func (f *feed) finish() {
	f.t.Helper()
	require.NoError(f.t, f.store.Finish(context.Background(), f.input, f.input))
}

// BenchmarkCorrect corrects neighbouring calls of a million, until their
// leads' stories are right: one call, and as many as a day has.
func BenchmarkCorrect(b *testing.B) {
	f := told(b)
	for _, calls := range []int{1, 1250} {
		b.Run(fmt.Sprintf("calls=%d", calls), func(b *testing.B) {
			for b.Loop() {
				batch := benchBatch(f.input*7919%900_000, calls)
				for i := range batch.Records {
					batch.Records[i].Version, batch.Records[i].Content = int64(f.input), uint64(f.input)
				}
				f.take(batch)
				f.finish()
			}
		})
	}
}

// BenchmarkStories tells the stories of all leads anew.
func BenchmarkStories(b *testing.B) {
	f := told(b)
	ctx := context.Background()
	for b.Loop() {
		require.NoError(b, f.store.inTransaction(ctx, func() error { return f.store.markAll(ctx) }))
		require.NoError(b, f.store.Derive(ctx))
	}
}

// BenchmarkPerLead asks what the funnel asks of calls: how many leads were
// called, and how many of those have an appointment since.
func BenchmarkPerLead(b *testing.B) {
	f := told(b)
	lead := kpi.Field{Name: "lead", Kind: facts.Text}
	outbound := kpi.Op{Name: kpi.Eq, Args: []kpi.Expr{kpi.Field{Name: "direction", Kind: facts.Text}, kpi.String{Value: "outbound"}}}
	after := kpi.Op{Name: kpi.Ge, Args: []kpi.Expr{kpi.MomentField{Table: facts.LeadStory, Name: "first_call"}, kpi.MomentField{Name: "started"}}}
	for name, where := range map[string]kpi.Expr{"called": outbound, "story": kpi.Op{Name: kpi.And, Args: []kpi.Expr{outbound, after}}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				groups, err := f.store.Engine().Ask(context.Background(), kpi.Select{Fact: facts.Calls, Date: "started", Undated: true, Scope: kpi.Everything(),
					Measures: []kpi.Measure{{ID: name, Agg: kpi.Distinct, Value: lead, Where: where}}})
				require.NoError(b, err)
				require.Positive(b, groups[0].Values[0].Exact.Sign())
			}
		})
	}
}

func benchBatch(first, n int) *facts.Batch {
	b := &facts.Batch{Read: n}
	rows := b.Rows(facts.Calls)
	clock := facts.NewClock(time.UTC)
	texts := []string{"source_id", "agent_alias", "campaign", "product", "phone", "direction", "channel", "kind", "queue", "list", "outcome", "script"}
	for i := range n {
		k := first + i
		b.Records = append(b.Records, facts.Record{Origin: facts.Origin("bench", "", fmt.Sprint(k)), Content: uint64(k), Line: int64(k)})
		row := rows.Add(i)
		values := []string{fmt.Sprintf("1700000000.%08d", k), fmt.Sprintf("agent-%d", k%500), fmt.Sprintf("c%d", k%7), "product",
			fmt.Sprintf("+3859%08d", k/2000*200+k%200), "outbound", "phone", "cold", "sales-queue", fmt.Sprintf("list-%d", k%40), "no_answer", "s"}
		for c, name := range texts {
			rows.SetText(row, facts.Calls.Col(name), values[c])
		}
		for c, name := range []string{"ring_seconds", "wait_seconds", "talk_seconds", "hold_seconds", "wrap_seconds", "attempt", "reached", "contacted", "cost"} {
			rows.SetInt(row, facts.Calls.Col(name), int64(k%(10*(c+1))&1023))
		}
		rows.SetMoment(row, facts.Calls.Col("started_at"), clock.Moment(time.Unix(1_700_000_000+int64(k)*3, 0)))
		for c := range 6 {
			rows.SetAttr(row, fmt.Sprintf("extra%d", c), fmt.Sprintf("value %d", (k+c)%1000))
		}
	}
	return b
}
