package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/store"
)

// words are the JSON of a goal in one line.
func words(text string, more ...any) string {
	m := map[string]any{"text": text}
	for i := 0; i+1 < len(more); i += 2 {
		m[more[i].(string)] = more[i+1]
	}
	b, _ := json.Marshal(m)
	return string(b)
}

// Set, shown, listed, changed, closed and deleted by a program.
func TestGoals(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	var g shownGoal
	p.post("/goals/check", "application/json", words("20 calls this month")).into(200, &g)
	require.Equal(t, "2026-11-01 2026-11-30", g.From+" "+g.To)
	require.Empty(t, g.Goal.ID)
	var list struct{ Goals []goalEntry }
	p.get("/goals").into(200, &list)
	require.Empty(t, list.Goals, "a check keeps nothing")

	p.post("/goals", "application/json", words("20 calls this month")).into(201, &g)
	require.Equal(t, "1", g.Goal.ID)
	require.Equal(t, 20.0, *g.Parts[0].Target)
	require.Equal(t, 5.0, *g.Parts[0].Actual)
	require.Equal(t, goalTerm{"Target", "20 in total"}, g.Understood[2])
	require.Len(t, g.Letters, 5)
	p.with("Accept-Language", "hr").get("/goals/1").into(200, &g)
	require.Equal(t, goalTerm{"Ciljna vrijednost", "ukupno 20"}, g.Understood[2])

	// By fields the same; in Persian, too.
	var same, persian shownGoal
	p.post("/goals/check", "application/json", `{"kpi":"calls","target":"20","period":"this month"}`).into(200, &same)
	p.post("/goals/check", "application/json", words("۲۰ تماس این ماه", "lang", "fa")).into(200, &persian)
	for _, x := range []*shownGoal{&same, &persian} {
		x.Goal.Text = ""
		require.Equal(t, "20 total", x.Goal.Target.Value.String()+" "+string(x.Goal.Target.Kind))
		require.Equal(t, g.Goal.Period, x.Goal.Period)
	}

	var changed shownGoal
	p.put("/goals/1", words("30 calls this month", "version", 1)).into(200, &changed)
	require.Equal(t, 2, changed.Goal.Version)
	// Whoever looked at version 1 is told that it is no more.
	p.put("/goals/1", words("25 calls this month", "version", 1)).refuses(409, "goals.changed_meanwhile")
	p.put("/goals/1", words("31 calls this month")).into(200, &changed)
	var versions struct{ Versions []goalVersion }
	p.get("/goals/1/versions").into(200, &versions)
	require.Len(t, versions.Versions, 3)
	require.Equal(t, "20 calls this month", versions.Versions[0].Goal.Text)
	require.Equal(t, "manager", versions.Versions[0].By)

	p.post("/goals/1/close", "", "").into(200, &g)
	require.Equal(t, "5 false", fmt.Sprint(*g.Closing.First.Value, " ", g.Closing.First.Reached))
	p.post("/goals/1/close", "", "").refuses(409, "goals.closed_already")
	p.get("/goals").into(200, &list)
	require.Empty(t, list.Goals)
	p.get("/goals?closed=true").into(200, &list)
	require.Len(t, list.Goals, 1)
	require.Equal(t, 204, p.send("DELETE", "/goals/1", "", nil).status)
	p.get("/goals/1").refuses(404, "store.no_goal")
}

func (p *program) put(path, body string) *answer {
	p.s.t.Helper()
	return p.send("PUT", path, "application/json", strings.NewReader(body))
}

// What is wrong with a goal says what and where.
func TestWrongGoals(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	set := func(body string) *answer { return p.post("/goals", "application/json", body) }
	set(words("20 cals this month")).refuses(422, "goal.unknown_word_near")
	set(`{"text":"20 calls this month","kpi":"calls"}`).refuses(422, "goals.text_or_fields")
	set(`{"kpi":"calls","target":"many"}`).refuses(422, "goal.in_field")
	set(`{"txt":"20 calls"}`).refuses(422, "api.invalid")
	set(`{}`).refuses(422, "goal.in_field")
	p.get("/goals/9").refuses(404, "store.no_goal")
	p.put("/goals/9", words("20 calls this month")).refuses(404, "store.no_goal")
	require.Equal(t, []Detail{{"query.by", "api.value.one_of", "must be one of: agent, team"}}, p.get("/scorecard?by=lead").refuses(422, "api.invalid").Errors)
}

// Everybody sees the company's goals and those of their team; a lead sets those
// of their own, and no goal tells of somebody whose numbers are not seen.
func TestGoalsByScope(t *testing.T) {
	s := newSite(t)
	manager, lead := s.as(auth.Manager), s.as(auth.Lead)
	for _, text := range []string{"20 calls this month", "9 calls this month agent=Ana", "8 calls this month team=West", "7 calls this month agent=Cvita", "4 calls a month per agent"} {
		require.Equal(t, 201, manager.post("/goals", "application/json", words(text)).status, text)
	}
	seen := func(p *program) (ids string) {
		var list struct{ Goals []goalEntry }
		p.get("/goals").into(200, &list)
		for _, g := range list.Goals {
			ids += g.Goal.ID
		}
		return ids
	}
	require.Equal(t, "12345", seen(manager))
	require.Equal(t, "125", seen(lead))
	require.NotContains(t, lead.get("/goals").body, "Cvita")
	require.NotContains(t, lead.get("/goals/5").body, "Cvita")
	require.Contains(t, manager.get("/goals/5").body, "Cvita")
	lead.get("/goals/3").refuses(404, "store.no_goal")
	lead.get("/goals/3/versions").refuses(404, "store.no_goal")
	lead.put("/goals/4", words("1 calls this month")).refuses(404, "store.no_goal")
	lead.put("/goals/1", words("1 calls this month team=East")).refuses(403, "goals.not_yours")
	lead.post("/goals/1/close", "", "").refuses(403, "goals.not_yours")
	lead.send("DELETE", "/goals/1", "", nil).refuses(403, "goals.not_yours")
	lead.post("/goals", "application/json", words("7 calls this month team=West")).refuses(403, "goals.not_yours")
	lead.post("/goals/check", "application/json", words("7 calls this month agent=Cvita")).refuses(403, "goals.not_yours")
	var g shownGoal
	lead.post("/goals", "application/json", words("7 calls this month")).into(201, &g)
	require.Equal(t, "East", g.Goal.Scope.Team) // a lead's goal is the team's
	s.as(auth.Analyst).post("/goals", "application/json", words("7 calls this month")).refuses(403, "auth.forbidden")

	var cards struct{ Cards []goals.CardAnswer }
	lead.get("/scorecard").into(200, &cards)
	for _, c := range cards.Cards {
		require.NotEqual(t, "Cvita", c.Who)
	}
	manager.get("/scorecard?by=team").into(200, &cards)
	require.Equal(t, "East", cards.Cards[0].Who)
}

// The seed's worked figures, as a program gets them.
func TestPlan(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	var a track.PlanAnswer
	p.get("/plan?target=50&days=21&given_only=true&rates=sales%3D5%25").into(200, &a)
	require.Equal(t, []int64{1000, 48, 1114, 54}, []int64{a.Steps[0].Number, a.PerDay, a.Sure, a.SureDay})
	p.get("/plan?target=50&days=21&chain=sales+%3C-+appointments+%3C-+calls&rates=sales%3D1/3&rates=appointments%3D20%25").into(200, &a)
	require.EqualValues(t, 750, a.Steps[0].Number)
	p.get("/plan?target=50&chain=nosuch").refuses(404, "plan.no_chain")
	p.get("/plan?target=50&rates=nosuch%3D5%25").refuses(422, "plan.bad_set_rate")
	p.get("/plan?target=50&rates=sales%3D500%25").refuses(422, "plan.bad_rate")
}

// A goal that was written is the answer, though nothing can be said of it: an
// error would have it written again.
func TestWrittenGoalIsTheAnswer(t *testing.T) {
	s := newSite(t)
	texts, defs := ingesttest.Catalogues()
	c := &caller{reader: present.Reader{Localizer: texts.Localizer("en", calendar.New(facts.Gregorian, time.Monday)), Catalogue: defs}}
	gone, leave := context.WithCancel(t.Context())
	leave()
	var out goalOutput
	b := goalBook{Book: goals.Book{State: s.state.State}}
	require.NoError(t, b.show(gone, c, store.Goal{Goal: goal.Goal{ID: "7", KPI: "calls", Name: "Calls of us all"}}, &out))
	require.Equal(t, "7 Calls of us all", out.Body.Goal.ID+" "+out.Body.Title)
	require.NotNil(t, out.Body.Parts)
}
