package duck

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

// corrected is a later version of a call of benchBatch.
func corrected(k int) *facts.Batch {
	b := benchBatch(k, 1)
	b.Records[0].Content++
	b.Records[0].Version = 1
	return b
}

func applyFor(t testing.TB, s *Store, input int, b *facts.Batch) {
	_, err := s.Apply(context.Background(), facts.Application{Input: input, Stream: input, Source: "bench", Batch: b, Position: facts.Position{Offset: 1}})
	require.NoError(t, err)
	require.NoError(t, s.Finish(context.Background(), input, input))
}

// TestCorrectionsLeaveRowGroupsAlone checks that writing out a correction does
// not compress again what it did not touch: its row groups stay where they are.
func TestCorrectionsLeaveRowGroupsAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "facts")
	const calls = 2*groupRows + 100
	session := func(input int, b *facts.Batch) []string {
		s, err := Open(path, "bench", testSettings, Options{})
		require.NoError(t, err)
		applyFor(t, s, input, b)
		require.NoError(t, s.Close())
		s, err = Open(path, "bench", testSettings, Options{})
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		var blocks []string
		require.NoError(t, s.each(context.Background(), `SELECT DISTINCT row_group_id || ' ' || block_id FROM pragma_storage_info('calls')
			WHERE column_name = 'source_id' AND segment_type = 'VARCHAR' AND row_group_id < 2`, nil, func(scan func(...any) error) error {
			var at string
			err := scan(&at)
			blocks = append(blocks, at)
			return err
		}))
		return blocks
	}
	before := session(1, benchBatch(0, calls))
	require.NotEmpty(t, before)
	require.ElementsMatch(t, before, session(2, corrected(7)))
}

// BenchmarkCorrection takes in a later version of one call among a million, as
// one command does: open, apply, derive, close.
func BenchmarkCorrection(b *testing.B) {
	path := filepath.Join(b.TempDir(), "facts")
	for i := range b.N + 1 {
		if i == 1 {
			b.ResetTimer()
		}
		s, err := Open(path, "bench", testSettings, Options{})
		require.NoError(b, err)
		if i == 0 {
			applyFor(b, s, 1, benchBatch(0, 1_000_000))
		} else {
			applyFor(b, s, i+1, corrected(i*1000%1_000_000))
		}
		require.NoError(b, s.Close())
	}
}

// Readers of a state from before an update keep the log from being written out,
// and no commit from being one.
func TestCheckpointIsPutOff(t *testing.T) {
	ctx := context.Background()
	s, err := Open(filepath.Join(t.TempDir(), "facts"), "bench", testSettings, testOptions)
	require.NoError(t, err)
	require.NoError(t, s.fill(ctx, 10_000))
	require.NoError(t, s.Freeze(ctx))
	require.NoError(t, s.exec(ctx, "UPDATE calls SET source = 'other' WHERE origin < 5000"))
	require.ErrorContains(t, s.checkpoint(ctx), "Cannot CHECKPOINT")
	logged := func() int64 {
		info, err := os.Stat(s.path + walSuffix)
		if errors.Is(err, os.ErrNotExist) {
			return 0
		}
		require.NoError(t, err)
		return info.Size()
	}
	before := logged()
	require.NoError(t, s.trimLog(ctx, 1))
	require.GreaterOrEqual(t, logged(), before)
	require.NoError(t, s.Thaw(ctx))
	require.NoError(t, s.trimLog(ctx, 1))
	require.Less(t, logged(), before)
	require.NoError(t, s.Close())
}
