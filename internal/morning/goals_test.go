package morning_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/store"
)

// An agent reads what their goals ask of today, others the goals that they see.
func TestGoalsInLetters(t *testing.T) {
	c := newCompany(t, ingesttest.Adria)
	set := func(kpi string, target int64, scope goal.Scope) {
		t.Helper()
		_, err := c.state.Goals().CreateGoal(context.Background(), store.Goal{CreatedAt: c.now, Goal: goal.Goal{KPI: kpi, Scope: scope, Name: kpi + " of " + scope.Team + scope.Agent + string(scope.Each),
			Target: goal.Target{Kind: goal.Total, Value: goal.Number(target * int64(callpace.One))}, Better: goal.Higher, State: goal.Active,
			Period: goal.Period{Kind: goal.InUnit, Unit: calendar.Month, From: calendar.Date(facts.DayOf(2026, 11, 1)), Until: calendar.Date(facts.DayOf(2026, 11, 30))}}}, 0)
		require.NoError(t, err)
	}
	set("calls", 1140, goal.Scope{Each: goal.EachAgent}) // 15 days with 60 calls are over: 240 more on six
	set("calls", 3000, goal.Scope{Team: "East"})
	set("calls", 9000, goal.Scope{Team: "West"})
	require.NotEmpty(t, c.round("2026-11-23 07:30"))

	ana := c.letterTo("Ana").Text
	require.Contains(t, ana, "Ciljevi")
	require.Contains(t, ana, "calls of agent")
	require.Contains(t, ana, "900")
	require.Contains(t, ana, "danas: \u206840\u2069")
	require.NotContains(t, ana, "calls of East")

	lea := c.letterTo("Lea").Text
	require.Contains(t, lea, "calls of East")
	require.Contains(t, lea, "today: \u2068200\u2069") // 1,200 of 3,000
	require.NotContains(t, lea, "calls of West")
	ada := c.letterTo("Ada")
	require.Contains(t, ada.Text, "calls of West")
	require.Contains(t, ada.HTML, "/goals/3")
}
