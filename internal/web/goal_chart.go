package web

import (
	"math"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/web/chart"
)

// drawGoal draws the pace: what was, what was to be expected, and the fan of
// what may be.
func (r *request) drawGoal(page *goalPage, rep *track.Report) error {
	s, ok := rep.Whole()
	if !ok || len(s.Course) < 2 {
		return nil
	}
	w, text := r.words(rep), r.reader.Text
	line := chart.Line{Title: text("goals.pace_chart")}
	actual := chart.Series{Name: text("goals.term.actual"), Role: chart.Main}
	due := chart.Series{Name: text("goals.term.expected"), Role: chart.Before}
	fan := chart.Series{Name: text("goals.term.projected"), Role: chart.Forecast}
	wide, near := chart.Band{Name: r.reader.Percent(0.8, 0)}, chart.Band{Name: r.reader.Percent(0.5, 0)}
	axis := newScaled(kpi.Column{Unit: rep.Unit})
	point := func(v float64) chart.Point {
		if math.IsNaN(v) {
			return chart.Point{Value: chart.Gap}
		}
		axis.see(v, v, kpi.Figure{})
		return chart.Point{Value: chart.Value(v), Text: w.Figure(rounded(rep, v))}
	}
	var places []calendar.Bucket
	for i, p := range s.Course {
		places = append(places, calendar.Bucket{Range: calendar.Range{From: p.Day, To: p.Day + 1}})
		line.X = append(line.X, chart.Place{Label: r.reader.DayMonth(p.Day), Long: r.place("day", r.calendar().Key(calendar.Day, p.Day))})
		actual.Points = append(actual.Points, point(p.Actual))
		due.Points = append(due.Points, point(p.Expected))
		mean, lo, hi, lo5, hi5 := p.Mean, p.Low80, p.High80, p.Low50, p.High50
		if next := i + 1; next == s.Seen && !math.IsNaN(p.Actual) { // the fan opens where the line ends
			mean, lo, hi, lo5, hi5 = p.Actual, p.Actual, p.Actual, p.Actual, p.Actual
		}
		fan.Points = append(fan.Points, point(mean))
		wide.Low, wide.High, wide.Text = append(wide.Low, chart.Value(lo)), append(wide.High, chart.Value(hi)), append(wide.Text, r.bandText(rep, lo, hi))
		near.Low, near.High, near.Text = append(near.Low, chart.Value(lo5)), append(near.High, chart.Value(hi5)), append(near.Text, r.bandText(rep, lo5, hi5))
		point(lo)
		point(hi)
	}
	fan.Bands = []chart.Band{wide, near}
	line.Series = []chart.Series{actual}
	sum := isSum(rep)
	if sum && s.Has && s.Target.Better != pace.Within {
		line.Series = append(line.Series, due)
	}
	line.Series = append(line.Series, fan)
	if s.Has && s.Target.Better != pace.Within {
		axis.see(s.Target.High, s.Target.High, kpi.Figure{})
		line.Target = &chart.Target{Value: chart.Value(s.Target.High), Text: r.reader.T("kpi.target", map[string]any{"value": w.Figure(s.Target.High)})}
	}
	if s.Has && s.Target.Better == pace.Within {
		ends := goalLines{Level: math.NaN()}
		low := goalRun{Name: r.reader.T("kpi.target", map[string]any{"value": w.Figure(s.Target.Low)})}
		high := goalRun{Name: r.reader.T("kpi.target", map[string]any{"value": w.Figure(s.Target.High)})}
		for _, p := range s.Course {
			low.Values, high.Values = append(low.Values, p.AtLeast), append(high.Values, p.Expected)
		}
		ends.Series = []goalRun{low, high}
		ends.draw(r, &line, axis)
	}
	happened, err := r.notesOn(places)
	if err != nil {
		return err
	}
	line.Notes = append(turnNote(s, r.reader.T("goals.turned_here", map[string]any{"date": r.reader.Date(s.Turned)})), happened...)
	line.Y = axis.axis(r)
	page.Chart, err = chart.Script(line)
	page.Course = r.courseGrid(rep, s)
	return err
}

// isSum tells goals whose figure grows over the period.
func isSum(rep *track.Report) bool { return rep.Kind == forecast.Count || rep.Kind == forecast.Money }

// rounded makes whole numbers of estimates of counts.
func rounded(rep *track.Report, v float64) float64 { return roundedIn(rep.Unit, v) }

func (r *request) bandText(rep *track.Report, lo, hi float64) string {
	if math.IsNaN(lo) {
		return ""
	}
	w := r.words(rep)
	return w.Figure(rounded(rep, lo)) + " – " + w.Figure(rounded(rep, hi))
}

// courseGrid is the chart as a table.
func (r *request) courseGrid(rep *track.Report, s track.State) grid {
	text, w := r.reader.Text, r.words(rep)
	g := grid{ID: "course", Caption: text("goals.pace_chart"), Tall: len(s.Course) > 20, Head: []gridHead{{Title: text("goals.column.day")}, {Title: text("goals.term.actual"), Numeric: true},
		{Title: text("goals.term.expected"), Numeric: true}, {Title: text("goals.term.projected"), Numeric: true}}}
	for _, p := range s.Course {
		projected := ""
		if !math.IsNaN(p.Mean) {
			projected = w.Figure(rounded(rep, p.Mean)) + " (" + r.bandText(rep, p.Low80, p.High80) + ")"
		}
		g.Rows = append(g.Rows, []cell{{Text: r.reader.Date(p.Day), Header: true}, number(w.Figure(p.Actual)), number(w.Expected(s.Target.Better == pace.Within, p.AtLeast, p.Expected)), number(projected)})
	}
	r.offerRows(&g)
	return g
}
