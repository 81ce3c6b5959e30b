package goals

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/kpi"
)

func TestLocks(t *testing.T) {
	s := &Split{Share: Share{Parts: []Share{{Place: goal.Place{Team: "East"}}, {Place: goal.Place{Team: "A=B"}}}}}
	for text, want := range map[string]int64{"East=300": 300, " East = 12": 12, "A=B=7": 7} {
		at, n, err := s.lock(text, kpi.UnitCount)
		require.NoError(t, err, text)
		require.EqualValues(t, want*int64(callpace.One), n, text)
		require.NotEmpty(t, at.Team)
	}
	for text, seconds := range map[string]int64{"East=210": 210, "East=3:30": 210, "East=۳:۳۰": 210, "East=3 min 30 s": 210} {
		_, n, err := s.lock(text, kpi.UnitSeconds)
		require.NoError(t, err, text)
		require.EqualValues(t, seconds*int64(callpace.One), n, text)
	}
	for _, x := range []struct {
		text string
		unit kpi.Unit
	}{{"East", kpi.UnitCount}, {"East=3:30", kpi.UnitCount}, {"East=-1", kpi.UnitCount}, {"East=much", kpi.UnitSeconds}, {"East=", kpi.UnitSeconds}} {
		_, _, err := s.lock(x.text, x.unit)
		require.Equal(t, callpace.Invalid, callpace.CodeOf(err), x.text)
	}
	_, _, err := s.lock("North=1", kpi.UnitCount)
	require.Equal(t, callpace.NotFound, callpace.CodeOf(err))
}
