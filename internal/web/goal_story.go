package web

import (
	"fmt"
	"slices"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/store"
	"github.com/callpace/callpace/internal/web/chart"
)

// goalTurn is the day on which a goal turned, with what moved about then.
type goalTurn struct {
	When  string
	Moved []goalMoved
}

// goalMoved is a KPI of the fortnight up to the turn beside the one before.
type goalMoved struct {
	Name, URL           string
	Before, Now, Change string
	Icon                string
	Class               string // good, bad or nothing: which way the KPI is wanted
}

func (r *request) goalTurn(rep *track.Report, s track.State) *goalTurn {
	if s.Turned == 0 {
		return nil
	}
	out := &goalTurn{When: r.reader.Date(s.Turned)}
	for _, m := range rep.Moved {
		c := m.Figure.Compared
		x := goalMoved{Name: r.reader.Title(m.Column), URL: "/kpi/" + m.Column.Name, Before: r.reader.Figure(m.Column.Unit, c.Before), Now: r.reader.Figure(m.Column.Unit, m.Figure),
			Change: r.reader.Change(m.Column, c), Icon: "arrow-up-right"}
		if c.Diff < 0 {
			x.Icon = "arrow-down-right"
		}
		switch better := m.Column.Better; {
		case better == string(goal.Higher) && c.Diff > 0, better == string(goal.Lower) && c.Diff < 0:
			x.Class = "good"
		case better == string(goal.Higher), better == string(goal.Lower):
			x.Class = "bad"
		}
		out.Moved = append(out.Moved, x)
	}
	return out
}

// turnNote marks the turn in the chart.
func turnNote(s track.State, text string) []chart.Note {
	if at := slices.IndexFunc(s.Course, func(p track.Point) bool { return p.Day == s.Turned }); s.Turned != 0 && at >= 0 {
		return []chart.Note{{At: at, Mark: "!", Text: text}}
	}
	return nil
}

// standing are the figures that are said large.
func (r *request) standing(rep *track.Report, s track.State) []pair {
	w, text := r.words(rep), r.reader.Text
	actual, target, chance := w.Of(s)
	out := []pair{{text("goals.term.actual"), actual}, {text("goals.term.target"), target}}
	if s.Known {
		if band := s.Target.Better == pace.Within; rep.Begun && (!band || isSum(rep)) { // a rate's is its target
			out = append(out, pair{text("goals.term.expected"), w.Expected(band, s.Pace.AtLeast, s.Pace.Expected)})
		}
		out = append(out, pair{text("goals.term.chance"), chance})
	}
	return out
}

// lesser are the lines of how a goal stands that are not said large already.
func (r *request) lesser(rep *track.Report) (out []pair) {
	text := r.reader.Text
	large := []string{text("goals.term.status"), text("goals.term.actual"), text("goals.term.target"), text("goals.term.expected"), text("goals.term.chance"), text("goals.term.turned")}
	_, whole := rep.Whole()
	for _, l := range r.words(rep).Lines() {
		if !whole && l[0] != large[0] || whole && !slices.Contains(large, l[0]) {
			out = append(out, pair{l[0], l[1]})
		}
	}
	return out
}

// goalChange is a version of a goal, with what it changed.
type goalChange struct {
	Number, Who, When string
	Text              string
	Lines             []goalLine
}

// goalLine is one thing of a goal before and after; one of them may be empty.
type goalLine struct{ Name, Before, After string }

// history lists the versions of a goal, the latest first.
func (r *request) history(b goalBook, g store.Goal) ([]goalChange, error) {
	versions, err := b.History(r.Context(), b.sight, g)
	if err != nil {
		return nil, err
	}
	var out []goalChange
	var before []pair
	for i, v := range versions {
		after, err := r.understood(b, v.Goal)
		if err != nil {
			return nil, err
		}
		c := goalChange{Number: r.reader.Int(int64(v.Goal.Version)), Who: v.By, When: r.reader.Date(int64(v.From)), Text: r.reader.GoalTitle(v.Goal)}
		if i > 0 {
			c.Lines = changedLines(before, after)
		}
		out, before = append(out, c), after
	}
	slices.Reverse(out)
	return out, nil
}

// changedLines tells in which terms two tellings differ. A term may stand
// there more than once.
func changedLines(before, after []pair) (out []goalLine) {
	collect := func(list []pair) (names []string, texts map[string]string) {
		texts = map[string]string{}
		for _, p := range list {
			if old, ok := texts[p.Name]; ok {
				p.Value = old + "; " + p.Value
			} else {
				names = append(names, p.Name)
			}
			texts[p.Name] = p.Value
		}
		return names, texts
	}
	was, old := collect(before)
	is, now := collect(after)
	for _, name := range is {
		if old[name] != now[name] {
			out = append(out, goalLine{name, old[name], now[name]})
		}
	}
	for _, name := range was {
		if _, ok := now[name]; !ok {
			out = append(out, goalLine{name, old[name], ""})
		}
	}
	return out
}

// memberRows is how each member stands, the slowest first.
func (r *request) memberRows(rep *track.Report) (out []goalRow) {
	w := r.words(rep)
	for _, p := range rep.Parts {
		row := goalRow{Scope: p.Part, Badge: r.statusBadge(p.Verdict.Status), Projected: "–"}
		row.Actual, row.Target, row.Chance = w.Of(p)
		if p.Known {
			row.Projected = w.Projected(p)
		}
		if r.who.May(auth.ViewTeam) {
			row.URL = teamPath(p.Part)
			if rep.Goal.Scope.Each == goal.EachAgent {
				row.URL = agentPath(p.Part)
			}
		}
		row.Bar = partBar(rep, p)
		out = append(out, row)
	}
	return out
}

// pastGrid is what the instances of a recurring goal that are over came to:
// as it was first told, and by the data as they are now. nil: there is none.
func (r *request) pastGrid(b goalBook, g store.Goal, rep *track.Report) (*grid, error) {
	v, err := r.recallOf(b, fmt.Sprintf("past %s %d %d", g.ID, g.Version, g.UpdatedAt.UnixMicro()), func() (any, error) {
		fresh, err := b.State.Goals().FindGoal(r.Context(), g.ID) // looking at it may have kept something
		if err != nil {
			return nil, err
		}
		return b.Past(r.Context(), fresh)
	})
	if err != nil || len(v.([]goals.Past)) == 0 {
		return nil, err
	}
	w, text := r.words(rep), r.reader.Text
	out := &grid{ID: "past", Caption: text("goals.past_instances"), Head: []gridHead{{Title: text("goals.column.period")},
		{Title: text("goals.column.first_told"), Numeric: true}, {Title: text("goals.column.by_now"), Numeric: true}}}
	for _, p := range v.([]goals.Past) {
		out.Rows = append(out.Rows, []cell{{Text: w.Days(p.First.Days), Header: true}, number(w.Result(p.First)), number(w.Result(p.Now))})
	}
	r.offerRows(out)
	return out, nil
}
