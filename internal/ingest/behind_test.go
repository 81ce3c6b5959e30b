package ingest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// Where too much waits nothing more is taken; what waits is told by its oldest.
func TestTooMuchWaits(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f := &Folder{added: newAdded()}
	f.added.most = 10
	f.added.took(&group{spec: source.Spec{Source: "app"}, size: 4, added: Added{7, "a"}}, at)
	f.added.took(&group{spec: source.Spec{Source: "app"}, size: 3, added: Added{7, "b"}}, at.Add(time.Second))
	f.added.took(&group{spec: source.Spec{Source: "web"}, size: 3, added: Added{8, "c"}}, at.Add(2*time.Second))
	require.Equal(t, Lag{Inputs: 2, Bytes: 10, Since: at}, f.added.lag())
	require.Equal(t, 5*time.Second, f.added.lag().Behind(at.Add(5*time.Second)))
	_, err := f.add(t.Context(), source.Spec{Source: "app"}, []byte("x"))
	require.ErrorContains(t, err, "events.behind")
	require.Equal(t, callpace.Conflict, callpace.CodeOf(err))
	todo, _ := f.added.end(8)
	require.Len(t, todo, 1, "those before an input")
	_, grows := f.added.spec("app")
	require.False(t, grows)
	f.added.settled(7)
	require.EqualValues(t, 3, f.added.lag().Bytes)
	require.True(t, f.added.has(7), "readers do not see it before the write is done")
	f.added.seen()
	require.False(t, f.added.has(7))
	require.True(t, f.added.has(8))
	require.Equal(t, []int{7}, f.added.finished([]int{7, 8}), "there may be more of what waits")
}
