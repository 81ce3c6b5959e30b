package duck

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
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
