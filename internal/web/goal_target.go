package web

import (
	"math"
	"slices"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
	"github.com/callpace/callpace/internal/web/chart"
)

// goalLines are a goal in the chart of its KPI: a level as one line, a band as
// the lines of its ends, and a total as what each place is to bring of it by
// the working calendar.
type goalLines struct {
	Level  float64   // NaN: none
	Text   string    // of the level
	Series []goalRun // along the places
}

// goalRun is a line along the places, NaN where the goal asks for nothing.
type goalRun struct {
	Name   string
	Values []float64
}

// targetFor is the goal that a chart of a KPI shows: the one set last of those
// that run, of the same KPI and the same people. ok is false where there is none.
func (r *request) targetFor(kpi string, v view, unit string, places []calendar.Bucket) (out goalLines, ok bool, err error) {
	s, err := r.sight()
	if err != nil {
		return out, false, err
	}
	all, err := r.s.State.Goals().FindGoals(r.Context())
	if err != nil {
		return out, false, err
	}
	all = slices.DeleteFunc(all, func(g store.Goal) bool {
		return g.KPI != kpi || g.State != goal.Active || g.Scope.Each != goal.Together || !s.Sees(g.Goal) || !sameWords(g.Scope.Filters(), v.words().Where)
	})
	if len(all) == 0 || unit == "hour" {
		return out, false, nil
	}
	err = r.book(func(b goalBook) error {
		g := all[len(all)-1]
		rep, err := r.stands(b, g, false)
		if err != nil {
			return err
		}
		if part, whole := rep.Whole(); whole && part.Has && rep.Begun && rep.DaysLeft > 0 {
			out, ok = r.linesOf(b, g.Goal, rep, part, unit, places)
		}
		return nil
	})
	return out, ok, err
}

// linesOf draws a goal along the places of a chart by unit.
func (r *request) linesOf(b goalBook, g goal.Goal, rep *track.Report, s track.State, unit string, places []calendar.Bucket) (goalLines, bool) {
	w, out := r.words(rep), goalLines{Level: math.NaN()}
	sum := isSum(rep)
	switch {
	case sum && string(g.Target.Per) != unit && g.Target.Per != "":
		return out, false // asked for by another unit than the chart shows
	case s.Target.Better == pace.Within && (!sum || g.Target.Per != ""):
		for _, end := range []float64{s.Target.Low, s.Target.High} {
			run := goalRun{Name: r.reader.T("kpi.target", map[string]any{"value": w.Figure(end)})}
			for _, p := range places {
				v := end
				if !covers(g, p) {
					v = math.NaN()
				}
				run.Values = append(run.Values, v)
			}
			out.Series = append(out.Series, run)
		}
	case !sum || g.Target.Per != "":
		out.Level, out.Text = s.Target.High, r.reader.T("kpi.target", map[string]any{"value": w.TargetText(s)})
	default:
		ends := []float64{s.Target.High}
		if s.Target.Better == pace.Within {
			ends = []float64{s.Target.Low, s.Target.High}
		}
		for _, end := range ends {
			run := goalRun{Name: r.reader.Text("goals.target_spread")}
			for _, p := range places {
				run.Values = append(run.Values, dueIn(b, g, rep, end, p))
			}
			out.Series = append(out.Series, run)
		}
	}
	return out, true
}

// covers tells whether a goal holds on some day of a place.
func covers(g goal.Goal, p calendar.Bucket) bool {
	return p.To > int64(g.Period.From) && (g.Period.Until == 0 || p.From <= int64(g.Period.Until))
}

// dueIn is what a total asks of the days of a place, by working days. A
// recurring goal asks the same of each of its units; of one that is set as a
// change only what the running unit asks is known.
func dueIn(b goalBook, g goal.Goal, rep *track.Report, end float64, p calendar.Bucket) float64 {
	due, whole, cal := 0.0, rep.Instance.Whole, b.Desk.Base.Calendar
	for day := p.From; day < p.To; day++ {
		i, ok := g.Period.At(cal, day)
		if !ok || g.Target.Kind != goal.Total && i.Whole != whole {
			continue
		}
		total, span := end, i.Range
		if g.Period.Kind == goal.Recurring && g.Target.Kind == goal.Total {
			total, span = g.Target.Value.Float(), i.Whole
		}
		if all := b.Desk.Working.Days(span); all > 0 {
			due += total * b.Desk.Working.Days(dayRange(day)) / all
		}
	}
	if due == 0 { // nothing is asked of days off
		return math.NaN()
	}
	return due
}

// draw puts the lines into a chart, and its values on the axis.
func (l goalLines) draw(r *request, line *chart.Line, s *scaled) {
	if !math.IsNaN(l.Level) {
		s.see(l.Level, l.Level, kpi.Figure{})
		line.Target = &chart.Target{Value: chart.Value(l.Level), Text: l.Text}
	}
	for _, run := range l.Series {
		series := chart.Series{Name: run.Name, Role: chart.Peer}
		for _, v := range run.Values {
			p := chart.Point{Value: chart.Gap}
			if !math.IsNaN(v) {
				s.see(v, v, kpi.Figure{})
				p = chart.Point{Value: chart.Value(v), Text: r.reader.Value(s.unit, roundedIn(s.unit, v), s.currency)}
			}
			series.Points = append(series.Points, p)
		}
		line.Series = append(line.Series, series)
	}
}

// roundedIn makes whole numbers of shares of counts.
func roundedIn(unit kpi.Unit, v float64) float64 {
	if unit == kpi.UnitCount {
		return math.Round(v)
	}
	return v
}

// sameWords tells whether filters of a goal and of a view mean the same rows:
// a goal writes team = 'East', a view team == "East".
func sameWords(goals, views []string) bool {
	if len(goals) != len(views) {
		return false
	}
	for _, f := range goals {
		same := false
		for _, d := range []string{"team", "agent", "campaign", "product"} {
			for _, w := range views {
				same = same || f == w || w == question.Equal(d, valueOf(f, d))
			}
		}
		if !same {
			return false
		}
	}
	return true
}

// valueOf is the value that a goal's filter wants of a dimension; "" where it
// is about another.
func valueOf(filter, dimension string) string {
	head := dimension + " = '"
	if len(filter) <= len(head) || filter[:len(head)] != head {
		return ""
	}
	return filter[len(head) : len(filter)-1]
}
