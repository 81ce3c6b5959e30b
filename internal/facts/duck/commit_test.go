package duck

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

// A commit may be durable and yet report an error, here of the checkpoint that
// it set off. Whoever wrote is told, readers are told that anything may have
// changed, and the file goes on being written to.
func TestACommitOfWhichNobodyKnows(t *testing.T) {
	ctx := context.Background()
	for name, write := range map[string]func(*Store) error{
		"note":   func(s *Store) error { return s.SetNote(ctx, "place", "here") },
		"source": func(s *Store) error { return s.RemoveSource(ctx, "crm") },
		"changes": func(s *Store) error {
			return s.RestoreChanges(ctx, []Change{{Input: 1, Month: "2026-05", Measure: "calls"}})
		},
		"derived": func(s *Store) error { return s.Derive(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFeed(t)
			f.apply("crm", "calls: id | started\nc1 | 2026-01-01")
			before := f.store.stamps.base
			require.NoError(t, f.store.execAll(ctx, []string{"SET checkpoint_threshold = '1B'", "SET debug_checkpoint_abort = 'before_header'"}))
			require.ErrorIs(t, write(f.store), errCommit)

			_, steady := f.store.Engine().Version()
			require.True(t, steady, "answers would never be kept again")
			require.Greater(t, f.store.stamps.base, before, "what was kept may be wrong")
			require.NoError(t, f.store.SetNote(ctx, "then", "there"))
			note, err := f.store.Note(ctx, "then")
			require.NoError(t, err)
			require.Equal(t, "there", note)
			require.Equal(t, map[bool]string{true: "0", false: "1"}[name == "source"], f.rows("SELECT count(*) FROM calls"))
		})
	}
}

// The file is opened again beside readers, for whom DuckDB still has it open. The
// frozen state ends, in words; an answer on its way comes; and what DuckDB knows
// of before never gets over what was written since.
func TestAFileOpenedAgainBesideReaders(t *testing.T) {
	ctx := context.Background()
	f := newFeed(t)
	s := f.store
	f.apply("crm", "calls: id | started\nc1 | 2026-01-01")
	require.NoError(t, s.Freeze(ctx))
	release, held := s.Hold(), s.Engine()
	require.NoError(t, s.Thaw(ctx))
	require.NoError(t, s.Freeze(ctx))
	frozen, before := s.Engine(), s.DB()
	rows, done, err := frozen.query(ctx, "FROM range(100_000)")
	require.NoError(t, err)

	require.NoError(t, s.reopen(ctx))
	require.Equal(t, 1, before.Stats().OpenConnections, "who is asking")
	var n int64
	for _, e := range []*Engine{held, frozen} {
		late, cancel := context.WithTimeout(ctx, time.Second)
		err := e.one(late, "SELECT count(*) FROM calls", nil, &n)
		cancel()
		if e == held {
			require.Equal(t, callpace.Conflict, callpace.CodeOf(err))
		}
		require.Error(t, err)
	}
	f.apply("crm", "calls: id | started\nc2 | 2026-01-02")
	require.NoError(t, s.checkpoint(ctx))
	f.apply("crm", "calls: id | started\nc3 | 2026-01-03")

	got := 0
	for rows.Next() {
		got++
	}
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	require.Equal(t, 100_000, got)
	done(nil)
	require.Zero(t, before.Stats().OpenConnections)
	require.NoError(t, release())
	require.NoError(t, s.Thaw(ctx))
	require.NoError(t, s.Close())

	again, err := Open(s.path, "test", testSettings, testOptions)
	require.NoError(t, err)
	defer again.Close()
	require.NoError(t, again.Engine().one(ctx, "SELECT count(*) FROM calls", nil, &n))
	require.EqualValues(t, 3, n)
}
