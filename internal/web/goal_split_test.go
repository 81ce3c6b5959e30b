package web

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
)

// parts are the goals below others, with what they ask.
func parts(s *site) map[string]string {
	out := map[string]string{}
	for _, g := range goalsOf(s) {
		if g.Parent != "" && g.State != goal.Closed {
			out[g.Scope.Team+"/"+g.Scope.Agent] = g.Target.Value.String()
		}
	}
	return out
}

// sumOf adds the parts of one level up.
func sumOf(s *site, level func(goal.Scope) bool) (sum goal.Number) {
	for _, g := range goalsOf(s) {
		if g.Parent != "" && level(g.Scope) {
			sum += g.Target.Value
		}
	}
	return sum
}

// By every way and over all levels, parts sum to the whole and to their teams.
func TestPartsSumToTheWhole(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.post("/goals/new", "text", "21 calls this month").goes("/goals/1?done=set")
	for _, way := range []string{"equal", "history", "capacity"} {
		for _, to := range []string{"team", "agent", "both"} {
			if a := b.post("/goals/1/split", "to", to, "way", way); way == "capacity" {
				a.has(400, "weight") // nobody's hours are known
				continue
			}
			agents := sumOf(s, func(x goal.Scope) bool { return x.Agent != "" })
			teams := sumOf(s, func(x goal.Scope) bool { return x.Agent == "" })
			if to != "team" {
				require.Equal(t, goal.Number(21*callpace.One), agents, "%s %s", to, way)
			}
			if to != "agent" {
				require.Equal(t, goal.Number(21*callpace.One), teams, "%s %s", to, way)
			}
		}
	}
}

// Numbers set by hand stay while the others share the rest; nothing is kept
// until it is saved, and saved again it makes versions.
func TestSplitByHand(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.post("/goals/new", "text", "50 calls this month").goes("/goals/1?done=set")
	page := "/goals/1/split?to=both&way=equal&set." + url.QueryEscape("East/") + "=30"
	b.get(page).has(200, `name="set.East/" value="30"`, "Together 50 of 50", "Together 30 of 30", "Together 20 of 20", "Set these parts")
	b.get(page+"&set."+url.QueryEscape("East/Ana")+"=31").has(200, "exceed it by 1").lacks("Set these parts")
	b.get(page+"&set."+url.QueryEscape("West/")+"=25").has(200, "exceed it by 5").lacks("Set these parts")
	b.get(page+"&lock="+url.QueryEscape("East/Ana")).has(200, `name="set.East/Ana" value="15"`)
	b.get(page+"&unlock="+url.QueryEscape("East/")).has(200, `name="set.East/" value=""`)
	for _, wrong := range []string{"-1", "1.5", "x", "1e9", "99999999999999999999"} {
		b.get("/goals/1/split?to=both&way=equal&set."+url.QueryEscape("East/")+"="+wrong).has(400, `value="`+wrong+`"`).lacks("Set these parts")
	}
	require.Len(t, goalsOf(s), 1)

	b.post("/goals/1/split", "to", "both", "way", "equal", "set.East/", "30").goes("/goals/1?done=split")
	require.Equal(t, map[string]string{"East/": "30", "East/Ana": "15", "East/Boris": "15", "West/": "20", "West/Cvita": "10", "West/Dino": "10"}, parts(s))
	b.get("/goals/1").has(200, "team East", "team West", "All parts: 8 of 50", "1 more came from who has no part")
	// As it was kept, with the lock; a change makes a version of what changes.
	b.get("/goals/1/split").has(200, `name="set.East/" value="30"`)
	b.post("/goals/1/split", "to", "both", "way", "equal", "set.East/", "30", "set.West/Dino", "4").goes("/goals/1?done=split")
	for _, g := range goalsOf(s) {
		require.Equal(t, map[string]int{"Cvita": 2, "Dino": 2}[g.Scope.Agent], max(0, g.Version-1)*2, g.Scope.Agent)
	}
	b.post("/goals/1/split", "to", "both", "way", "equal", "set.East/", "55").has(409, "exceed")
}

// A roster that changes later is told, with what is to be shared again.
func TestSplitSinceTheRosterChanged(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.post("/goals/new", "text", "50 calls in the next month").goes("/goals/1?done=set")
	b.post("/goals/1/split", "to", "both", "way", "equal").goes("/goals/1?done=split")
	b.get("/goals/1").has(200).lacks("Since the split")
	s.imports("people", "leavers.csv", leaversMapping, "agent,extension,team,from,to\nAna,101,East,2026-01-01,2026-11-20\nEva,105,West,2026-11-23,\n")
	b.get("/goals/1").has(200, "Since the split", "Ana is there no more: 13 to be shared again", "Eva joins on", "Look at a new split")
	b.get("/goals/1/split").has(200, "Since the split", "from 23 November 2026", "was 12", "Together 50 of 50").lacks("set.East/Ana")
	b.post("/goals/1/split", "to", "both", "way", "equal").goes("/goals/1?done=split")
	b.get("/goals/1").has(200).lacks("Since the split")
	require.NotContains(t, parts(s), "East/Ana")
}

const leaversMapping = `{version: 1, key: agent, facts: {roster: {agent: agent, alias: extension, alias_source: {value: pbx}, team: team, from: from, to: to}}}`

// A lead divides the own team's goals, agents see what is theirs alone.
func TestWhoSplitsGoals(t *testing.T) {
	s := newSite(t)
	manager, lead, agent := s.as(auth.Manager), s.as(auth.Lead), s.as(auth.Agent)
	manager.post("/goals/new", "text", "50 calls this month").goes("/goals/1?done=set")
	manager.post("/goals/new", "text", "20 calls this month team=East").goes("/goals/2?done=set")
	manager.post("/goals/new", "text", "20 calls this month team=West").goes("/goals/3?done=set")
	for _, path := range []string{"/goals/1/split", "/goals/3/split"} {
		require.Contains(t, []int{403, 404}, lead.get(path).status)
		require.Contains(t, []int{403, 404}, lead.post(path, "to", "agent").status)
		require.Equal(t, 403, agent.get(path).status)
	}
	lead.get("/goals/2/split").has(200, "Ana", "Boris", "Together 20 of 20").lacks("Cvita", "Dino", "West")
	lead.get("/goals/2/split?to=both&way=equal&set." + url.QueryEscape("West/Dino") + "=3").has(200).lacks("Cvita")
	lead.post("/goals/2/split", "to", "agent", "way", "equal", "set.East/Ana", "12").goes("/goals/2?done=split")
	require.Equal(t, map[string]string{"East/Ana": "12", "East/Boris": "8"}, parts(s))
	lead.get("/goals/2").has(200, "All parts: 4 of 20")
	agent.get("/goals/2").has(200, "Ana").lacks("Boris", "All parts")
}

// A level goes down as what each needs.
func TestSplitOfALevel(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.post("/goals/new", "text", "contact rate 60 % this month").goes("/goals/1?done=set")
	b.get("/goals/1/split?to=agent&way=history").has(200, "Together 1.2 of 1.2", "the volume that is usual for each")
	b.get("/goals/1/split?to=agent&way=history&set."+url.QueryEscape("/Ana")+"=10").has(200, `name="set./Ana" value="10"`, "Set these parts")
	b.post("/goals/1/split", "to", "agent", "way", "history", "set./Ana", "10%").goes("/goals/1?done=split")
	require.Equal(t, "0.1", parts(s)["/Ana"])
	b.post("/goals/new", "text", "median talk time at most 60 s this month").has(303)
	b.get(fmt.Sprintf("/goals/%d/split", len(goalsOf(s)))).has(422, "median")
}

// Two thousand agents: teams are folded, pages are pages, whose numbers are set
// by hand is kept wherever one looks.
func TestSplitOfTwoThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a huge company")
	}
	s := hugeCompany(t)
	b := s.as(auth.Manager)
	locked := "&set." + url.QueryEscape("Team 07/Agent 0360") + "=900&set." + url.QueryEscape("Team 39/") + "=77"
	row := regexp.MustCompile(`name="set\.([^"]*)"`)
	for _, path := range []string{"/goals/1/split?to=both&way=equal", "/goals/1/split?to=both&way=history&open=Team+07", "/goals/1/split?to=agent&way=equal", "/goals/1/split?to=agent&way=history&people.page=40"} {
		began := time.Now()
		a := b.get(path+locked).has(200, "Together 50,000 of 50,000")
		t.Logf("%s: %d KB, %s", path, len(a.body)/1024, time.Since(began).Round(time.Millisecond))
		require.Less(t, len(a.body), 400<<10, path)
		boxes := row.FindAllStringSubmatch(a.body, -1)
		slices.SortFunc(boxes, func(x, y []string) int { return strings.Compare(x[1], y[1]) })
		require.Len(t, slices.CompactFunc(slices.Clone(boxes), func(x, y []string) bool { return x[1] == y[1] }), len(boxes), "no box twice: %s", path)
	}
	b.get("/goals/1/split?to=both&way=equal"+locked).has(200, `type="hidden" name="set.Team 07/Agent 0360" value="900"`, `name="set.Team 39/" value="77"`).lacks("Agent 0001")
	b.post("/goals/1/split", "to", "both", "way", "equal", "set.Team 07/Agent 0360", "900").goes("/goals/1?done=split")
	require.Equal(t, goal.Number(50_000*callpace.One), sumOf(s, func(x goal.Scope) bool { return x.Agent == "" }))
	require.Equal(t, goal.Number(50_000*callpace.One), sumOf(s, func(x goal.Scope) bool { return x.Agent != "" }))
}

// Whatever people and teams are called, the page holds, and a number set by hand finds them again.
func TestSplitAmongHostileNames(t *testing.T) {
	texts := ingesttest.HostileTexts(200)
	for i, text := range texts {
		at := goal.Place{Team: text, Agent: texts[len(texts)-1-i]}
		back, ok := placeAt(placeKey(at))
		require.True(t, ok)
		require.Equal(t, at, back)
	}
	s := hostileSite(t, texts)
	b := s.as(auth.Admin)
	b.post("/goals/new", "text", "5000 calls this month").goes("/goals/1?done=set")
	for _, path := range []string{"/goals/1/split", "/goals/1/split?to=agent&way=history", "/goals/1/split?to=team&way=equal", "/goals/1/split?to=both&way=equal&open=" + url.QueryEscape(texts[3])} {
		b.get(path).has(200).inert(t)
	}
	b.post("/goals/1/split", "to", "agent", "way", "equal").goes("/goals/1?done=split")
	require.Equal(t, goal.Number(5000*callpace.One), sumOf(s, func(goal.Scope) bool { return true }))
	b.get("/goals/1").has(200).inert(t)
	for _, text := range texts[:20] {
		a := b.get("/goals/1/split?to=both&way=equal&open=" + url.QueryEscape(text) + "&lock=" + url.QueryEscape(text) + "&way." + url.QueryEscape(text) + "=" + url.QueryEscape(text) + "&set." + url.QueryEscape(text) + "=" + url.QueryEscape(text))
		require.Less(t, a.status, 500)
		a.inert(t)
	}
}
