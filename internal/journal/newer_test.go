package journal

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

// A journal in which a newer program has written something unknown is refused,
// whether its index is there or not, and left as it is.
func TestNewerJournalIsRefused(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	j, err := Open(ctx, dir, Options{})
	require.NoError(t, err)
	_, err = j.PutSettings(ctx, []byte("{}"), time.Now())
	require.NoError(t, err)
	require.NoError(t, j.write(ctx, func() error {
		if _, err := j.appendRaw(ctx, entry{Kind: "tomorrow", At: time.Now()}, []byte("{}")); err != nil {
			return err
		}
		return j.flush(ctx)
	}))
	require.NoError(t, j.Close())
	segment := filepath.Join(dir, "journal", "00000001.seg")
	before, err := os.ReadFile(segment)
	require.NoError(t, err)
	for range 2 {
		_, err = Open(ctx, dir, Options{})
		var e *callpace.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "journal.newer", e.Key)
		require.NoError(t, removeIndex(filepath.Join(dir, "journal", "index.db")))
	}
	after, err := os.ReadFile(segment)
	require.NoError(t, err)
	require.Equal(t, before, after)
}
