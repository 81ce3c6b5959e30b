package goals

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

// SplitWords are how a goal is to be divided, as a command or a program says it.
// Without any, a goal is divided as it was, else in equal shares.
type SplitWords struct {
	Levels []string // team, agent
	By     string   // equal, history, capacity
	Locks  []string // NAME=NUMBER, or TEAM/NAME=NUMBER where an agent is in several
	Money  int64    // how many of its unit one is that people type of money; 0: 1
}

// SplitBy is SplitOf as words ask for it.
func (b Book) SplitBy(ctx context.Context, g store.Goal, w SplitWords) (*Split, error) {
	ask, _, err := b.Kept(ctx, g)
	if err != nil {
		return nil, err
	}
	if len(w.Levels) > 0 {
		ask.Levels = nil
		for _, l := range []goal.Each{goal.EachTeam, goal.EachAgent} {
			if slices.Contains(w.Levels, string(l)) {
				ask.Levels = append(ask.Levels, l)
			}
		}
	}
	if w.By != "" {
		ask.Way, ask.Inside = goal.Way(w.By), nil
	}
	r, err := b.look(ctx, g, false, nil)
	if err != nil {
		return nil, err
	}
	s, err := b.SplitOf(ctx, g, r, ask)
	if err != nil || len(w.Locks) == 0 {
		return s, err
	}
	ask.Locks = map[goal.Place]goal.Number{}
	for _, text := range w.Locks {
		at, n, err := s.lock(text, r.Unit)
		if err != nil {
			return nil, err
		}
		if ask.Locks[at] = n; r.Unit == kpi.UnitMoney && w.Money > 1 {
			ask.Locks[at] = n * goal.Number(w.Money)
		}
	}
	return b.SplitOf(ctx, g, r, ask)
}

// lock reads NAME=NUMBER by the names of a split; of a duration 3:30, too.
func (s *Split) lock(text string, unit kpi.Unit) (at goal.Place, n goal.Number, err error) {
	i := strings.LastIndex(text, "=")
	switch {
	case i < 0:
		err = strconv.ErrSyntax
	case unit == kpi.UnitSeconds:
		n, err = goal.Seconds("en", text[i+1:])
	default:
		err = n.UnmarshalText([]byte(text[i+1:]))
	}
	if err != nil || n < 0 || n > 1<<52 {
		return at, n, callpace.E(callpace.Invalid, "goals.split_lock", "text", text)
	}
	name, found := strings.TrimSpace(text[:i]), 0
	for _, p := range s.All() {
		if p.Name() == name || p.Team != "" && p.Agent != "" && p.Team+"/"+p.Agent == name {
			at = p.Place
			found++
		}
	}
	switch {
	case found == 0:
		return at, n, callpace.E(callpace.NotFound, "goals.split_nobody", "name", name)
	case found > 1:
		return at, n, callpace.E(callpace.Invalid, "goals.split_several", "name", name)
	}
	return at, n, nil
}

// SplitAnswer is a goal divided, as JSON. The command and the API give the same.
type SplitAnswer struct {
	Goal     string        `json:"goal"`
	Version  int           `json:"version" doc:"Of the goal: send it along to save"`
	Levels   []goal.Each   `json:"levels"`
	By       goal.Way      `json:"by" doc:"equal, history or capacity"`
	Target   string        `json:"target" doc:"Exact"`
	Planned  bool          `json:"by_schedule" doc:"Who is away is known from the schedule"`
	Whole    bool          `json:"whole" doc:"At each level the parts come to what stands above them; else nothing can be saved"`
	Parts    []ShareAnswer `json:"parts" doc:"Each team before its agents"`
	Teamless []string      `json:"teamless" doc:"Agents without a team, who get nothing of a split among teams"`
}

// ShareAnswer is one team or agent of a SplitAnswer.
type ShareAnswer struct {
	Team   string   `json:"team,omitempty"`
	Agent  string   `json:"agent,omitempty"`
	Target string   `json:"target" doc:"Exact"`
	Locked bool     `json:"locked"`
	Was    *string  `json:"was,omitempty" doc:"What the part that is written down asks"`
	Usual  *float64 `json:"usual" doc:"What they brought in as many days before"`
	Actual *float64 `json:"actual"`
	PerDay *float64 `json:"needed_per_working_day,omitempty"`
	Volume *int64   `json:"volume,omitempty" doc:"Of a level: of how many it is expected"`
	Off    string   `json:"off" doc:"By how much its own parts exceed it; below 0 they stay short of it"`
}

// Answer makes the JSON of a split of a goal.
func (s *Split) Answer(g store.Goal) SplitAnswer {
	out := SplitAnswer{Goal: g.ID, Version: g.Version, Levels: s.Ask.Levels, By: s.Ask.Way, Target: s.Value.String(), Planned: s.Planned, Whole: s.Whole(),
		Parts: []ShareAnswer{}, Teamless: append([]string{}, s.Teamless...)}
	for _, p := range s.All() {
		a := ShareAnswer{Team: p.Team, Agent: p.Agent, Target: p.Value.String(), Locked: p.Locked, Usual: finite(p.Usual), Actual: finite(p.Actual), PerDay: finite(p.PerDay), Off: p.Off.String()}
		if p.Was != nil {
			was := p.Was.String()
			a.Was = &was
		}
		if s.Rate {
			a.Off, a.Volume = (p.Off * goal.Number(callpace.One) / 100).String(), &p.Den
		}
		out.Parts = append(out.Parts, a)
	}
	return out
}

// SplitHead names what Records have.
func SplitHead() []string {
	return []string{"team", "agent", "target", "locked", "was", "usual", "actual", "needed_per_working_day"}
}

// Records are the shares as lines of CSV.
func (a SplitAnswer) Records() (out [][]string) {
	figure := func(v *float64) string {
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'f', -1, 64)
	}
	for _, p := range a.Parts {
		was := ""
		if p.Was != nil {
			was = *p.Was
		}
		out = append(out, []string{p.Team, p.Agent, p.Target, strconv.FormatBool(p.Locked), was, figure(p.Usual), figure(p.Actual), figure(p.PerDay)})
	}
	return out
}
