package ingest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// Whoever replaces the facts waits for no answers that are renewed for nobody:
// every reader would have to wait with them.
func TestRefreshMakesRoomForWhoReplaces(t *testing.T) {
	ctx := context.Background()
	s := Share(t.TempDir(), Deps{Formats: &source.Registry{}, Now: time.Now})
	require.NoError(t, s.Found(ctx, facts.Settings{Zone: "Europe/Zagreb", Currency: "EUR", Country: "HR", WeekStart: time.Monday, Calendar: facts.Gregorian}))
	nothing := func(*Folder) error { return nil }
	behind := func() { s.folder.behind.Store(&failure{error: errors.New("behind")}) }
	for name, work := range map[string]func() error{
		"replace": func() error { return s.Replace(ctx, nil, nothing) },
		"write":   func() error { behind(); return s.Write(ctx, nil, nothing) },
		"heal":    func() error { behind(); return s.heal(ctx) },
	} {
		reading := make(chan struct{})
		s.refreshing.after(0, func(ctx context.Context) {
			s.whole.RLock()
			defer s.whole.RUnlock()
			close(reading)
			<-ctx.Done()
		})
		<-reading
		done := make(chan error, 1)
		go func() { done <- work() }()
		select {
		case err := <-done:
			require.NoError(t, err, name)
			require.NoError(t, s.Ready(), name)
		case <-time.After(time.Minute):
			t.Fatal(name, "waits for the refresh, and the refresh for it")
		}
	}
	require.NoError(t, s.Close(ctx))
}
