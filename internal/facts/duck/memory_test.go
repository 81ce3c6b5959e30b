package duck

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2"
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

// fill stores thin calls and removes one of every vector, as corrections of any
// time do in the end.
func (s *Store) fill(ctx context.Context, calls int) error {
	return s.inTransaction(ctx, func() error {
		return s.execAll(ctx, []string{
			fmt.Sprintf("INSERT INTO calls (origin, source, started_day) SELECT n, 'bench', DATE '2026-01-01' FROM range(%d) AS r(n)", calls),
			fmt.Sprintf("DELETE FROM calls WHERE rowid %% %d = 7", vectorRows),
		})
	})
}

// TestMemoryForRemovedRows asks and corrects within a memory that what DuckDB
// keeps of removed rows would fill.
func TestMemoryForRemovedRows(t *testing.T) {
	const calls, mb = 3_000_000, 24
	require.Greater(t, calls*removedBytes>>20, mb*9/10)
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "facts")
	s, err := Open(path, "bench", testSettings, Options{Threads: 2})
	require.NoError(t, err)
	require.NoError(t, s.fill(ctx, calls))
	require.NoError(t, s.Close())

	s, err = Open(path, "bench", testSettings, Options{MemoryMB: mb, Threads: 2})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	count := func() (n int) {
		require.NoError(t, s.DB().QueryRow("SELECT count(*) FROM calls WHERE started_day IS NOT NULL").Scan(&n))
		return n
	}
	left := calls - calls/vectorRows
	require.InDelta(t, left, count(), 1)
	left = count()
	applyFor(t, s, 2, benchBatch(0, 1000))
	require.Equal(t, left+1000, count())
	require.NoError(t, s.Rest(ctx))
	require.Equal(t, left+1000, count())
	require.NoError(t, s.Freeze(ctx))
	require.NoError(t, s.Thaw(ctx))
}

// What lacks memory is done again with more of it, up to a bound.
func TestStepsWithMoreMemory(t *testing.T) {
	ctx := context.Background()
	s, err := Open(filepath.Join(t.TempDir(), "facts"), "bench", testSettings, testOptions)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.widenMemory(ctx))
	var limits []string
	lacking := func(times int) step {
		return step{"a test", func(context.Context) error {
			var limit string
			require.NoError(t, s.conn.QueryRowContext(ctx, "SELECT current_setting('memory_limit')").Scan(&limit))
			limits = append(limits, limit)
			if len(limits) > times {
				return nil
			}
			return &duckdb.Error{Type: duckdb.ErrorTypeOutOfMemory}
		}}
	}
	require.NoError(t, s.steps(ctx, lacking(2)))
	require.Equal(t, []string{"457.7 MiB", "686.6 MiB", "1.0 GiB"}, limits)
	require.True(t, outOfMemory(s.steps(ctx, lacking(1000))))
	require.NoError(t, s.narrowMemory(ctx))
	limits = nil
	require.NoError(t, s.steps(ctx, lacking(0)))
	require.Equal(t, []string{"244.1 MiB"}, limits)

	// So is a question, and then the memory is as before.
	ask := func(times int) error {
		limits = nil
		return s.Engine().fitting(ctx, func() error { return lacking(times).run(ctx) })
	}
	require.NoError(t, ask(3))
	require.Equal(t, []string{"244.1 MiB", "457.7 MiB", "915.5 MiB", "1.7 GiB"}, limits)
	require.True(t, outOfMemory(ask(1000)))
	require.Len(t, limits, 4)
	require.NoError(t, ask(0))
	require.Equal(t, []string{"244.1 MiB"}, limits)
	// The last time nobody else asks.
	began, end, asked := make(chan bool), make(chan bool), make(chan error)
	go func() {
		asked <- s.Engine().fitting(ctx, func() error { close(began); <-end; return nil })
	}()
	<-began
	require.NoError(t, ask(2))
	last := make(chan error)
	go func() { last <- ask(3) }()
	select {
	case <-last:
		require.Fail(t, "another question was still asked")
	case <-time.After(50 * time.Millisecond):
	}
	close(end)
	require.NoError(t, <-asked)
	require.NoError(t, <-last)

	require.NoError(t, s.Freeze(ctx))
	require.NoError(t, ask(1))
	require.Equal(t, []string{"457.7 MiB", "915.5 MiB"}, limits)
	require.NoError(t, s.Thaw(ctx))
}
