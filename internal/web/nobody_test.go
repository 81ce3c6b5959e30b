package web

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
)

const nobodyMapping = `version: 1
key: id
facts:
  calls:
    id: id
    started: started
    direction: {value: inbound}
    agent: ext
    queue: queue
    outcome: {column: disposition, map: {answered: answered, abandoned: abandoned}}
    talk: talk
`

// Abandoned calls have no agent: the team's rate of them is unknown, and the
// pages of its lead say so where the company's say 25 %.
func TestNobodysCallsAreNoZero(t *testing.T) {
	s := newSite(t)
	s.imports("pbx", "queue.csv", nobodyMapping, `id,started,ext,queue,disposition,talk
q1,2026-11-02 09:05:00,101,support,answered,60
q2,2026-11-02 09:10:00,101,support,answered,60
q3,2026-11-02 09:20:00,102,support,answered,60
q4,2026-11-02 09:30:00,,support,abandoned,0
`)
	require.NoError(t, s.State.Settings().UpdateSetting(t.Context(), OrganisationSetting, Organisation{Name: "Adria Test", Focus: []string{"abandonment_rate", "answered_calls"}}, "", s.clock.Now()))
	const why = "whose such rows are"
	lead, manager := s.as(auth.Lead), s.as(auth.Manager)
	manager.get("/?period=2026-11").has(200, `<p class="kpi-value">25.0%`)
	lead.get("/?period=2026-11").has(200, why, `<p class="kpi-value">3`).lacks("0.0%")
	lead.get("/kpi/abandonment_rate?period=2026-11").has(200, why).lacks("0.0%")
	require.Equal(t, 1, strings.Count(lead.get("/?period=2026-11").body, why), "on the card alone")
	manager.get("/kpi/abandonment_rate?period=2026-11&team=East").has(200, why).lacks("0.0%")
	manager.get("/kpi/abandonment_rate?period=2026-11&queue=support").has(200, "25.0%")
}
