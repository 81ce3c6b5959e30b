package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

// goalsOf are all that are written down.
func goalsOf(s *site) []store.Goal {
	s.t.Helper()
	list, err := s.State.Goals().FindGoals(context.Background())
	require.NoError(s.t, err)
	return list
}

// Typed, set, shown: the figure is that of the KPI's own query.
func TestGoalFromTextToPage(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.get("/goals").has(200, "No goals yet")
	b.get("/goals/new?text="+url.QueryEscape("20 calls this month")).has(200, "20 in total", "1 November 2026 – 30 November 2026", "Set this goal")
	b.get("/goals/new?text="+url.QueryEscape("20 cals this month")).has(200, "is not understood", "calls")
	b.post("/goals/new", "text", "20 calls this month").goes("/goals/1?done=set")

	var f *kpi.Frame
	require.NoError(t, s.Folder.Read(func(in *ingest.Folder) (err error) {
		q, _, err := question.Asker{Settings: ingesttest.Adria, Scope: kpi.Everything(), Now: s.clock.Now()}.Query(question.Words{KPIs: []string{"calls"}, Period: "2026-11"})
		require.NoError(t, err)
		f, err = in.Catalogue().Run(context.Background(), in.Store().Engine(), q)
		return err
	}))
	require.Equal(t, 9.0, f.Rows[0].Figures[0].Number)
	b.get("/goals/1").has(200, "<dt>Actual</dt><dd><bdi>9</bdi></dd>", "<dt>Target</dt><dd><bdi>20</bdi></dd>", "SMART")
	b.get("/goals").has(200, "20 calls this month")

	b.post("/goals/new", "of", "1", "text", "30 calls this month").goes("/goals/1?done=changed")
	b.get("/goals/1").has(200, "<dt>Target</dt><dd><bdi>30</bdi></dd>", "Version 2", "Target: <del><bdi>20 in total</bdi></del>", "<ins><bdi>30 in total</bdi></ins>")

	b.post("/goals/1/close").goes("/goals/1?done=closed")
	b.get("/goals/1").has(200, "Closed on 22 November 2026: 9, missed.")
	s.imports("pbx", "late.csv", callsMapping, "id,started,ext,phone,campaign,disposition,talk\n10,2026-11-20 15:00:00,101,+385911111110,Solar,no answer,0\n")
	b.get("/goals/1").has(200)
	b.get("/goals/1").has(200, "9, missed. Later data say: 10, missed.")
}

func TestWhoSeesAndSetsGoals(t *testing.T) {
	s := newSite(t)
	manager, lead, agent := s.as(auth.Manager), s.as(auth.Lead), s.as(auth.Agent)
	manager.post("/goals/new", "text", "20 calls this month").goes("/goals/1?done=set")
	manager.post("/goals/new", "text", "5 calls this month agent=Ana").goes("/goals/2?done=set")
	manager.post("/goals/new", "text", "5 calls this month agent=Boris").goes("/goals/3?done=set")
	manager.post("/goals/new", "text", "5 calls this month team=West").goes("/goals/4?done=set")
	manager.post("/goals/new", "text", "4 calls a month per agent").goes("/goals/5?done=set")

	manager.post("/goals/new", "text", "9 calls this month team=East").goes("/goals/6?done=set")
	agent.get("/goals").has(200, "20 calls", "agent=Ana", "4 calls a month", "team=East").lacks("agent=Boris", "team=West")
	agent.get("/goals/1").has(200).lacks("Boris", "Dino") // at odds with goals that are not theirs to see
	agent.get("/goals/2").has(200)
	agent.get("/goals/5").has(200, "Ana").lacks("Boris", "Dino")
	for _, id := range []string{"3", "4", "9"} {
		agent.get("/goals/" + id).has(404)
	}
	agent.post("/goals/new", "text", "5 calls this month agent=Ana").has(403)
	agent.post("/goals/2/delete").has(403)

	// Where agents see each other's numbers, they see each other's goals.
	require.NoError(t, s.State.Settings().UpdateSetting(t.Context(), OrganisationSetting, Organisation{Name: "Adria Test", SeePeers: true}, "", s.clock.Now()))
	agent.get("/goals/5").has(200, "Ana", "Boris").lacks("Dino")
	agent.get("/goals/3").has(200)
	agent.get("/goals/4").has(404)

	lead.get("/goals").has(200, "20 calls", "agent=Ana", "agent=Boris").lacks("team=West")
	lead.post("/goals/1/close").has(403)
	lead.get("/goals/5").has(200, "Ana", "Boris").lacks("Dino")
	lead.post("/goals/new", "text", "7 calls this month team=West").has(403)
	lead.post("/goals/4/close").has(404)
	lead.post("/goals/new", "text", "7 calls this month").goes("/goals/7?done=set")
	require.Equal(t, "East", goalsOf(s)[6].Scope.Team) // a lead's goal is the team's
	lead.post("/goals/3/delete").goes("/goals?done=deleted")
}

// Every page in every language, under both calendars, without a text missing.
func TestGoalPagesInEveryLanguage(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	b.post("/goals/new", "text", "20 calls this month").goes("/goals/1?done=set")
	b.post("/goals/new", "text", "4 calls a month per agent").goes("/goals/2?done=set")
	b.post("/goals/new", "text", "call time -10 % while conversion_rate stays").goes("/goals/3?done=set")
	b.post("/goals/new", "text", "talk time between 1 and 6 minutes this month while contact rate stays").goes("/goals/4?done=set")
	b.post("/goals/new", "text", "contact rate 60 % this month").goes("/goals/5?done=set")
	missing := regexp.MustCompile(`(?:^|[\s>])(goals|plan|nav|workdays|goal|pace|guard|attain|done)\.[a-z_]+`)
	for _, calendar := range []facts.Calendar{facts.Gregorian, facts.SolarHijri} {
		settings := ingesttest.Adria
		settings.Calendar = calendar
		require.NoError(t, s.Folder.Replace(context.Background(), nil, func(f *ingest.Folder) error { return f.SetSettings(context.Background(), settings) }))
		for _, lang := range i18n.Languages() {
			b.post("/account/language", "language", lang, "next", "/goals")
			for _, path := range []string{"/goals", "/goals/1", "/goals/2", "/goals/3", "/goals/4", "/goals/1/split", "/goals/5/split", "/goals/5/split?to=agent&way=history&lock=%2FAna", "/goals/new", "/goals/new?by=fields", "/goals/new?text=calls+10+2026-12", "/plan", "/plan?target=50&rate.sales=5", "/scorecard", "/scorecard?by=agent&who=Ana", "/settings/calendar"} {
				a := b.get(path).has(200)
				require.Empty(t, missing.FindString(a.body), "%s %s %s", calendar, lang, path)
			}
		}
	}
}

func TestWorkdays(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	b.get("/settings/calendar").has(200, "Croatia", "Christmas")
	b.post("/settings/calendar", "country", "HR", "days", "2026-11-30 0 Inventory\n2026-12-24..2026-12-31 0.5 Half days").goes("/settings/calendar?done=saved")
	w, err := s.State.Working(context.Background(), "HR")
	require.NoError(t, err)
	share, _ := w.Day(facts.DayOf(2026, 11, 30))
	require.Zero(t, share)
	b.get("/settings/calendar").has(200, "Inventory", "2026-12-24..2026-12-31 0.5 Half days")
	b.post("/settings/calendar", "country", "HR", "days", "Inventory").has(422, "Line 1")
	s.as(auth.Manager).get("/settings/calendar").has(403)
}

// Two people change a goal: the second is told, with what they wrote kept.
func TestGoalChangedMeanwhile(t *testing.T) {
	s := newSite(t)
	mia, ada := s.as(auth.Manager), s.as(auth.Admin)
	mia.post("/goals/new", "text", "20 calls this month").goes("/goals/1?done=set")
	mia.get("/goals/new?of=1").has(200, `name="version" value="1"`, `value="20 calls this month"`)
	ada.post("/goals/new", "of", "1", "version", "1", "text", "30 calls this month").goes("/goals/1?done=changed")
	mia.post("/goals/new", "of", "1", "version", "1", "text", "25 calls this month").has(409, "“Ada Admin” has changed this goal meanwhile: it stands at version 2 now", `value="25 calls this month"`, `name="version" value="2"`)
	mia.post("/goals/1/close", "version", "1").has(409, "Ada Admin")
	require.Equal(t, goal.Active, goalsOf(s)[0].State)
	mia.post("/goals/new", "of", "1", "version", "2", "text", "25 calls this month").goes("/goals/1?done=changed")
	mia.post("/goals/1/close", "version", "3").goes("/goals/1?done=closed")
	mia.post("/goals/new", "of", "1", "version", "4", "text", "25 calls this month").has(409, "closed")
}

// A split is of the goal that was looked at.
func TestGoalChangedBeforeItIsSplit(t *testing.T) {
	s := newSite(t)
	mia, ada := s.as(auth.Manager), s.as(auth.Admin)
	mia.post("/goals/new", "text", "20 calls this month").goes("/goals/1?done=set")
	mia.get("/goals/1/split?to=team&way=equal").has(200, `name="version" value="1"`)
	ada.post("/goals/new", "of", "1", "version", "1", "text", "30 calls this month").goes("/goals/1?done=changed")
	mia.post("/goals/1/split", "version", "1", "to", "team", "way", "equal").has(409, "Ada Admin", `name="version" value="2"`)
	require.Len(t, goalsOf(s), 1)
	mia.post("/goals/1/split", "version", "2", "to", "team", "way", "equal").goes("/goals/1?done=split")
}

// Weights are tried without being kept, and kept as versions of their goals.
func TestTriedWeights(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.post("/goals/new", "text", "4 calls this month agent=Ana").goes("/goals/1?done=set")
	b.post("/goals/new", "text", "talk time between 1 and 9 minutes this month agent=Ana").goes("/goals/2?done=set")
	b.get("/scorecard?by=agent&who=Ana").has(200, `name="w.1" value="1"`, "Weights").lacks("By the weights that hold", "Keep these weights")
	b.get("/scorecard?by=agent&who=Ana&w.1=3&w.2=1").has(200, "By the weights that hold", "Keep these weights", `name="w.1" value="3"`)
	require.Zero(t, goalsOf(s)[0].Weight)
	b.post("/scorecard/weights", "by", "agent", "who", "Ana", "w.1", "3", "w.2", "1").goes("/scorecard?by=agent&who=Ana&done=saved")
	require.Equal(t, "3", goalsOf(s)[0].Weight.String())
	require.Equal(t, []int{2, 1}, []int{goalsOf(s)[0].Version, goalsOf(s)[1].Version}) // what stays makes no version
	b.get("/goals/1").has(200, "<ins><bdi>3</bdi></ins>")
	for _, wrong := range []string{"0", "-1", "99", "x", "NaN"} {
		b.get("/scorecard?by=agent&who=Ana&w.1=" + wrong).has(200).lacks("Keep these weights")
	}
	b.post("/goals/new", "text", "30 calls this month").goes("/goals/3?done=set")
	s.as(auth.Lead).post("/scorecard/weights", "by", "team", "w.3", "2").has(403)
	require.Zero(t, goalsOf(s)[2].Weight)
}

// What goals ask of today is on an agent's own page and on the page of the day.
func TestGoalsOfTheDay(t *testing.T) {
	s := newSite(t)
	s.clock.now = time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC) // a Friday, with two calls of Dino's
	manager := s.as(auth.Manager)
	manager.post("/goals/new", "text", "70 calls this month per agent").goes("/goals/1?done=set")
	manager.post("/goals/new", "text", "5 sales a month team=West").goes("/goals/2?done=set")
	// Ana made two calls of 70; on seven of November's working days 68 are left.
	s.as(auth.Agent).get("/me").has(200, "What the goals ask of today", "10 more calls by your goals today.", "70 calls this month per agent").lacks("5 sales")
	manager.get("/today").has(200, "What the goals ask of today", "5 sales a month")
}

// The instances of a recurring goal that are over: what was first told of them
// stays beside what later data make of it.
func TestPastInstances(t *testing.T) {
	s := newSite(t)
	s.clock.now = time.Date(2026, 11, 9, 9, 0, 0, 0, time.UTC) // a Monday
	s.as(auth.Manager).post("/goals/new", "text", "3 calls a week").goes("/goals/1?done=set")
	s.clock.now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	b := s.as(auth.Manager)
	row := func(days, told, now string) string {
		return "<bdi>" + days + "</bdi></th><td class=\"num\">" + told + "</td><td class=\"num\">" + now + "</td>"
	}
	b.get("/goals/1").has(200, "Results so far", row("16 November 2026 – 22 November 2026", "3, reached", "3, reached"), row("9 November 2026 – 15 November 2026", "0, missed", "0, missed"))
	s.imports("pbx", "late.csv", callsMapping, "id,started,ext,phone,campaign,disposition,talk\n10,2026-11-11 15:00:00,101,+385911111110,Solar,no answer,0\n")
	b.get("/goals/1").has(200, row("9 November 2026 – 15 November 2026", "0, missed", "1, missed"))
}

// A goal that is changed asks for another number of calls at once.
func TestCallsDueFollowTheGoal(t *testing.T) {
	s := newSite(t)
	s.clock.now = time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	manager, agent := s.as(auth.Manager), s.as(auth.Agent)
	manager.post("/goals/new", "text", "70 calls this month per agent").goes("/goals/1?done=set")
	agent.get("/me").has(200, "10 more calls by your goals today.")
	manager.post("/goals/new", "of", "1", "text", "142 calls this month per agent").goes("/goals/1?done=changed")
	agent.get("/me").has(200, "20 more calls by your goals today.") // 140 are left, on seven days
}

// Who asks first and leaves takes nothing from those who wait for the same.
func TestGoalOutlivesItsFirstAsker(t *testing.T) {
	s := newSite(t)
	s.as(auth.Manager).post("/goals/new", "text", "20 calls this month").goes("/goals/1?done=set")
	r := s.request(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/goals", nil))
	r.who = auth.Identity{Account: store.Account{Role: string(auth.Manager)}}
	require.NoError(t, r.book(func(b goalBook) error {
		gone, leave := context.WithCancel(t.Context())
		leave()
		first := *r
		first.Request = r.WithContext(gone)
		_, err := first.stands(b, b.seen[0], true)
		return err
	}))
}

// A goal that is set speaks on the pages of those it is at odds with, at once.
func TestChecksFollowOtherGoals(t *testing.T) {
	s := newSite(t)
	manager, agent := s.as(auth.Manager), s.as(auth.Agent)
	manager.post("/goals/new", "text", "20 calls this month").goes("/goals/1?done=set")
	const odds = "sets another number for the same KPI and people"
	manager.get("/goals/1").has(200).lacks(odds)
	agent.get("/goals/1").has(200).lacks(odds)
	manager.post("/goals/new", "text", "30 calls this month").goes("/goals/2?done=set")
	manager.get("/goals/1").has(200, odds)
	agent.get("/goals/1").has(200, odds)
	manager.post("/goals/2/delete").goes("/goals?done=deleted")
	manager.get("/goals/1").has(200).lacks(odds)
}

// Of a band, what is expected to date is a band: on the page and in what was told of it.
func TestBandIsExpectedAsABand(t *testing.T) {
	s := newSite(t)
	r := s.request(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/goals", nil))
	band := track.State{Known: true, Has: true, Target: pace.Target{Better: pace.Within, Low: 21, High: 42}, Pace: pace.Pace{AtLeast: 14.7, Expected: 29.4}}
	rep := &track.Report{Unit: kpi.UnitCount, Kind: forecast.Count, Begun: true}
	require.Contains(t, r.standing(rep, band), pair{"Expected to date", "15 to 29"})
	told := r.toldGrid(rep, []track.Told{rep.Tell(band, 20779)})
	require.Equal(t, "15 to 29", told.Rows[0][3].Text)

	band.Target.Better, band.Pace.AtLeast = pace.Higher, 29.4
	require.Contains(t, r.standing(rep, band), pair{"Expected to date", "29"})
	require.Equal(t, "29", r.toldGrid(rep, []track.Told{rep.Tell(band, 20779)}).Rows[0][3].Text)
	rep.Kind, band.Target.Better = forecast.Rate, pace.Within
	require.Len(t, r.standing(rep, band), 3, "of a rate it is the target")
}

// Parts of a split are folded below their whole, which alone is counted; a large
// split has a page of its own, and what is searched for is found among parts, too.
func TestPartsAreFoldedBelowTheirWhole(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.post("/goals/new", "text", "20 calls this month").goes("/goals/1?done=set")
	ctx, whole := context.Background(), goalsOf(s)[0]
	part := func(of store.Goal, name string, scope goal.Scope) store.Goal {
		p := of
		p.Goal.ID, p.Parent, p.Goal.Version, p.Goal.Text, p.Name, p.Scope = "", of.ID, 0, "", name, scope
		p, err := s.State.Goals().CreateGoal(ctx, p, 0)
		require.NoError(t, err)
		return p
	}
	east := part(whole, "of the East", goal.Scope{Team: "East"})
	part(east, "of Ana", goal.Scope{Agent: "Ana"})
	page := b.get("/goals").has(200, "0 of 1 on the way", `<details class="fold"><summary>2 parts · `, `class="part-of"`, `class="part-of deeper"`, "of Ana")
	require.Equal(t, 1, strings.Count(page.body, `<tbody class="whole">`))
	b.get("/goals?by=objective").has(200, "0 of 1 on the way", "2 parts")
	b.get("/goals?parts=1").has(200, "0 of 2 on the way", "of the East", `class="part-of"`, "of Ana").lacks("20 calls this month</bdi></a>")
	b.get("/goals?parts=99").has(200, "20 calls this month")

	for i := range 2 * pageRows {
		part(whole, fmt.Sprintf("of number %d.", i), goal.Scope{Agent: "Boris"})
	}
	b.get("/goals").has(200, `<a class="sub" href="/goals?parts=1">102 parts</a>`, `name="companys.find"`).lacks("of number 7.", "<details class=\"fold\"")
	b.get("/goals?companys.find=number+77.").has(200, "of number 77.").lacks("of number 78.")
	b.get("/goals?parts=1").has(200, "of number 7.", `href="/goals?parts=1&amp;parts.page=2"`).lacks("of number 77.")
	b.get("/goals?parts=1&parts.page=2").has(200, "of number 77.").lacks("of number 7.")
	b.get("/goals?parts=1&parts.find=number+77.").has(200, "of number 77.").lacks("of number 78.")
}
