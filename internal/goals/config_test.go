package goals

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/store"
)

func TestDiffSaysEachField(t *testing.T) {
	was := goal.Goal{ID: "3", KPI: "sales", Target: goal.Target{Kind: goal.Total, Value: 50_000_000}, Better: goal.Higher, State: goal.Draft}
	now := was
	now.ID, now.Target.Value, now.Owner = "", 60_000_000, "Ana"
	require.False(t, same(was, now))
	c := Change{Was: &store.Goal{Goal: was}, Goal: now}
	require.NoError(t, c.compare())
	require.Equal(t, []Line{{"-", `target.value: "50"`}, {"+", `target.value: "60"`}, {"+", "owner: Ana"}}, c.Lines)

	now = was
	now.ID, now.Version = "", 7
	require.True(t, same(was, now)) // the number and the version are not what a goal says
	c = Change{Was: &store.Goal{Goal: was}, Goal: now}
	require.NoError(t, c.compare())
	require.Empty(t, c.Lines)
}
