package overview

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace/internal/kpi"
)

// Weeks is how many of the same weekday tell what is usual.
const Weeks = 8

// Hours is how much of something happened in each hour of a day; the last
// place holds what carries no time of day.
type Hours [25]float64

// Until sums what happened up to a minute of the day: whole hours, of the
// running one as much as has passed of it. What carries no time counts at the
// day's end only.
func (h Hours) Until(minute int) float64 {
	var sum float64
	for hour, n := range h {
		switch begins := 60 * hour; {
		case hour == 24 && minute < 1440:
		case begins+60 <= minute || hour == 24:
			sum += n
		case begins < minute:
			sum += n * float64(minute-begins) / 60
		}
	}
	return sum
}

// Whole sums the day.
func (h Hours) Whole() float64 { return h.Until(1440) }

// Usual is what several days of the same kind came to: their mean, and the
// least and the most of them. Without days it is not known.
type Usual struct {
	Mean, Low, High float64
	Days            int
}

// enough is the least number of days whose spread says anything.
const enough = 4

// Place tells where a value stands to what is usual: -1 under each of those
// days, 1 over each, 0 among them or where they are too few to tell.
func (u Usual) Place(v float64) int {
	switch {
	case u.Days < enough:
		return 0
	case v < u.Low:
		return -1
	case v > u.High:
		return 1
	}
	return 0
}

// Times gives what is usual of as much work times a factor.
func (u Usual) Times(factor float64) Usual {
	return Usual{u.Mean * factor, u.Low * factor, u.High * factor, u.Days}
}

func usual(values []float64) Usual {
	if len(values) == 0 {
		return Usual{}
	}
	var sum float64
	for _, v := range values {
		sum += v
	}
	return Usual{Mean: sum / float64(len(values)), Low: slices.Min(values), High: slices.Max(values), Days: len(values)}
}

// Weekday is a day beside the same weekdays before it, for one KPI that adds
// up. Days on which the one that it is about did nothing at all are not among
// them: a holiday says nothing of what is usual.
type Weekday struct {
	Now  Hours
	Past []Hours
}

// Hour gives what is usual within an hour.
func (w Weekday) Hour(hour int) Usual {
	return w.over(func(h Hours) float64 { return h[hour] })
}

// Until gives what is usual by a minute of the day.
func (w Weekday) Until(minute int) Usual {
	return w.over(func(h Hours) float64 { return h.Until(minute) })
}

// Whole gives what is usual of a whole day.
func (w Weekday) Whole() Usual { return w.Until(1440) }

// Span gives the first hour with anything in it and the hour after the last
// one; both are 0 where there is none.
func (w Weekday) Span() (from, to int) {
	for hour := range 24 {
		if w.Now[hour] != 0 || w.Hour(hour).High != 0 {
			if to == 0 {
				from = hour
			}
			to = hour + 1
		}
	}
	return from, to
}

func (w Weekday) over(of func(Hours) float64) Usual {
	values := make([]float64, len(w.Past))
	for i, h := range w.Past {
		values[i] = of(h)
	}
	return usual(values)
}

// Weekdays are those of the KPIs of a frame, for everybody and each part.
type Weekdays struct {
	columns int
	today   string
	groups  map[string]map[string][]Hours // by group and day; Hours by column
}

// ReadWeekdays reads a frame by some dimensions, then day and hour. today is
// the key of the day that the others are compared with.
func ReadWeekdays(f *kpi.Frame, today string) *Weekdays {
	w := &Weekdays{columns: len(f.Columns), today: today, groups: map[string]map[string][]Hours{}}
	n := len(f.Dims)
	for _, row := range f.Rows {
		day, hour := row.Key[n-2], 24
		if h, err := strconv.Atoi(row.Key[n-1]); err == nil && h >= 0 && h < 24 {
			hour = h
		}
		for i, x := range row.Figures {
			if !x.Valid || math.IsNaN(x.Number) {
				continue
			}
			w.add("", day, i, hour, x.Number)
			for d := range n - 2 {
				w.add(groupOf(f.Dims[d], row.Key[d]), day, i, hour, x.Number)
			}
		}
	}
	return w
}

func groupOf(dimension, value string) string { return dimension + "\x00" + value }

func (w *Weekdays) add(group, day string, column, hour int, n float64) {
	if w.groups[group] == nil {
		w.groups[group] = map[string][]Hours{}
	}
	if w.groups[group][day] == nil {
		w.groups[group][day] = make([]Hours, w.columns)
	}
	w.groups[group][day][column][hour] += n
}

// All gives a KPI of everybody together.
func (w *Weekdays) All(column int) Weekday { return w.of("", column) }

// Of gives a KPI of a part: a team, an agent.
func (w *Weekdays) Of(dimension, value string, column int) Weekday {
	return w.of(groupOf(dimension, value), column)
}

// Names lists the parts of a dimension, in alphabetical order.
func (w *Weekdays) Names(dimension string) []string {
	var out []string
	for group := range w.groups {
		if name, ok := strings.CutPrefix(group, dimension+"\x00"); ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (w *Weekdays) of(group string, column int) Weekday {
	var out Weekday
	days := w.groups[group]
	keys := make([]string, 0, len(days))
	for day := range days {
		keys = append(keys, day)
	}
	slices.Sort(keys)
	for _, day := range keys {
		switch {
		case day == w.today:
			out.Now = days[day][column]
		case slices.ContainsFunc(days[day], func(h Hours) bool { return h != Hours{} }):
			out.Past = append(out.Past, days[day][column])
		}
	}
	return out
}
