package web

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
)

// Who opens a page that the server asked for beforehand finds its figures made;
// nobody is given another's page, and nothing is written in anybody's name.
func TestPagesAreAskedForBeforehand(t *testing.T) {
	s := newSite(t)
	frames := func() int {
		s.memo.mu.Lock()
		defer s.memo.mu.Unlock()
		return len(s.memo.kept)
	}
	require.Zero(t, frames())
	s.warm(context.Background())
	made := frames()
	require.NotZero(t, made)
	for _, role := range []auth.Role{auth.Agent, auth.Lead, auth.Manager, auth.Admin} {
		b := s.as(role)
		made = frames()
		for _, path := range []string{"/", "/funnel", "/kpi/appointment_rate", "/explore"} {
			b.get(path).has(http.StatusOK)
		}
		require.Equal(t, made, frames(), "the pages of %s were made anew", role)
	}
	seen, err := s.State.Sessions().FindSessions(context.Background(), s.ids[auth.QA])
	require.NoError(t, err)
	require.Empty(t, seen, "nobody signed in")
}

// A page that panics is in the log, and the others are asked for all the same.
func TestAPageThatPanics(t *testing.T) {
	s := newSite(t)
	var log strings.Builder
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	s.inside.HandleFunc("GET /!", func(http.ResponseWriter, *http.Request) { panic("a fault") })
	admin, err := s.State.Accounts().FindAccount(context.Background(), s.ids[auth.Admin])
	require.NoError(t, err)
	admin.Preferences.StartPage = "/!"
	require.NoError(t, s.State.Accounts().UpdateAccount(context.Background(), admin))
	s.warm(context.Background())
	require.Contains(t, log.String(), "a fault")
	require.Contains(t, log.String(), "warm_test.go", "where it was")
	require.Contains(t, log.String(), "pages were asked for beforehand")
}

// A page that is asked for beforehand gives way to somebody's, and is asked for
// again.
func TestAPageAskedForBeforehandGivesWay(t *testing.T) {
	s := newSite(t)
	var times atomic.Int32
	waiting := make(chan struct{})
	s.inside.HandleFunc("GET /!", func(_ http.ResponseWriter, r *http.Request) {
		if times.Add(1) == 1 {
			close(waiting)
			<-r.Context().Done()
		}
	})
	made := make(chan bool)
	go func() { made <- s.made(context.Background(), "/!") }()
	<-waiting
	s.as(auth.Admin).get("/").has(http.StatusOK)
	require.True(t, <-made)
	require.EqualValues(t, 2, times.Load())
}

// Warming begins anew after the facts were replaced, and when time moves on.
func TestWhenPagesAreAskedForBeforehand(t *testing.T) {
	s := newSite(t)
	now := func() warmth {
		w, ready := s.warmth()
		require.True(t, ready)
		return w
	}
	first := now()
	require.Equal(t, first, now())
	require.NoError(t, s.Folder.Write(context.Background(), nil, func(*ingest.Folder) error { return nil }))
	require.Equal(t, first, now(), "a write renews what is kept")
	require.NoError(t, s.Folder.Replace(context.Background(), nil, func(*ingest.Folder) error { return nil }))
	replaced := now()
	require.NotEqual(t, first, replaced)
	s.clock.pass(15 * time.Minute)
	require.NotEqual(t, replaced, now())
}
