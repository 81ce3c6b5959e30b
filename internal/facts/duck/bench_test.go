package duck

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
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
			fmt.Sprintf("+3859%08d", k%300_000), "outbound", "phone", "cold", "sales-queue", fmt.Sprintf("list-%d", k%40), "no_answer", "s"}
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
