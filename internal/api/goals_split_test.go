package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/store"
)

// split reads the answer of a split.
func (a *answer) split() (out goals.SplitAnswer) {
	a.t.Helper()
	a.into(200, &out)
	return out
}

// parts tells a split in one line.
func parts(a goals.SplitAnswer) (out string) {
	for _, p := range a.Parts {
		out += " " + p.Team + "/" + p.Agent + "=" + p.Target
	}
	return out
}

// A goal divided by a program: tried, saved, divided again, and refused.
func TestSplitGoal(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	require.Equal(t, 201, p.post("/goals", "application/json", words("20 calls this month")).status)
	require.Equal(t, " East/=13 East/Ana=7 East/Boris=6 West/=7 West/Cvita=7", parts(p.get("/goals/1/split?levels=team,agent").split()))
	a := p.get("/goals/1/split?levels=team,agent&by=history&lock=East%3D12&lock=West/Cvita%3D8").split()
	require.Equal(t, " East/=12 East/Ana=6 East/Boris=6 West/=8 West/Cvita=8", parts(a))
	require.True(t, a.Whole)
	var list struct{ Goals []goalEntry }
	p.get("/goals").into(200, &list)
	require.Len(t, list.Goals, 1, "what is tried keeps nothing")

	require.Equal(t, " East/=12 West/=8", parts(p.put("/goals/1/split", `{"levels":["team"],"lock":["East=12"],"version":1}`).split()))
	p.get("/goals").into(200, &list)
	require.Len(t, list.Goals, 3)
	require.Equal(t, "1", list.Goals[1].Parent)
	entries, err := s.state.Audit().FindAuditEntries(t.Context(), store.AuditFilter{Action: string(auth.GoalChanged), Limit: 9})
	require.NoError(t, err)
	require.Equal(t, "1", entries[0].Object)
	a = p.get("/goals/1/split").split() // as it was divided
	require.Equal(t, "12 true", fmt.Sprint(*a.Parts[0].Was, " ", a.Parts[0].Locked))

	p.put("/goals/1", words("30 calls this month", "version", 1)).into(200, &struct{}{})
	p.put("/goals/1/split", `{"version":1}`).refuses(409, "goals.changed_meanwhile")
	p.put("/goals/1/split", `{"levels":["team"],"lock":["East=31"],"version":2}`).refuses(409, "cascade.locked_over")
	p.get("/goals/1/split?lock=Zoe%3D3").refuses(404, "goals.split_nobody")
	p.get("/goals/1/split?lock=East").refuses(422, "goals.split_lock")
	p.get("/goals/1/split?by=mood").refuses(422, "api.invalid")
	p.get("/goals/9/split").refuses(404, "store.no_goal")
	require.Equal(t, 201, p.post("/goals", "application/json", words("4 calls a month per agent")).status)
	p.get("/goals/4/split").refuses(422, "goals.no_split")

	lead := s.as(auth.Lead) // sees the company's goal, and divides their team's alone
	lead.get("/goals/1/split").refuses(403, "goals.not_yours")
	require.Equal(t, " East/Ana=6 East/Boris=6", parts(lead.get("/goals/2/split").split()))
	s.as(auth.Analyst).get("/goals/1/split").refuses(403, "auth.forbidden")
}

// Texts of goals come back as they were sent, as data: JSON that no browser
// takes for a page.
func TestHostileTextsOfGoals(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	texts := ingesttest.HostileTexts(2000)
	require.Equal(t, 201, p.post("/goals", "application/json", words("20 calls this month")).status)
	g, err := s.state.Goals().FindGoal(t.Context(), "1")
	require.NoError(t, err)
	const each = 4 // a version bears so many in its fields
	for i := 0; i+each <= 400; i += each {
		g.Name, g.Means, g.Owner, g.Objective, g.Version = texts[i], texts[i+1], texts[i+2], texts[i+3], 0
		_, err = s.state.Goals().UpdateGoal(t.Context(), g, 0, texts[i], s.now)
		require.NoError(t, err)
	}
	var versions struct{ Versions []goalVersion }
	a := p.get("/goals/1/versions")
	a.into(200, &versions)
	require.Equal(t, []string{"application/json", "nosniff"}, []string{a.header.Get("Content-Type"), a.header.Get("X-Content-Type-Options")})
	for i, v := range versions.Versions[1:] {
		require.Equal(t, texts[each*i:each*i+each], []string{v.Goal.Name, v.Goal.Means, v.Goal.Owner, v.Goal.Objective})
	}
	for i := 0; i < len(texts); i += 100 {
		body, err := json.Marshal(GoalWords{KPI: "calls", Target: "20", Period: "this month", Name: texts[i], Means: texts[i+1], Owner: texts[i+2], Team: texts[i+3], Agent: texts[i+4]})
		require.NoError(t, err)
		a := p.post("/goals/check", "application/json", string(body))
		require.Less(t, a.status, 500, a.body)
		require.True(t, json.Valid([]byte(a.body)))
		require.Less(t, p.get("/goals/"+url.PathEscape(texts[i])).status, 500)
	}
}
