package goals

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/store"
)

// Move says in which way somebody is there otherwise than when a goal was divided.
type Move string

// The moves; each has a message goals.moved.<move>.
const (
	Left   Move = "left"   // is there no more, or for fewer days since they leave
	Joined Move = "joined" // was not there
	Other  Move = "team"   // is in another team
	Away   Move = "away"   // is there for fewer days
	Back   Move = "back"   // is there for more days
)

// Moved is somebody who is there otherwise than when a goal was divided.
type Moved struct {
	goal.Place
	Move      Move
	From      string      // the team that they were in, of another one
	On        int64       // the day of it; 0 where nobody says
	Was, Days float64     // working days
	Free      goal.Number // of their part, what is to be shared again; of a total
}

// moves compares who was counted with who is there now, by team where both
// splits know teams. Half a day is nothing.
func moves(was goal.Division, s *Split) (out []Moved) {
	byTeam := slices.Contains(was.Levels, goal.EachTeam) && s.Ask.Has(goal.EachTeam) || s.Place.Team != ""
	before, after, gone := days(was.People, byTeam), days(s.present, byTeam), map[string]string{}
	for at := range before {
		if _, still := after[at]; !still && !slices.Contains(s.Teamless, at.Agent) {
			gone[at.Agent] = at.Team
		}
	}
	parts := map[goal.Place]Share{}
	for _, p := range s.All() {
		parts[p.Place] = p
	}
	for at, now := range after {
		m := Moved{Place: at, Was: before[at], Days: now}
		part, joins, leaves := parts[at], int64(0), int64(0)
		if part.Stay != nil {
			joins, leaves = part.Stay.Joins, part.Stay.Leaves
		}
		_, known := before[at]
		from, other := gone[at.Agent]
		switch {
		case !known && now <= 0, known && math.Abs(now-m.Was) <= 0.5:
			continue
		case !known && other:
			m.Move, m.From, m.On = Other, from, joins
			delete(gone, at.Agent)
		case !known:
			m.Move, m.On = Joined, joins
		case now < m.Was && leaves != 0:
			m.Move, m.On = Left, leaves
		case now < m.Was:
			m.Move = Away
		default:
			m.Move = Back
		}
		if part.Was != nil && !s.Rate {
			m.Free = max(0, *part.Was-part.Value)
		}
		out = append(out, m)
	}
	for agent, team := range gone {
		at := goal.Place{Team: team, Agent: agent}
		out = append(out, Moved{Place: at, Move: Left, Was: before[at]})
	}
	slices.SortFunc(out, func(a, b Moved) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.Agent, b.Agent))
	})
	return out
}

// days are the working days of each; those of one agent are added where teams do not matter.
func days(list []goal.Presence, byTeam bool) map[goal.Place]float64 {
	out := map[goal.Place]float64{}
	for _, x := range list {
		if !byTeam {
			x.Team = ""
		}
		out[x.Place] += x.Days
	}
	return out
}

// compare puts beside the parts of a split what those that are written down
// ask, and tells what has changed since.
func (b Book) compare(ctx context.Context, g store.Goal, s *Split) error {
	if g.ID == "" {
		return nil
	}
	all, err := b.State.Goals().FindGoals(ctx)
	if err != nil {
		return err
	}
	was := map[goal.Place]goal.Number{}
	for _, p := range below(g.ID, all) {
		if p.State != goal.Closed {
			was[p.Scope.Place()] = p.Target.Value
		}
	}
	s.compared(&s.Share, was)
	if g.Division == nil {
		return nil
	}
	s.Since = moves(*g.Division, s)
	for i, m := range s.Since {
		if v, ok := was[m.Place]; ok && m.Move == Left && m.On == 0 && !s.Rate {
			s.Since[i].Free = v
		}
	}
	return nil
}

func (s *Split) compared(of *Share, was map[goal.Place]goal.Number) {
	for i := range of.Parts {
		p := &of.Parts[i]
		if v, ok := was[p.Place]; ok {
			p.Was = &v
		}
		s.compared(p, was)
	}
}

// Kept is the ask by which a goal was divided, with the numbers set by hand;
// ok is false where it never was.
func (b Book) Kept(ctx context.Context, g store.Goal) (ask SplitAsk, ok bool, err error) {
	if g.Division == nil {
		return ask, false, nil
	}
	all, err := b.State.Goals().FindGoals(ctx)
	if err != nil {
		return ask, false, err
	}
	ask = SplitAsk{Levels: g.Division.Levels, Way: g.Division.Way, Inside: g.Division.Inside, Locks: map[goal.Place]goal.Number{}}
	for _, p := range below(g.ID, all) {
		if p.Locked && p.State != goal.Closed {
			ask.Locks[p.Scope.Place()] = p.Target.Value
		}
	}
	return ask, true, nil
}
