package kept

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/kpi"
)

// A question is asked once for all who wait, goes on when who asked first has
// left, and ends when nobody waits any longer.
func TestFlights(t *testing.T) {
	var f flights
	asked, answer := make(chan context.Context, 1), make(chan []kpi.Group)
	work := func(ctx context.Context) ([]kpi.Group, error) {
		asked <- ctx
		select {
		case g := <-answer:
			return g, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	type got struct {
		groups []kpi.Group
		err    error
	}
	ask := func(ctx context.Context) chan got {
		out := make(chan got, 1)
		go func() {
			groups, err := f.do(ctx, "calls", work)
			out <- got{groups, err}
		}()
		return out
	}
	waits := func(n int) func() bool {
		return func() bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.now["calls"] != nil && f.now["calls"].waits == n
		}
	}
	gone := errors.New("gone")
	first, leave := context.WithCancelCause(t.Context())
	a := ask(first)
	working := <-asked
	b := ask(t.Context())
	require.Eventually(t, waits(2), 10*time.Second, time.Millisecond)
	leave(gone)
	require.Eventually(t, waits(1), 10*time.Second, time.Millisecond)
	require.NoError(t, working.Err(), "somebody waits")
	answer <- []kpi.Group{{Key: []string{"x"}}}
	for _, out := range []chan got{a, b} {
		r := <-out
		require.NoError(t, r.err)
		require.Len(t, r.groups, 1)
	}

	only, leave := context.WithCancelCause(t.Context())
	a = ask(only)
	working = <-asked
	leave(gone)
	require.ErrorIs(t, (<-a).err, context.Canceled)
	require.Error(t, working.Err())
	require.Empty(t, f.now)

	c := ask(t.Context()) // the one that ended answers nobody
	<-asked
	answer <- nil
	require.NoError(t, (<-c).err)
}
