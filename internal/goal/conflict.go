package goal

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/kpi"
)

//go:embed pulls.yaml
var pullsFile []byte

// pull is a pair of KPIs that pull against each other.
type pull struct {
	Push  string `yaml:"push"`
	Costs string `yaml:"costs"`
}

var pulls = sync.OnceValue(func() (out []pull) {
	// What stands in the file is checked by a test.
	if yaml.UnmarshalWithOptions(pullsFile, &out, yaml.Strict()) != nil {
		return nil
	}
	return out
})

// handful is how many goals one person can have in mind at once.
const handful = 5

// Conflict is a pair of goals that are at odds.
type Conflict struct {
	With   Goal
	Reason callpace.Message
}

// Conflicts lists the goals that are at odds with this one in the same days and
// for the same people: the same KPI wanted the other way or at another number,
// and KPIs that pull against each other with no guardrail between them.
func (g Goal) Conflicts(others []Goal, catalogue *kpi.Catalogue) []Conflict {
	var out []Conflict
	for _, o := range others {
		if o.State == Closed || g.ID != "" && o.ID == g.ID || !g.Scope.meets(o.Scope) || !g.Period.meets(o.Period) {
			continue
		}
		name := o.Name
		if name == "" {
			name = o.Text
		}
		a, b := base(g.KPI), base(o.KPI)
		switch {
		case a == b && opposite(g.Better, o.Better):
			out = append(out, Conflict{o, callpace.M("goal.conflict.opposite", "goal", name)})
		case g.KPI == o.KPI && g.Scope.equal(o.Scope) && g.Period.samePace(o.Period) && g.Target != o.Target:
			out = append(out, Conflict{o, callpace.M("goal.conflict.twice", "goal", name)})
		case g.pullsAt(o) || o.pullsAt(g):
			out = append(out, Conflict{o, callpace.M("goal.conflict.pull", "goal", name, "kpi", kpiOf(catalogue, b))})
		}
	}
	return out
}

// pullsAt tells whether pushing this goal costs the other one, unguarded.
func (g Goal) pullsAt(o Goal) bool {
	for _, p := range pulls() {
		if p.Push == base(g.KPI)+" "+string(g.Better) && p.Costs == base(o.KPI)+" "+string(o.Better) {
			return !g.guards(base(o.KPI))
		}
	}
	return false
}

// Unguarded lists the KPIs that pushing this goal tends to cost and that it
// does not guard.
func (g Goal) Unguarded() []string {
	var out []string
	for _, p := range pulls() {
		other, _, _ := strings.Cut(p.Costs, " ")
		if p.Push == base(g.KPI)+" "+string(g.Better) && !g.guards(other) {
			out = append(out, other)
		}
	}
	return out
}

func (g Goal) guards(id string) bool {
	for _, r := range g.Guardrails {
		if base(r.KPI) == id {
			return true
		}
	}
	return false
}

// CheckRelevant looks at the objective that the goal serves, at goals that are
// at odds with it, and at how many goals fall to one person. Others are all
// goals of the organisation.
func (g Goal) CheckRelevant(others []Goal, catalogue *kpi.Catalogue) Check {
	c := Check{Letter: Relevant, Verdict: Good}
	if g.Objective == "" {
		c.less(LookAt, callpace.M("goal.check.no_objective"), callpace.M("goal.advice.name_objective"))
	} else {
		c.because("goal.check.objective", "text", g.Objective)
	}
	for _, conflict := range g.Conflicts(others, catalogue) {
		c.less(LookAt, conflict.Reason, callpace.M("goal.advice.settle"))
	}
	if n := 1 + load(g, others); n > handful {
		c.less(LookAt, callpace.M("goal.check.many", "count", n), callpace.M("goal.advice.fewer", "count", handful))
	}
	if list := g.Unguarded(); len(list) > 0 {
		c.less(c.Verdict, callpace.M("goal.check.unguarded", "kpi", kpiOf(catalogue, list[0])), callpace.M("goal.advice.guard", "kpi", list[0]))
	}
	return c
}

// load counts the other open goals that fall to the same person.
func load(g Goal, others []Goal) (n int) {
	for _, o := range others {
		switch {
		case o.State == Closed || o.ID == g.ID && g.ID != "" || !g.Period.meets(o.Period):
		case g.Scope.Agent != "" && (o.Scope.Agent == g.Scope.Agent || o.Scope.Agent == "" && o.Scope.Each == EachAgent),
			g.Scope.Each == EachAgent && o.Scope.Each == EachAgent && g.Scope.meets(o.Scope),
			g.Owner != "" && g.Owner == o.Owner:
			n++
		}
	}
	return n
}

func kpiOf(catalogue *kpi.Catalogue, id string) any {
	e, err := catalogue.Explain(id)
	if err != nil {
		return id
	}
	return NameOf(e)
}

func base(name string) string {
	id, _, _ := strings.Cut(name, ":")
	return id
}

func opposite(a, b Better) bool {
	return a == Higher && b == Lower || a == Lower && b == Higher
}

// meets tells whether two scopes can hold the same rows. An agent's team is not
// known here, so a person and a team are taken to meet; filters are compared as
// they are written, and different ones of one dimension do not meet.
func (s Scope) meets(o Scope) bool {
	differ := func(a, b string) bool { return a != "" && b != "" && a != b }
	if differ(s.Team, o.Team) || differ(s.Agent, o.Agent) {
		return false
	}
	for _, a := range s.Where {
		for _, b := range o.Where {
			x, v, ok := strings.Cut(a, " = ")
			y, w, ok2 := strings.Cut(b, " = ")
			if ok && ok2 && x == y && v != w {
				return false
			}
		}
	}
	return true
}

// meets tells whether two periods share a day. A draft without one meets all.
func (p Period) meets(o Period) bool {
	if p.Kind == NoPeriod || o.Kind == NoPeriod {
		return true
	}
	return (o.Until == 0 || p.From <= o.Until) && (p.Until == 0 || o.From <= p.Until)
}

// samePace tells periods for which one number means the same: the same unit
// again and again, or the same days.
func (p Period) samePace(o Period) bool {
	if p.Kind == Recurring || o.Kind == Recurring {
		return p.Kind == o.Kind && p.Unit == o.Unit
	}
	return p.From == o.From && p.Until == o.Until
}
