package duck

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A file that somebody holds past its end keeps nobody from opening what takes
// its place, nor, once given up, itself.
func TestOpenAfterAFileThatIsHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "facts.duckdb")
	open := func() *Store {
		t.Helper()
		type opened struct {
			s   *Store
			err error
		}
		done := make(chan opened)
		go func() {
			s, err := Open(path, "one", testSettings, testOptions)
			done <- opened{s, err}
		}()
		select {
		case o := <-done:
			require.NoError(t, o.err)
			return o.s
		case <-time.After(time.Minute):
			require.FailNow(t, "opening does not end")
			return nil
		}
	}
	hold := func(s *Store) {
		t.Helper()
		rows, err := s.DB().Query("SELECT 1")
		require.NoError(t, err)
		require.NoError(t, rows.Err())
		t.Cleanup(func() { require.NoError(t, rows.Close()) })
		require.NoError(t, s.Close())
	}
	hold(open())
	_, err := SetAside(path)
	require.NoError(t, err)
	s := open()
	require.True(t, s.Fresh)
	hold(s)
	GiveUp()
	s = open()
	hold(s)
	within := make(chan error)
	go func() { within <- s.reopen(context.Background()) }()
	select {
	case err := <-within:
		require.NoError(t, err)
	case <-time.After(time.Minute):
		require.FailNow(t, "opening again does not end")
	}
	require.NoError(t, s.Close())
}
