package goals

import (
	"context"
	"math"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

// SplitAsk is how a goal is to be divided. The zero value asks for the levels
// that there are, in equal shares.
type SplitAsk struct {
	Levels []goal.Each         // team, agent, or both in this order
	Way    goal.Way            // among the teams (by what their people weigh) and the agents
	Inside map[string]goal.Way // among the agents of a team, where it is another
	// Locks are numbers set by hand, in the goal's unit: those of teams, and
	// those of agents with their team where teams are a level.
	Locks map[goal.Place]goal.Number
}

// Share is what the whole, a team or an agent has of a goal.
type Share struct {
	goal.Place
	Way    goal.Way    // by which its parts were made
	Weight float64     // among its neighbours
	Usual  float64     // what they brought in as many days before; NaN where nothing is known
	Stay   *track.Stay // of an agent: when they are there
	Locked bool
	Value  goal.Number
	// Num of Den is what a level comes to: the volume as it usually is, and what
	// of it must succeed, in hundredths. Of a total both are 0.
	Num, Den int64
	Actual   float64      // so far; NaN without data
	PerDay   float64      // that each working day left must bring; NaN where that is not asked
	Was      *goal.Number // what the part asks that is written down
	// Off is by how much the parts exceed it (below 0: stay short of it): 0, unless
	// locks or an empty level do not allow it. Of a level, in Num.
	Off   goal.Number
	Parts []Share
}

// Split is a goal divided: the whole, with what was asked.
type Split struct {
	Share
	Ask     SplitAsk
	Report  *track.Report
	Rate    bool // a level: parts are told what each needs so that the whole agrees
	Planned bool // the schedule tells who is away
	// Rolled is what the parts have brought by now: their sum, or of a level the
	// ratio of their sums, never a mean of rates. It is less than Actual where
	// others brought something, too; NaN without data.
	Rolled float64
	Joint  bool // some of it was made by several together
	// Teamless are agents without a team, who get nothing of a split among teams.
	Teamless []string
	Since    []Moved // what has changed since the goal was divided, as kept
	present  []goal.Presence
}

// SplitOf divides a goal that was looked at among the teams and agents of its
// scope, level by level: a total of the company, or of a team among its agents,
// and the level of a rate, a ratio or a mean. At each level the parts sum to what
// stands above them, to the last unit; where locks do not allow it, Off says by
// how much. What is neither, or is for each or for one agent, cannot be divided:
// Unsupported.
func (b Book) SplitOf(ctx context.Context, g store.Goal, r *track.Report, ask SplitAsk) (*Split, error) {
	if !Splits(g.Goal) {
		return nil, callpace.E(callpace.Unsupported, "goals.no_split")
	}
	p, err := b.People(ctx, r, ask.Levels)
	if err != nil {
		return nil, err
	}
	return b.SplitAmong(ctx, g, r, p, ask)
}

// SplitAmong is SplitOf among people who were asked for by the levels of ask.
func (b Book) SplitAmong(ctx context.Context, g store.Goal, r *track.Report, p People, ask SplitAsk) (*Split, error) {
	if !Splits(g.Goal) || g.Target.Kind == goal.Level && r.Form != kpi.KindProportion && r.Form != kpi.KindRatio && r.Form != kpi.KindMean {
		return nil, callpace.E(callpace.Unsupported, "goals.no_split")
	}
	s := &Split{Ask: ask.over(g.Scope), Report: r, Rate: g.Target.Kind == goal.Level}
	s.Share = Share{Place: g.Scope.Place(), Value: g.Target.Value, Way: s.Ask.Way, Usual: math.NaN(), Actual: math.NaN()}
	if state, ok := r.Whole(); ok {
		s.Actual = state.Actual
	}
	s.Planned, s.Teamless, s.Joint = p.planned, p.teamless, p.joint
	s.Parts = p.tree(s)
	s.Rolled = p.rolled(s)
	s.Usual = p.together(s, p.leaves())
	if s.Rate {
		if s.Den = p.volume(); s.Den == 0 {
			return nil, callpace.E(callpace.Unsupported, "goals.split_no_volume")
		}
		s.Num = int64(math.Round(100 * float64(s.Den) * s.Value.Float()))
	}
	s.PerDay = s.perDay(s.Share, r.DaysLeft)
	if err := s.divide(&s.Share); err != nil {
		return nil, err
	}
	s.present = p.present()
	return s, b.compare(ctx, g, s)
}

// Splits tells whether a goal is of a kind that can be divided; of a level it
// depends on its KPI, too.
func Splits(g goal.Goal) bool {
	k := g.Target.Kind
	return (k == goal.Total || k == goal.Level) && g.Scope.Each == goal.Together && g.Scope.Agent == ""
}

// over asks for what a scope has: a team, its agents.
func (a SplitAsk) over(s goal.Scope) SplitAsk {
	switch {
	case s.Team != "":
		a.Levels = []goal.Each{goal.EachAgent}
	case !a.Has(goal.EachTeam) && !a.Has(goal.EachAgent):
		a.Levels = []goal.Each{goal.EachTeam, goal.EachAgent}
	}
	if a.Way == "" {
		a.Way = goal.Equally
	}
	return a
}

// Has tells whether a level is asked for.
func (a SplitAsk) Has(level goal.Each) bool { return slices.Contains(a.Levels, level) }

// inside is the way by which a team's people share.
func (a SplitAsk) inside(team string) goal.Way {
	if w := a.Inside[team]; w != "" {
		return w
	}
	return a.Way
}

// Name is who it is.
func (s Share) Name() string {
	if s.Agent != "" {
		return s.Agent
	}
	return s.Team
}

// All gives the shares of a split, each before its parts.
func (s Share) All() (out []Share) {
	for _, p := range s.Parts {
		out = append(append(out, p), p.All()...)
	}
	return out
}

// Err says where the parts do not come to what stands above them, and by how
// much; nil where they do.
func (s *Split) Err() error {
	for _, of := range append([]Share{s.Share}, s.All()...) {
		off := of.Off
		if s.Rate {
			off *= goal.Number(callpace.One) / 100
		}
		whole := of.Place == s.Place
		switch {
		case off > 0 && whole:
			return callpace.E(callpace.Conflict, "cascade.locked_over", "over", off.String())
		case off > 0:
			return callpace.E(callpace.Conflict, "goals.split_over", "who", of.Name(), "off", off.String())
		case off < 0 && whole && slices.ContainsFunc(of.Parts, func(p Share) bool { return p.Locked }):
			return callpace.E(callpace.Conflict, "cascade.locked_differ", "left", (-off).String())
		case off < 0 && whole:
			return callpace.E(callpace.Invalid, "cascade.no_weight")
		case off < 0:
			return callpace.E(callpace.Conflict, "goals.split_short", "who", of.Name(), "off", (-off).String())
		}
	}
	return nil
}

// Whole tells whether at each level the parts come to what stands above them.
func (s Share) Whole() bool {
	return s.Off == 0 && !slices.ContainsFunc(s.All(), func(p Share) bool { return p.Off != 0 })
}

// Beyond tells whether a proportion is asked for that cannot be: more of its
// volume than there is.
func (s *Split) Beyond(p Share) bool {
	return s.Rate && s.Report.Form == kpi.KindProportion && p.Num > 100*p.Den
}

// perDay is what the working days left must bring of a total.
func (s *Split) perDay(p Share, left float64) float64 {
	state, ok := s.Report.Whole()
	if !ok || !state.Has || s.Rate || s.Value == 0 || s.Report.Goal.Better == goal.Lower || left <= 0 {
		return math.NaN()
	}
	there := p.Actual
	if math.IsNaN(there) {
		there = 0
	}
	// The target of an instance may be more than the number: per day, or for a part of a month.
	return math.Max(0, p.Value.Float()*state.Target.High/s.Value.Float()-there) / left
}
