package goals

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

// Sight is which goals somebody sees, and whose they set. Everybody sees the
// company's and those of their team, as figures of all together; those of
// single people, and the lines of a goal for each, only of whom they see the
// numbers. The zero Sight sees the company's.
type Sight struct {
	all    bool
	lead   bool
	own    string
	teams  []string // whose goals they see, and lines of a goal for each team
	led    []string // the teams among them for which they answer
	agents []string // whose numbers they see
}

// Member is an agent in a team.
type Member struct{ Agent, Team string }

// NewSight follows the numbers that somebody may see: scope. Own is the agent
// that they are ("" for none); lead tells that they answer for teams.
func NewSight(scope kpi.Scope, own string, lead bool, members []Member) Sight {
	s := Sight{all: scope.All(), lead: lead, own: own, teams: slices.Clone(scope.Teams()), led: scope.Teams(), agents: slices.Clone(scope.Agents())}
	for _, m := range members {
		switch {
		case m.Agent == own && own != "":
			s.agents = append(s.agents, own)
			if m.Team != "" && !slices.Contains(s.teams, m.Team) {
				s.teams = append(s.teams, m.Team)
			}
		case m.Team != "" && slices.Contains(scope.Teams(), m.Team):
			s.agents = append(s.agents, m.Agent)
		}
	}
	return s
}

// All tells whether all goals are seen.
func (s Sight) All() bool { return s.all }

// Own is the agent who looks; "" for none.
func (s Sight) Own() string { return s.own }

// Lead tells whether somebody answers for teams.
func (s Sight) Lead() bool { return s.lead }

// Teams are those whose goals are seen.
func (s Sight) Teams() []string { return s.teams }

// naming finds conditions by which a goal of the company is one of somebody.
var naming = regexp.MustCompile(`\b(` + strings.Join(facts.People, "|") + `)\b`)

// Sees tells whether a goal is seen.
func (s Sight) Sees(g goal.Goal) bool {
	sc := g.Scope
	team := sc.Team == "" || slices.Contains(s.teams, sc.Team)
	switch {
	case s.all:
		return true
	case slices.ContainsFunc(sc.Where, naming.MatchString):
		return false
	case sc.Agent != "":
		return slices.Contains(s.agents, sc.Agent)
	case sc.Each == goal.EachAgent:
		return team && len(s.agents) > 0
	}
	return team
}

// Sets tells whether somebody who sets goals may set this one: of their own
// teams and the people in them, or of anybody.
func (s Sight) Sets(g goal.Goal) bool {
	sc := g.Scope
	switch {
	case s.all:
		return true
	case !s.lead || slices.ContainsFunc(sc.Where, naming.MatchString):
		return false
	case sc.Team != "":
		return slices.Contains(s.led, sc.Team) && (sc.Agent == "" || slices.Contains(s.agents, sc.Agent))
	}
	return sc.Agent != "" && slices.Contains(s.agents, sc.Agent)
}

// Narrow leaves of a report what is seen: its lines and baselines, and checks
// that name no goal but others: those that are seen, as they are now, whenever
// the report was made.
func (s Sight) Narrow(r *track.Report, others []goal.Goal, catalogue *kpi.Catalogue) *track.Report {
	if r == nil {
		return r
	}
	out := *r
	if each := r.Goal.Scope.Each; each != goal.Together && !s.all {
		seen := s.agents
		if each == goal.EachTeam {
			seen = s.teams
		}
		out.Parts = slices.DeleteFunc(slices.Clone(r.Parts), func(p track.State) bool { return !slices.Contains(seen, p.Part) })
		if n := len(out.Parts); n > 0 {
			out.Status = out.Parts[(n-1)/2].Verdict.Status
		}
		out.Frozen.Parts, out.Frozen.Guards = only(r.Frozen.Parts, seen), only(r.Frozen.Guards, seen)
	}
	out.Checks = slices.Clone(r.Checks)
	for i, c := range out.Checks {
		if c.Letter == goal.Relevant {
			out.Checks[i] = r.Goal.CheckRelevant(others, catalogue)
		}
	}
	return &out
}

func only[V any](of map[string]V, seen []string) map[string]V {
	out := map[string]V{}
	for key, v := range of {
		if slices.Contains(seen, key) {
			out[key] = v
		}
	}
	return out
}

// Goals lists the goals that somebody sees, in the order in which they were made.
func (b Book) Goals(ctx context.Context, s Sight) ([]store.Goal, error) {
	all, err := b.State.Goals().FindGoals(ctx)
	return slices.DeleteFunc(all, func(g store.Goal) bool { return !s.Sees(g.Goal) }), err
}

// Goal finds one; who does not see it is told that there is none.
func (b Book) Goal(ctx context.Context, s Sight, id string) (store.Goal, error) {
	g, err := b.State.Goals().FindGoal(ctx, id)
	if err == nil && !s.Sees(g.Goal) {
		return store.Goal{}, callpace.E(callpace.NotFound, "store.no_goal")
	}
	return g, err
}

// History lists the versions of a goal that somebody sees: of one that was set
// for others before, those are left out.
func (b Book) History(ctx context.Context, s Sight, g store.Goal) (goal.History, error) {
	all, err := b.State.Goals().FindHistory(ctx, g.ID)
	return slices.DeleteFunc(all, func(v goal.Version) bool { return !s.Sees(v.Goal) }), err
}

// Settable is Goal for who wants to change it.
func (b Book) Settable(ctx context.Context, s Sight, id string) (store.Goal, error) {
	g, err := b.Goal(ctx, s, id)
	if err == nil && !s.Sets(g.Goal) {
		err = callpace.E(callpace.Forbidden, "goals.not_yours")
	}
	return g, err
}

// Plain gives what was set, without how it is kept.
func Plain(list []store.Goal) []goal.Goal {
	out := make([]goal.Goal, len(list))
	for i, g := range list {
		out[i] = g.Goal
	}
	return out
}
