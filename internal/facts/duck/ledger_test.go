package duck

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/facts"
)

// TestLedgerKnowsTheWinner applies versions of a few records in batches of any
// size, the ledger trimmed now and then, and counts as a map of the winners does.
func TestLedgerKnowsTheWinner(t *testing.T) {
	ctx := context.Background()
	s := testStore(t)
	rapid.Check(t, func(t *rapid.T) {
		require.NoError(t, s.empty(ctx))
		if rapid.Bool().Draw(t, "of an earlier process") {
			s.source("s").records = nil
		}
		winners := map[uint64]entry{}
		for input := range rapid.IntRange(1, 4).Draw(t, "inputs") {
			b := &facts.Batch{}
			var want facts.Counts
			for line := range rapid.IntRange(1, 6).Draw(t, "records") {
				r := facts.Record{Origin: uint64(rapid.IntRange(1, 3).Draw(t, "origin")), Line: int64(line + 1),
					Version: int64(rapid.IntRange(1, 3).Draw(t, "version")), Content: uint64(rapid.IntRange(1, 2).Draw(t, "content"))}
				b.Records = append(b.Records, r)
				mine := entry{r.Version, r.Content, input + 1, r.Line}
				now, known := winners[r.Origin]
				switch {
				case !known:
					want.New++
				case !mine.beats(now):
					want.Unchanged++
					continue
				case mine.content == now.content:
					want.Unchanged++
					if mine.version == now.version {
						continue
					}
				default:
					want.Updated++
				}
				winners[r.Origin] = mine
			}
			b.Read = len(b.Records)
			want.Read = int64(b.Read)
			counts, err := s.Apply(ctx, facts.Application{Input: input + 1, Stream: input + 1, Source: "s", Batch: b, Position: facts.Position{Offset: 1}})
			require.NoError(t, err)
			require.Equal(t, want, counts)
			if rapid.Bool().Draw(t, "trim") {
				require.NoError(t, s.trimLedger(ctx))
				var entries int
				require.NoError(t, s.DB().QueryRow("SELECT count(*) FROM records").Scan(&entries))
				require.Equal(t, len(winners), entries)
			}
		}
	})
}
