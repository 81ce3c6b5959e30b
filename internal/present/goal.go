package present

import (
	"math"
	"strings"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/kpi"
)

// GoalWords writes how a goal stands; Report is nil where nothing is known of it.
type GoalWords struct {
	Reader
	Report *track.Report
}

// GoalTitle names a goal: its name, else what was typed, else its KPI with the target.
func (r Reader) GoalTitle(g goal.Goal) string {
	switch {
	case g.Name != "":
		return g.Name
	case g.Text != "":
		return g.Text
	}
	parts, err := g.Describe(r.Catalogue, r.Calendar())
	if err != nil {
		return g.KPI
	}
	var out []string
	for _, p := range parts {
		switch p.Label.Key {
		case "goal.part.kpi", "goal.part.scope", "goal.part.target":
			out = append(out, goal.Print(r, p.Text))
		}
	}
	return strings.Join(out, " · ")
}

// Figure writes a figure of the goal's KPI; what is not known is a dash.
func (w GoalWords) Figure(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return NoData
	}
	if w.Report.Unit == kpi.UnitCount && v != math.Trunc(v) {
		return w.Number(v, 1)
	}
	return w.Reader.Value(w.Report.Unit, v, w.Report.Currency)
}

// days writes working days; half ones are seldom.
func (w GoalWords) days(v float64) string {
	if v == math.Trunc(v) {
		return w.Number(v, 0)
	}
	return w.Number(v, 1)
}

// whole writes an estimate: counts without decimals.
func (w GoalWords) whole(v float64) string {
	if w.Report.Unit == kpi.UnitCount && !math.IsNaN(v) {
		v = math.Round(v)
	}
	return w.Figure(v)
}

// Of writes actual, target and chance of a part.
func (w GoalWords) Of(s track.State) (actual, target, chance string) {
	actual, target, chance = w.Figure(s.Actual), NoData, NoData
	if s.Has {
		target = w.TargetText(s)
	}
	if s.Known {
		chance = w.Chance(s.Pace.Chance)
	}
	return actual, target, chance
}

// TargetText writes the number to reach.
func (w GoalWords) TargetText(s track.State) string {
	switch {
	case !s.Has:
		return NoData
	case s.Target.Better == pace.Within:
		return w.T("goals.band", map[string]any{"low": w.Figure(s.Target.Low), "high": w.Figure(s.Target.High)})
	case s.Target.Better == pace.Lower:
		return "≤ " + w.Figure(s.Target.High)
	}
	return w.Figure(s.Target.High)
}

// Chance writes a probability.
func (r Reader) Chance(p float64) string {
	if math.IsNaN(p) {
		return NoData
	}
	return goal.Chance(r, p)
}

// Standing writes actual, target and chance of the goal; of one for each, how
// many are on the way.
func (w GoalWords) Standing() (actual, target, chance string) {
	if s, ok := w.Report.Whole(); ok {
		actual, target, chance = w.Of(s)
		if w.Report.Goal.State == goal.Draft { // without a period of its own
			return actual, NoData, NoData
		}
		return actual, target, chance
	}
	n := len(w.Report.Parts)
	if n == 0 {
		return NoData, NoData, NoData
	}
	return w.T("goals.on_the_way", map[string]any{"good": w.Report.Good(), "all": n}), w.TargetText(w.Report.Parts[(n-1)/2]), NoData
}

// Status writes the status in a word.
func (w GoalWords) Status(state goal.State) string {
	switch {
	case state == goal.Draft:
		return w.Text("goal.state.draft")
	case !w.Report.Begun:
		return w.Text("goals.not_begun")
	}
	return w.Text(w.Report.Status.Key())
}

// Period writes the days by which the goal is judged.
func (w GoalWords) Period() string {
	return w.Days(w.Report.Judged)
}

// Days writes a range of days, both ends included.
func (w GoalWords) Days(d calendar.Range) string {
	return w.T("goals.days", map[string]any{"from": w.Date(d.From), "to": w.Date(d.To - 1)})
}

// Frozen writes the baseline with its counts; empty where there is none.
func (w GoalWords) Frozen() string {
	r := w.Report
	b, ok := r.Frozen.Parts[""]
	if !ok || b.NoData {
		return ""
	}
	text := w.Figure(b.Value)
	if b.Den > 0 {
		key := "goals.of"
		switch r.Form {
		case kpi.KindMean:
			key = "goals.mean_of"
		case kpi.KindRatio:
			key = "goals.ratio_of"
		}
		text = w.T(key, map[string]any{"value": text, "x": w.Number(b.Num, 0), "n": w.Number(b.Den, 0)})
	}
	return w.T("goals.frozen_at", map[string]any{"value": text, "from": w.Date(r.Frozen.Days.From), "to": w.Date(r.Frozen.Days.To - 1)})
}

// Lines write how a goal stands, a term and a text each.
func (w GoalWords) Lines() [][2]string {
	r := w.Report
	out := [][2]string{{w.Text("goals.term.status"), w.Status(r.Goal.State)}, {w.Text("goals.term.judged"), w.Period()}}
	out = append(out, [2]string{w.Text("goals.term.left"), w.T("goals.left", map[string]any{"left": w.days(r.DaysLeft), "all": w.days(r.DaysAll)})})
	s, ok := r.Whole()
	if !ok {
		return out
	}
	out = append(out, [2]string{w.Text("goals.term.actual"), w.Figure(s.Actual)}, [2]string{w.Text("goals.term.target"), w.TargetText(s)})
	if s.Known {
		out = append(out, w.known(s)...)
	}
	if s.Turned != 0 {
		out = append(out, [2]string{w.Text("goals.term.turned"), w.Turned(s)})
	}
	for _, g := range s.Guards {
		out = append(out, [2]string{w.Text("goal.part.guardrail"), w.Guard(g)})
	}
	return out
}

func (w GoalWords) known(s track.State) [][2]string {
	p := s.Pace
	out := [][2]string{{w.Text("goals.term.expected"), w.Expected(s.Target.Better == pace.Within, p.AtLeast, p.Expected)}}
	switch {
	case p.NeededDay > 0:
		out = append(out, [2]string{w.Text("goals.term.needed"), w.T("goals.needed_day", map[string]any{"value": w.Figure(p.NeededDay)})})
	case p.NeededRest != 0 && s.Target.Better != pace.Within:
		out = append(out, [2]string{w.Text("goals.term.needed"), w.T("goals.needed_rest", map[string]any{"value": w.Figure(p.NeededRest)})})
	}
	out = append(out, [2]string{w.Text("goals.term.projected"), w.Projected(s)}, [2]string{w.Text("goals.term.chance"), w.Chance(p.Chance)})
	if a := s.Attain; a != nil {
		out = append(out, [2]string{w.Text("goals.term.lift"), w.T("goals.lift", map[string]any{"verdict": w.Text(a.Verdict.Key()), "lift": w.Lift(a.Lift), "percentile": w.Percent(a.Percentile, 0)})})
	}
	if s.Best != nil {
		out = append(out, [2]string{w.Text("goals.term.past"), w.T("goals.past", map[string]any{"best": w.Figure(*s.Best), "typical": w.Figure(*s.Typical)})})
	}
	return out
}

// Expected writes what is expected to date; of a band both ends.
func (w GoalWords) Expected(band bool, low, high float64) string {
	if band && !math.IsNaN(low) {
		return w.T("goals.band", map[string]any{"low": w.whole(low), "high": w.whole(high)})
	}
	return w.whole(high)
}

// Projected writes what it will come to, with its 80 % interval.
func (w GoalWords) Projected(s track.State) string {
	return w.T("goals.projected", map[string]any{"value": w.whole(s.Pace.Projected), "low": w.whole(s.Pace.Low), "high": w.whole(s.Pace.High)})
}

// Lift writes a relative change with its sign.
func (w GoalWords) Lift(v float64) string {
	rounded, sign := signed(100*v, 0)
	return sign + w.Percent(rounded/100, 0)
}

// Turned writes on which day it turned, and what moved with it.
func (w GoalWords) Turned(s track.State) string {
	text := w.Date(s.Turned)
	var moved []string
	for _, m := range w.Report.Moved {
		moved = append(moved, w.Title(m.Column)+" "+w.Change(m.Column, m.Figure.Compared))
	}
	if len(moved) == 0 {
		return text
	}
	return w.T("goals.turned_with", map[string]any{"date": text, "moved": moved})
}

// Guard writes how a guardrail stands.
func (w GoalWords) Guard(g track.Guarded) string {
	now, floor := w.Reader.Figure(g.Unit, g.Now), NoData
	if g.Floor.OK {
		floor = w.Reader.Value(g.Unit, g.Floor.Value, w.Report.Currency)
	}
	return w.T("goals.guard", map[string]any{"kpi": w.Name(baseOf(g.KPI)), "state": w.Text(g.State.Key()), "now": now, "floor": floor})
}

func baseOf(id string) string {
	b, _, _ := strings.Cut(id, ":")
	return b
}

// Result writes what an instance came to; of a goal for each, how many reached it.
func (w GoalWords) Result(r goal.Result) string {
	value := w.Figure(r.Value.Float())
	if w.Report.Goal.Scope.Each != goal.Together {
		value = w.Number(r.Value.Float(), 0)
	}
	switch {
	case r.NoData:
		return NoData
	case r.Reached:
		return w.T("goals.result_reached", map[string]any{"value": value})
	}
	return w.T("goals.result_missed", map[string]any{"value": value})
}

// Closing writes the result, and what later data made of it.
func (w GoalWords) Closing(c *goal.Closing) string {
	switch {
	case c == nil:
		return ""
	case c.Now == c.First:
		return w.T("goals.closed", map[string]any{"date": w.Date(int64(c.On)), "result": w.Result(c.First)})
	}
	return w.T("goals.closed_corrected", map[string]any{"date": w.Date(int64(c.On)), "result": w.Result(c.First), "now": w.Result(c.Now)})
}

// Past writes the days of an instance that is over, and what it came to.
func (w GoalWords) Past(c goal.Closing) (days, result string) {
	days = w.Days(c.First.Days)
	if c.Now == c.First {
		return days, w.Result(c.First)
	}
	return days, w.T("goals.past_corrected", map[string]any{"result": w.Result(c.First), "now": w.Result(c.Now)})
}
