package aside_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/aside"
)

func TestWorkGivesWay(t *testing.T) {
	var w aside.Work
	quiet := func(context.Context) {}
	w.GiveWay() // nothing is being done

	done := 0
	w.Do(t.Context(), quiet, func(ctx context.Context) {
		done++
		require.True(t, aside.Within(ctx))
	})
	require.Equal(t, 1, done, "nobody came")
	require.False(t, aside.Within(t.Context()))

	var ended []bool
	w.Do(t.Context(), quiet, func(ctx context.Context) {
		w.GiveWay()
		ended = append(ended, ctx.Err() != nil)
	})
	require.Equal(t, []bool{true, true, true, false}, ended, "somebody came each time: in the end it is done to its end")

	ended = nil
	w.Do(t.Context(), quiet, func(one context.Context) {
		w.Do(t.Context(), quiet, func(other context.Context) {
			if len(ended) == 0 {
				w.GiveWay()
			}
			ended = append(ended, one.Err() != nil, other.Err() != nil)
		})
	})
	require.Equal(t, []bool{true, true, true, false, false, false}, ended, "two at once give way, and are done again")

	ctx, cancel := context.WithCancel(t.Context())
	done = 0
	w.Do(ctx, quiet, func(context.Context) { done++; cancel() })
	require.Equal(t, 1, done, "the end of all is no reason to begin anew")
	w.Do(ctx, quiet, func(context.Context) { done++ })
	require.Equal(t, 1, done)
}
