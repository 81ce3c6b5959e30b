package web

import (
	"fmt"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

func goalRoutes() []route {
	return []route{
		{pattern: "GET /goals", needs: auth.ViewOwn, handle: (*request).goals},
		{pattern: "GET /goals/new", needs: auth.SetGoals, handle: (*request).newGoal},
		{pattern: "POST /goals/new", needs: auth.SetGoals, handle: (*request).takeGoal},
		{pattern: "GET /goals/{id}", needs: auth.ViewOwn, handle: (*request).goalPage},
		{pattern: "POST /goals/{id}/close", needs: auth.SetGoals, handle: (*request).closeGoal},
		{pattern: "POST /goals/{id}/delete", needs: auth.SetGoals, handle: (*request).dropGoal},
		{pattern: "GET /goals/{id}/split", needs: auth.SetGoals, handle: (*request).splitGoal},
		{pattern: "POST /goals/{id}/split", needs: auth.SetGoals, handle: (*request).takeSplit},
		{pattern: "GET /plan", needs: auth.ViewOwn, handle: (*request).plan},
		{pattern: "GET /scorecard", needs: auth.ViewOwn, handle: (*request).scorecard},
		{pattern: "POST /scorecard", needs: auth.SetGoals, handle: (*request).takeScorecard},
		{pattern: "GET /settings/calendar", needs: auth.ManageSettings, handle: (*request).workdays},
		{pattern: "POST /settings/calendar", needs: auth.ManageSettings, handle: (*request).takeWorkdays},
	}
}

// book runs fn on the goals. How a goal stands is the same whoever looks, so
// it is reckoned over all rows; who may see it, sees decides.
func (r *request) book(fn func(goals.Book) error) error {
	a := r.asker()
	a.Scope = kpi.Everything()
	return r.bookOf(a, fn)
}

func (r *request) bookOf(a question.Asker, fn func(goals.Book) error) error {
	base, _, err := a.Query(question.Words{})
	if err != nil {
		return err
	}
	today, err := a.Today()
	if err != nil {
		return err
	}
	working, err := r.s.State.Working(r.Context(), r.settings.Country)
	if err != nil {
		return err
	}
	return r.read(func(e kpi.Engine) error {
		desk := track.Desk{Catalogue: r.defs, Engine: e, Base: base, Working: working, Today: today}
		return fn(goals.Book{State: r.s.State.State, Desk: desk, Now: r.now})
	})
}

// stands reports on a goal, once an hour or after a write.
func (r *request) stands(b goals.Book, g store.Goal, deep bool) (*track.Report, error) {
	key := fmt.Sprintf("goal %s %d %s %d %t %d %d", g.ID, g.Version, g.State, g.UpdatedAt.UnixMicro(), deep, b.Desk.Today, r.now.Unix()/3600)
	v, err := r.s.memo.recall(r.known(), key, func() (any, error) { return b.Look(r.Context(), g, deep) })
	if err != nil {
		return nil, err
	}
	return v.(*track.Report), nil
}

// sight is what of the goals somebody sees.
type sight struct {
	all    bool
	teams  []string
	agents []string // themselves, and for a lead their people
	own    string
	lead   bool
}

// sight follows the numbers that the reader may see: an agent sees the goals
// set for them, a lead those of the team and its people, who sees everybody's
// numbers all goals.
func (r *request) sight() (sight, error) {
	s := sight{own: r.who.Account.Agent, lead: r.who.May(auth.ViewTeam)}
	scope := r.who.Scope(false)
	s.all, s.teams = scope.All(), scope.Teams()
	if s.own != "" {
		s.agents = []string{s.own}
	}
	if !s.all && s.lead {
		people, err := r.valuesOf("agent")
		if err != nil {
			return s, err
		}
		s.agents = append(s.agents, people...)
	}
	return s, nil
}

func (s sight) sees(g goal.Goal) bool {
	sc := g.Scope
	switch {
	case s.all:
		return true
	case sc.Agent != "":
		return slices.Contains(s.agents, sc.Agent)
	case sc.Each == goal.EachAgent:
		return len(s.agents) > 0 && (sc.Team == "" || slices.Contains(s.teams, sc.Team) || !s.lead)
	case sc.Each == goal.EachTeam:
		return len(s.teams) > 0
	}
	return sc.Team != "" && slices.Contains(s.teams, sc.Team)
}

// sets tells whether somebody may set a goal: of their own team and its people,
// or of anybody.
func (s sight) sets(g goal.Goal) bool {
	sc := g.Scope
	return s.all || sc.Team != "" && slices.Contains(s.teams, sc.Team) || sc.Agent != "" && sc.Team == "" && slices.Contains(s.agents, sc.Agent)
}

// parts are those of a report that somebody sees.
func (s sight) parts(r *track.Report) []track.State {
	if s.all {
		return r.Parts
	}
	seen := s.agents
	if r.Goal.Scope.Each == goal.EachTeam {
		seen = s.teams
	}
	return slices.DeleteFunc(slices.Clone(r.Parts), func(p track.State) bool { return p.Part != "" && !slices.Contains(seen, p.Part) })
}

// seen narrows a report to what the reader sees of it.
func (s sight) narrow(r *track.Report) *track.Report {
	if s.all || r == nil {
		return r
	}
	out := *r
	if out.Parts = s.parts(r); len(out.Parts) > 0 {
		out.Status = out.Parts[(len(out.Parts)-1)/2].Verdict.Status
	}
	return &out
}

// goalOf finds the goal of an address; who does not see it is told that there is none.
func (r *request) goalOf(id string) (store.Goal, sight, error) {
	s, err := r.sight()
	if err != nil {
		return store.Goal{}, s, err
	}
	g, err := r.s.State.Goals().FindGoal(r.Context(), id)
	if err == nil && !s.sees(g.Goal) {
		err = callpace.E(callpace.NotFound, "store.no_goal")
	}
	return g, s, err
}

// settable is goalOf for who wants to change it.
func (r *request) settable(id string) (store.Goal, error) {
	g, s, err := r.goalOf(id)
	if err == nil && !s.sets(g.Goal) {
		err = callpace.E(callpace.Forbidden, "goals.not_yours")
	}
	return g, err
}

// badge is a status in a shape and a word.
type badge struct{ Text, Icon, Class string }

func (r *request) badge(state goal.State, rep *track.Report) badge {
	switch {
	case state == goal.Draft:
		return badge{r.reader.Text("goal.state.draft"), "pencil", ""}
	case rep == nil:
		return badge{r.reader.Text(pace.NoData.Key()), "circle-dashed", ""}
	case !rep.Begun:
		return badge{r.reader.Text("goals.not_begun"), "clock", ""}
	}
	return r.statusBadge(rep.Status)
}

func (r *request) statusBadge(s pace.Status) badge {
	b := badge{Text: r.reader.Text(s.Key()), Icon: "circle-dashed"}
	switch s {
	case pace.Ahead, pace.OnTrack, pace.Reached:
		b.Icon, b.Class = "circle-check", "good"
	case pace.AtRisk:
		b.Icon, b.Class = "triangle-alert", "warn"
	case pace.OffTrack, pace.Missed:
		b.Icon, b.Class = "circle-x", "bad"
	}
	return b
}

func (r *request) words(rep *track.Report) present.GoalWords {
	return present.GoalWords{Reader: r.reader, Report: rep}
}
