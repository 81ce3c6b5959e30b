package duck

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever asks after an import is told of its attributes, whoever else asks meanwhile.
func TestAttributesFollowCommits(t *testing.T) {
	ctx := context.Background()
	f := newFeed(t)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				_, _ = f.store.Engine().Attributes(ctx, "calls")
			}
		}
	}()
	want := []string{}
	for i := range 8 {
		name := fmt.Sprint("x", i)
		want = append(want, name)
		f.apply("pbx", fmt.Sprintf("calls: id | attr.%s\nc%d | v", name, i))
		got, err := f.store.Engine().Attributes(ctx, "calls")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	close(stop)
	<-done
	require.Equal(t, int64(len(want)), func() (n int64) {
		require.NoError(t, f.store.DB().QueryRow("SELECT count(*) FROM attributes WHERE fact = 'calls'").Scan(&n))
		return n
	}())

	// Asked again, nothing is read.
	e := f.store.Engine()
	first, err := e.attributes(ctx)
	require.NoError(t, err)
	_, err = f.store.DB().Exec("INSERT INTO attributes VALUES ('calls', 'unseen', 'a99')") // past the store
	require.NoError(t, err)
	again, err := e.attributes(ctx)
	require.NoError(t, err)
	require.Equal(t, first, again)
}
