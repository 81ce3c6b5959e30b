package goals

import (
	"context"
	"math"
	"slices"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/kpi"
)

// People is what is known of those who share a goal: what a split rests on,
// whatever numbers are set by hand.
type People struct {
	ask      SplitAsk // its levels
	planned  bool     // the schedule tells who is away
	teamless []string
	joint    bool
	stays    []track.Stay
	usual    map[goal.Place]kpi.Figure // of four periods before, by agent; of a split among teams alone by team, too
	actual   map[goal.Place]kpi.Figure // so far, by the levels
	logged   map[string]float64        // hours of four weeks, of who has none planned
	periods  float64                   // of four weeks, in the days by which the goal is judged
}

// People asks for all that a split of a goal on some levels rests on.
func (b Book) People(ctx context.Context, r *track.Report, levels []goal.Each) (p People, err error) {
	g, judged := r.Goal, r.Judged
	p.ask = SplitAsk{Levels: levels}.over(g.Scope)
	if p.stays, p.planned, err = b.Desk.Stays(ctx, g, judged, !p.ask.Has(goal.EachTeam) && g.Scope.Team == ""); err != nil {
		return p, err
	}
	if p.ask.Has(goal.EachTeam) {
		p.stays = slices.DeleteFunc(p.stays, func(x track.Stay) bool {
			if x.Team == "" {
				p.teamless = append(p.teamless, x.Agent)
			}
			return x.Team == ""
		})
	}
	before := calendar.Range{From: b.Desk.Today - 4*judged.Days(), To: b.Desk.Today}
	if p.usual, err = b.Desk.Brought(ctx, g, []goal.Each{goal.EachAgent}, before); err != nil {
		return p, err
	}
	if !p.ask.Has(goal.EachAgent) {
		teams, err := b.Desk.Brought(ctx, g, p.ask.Levels, before)
		if err != nil {
			return p, err
		}
		for at, f := range teams {
			p.usual[at] = f
		}
	}
	sofar := calendar.Range{From: judged.From, To: max(judged.From, min(judged.To, b.Desk.Today+1))}
	if p.actual, err = b.Desk.Brought(ctx, g, p.ask.Levels, sofar); err != nil {
		return p, err
	}
	if p.joint, err = b.Desk.Joint(ctx, g, judged); err != nil {
		return p, err
	}
	p.periods = float64(judged.Days()) / 28
	p.logged, err = b.Desk.LoggedHours(ctx, g.Scope, string(goal.EachAgent))
	return p, err
}

// weight is what somebody counts by a way. Who joins, leaves or is away counts
// by their share of the working days; planned hours have that in them.
func (p People) weight(s *Split, way goal.Way, x track.Stay) float64 {
	switch {
	case way == goal.ByCapacity && x.Shifts:
		return x.Hours
	case way == goal.ByCapacity:
		return p.logged[x.Agent] * p.periods * x.There()
	case s.Rate:
		return math.Max(0, p.usual[goal.Place{Agent: x.Agent}].Den) * x.There() // levels differ by way, volumes are as they are
	case way == goal.ByHistory:
		return math.Max(0, p.usual[goal.Place{Agent: x.Agent}].Number) * x.There()
	}
	return x.There()
}

// tree lists who shares the goal, with their weights.
func (p People) tree(s *Split) []Share {
	var out []Share
	for i := range p.stays {
		x := &p.stays[i]
		at := goal.Place{Team: x.Team, Agent: x.Agent}
		leaf := Share{Place: at, Stay: x, Weight: p.weight(s, s.Ask.inside(x.Team), *x), Usual: p.usually(s, goal.Place{Agent: x.Agent}), Actual: p.sofar(s, at), PerDay: math.NaN()}
		if !s.Ask.Has(goal.EachTeam) {
			out = append(out, leaf)
			continue
		}
		if n := len(out); n == 0 || out[n-1].Team != x.Team {
			out = append(out, Share{Place: goal.Place{Team: x.Team}, Way: s.Ask.inside(x.Team), PerDay: math.NaN(), Actual: p.sofar(s, goal.Place{Team: x.Team})})
		}
		t := &out[len(out)-1]
		t.Weight += p.weight(s, s.Ask.Way, *x)
		t.Parts = append(t.Parts, leaf)
	}
	for i := range out {
		t := &out[i]
		if t.Stay != nil {
			continue
		}
		t.Usual = p.together(s, t.Parts)
		if !s.Ask.Has(goal.EachAgent) {
			if s.Ask.Way == goal.Equally && !s.Rate {
				t.Weight = 1 // a team, whatever its size
			}
			t.Usual, t.Parts = p.usually(s, t.Place), nil
		}
	}
	return out
}

// usually is what one brings in as many days: a sum, or a level.
func (p People) usually(s *Split, at goal.Place) float64 {
	f := p.usual[at]
	if f.Number /= 4; !f.Valid {
		return math.NaN()
	}
	return s.figure(f)
}

// together is what the people of a team usually bring.
func (p People) together(s *Split, parts []Share) float64 {
	var sum kpi.Figure
	for _, x := range parts {
		sum = plus(sum, p.usual[goal.Place{Agent: x.Agent}])
	}
	if sum.Number /= 4; !sum.Valid {
		return math.NaN()
	}
	return s.figure(sum)
}

// brought is the figure of a part by now; of a team that is divided further,
// with all who worked in it.
func (p People) brought(at goal.Place) (sum kpi.Figure) {
	if !p.ask.Has(goal.EachTeam) {
		at.Team = "" // that of the goal, which its figures are of
	}
	if f, ok := p.actual[at]; ok || at.Agent != "" {
		return f
	}
	for x, f := range p.actual {
		if x.Team == at.Team {
			sum = plus(sum, f)
		}
	}
	return sum
}

// sofar is what a part has brought by now: a sum, 0 of nothing, or a level.
func (p People) sofar(s *Split, at goal.Place) float64 { return s.figure(p.brought(at)) }

// rolled is what all parts have brought by now.
func (p People) rolled(s *Split) float64 {
	var sum kpi.Figure
	for _, x := range s.Parts {
		sum = plus(sum, p.brought(x.Place))
	}
	return s.figure(sum)
}

// plus rolls figures up: numbers, numerators and denominators each by their sum.
func plus(a, b kpi.Figure) kpi.Figure {
	if !b.Valid {
		return a
	}
	a.Number, a.Num, a.Den, a.Valid = a.Number+b.Number, a.Num+b.Num, a.Den+b.Den, true
	return a
}

// figure is the total, or the level, of a sum.
func (s *Split) figure(sum kpi.Figure) float64 {
	if s.Rate {
		return ratio(sum)
	}
	return sum.Number
}

func ratio(f kpi.Figure) float64 {
	if !(f.Den > 0) {
		return math.NaN()
	}
	return f.Num / f.Den
}

// volume is the denominator that a level usually rests on in as many days.
func (p People) volume() int64 {
	sum := 0.0
	for _, x := range p.leaves() {
		sum += p.usual[x.Place].Den
	}
	return int64(math.Round(sum / 4))
}

// leaves are the people, each once.
func (p People) leaves() (out []Share) {
	for i, x := range p.stays {
		if !slices.ContainsFunc(p.stays[:i], func(o track.Stay) bool { return o.Agent == x.Agent }) {
			out = append(out, Share{Place: goal.Place{Agent: x.Agent}})
		}
	}
	return out
}

// present is who was counted, and for how many days.
func (p People) present() (out []goal.Presence) {
	for _, x := range p.stays {
		out = append(out, goal.Presence{Place: goal.Place{Team: x.Team, Agent: x.Agent}, Days: math.Round(100*x.Days) / 100})
	}
	return out
}
