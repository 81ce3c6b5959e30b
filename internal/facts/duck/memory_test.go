package duck

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

// TestAskingTheLedgerLeavesNothingBehind asks for the entries of many batches
// within a memory that holds those of a few.
func TestAskingTheLedgerLeavesNothingBehind(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "facts"), "bench", testSettings, Options{MemoryMB: 48, Threads: 2})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	ctx := context.Background()
	s.source("bench").records = nil // as beyond maxOriginSet
	records := make([]facts.Record, groupRows)
	for batch := range 64 {
		for i := range records {
			records[i].Origin = uint64(batch*groupRows + i)
		}
		_, err := s.findEntries(ctx, "bench", records)
		require.NoError(t, err, "batch %d", batch)
	}
}

// TestApplyWithLittleMemory applies batches that do not fit in the limit, and
// finds the same in the facts as with plenty.
func TestApplyWithLittleMemory(t *testing.T) {
	const size = 4 * vectorRows
	ctx := context.Background()
	with := func(mb int) (digest string) {
		s, err := Open(filepath.Join(t.TempDir(), "facts"), "bench", testSettings, Options{MemoryMB: mb, Threads: 2})
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		for i := range 2 {
			b := benchBatch(i*size/2, size) // half of them corrections
			for k := range b.Records {
				b.Records[k].Version, b.Records[k].Content = int64(i), uint64(i)<<32|b.Records[k].Content
			}
			_, err := s.Apply(ctx, facts.Application{Input: 1, Stream: 1, Source: "bench", Batch: b, Position: facts.Position{Offset: int64(i + 1)}})
			require.NoError(t, err)
		}
		require.NoError(t, s.Finish(ctx, 1, 1))
		require.NoError(t, s.widenMemory(ctx))
		var calls int
		require.NoError(t, s.DB().QueryRow("SELECT count(*), bit_xor(hash(c))::VARCHAR FROM calls c").Scan(&calls, &digest))
		require.Equal(t, size*3/2, calls)
		return digest
	}
	require.Equal(t, with(256), with(8))
}
