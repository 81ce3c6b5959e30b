package duck

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Gently leaves the threads as they were, whatever comes of what it runs.
func TestGently(t *testing.T) {
	for _, threads := range []int{0, 3} {
		s, err := Open(filepath.Join(t.TempDir(), "facts"), "gently", testSettings, Options{Threads: threads})
		require.NoError(t, err)
		now := func() (n int) {
			require.NoError(t, s.db.QueryRow("SELECT current_setting('threads')").Scan(&n))
			return n
		}
		usual, failed := now(), errors.New("failed")
		require.ErrorIs(t, s.Gently(context.Background(), func() error { require.Equal(t, 1, now()); return failed }), failed)
		require.Equal(t, usual, now())
		require.NoError(t, s.Close())
	}
}
