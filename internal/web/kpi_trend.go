package web

import (
	"html/template"
	"math"
	"strconv"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/web/chart"
)

// trend is the course of a KPI over the days of a period.
type trend struct {
	Title, Sub string
	Units      []choice
	Chart      template.HTML
	Table      grid
}

// The units of a course, and from how many days on each is the usual one. Up
// to a year of days is drawn where that is asked for.
const (
	mostDays, mostWeeks = 45, 200
	mostPlaces          = 370
)

// unitsOf are those in which a period of some length can be drawn.
func unitsOf(p *calendar.Period) []string {
	switch n := p.Days(); {
	case n == 1:
		return []string{"hour"}
	case n <= 7:
		return []string{"day"}
	case n <= 31:
		return []string{"day", "week"}
	case n <= mostPlaces:
		return []string{"day", "week", "month"}
	case n <= 7*mostPlaces:
		return []string{"week", "month", "quarter"}
	}
	return []string{"month", "quarter", "year"}
}

// unitOf is the unit asked for, where the period can be drawn in it, else the usual one.
func unitOf(asked string, p *calendar.Period) string {
	units := unitsOf(p)
	for _, u := range units {
		if u == asked {
			return u
		}
	}
	switch n := p.Days(); {
	case n <= mostDays || len(units) == 1:
		return units[0]
	case n <= mostWeeks:
		return "week"
	}
	return "month"
}

// trend draws the course: the value with its interval, the days that it is
// compared with, the target, and what happened.
func (r *request) trend(v view, p *calendar.Period, a *answers, happened []annotated) (*trend, error) {
	c := a.course.Columns[0]
	t := &trend{Sub: r.reader.T("trend.sub", map[string]any{"unit": r.reader.Text("trend.per." + a.unit)}), Table: r.table("trend-table", r.reader.Title(c), a.course, true)}
	for _, u := range unitsOf(p) {
		t.Units = append(t.Units, choice{r.reader.Text("trend.by." + u), v.with("per", u), u == a.unit})
	}
	today, err := r.asker().Today()
	if err != nil {
		return nil, err
	}
	places := r.placesOf(a.course, a.unit)
	find := courseAt(a.course, 0)
	line := chart.Line{}
	now, before := chart.Series{Name: r.reader.Title(c), Role: chart.Main}, chart.Series{Role: chart.Before}
	band := chart.Band{Name: r.reader.Text("trend.interval")}
	s := newScaled(c)
	banded := false
	was := r.courseBefore(a)
	for i, at := range places {
		x := find(at.Key)
		line.X = append(line.X, chart.Place{Label: r.reader.PlaceShort(a.unit, at.Key), Long: r.place(a.unit, at.Key), Href: r.drill(v, a.unit, at.Key, "per", "")})
		now.Points = append(now.Points, s.point(r, x))
		low, high, text := chart.Gap, chart.Gap, ""
		if x.Interval && x.Valid {
			low, high, text, banded = chart.Value(x.Low), chart.Value(x.High), r.reader.Interval(c.Unit, x), true
			s.see(x.Low, x.High, x)
		}
		band.Low, band.High, band.Text = append(band.Low, low), append(band.High, high), append(band.Text, text)
		before.Points = append(before.Points, s.point(r, was(i, at.Key)))
		if i == len(places)-1 && a.unit != "hour" && at.Has(today) {
			now.Partial = &i
		}
	}
	if banded {
		now.Bands = append(now.Bands, band)
	}
	line.Series = append(line.Series, now)
	if a.before != nil && len(a.before.Rows) > 0 {
		before.Name = r.reader.Text("column.before")
		line.Series = append(line.Series, before)
	}
	if c.Target != nil {
		s.see(*c.Target, *c.Target, kpi.Figure{})
		line.Target = &chart.Target{Value: chart.Value(*c.Target), Text: r.reader.T("kpi.target", map[string]any{"value": r.reader.Value(c.Unit, *c.Target, "")})}
	}
	switch lines, ok, err := r.targetFor(c.Name, v, a.unit, places); {
	case err != nil:
		return nil, err
	case ok:
		lines.draw(r, &line, s)
	}
	line.Title, line.Y = now.Name, s.axis(r)
	line.Notes = notesAt(happened, places)
	t.Chart, err = chart.Script(line)
	return t, err
}

// courseBefore gives the figure of the days compared with for a place: of their
// first day for the first, of the same hour for an hour.
func (r *request) courseBefore(a *answers) func(i int, key string) kpi.Figure {
	if a.before == nil {
		return func(int, string) kpi.Figure { return kpi.Figure{} }
	}
	find := courseAt(a.before, 0)
	if a.unit == "hour" {
		return func(_ int, key string) kpi.Figure { return find(key) }
	}
	theirs := r.placesOf(a.before, a.unit)
	return func(i int, _ string) kpi.Figure {
		if i >= len(theirs) {
			return kpi.Figure{}
		}
		return find(theirs[i].Key)
	}
}

// placesOf are the places of an axis: all units of the period up to today, those
// without data too; of hours the first to the last that has some.
func (r *request) placesOf(f *kpi.Frame, unit string) []calendar.Bucket {
	if unit == "hour" {
		return hoursOf(f)
	}
	return r.calendar().Buckets(calendar.Unit(unit), *f.Period)
}

// notesAt sets what happened at the places of a chart.
func notesAt(happened []annotated, places []calendar.Bucket) (out []chart.Note) {
	for _, h := range happened {
		from, to := -1, -1
		for i, p := range places {
			if p.From <= h.ToDay && h.FromDay < p.To {
				if to = i; from < 0 {
					from = i
				}
			}
		}
		if from < 0 {
			continue
		}
		n := chart.Note{At: from, Mark: h.Mark, Text: h.Kind + ": " + h.Text}
		if to > from {
			n.To = &to
		}
		out = append(out, n)
	}
	return out
}

// notesOn are the notes of a chart over days whose page has no list of what
// happened: as far as the reader is concerned, as everywhere.
func (r *request) notesOn(places []calendar.Bucket) ([]chart.Note, error) {
	if len(places) == 0 {
		return nil, nil
	}
	happened, err := r.annotations(calendar.Range{From: places[0].From, To: places[len(places)-1].To})
	return notesAt(happened, places), err
}

// hoursOf are the hours from the first to the last of a frame.
func hoursOf(f *kpi.Frame) (out []calendar.Bucket) {
	first, last := 24, -1
	for _, row := range f.Rows {
		if h, err := strconv.Atoi(row.Key[0]); err == nil {
			first, last = min(first, h), max(last, h)
		}
	}
	for h := first; h <= last; h++ {
		out = append(out, calendar.Bucket{Key: strconv.Itoa(h), Range: *f.Period})
	}
	return out
}

// scaled gathers the values of an axis.
type scaled struct {
	unit     kpi.Unit
	lo, hi   float64
	currency string
}

func newScaled(c kpi.Column) *scaled {
	return &scaled{unit: c.Unit, lo: math.Inf(1), hi: math.Inf(-1)}
}

// see widens the axis. The interval of a handful would squeeze all else, so
// that it may stick out.
func (s *scaled) see(lo, hi float64, x kpi.Figure) {
	if x.Parts && x.Den < kpi.SmallGroup {
		return
	}
	s.lo, s.hi = math.Min(s.lo, lo), math.Max(s.hi, hi)
}

// point is a figure as a chart's point.
func (s *scaled) point(r *request, x kpi.Figure) chart.Point {
	if !x.Valid {
		return chart.Point{Value: chart.Gap, Text: r.reader.Figure(s.unit, x)}
	}
	s.lo, s.hi = math.Min(s.lo, x.Number), math.Max(s.hi, x.Number)
	if s.currency == "" {
		s.currency = x.Currency
	}
	return chart.Point{Value: chart.Value(x.Number), Text: r.figure(s.unit, x).Text}
}

// axis writes the scale of a unit. It begins at zero unless all values lie far from it.
func (s *scaled) axis(r *request) chart.Axis {
	sc := chart.Scale{Lo: s.lo, Hi: s.hi, Zero: s.lo < s.hi*2/3, Time: s.unit == kpi.UnitSeconds}
	if s.unit == kpi.UnitCount {
		sc.Least = 1
	}
	sc.Format = func(v, step float64) string { return r.tick(s.unit, v, step) }
	return sc.Axis()
}

// tick writes a value of an axis with as many decimals as its steps need.
func (r *request) tick(u kpi.Unit, v, step float64) string {
	decimals := func(step float64) (n int) {
		for n < 4 && math.Abs(step-math.Round(step)) > 1e-9 {
			step, n = step*10, n+1
		}
		return n
	}
	switch u {
	case kpi.UnitPercent:
		return r.reader.Percent(v, decimals(100*step))
	case kpi.UnitSeconds:
		return r.reader.Duration(v)
	case kpi.UnitMoney:
		by, _ := r.reader.Money("")
		v, step = v/float64(by), step/float64(by)
	}
	return r.reader.Number(v, decimals(step))
}
