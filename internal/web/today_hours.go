package web

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/web/chart"
)

// soFar is a KPI of the day.
func (r *request) soFar(v view, d dayView, column int, selected bool) soFar {
	w := d.figures.All(column)
	now, by, whole := w.Now.Whole(), w.Until(d.minute), w.Whole()
	out := soFar{Name: r.reader.Name(todayKPIs[column]), URL: v.with("kpi", todayKPIs[column]), Selected: selected, Value: r.count(now)}
	if by.Days > 0 {
		out.Usual = r.reader.T("today.usual", map[string]any{"mean": r.count(by.Mean), "low": r.count(by.Low), "high": r.count(by.High)})
		out.Change = r.againstUsual(now, by)
	}
	if whole.Days > 0 && d.minute < 1440 {
		expected := whole.Times(d.staffed.factor("", ""))
		key := "today.expected"
		if d.staffed.known("", "") {
			key = "today.expected_staffed"
		}
		out.Expected = r.reader.T(key, map[string]any{"mean": r.count(expected.Mean)})
	}
	return out
}

// count writes a number of things; a mean of them has a decimal where it is small.
func (r *request) count(v float64) string {
	if v != math.Trunc(v) && v < 10 {
		return r.reader.Number(v, 1)
	}
	return r.reader.Number(v, 0)
}

// againstUsual is how far something is from what is usual by now, in per cent;
// better or worse only where it lies outside all of those days.
func (r *request) againstUsual(now float64, by overview.Usual) change {
	if by.Days == 0 || by.Mean == 0 {
		return change{}
	}
	relative := (now - by.Mean) / by.Mean
	out := change{Icon: "arrow-right", Text: r.signedPercent(relative)}
	switch {
	case relative > 0.005:
		out.Icon = "arrow-up-right"
	case relative < -0.005:
		out.Icon = "arrow-down-right"
	}
	switch by.Place(now) {
	case -1:
		out.Class, out.Note = "bad", r.reader.Text("today.under")
	case 1:
		out.Class, out.Note = "good", r.reader.Text("today.over")
	default:
		out.Note = r.reader.Text("today.among")
		if by.Days < 4 {
			out.Note = r.reader.Text("today.few")
		}
	}
	return out
}

func (r *request) signedPercent(share float64) string {
	text := r.reader.Percent(share, 0)
	if math.Round(100*share) > 0 {
		return "+" + text
	}
	if math.Round(100*share) == 0 {
		return r.reader.Percent(0, 0)
	}
	return text
}

// hours draws a KPI by the hour, with what is usual and its spread.
func (r *request) hours(d dayView, column int) (*drawn, error) {
	w := d.figures.All(column)
	from, to := w.Span()
	if to == from {
		return nil, nil
	}
	name := r.reader.Name(todayKPIs[column])
	out := r.drawn(r.hoursTitle(d, w, name), r.reader.Text("today.by_hour"))
	now := chart.Series{Name: r.reader.Text("today.this_day"), Role: chart.Main}
	usual := chart.Series{Name: r.reader.Text("today.usually"), Role: chart.Before}
	band := chart.Band{Name: r.reader.Text("today.spread")}
	line := chart.Bar{Title: out.Title}
	out.Table = grid{ID: "by-hour", Caption: name, Head: []gridHead{{Title: r.reader.Dimension("hour")}, {Title: now.Name, Numeric: true},
		{Title: usual.Name, Numeric: true}, {Title: band.Name, Numeric: true}}}
	if w.Whole().Days == 0 {
		out.Table.Head = out.Table.Head[:2]
	}
	top := 0.0
	for hour := from; hour < to; hour++ {
		u := w.Hour(hour)
		place := r.hourText(hour)
		line.X = append(line.X, chart.Place{Label: place, Long: place + ":00 – " + r.hourText(hour+1) + ":00"})
		point, text := chart.Point{Value: chart.Gap, Text: "–"}, "–"
		if 60*hour < d.minute {
			point, text = chart.Point{Value: chart.Value(w.Now[hour]), Text: r.count(w.Now[hour])}, r.count(w.Now[hour])
		}
		if i := hour - from; 60*hour < d.minute && d.minute < 60*hour+60 {
			now.Partial = &i
		}
		spread := r.count(u.Low) + " – " + r.count(u.High)
		now.Points = append(now.Points, point)
		usual.Points = append(usual.Points, chart.Point{Value: chart.Value(u.Mean), Text: r.count(u.Mean)})
		band.Low, band.High, band.Text = append(band.Low, chart.Value(u.Low)), append(band.High, chart.Value(u.High)), append(band.Text, spread)
		top = slices.Max([]float64{top, w.Now[hour], u.High})
		row := []cell{{Text: place + ":00", Header: true}, number(text), number(r.count(u.Mean)), number(spread)}
		out.Table.Rows = append(out.Table.Rows, row[:len(out.Table.Head)])
	}
	if w.Whole().Days > 0 {
		usual.Bands = []chart.Band{band}
		line.Series = []chart.Series{now, usual}
	} else {
		line.Series = []chart.Series{now}
	}
	line.Y = chart.Scale{Hi: top, Zero: true, Least: 1, Format: func(v, _ float64) string { return r.reader.Number(v, 0) }}.Axis()
	var err error
	out.Chart, err = chart.Script(line)
	return out, err
}

func (r *request) hoursTitle(d dayView, w overview.Weekday, name string) string {
	by := w.Until(d.minute)
	now := w.Now.Whole()
	args := map[string]any{"kpi": name, "now": r.count(now), "usual": r.count(by.Mean)}
	switch {
	case by.Days == 0:
		return r.reader.T("today.title_alone", args)
	case by.Place(now) < 0:
		return r.reader.T("today.title_under", args)
	case by.Place(now) > 0:
		return r.reader.T("today.title_over", args)
	}
	return r.reader.T("today.title", args)
}

// personOfDay is a team's or an agent's day.
type personOfDay struct {
	name  string
	now   float64
	by    overview.Usual
	whole overview.Usual
}

// peopleOfDay lists teams or agents with their day so far, the most first.
func (r *request) peopleOfDay(v view, d dayView, dimension string, column int) *grid {
	var list []personOfDay
	top := 0.0
	for _, name := range d.figures.Names(dimension) {
		w := d.figures.Of(dimension, name, column)
		p := personOfDay{name, w.Now.Whole(), w.Until(d.minute), w.Whole().Times(d.staffed.factor(dimension, name))}
		if p.now == 0 && d.figures.Of(dimension, name, 0).Now.Whole() == 0 && d.staffed.away(dimension, name) && p.whole.Days == 0 {
			continue
		}
		list, top = append(list, p), max(top, p.now, p.by.Mean)
	}
	if len(list) < 2 && dimension == "team" || len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b personOfDay) int { return cmp.Or(cmp.Compare(b.now, a.now), cmp.Compare(a.name, b.name)) })
	c := d.columns[column]
	g := &grid{ID: "today-" + dimension, Caption: r.reader.Title(c) + " · " + r.reader.Dimension(dimension),
		Head: []gridHead{{Title: r.reader.Dimension(dimension)}, {Title: r.reader.Title(c), Numeric: true}, {Title: r.reader.Text("parts.bar")}, {Title: r.reader.Text("today.usual_by"), Numeric: true},
			{Title: r.reader.Text("column.change"), Numeric: true}}}
	if d.minute < 1440 {
		g.Head = append(g.Head, gridHead{Title: r.reader.Text("today.day_expected"), Numeric: true})
	}
	fillGrid(r, v, g, list, func(p personOfDay) string { return p.name }, func(p personOfDay) []cell { return r.rowOfDay(v, d, dimension, p, top) })
	return g
}

func (r *request) rowOfDay(v view, d dayView, dimension string, p personOfDay, top float64) []cell {
	name := cell{Text: r.place(dimension, p.name), URL: v.with(dimension, p.name), Header: true}
	if dimension == "agent" && p.name != "" {
		name.URL = v.to(agentPath(p.name))
	}
	if p.name == "" {
		name.URL = ""
	}
	usual := number(present.NoData)
	goal := math.NaN()
	if p.by.Days > 0 {
		goal = p.by.Mean
		usual = number(r.count(p.by.Mean))
		usual.Sub = r.count(p.by.Low) + " – " + r.count(p.by.High)
	}
	ch := r.againstUsual(p.now, p.by)
	moved := cell{Text: ch.Text, Class: strings.TrimSpace("num change-cell " + ch.Class)}
	if ch.Class != "" {
		moved.Sub = ch.Note
	}
	if p.now == 0 && d.staffed.away(dimension, p.name) {
		moved = cell{Text: r.reader.Text("today.away")}
	}
	row := []cell{name, number(r.count(p.now)), {Class: "bar", Drawn: chart.InCellGoal(p.now, goal, top)}, usual, moved}
	if d.minute < 1440 {
		expected := number("–")
		if p.whole.Days > 0 {
			expected = number(r.count(p.whole.Mean))
		}
		row = append(row, expected)
	}
	return row
}
