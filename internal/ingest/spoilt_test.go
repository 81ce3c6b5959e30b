package ingest_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
)

// Pages of the facts that turn out to be damaged when they are asked for while
// a server runs: the question fails, readiness says so, and by itself the facts
// are made again as they were, with the damaged file beside them.
func TestPagesDamagedWhileServing(t *testing.T) {
	dir := brought(t, "Ana", "Boris")
	want, _ := digest(t, dir)
	ctx, stop := context.WithCancel(context.Background())
	s := ingest.Share(dir, ingest.Deps{Formats: formats.All(), Now: time.Now})
	require.NoError(t, s.Open(ctx, nil))
	path := filepath.Join(dir, "facts.duckdb")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := 12 << 10; i < len(text); i += 97 { // behind the headers, which were read
		text[i] ^= 0x55
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteAt(text, 0)
	require.NoError(t, err)
	require.NoError(t, f.Close())

	require.NoError(t, s.Look(func(f *ingest.Folder) error { // what was read is forgotten
		for _, limit := range []string{"1KB", "256MB"} {
			_, _ = f.Store().DB().Exec("SET memory_limit = '" + limit + "'") // as far as it can leave memory
		}
		return nil
	}))

	ask := func() (text string, err error) {
		err = s.Read(func(f *ingest.Folder) (err error) {
			text, err = f.Store().Digest(ctx)
			return err
		})
		return text, err
	}
	_, err = ask()
	require.Error(t, err)
	require.Error(t, s.Ready(), "%v", err)
	_, err = ask()
	require.Error(t, err)
	done := make(chan struct{})
	go func() { s.Heal(ctx); close(done) }()
	require.Eventually(t, func() bool { return s.Health() == nil }, time.Minute, 10*time.Millisecond)
	got, err := ask()
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.FileExists(t, path+".aside")
	rep, err := bring(ctx, s, "Eva", roster("Eva"), nil)
	require.NoError(t, err)
	require.EqualValues(t, 50, rep.New)
	stop()
	<-done
	require.NoError(t, s.Close(context.Background()))
}
