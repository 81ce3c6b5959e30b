package goals

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
)

func number(n int64) goal.Number { return goal.Number(n * int64(callpace.One)) }

// Company, teams and agents agree at each level, whatever is locked where.
func TestSplitTree(t *testing.T) {
	people := func() []Share {
		return teams([]Share{{Who: "Ana", Weight: 1}, {Who: "Boris", Weight: 0.5}, {Who: "Cvita", Weight: 1}, {Who: "Dino", Weight: 0}, {Who: "Nobody", Weight: 9}},
			map[string]string{"Ana": "East", "Boris": "East", "Cvita": "West", "Dino": "West"})
	}
	f := func(total int64, locked map[string]goal.Number, want map[string]int64) {
		t.Helper()
		got, err := splitTree(&track.Report{}, number(total), people(), locked)
		require.NoError(t, err)
		found := map[string]int64{}
		for _, team := range got {
			found[team.Who] = int64(team.Value) / int64(callpace.One)
			for _, a := range team.Parts {
				found[a.Who] = int64(a.Value) / int64(callpace.One)
			}
		}
		require.Equal(t, want, found)
	}
	// Boris is there half of the time, Dino not at all.
	f(50, nil, map[string]int64{"East": 30, "Ana": 20, "Boris": 10, "West": 20, "Cvita": 20, "Dino": 0})
	f(50, map[string]goal.Number{"East": number(40)}, map[string]int64{"East": 40, "Ana": 27, "Boris": 13, "West": 10, "Cvita": 10, "Dino": 0})
	f(50, map[string]goal.Number{"Ana": number(25), "Dino": number(5)}, map[string]int64{"East": 30, "Ana": 25, "Boris": 5, "West": 20, "Cvita": 15, "Dino": 5})
	_, err := splitTree(&track.Report{}, number(50), people(), map[string]goal.Number{"Ana": number(31)})
	require.ErrorContains(t, err, "cascade.locked_over") // more than the team has

	rapid.Check(t, func(t *rapid.T) {
		list := people()
		for i := range list {
			list[i].Weight = 0
			for j := range list[i].Parts {
				list[i].Parts[j].Weight = rapid.Float64Range(0.01, 10).Draw(t, "weight")
				list[i].Weight += list[i].Parts[j].Weight
			}
		}
		total := rapid.Int64Range(0, 100_000).Draw(t, "total")
		got, err := splitTree(&track.Report{}, number(total), list, nil)
		require.NoError(t, err)
		var sum goal.Number
		for _, team := range got {
			var in goal.Number
			for _, a := range team.Parts {
				in += a.Value
			}
			require.Equal(t, team.Value, in)
			sum += team.Value
		}
		require.Equal(t, number(total), sum)
	})
}
