package goals_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

// ana is an agent of East, who sees her own numbers.
func ana() goals.Sight {
	members := []goals.Member{{Agent: "Ana", Team: "East"}, {Agent: "Boris", Team: "East"}, {Agent: "Cvita", Team: "West"}}
	return goals.NewSight(kpi.Only(nil, []string{"Ana"}), "Ana", false, members)
}

// A goal of the company is seen by all, unless a condition names somebody.
func TestConditionsThatNameSomebody(t *testing.T) {
	for where, seen := range map[string]bool{
		"product = 'Solar'": true, "attr.closeness = 'near'": true, "segment == 'SMB' and talk_seconds > 60": true,
		"agent = 'Boris'": false, "team in ['West']": false, "closer = 'Boris'": false, "story.closer_team = 'West'": false,
		"stage_by = 'Boris'": false, "requested_by = 'Boris'": false, "reviewer = 'Boris'": false, "agent_alias = '102'": false,
	} {
		g := goal.Goal{KPI: "calls", Scope: goal.Scope{Where: []string{where}}}
		require.Equal(t, seen, ana().Sees(g), where)
	}
	c, err := kpi.Load()
	require.NoError(t, err)
	for _, name := range []string{"agent", "team", "closer", "requested_by", "reviewer"} {
		require.Contains(t, c.Dimensions(), name)
		require.Contains(t, facts.People, name)
	}
}

// Of a goal for each team its line is a goal of that team: seen by who is in it.
func TestLinesOfAGoalForEachTeam(t *testing.T) {
	r := &track.Report{Goal: goal.Goal{Scope: goal.Scope{Each: goal.EachTeam}}, Parts: []track.State{{Part: "East"}, {Part: "West"}}}
	require.True(t, ana().Sees(goal.Goal{Scope: goal.Scope{Team: "East"}}))
	seen := ana().Narrow(r, nil, nil)
	require.Len(t, seen.Parts, 1)
	require.Equal(t, "East", seen.Parts[0].Part)
	require.False(t, ana().Sets(goal.Goal{Scope: goal.Scope{Team: "East"}}))
}

// What a goal was for others before is theirs.
func TestVersionsOfOthersAreNotSeen(t *testing.T) {
	b := emptyBook(t)
	g, err := b.State.Goals().CreateGoal(t.Context(), store.Goal{Goal: callsOf("Boris"), CreatedAt: b.Now}, b.Desk.Today)
	require.NoError(t, err)
	id := g.ID
	g.Goal = callsOf("Ana")
	g.ID = id
	_, err = b.Change(t.Context(), g, "Mia")
	require.NoError(t, err)
	versions, err := b.History(t.Context(), ana(), g)
	require.NoError(t, err)
	require.Len(t, versions, 1)
	require.Equal(t, "Ana", versions[0].Goal.Scope.Agent)
	versions, err = b.History(t.Context(), goals.NewSight(kpi.Everything(), "", true, nil), g)
	require.NoError(t, err)
	require.Len(t, versions, 2)
}

// A goal that cannot be looked at is refused and leaves nothing behind, so that
// setting it again makes one goal and not two.
func TestGoalThatFailsIsNotKept(t *testing.T) {
	b := emptyBook(t)
	b.Desk.Engine = broken{}
	_, err := b.Add(t.Context(), store.Goal{Goal: callsOf("Ana")})
	require.ErrorContains(t, err, "broken")
	left, err := b.State.Goals().FindGoals(t.Context())
	require.NoError(t, err)
	require.Empty(t, left)
}

type broken struct{ kpi.Engine }

func (broken) Aggregate(context.Context, kpi.Select) ([]kpi.Group, error) {
	return nil, errors.New("broken")
}

func callsOf(agent string) goal.Goal {
	return goal.Goal{KPI: "calls", KPIVersion: 1, Scope: goal.Scope{Agent: agent}, Better: goal.Higher, State: goal.Active, Target: goal.Target{Kind: goal.Total, Value: 20_000_000},
		Period: goal.Period{Kind: goal.Dates, From: calendar.Date(facts.DayOf(2026, 11, 1)), Until: calendar.Date(facts.DayOf(2026, 11, 30))}}
}

func emptyBook(t *testing.T) goals.Book {
	t.Helper()
	state, err := store.Open(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	defs, err := kpi.Load()
	require.NoError(t, err)
	now := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	base := kpi.Query{Scope: kpi.Everything(), Now: now, Calendar: calendar.New(facts.Gregorian, time.Monday), Currency: "EUR"}
	work, err := calendar.NewWorking(calendar.WorkRules{Country: "HR"})
	require.NoError(t, err)
	return goals.Book{State: state.State, Now: now, Desk: track.Desk{Catalogue: defs, Base: base, Working: work, Today: facts.DayOf(2026, 11, 20)}}
}
