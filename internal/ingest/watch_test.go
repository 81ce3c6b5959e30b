package ingest_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/source"
)

// Looking where nothing new stands is no write: what is kept for readers stays.
func TestWatchWritesOnlyWhatCame(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	s := ingesttest.Share(t, t.TempDir(), time.Now, nil)
	require.NoError(t, s.Found(ctx, ingesttest.Adria))
	dir := t.TempDir()
	drop := func(name, text string) {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path+".part", []byte(text), 0o600))
		require.NoError(t, os.Chtimes(path+".part", time.Now().Add(-time.Hour), time.Now().Add(-time.Hour)))
		require.NoError(t, os.Rename(path+".part", path))
	}
	looks, took, ended := make(chan error), make(chan ingest.Report, 9), make(chan struct{})
	go func() {
		defer close(ended)
		s.Watch(ctx, time.Millisecond, func() (ingest.Watch, error) { return ingest.Watch{Drop: dir, Settle: time.Minute}, nil },
			func(*ingest.Folder) (source.Spec, error) {
				return source.Spec{Source: "people", Format: "mapping", Mapping: ingesttest.RosterMapping}, nil
			},
			func(rep ingest.Report, err error) {
				if err == nil {
					took <- rep
				}
			}, func(err error) { looks <- err })
	}()
	require.NoError(t, <-looks)
	before := s.Revision()
	for range 3 {
		require.NoError(t, <-looks)
	}
	require.Equal(t, before, s.Revision(), "nothing came")
	drop("a.csv", people)
	for len(took) == 0 {
		require.NoError(t, <-looks)
	}
	require.EqualValues(t, 2, (<-took).New)
	require.NoError(t, <-looks)
	after := s.Revision()
	require.Greater(t, after, before)
	for range 3 {
		require.NoError(t, <-looks)
	}
	require.Equal(t, after, s.Revision(), "it is there already")
	require.NoError(t, os.RemoveAll(dir))
	for err := error(nil); err == nil; err = <-looks { // and a folder that is gone is told
	}
	stop()
	for open := true; open; { // a last look may want to be heard
		select {
		case <-looks:
		case <-ended:
			open = false
		}
	}
}
