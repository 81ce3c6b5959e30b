package web

import (
	"cmp"
	"slices"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/web/chart"
)

// mostStates is how many states have a colour of their own in the drawing.
const mostStates = 5

// mostStateDays is how many days are drawn.
const mostStateDays = 45

// aggregated asks an agent's rows of a fact by day and one of its columns.
func (r *request) aggregated(q kpi.Query, agent string, t *facts.Table, date, column string, m kpi.Measure) (groups []kpi.Group, err error) {
	err = r.read(func(e kpi.Engine) (err error) {
		groups, err = e.Aggregate(r.Context(), kpi.Select{Fact: t, Date: date, From: q.Period.From, To: q.Period.To, Scope: q.Scope, Now: q.Now, MaxGroups: kpi.MaxGroups,
			Dims: []kpi.Dim{{Name: "day", Bucket: kpi.BucketDay}, textDim(column)}, Where: []kpi.Expr{isField("agent", agent)}, Measures: []kpi.Measure{m}})
		return err
	})
	return groups, err
}

// statesByDay draws the time in each state, a day a bar.
func (r *request) statesByDay(q kpi.Query, agent string) (*drawn, error) {
	from := max(q.Period.From, q.Period.To-mostStateDays)
	q.Period = &calendar.Range{From: from, To: q.Period.To}
	groups, err := r.aggregated(q, agent, facts.AgentTime, "began", "state", kpi.Measure{ID: "time", Agg: kpi.Sum, Value: kpi.Field{Name: "seconds", Kind: facts.Seconds}})
	if err != nil || len(groups) == 0 {
		return nil, err
	}
	seconds, total := map[[2]string]float64{}, map[string]float64{}
	for _, g := range groups {
		seconds[[2]string{g.Key[0], g.Key[1]}] += whole(g.Values[0])
		total[g.Key[1]] += whole(g.Values[0])
	}
	states := make([]string, 0, len(total))
	for s := range total {
		states = append(states, s)
	}
	slices.SortFunc(states, func(a, b string) int { return cmp.Or(cmp.Compare(total[b], total[a]), cmp.Compare(a, b)) })
	return r.drawStates(q, states, seconds)
}

func (r *request) drawStates(q kpi.Query, states []string, seconds map[[2]string]float64) (*drawn, error) {
	out := r.drawn(r.reader.Text("agent.states"), r.reader.Text("agent.states_sub"))
	bar := chart.Bar{Title: out.Title, Stacked: true}
	kept, rest := states[:min(len(states), mostStates)], states[min(len(states), mostStates):]
	out.Table = grid{ID: "states", Caption: out.Title, Tall: true, Head: []gridHead{{Title: r.reader.Dimension("day")}}}
	for _, s := range kept {
		bar.Series = append(bar.Series, chart.Series{Name: r.state(s)})
		out.Table.Head = append(out.Table.Head, gridHead{Title: r.state(s), Numeric: true})
	}
	if len(rest) > 0 {
		bar.Series = append(bar.Series, chart.Series{Name: r.reader.Text("agent.other_states")})
		out.Table.Head = append(out.Table.Head, gridHead{Title: r.reader.Text("agent.other_states"), Numeric: true})
	}
	top := 0.0
	for _, day := range r.calendar().Buckets(calendar.Day, *q.Period) {
		values, sum := make([]float64, len(bar.Series)), 0.0
		for i, s := range states {
			n := seconds[[2]string{day.Key, s}]
			values[min(i, len(values)-1)] += n
			sum += n
		}
		if free, err := r.freeDay(day.From); sum == 0 && (err != nil || free != "") {
			continue
		}
		top = max(top, sum)
		bar.X = append(bar.X, chart.Place{Label: r.reader.PlaceShort("day", day.Key), Long: r.place("day", day.Key)})
		row := []cell{{Text: r.place("day", day.Key), Header: true}}
		for i, n := range values {
			bar.Series[i].Points = append(bar.Series[i].Points, chart.Point{Value: chart.Value(n), Text: r.reader.Duration(n)})
			row = append(row, number(r.reader.Duration(n)))
		}
		out.Table.Rows = append(out.Table.Rows, row)
	}
	bar.Y = chart.Scale{Hi: top, Zero: true, Time: true, Format: func(v, _ float64) string { return r.reader.Duration(v) }}.Axis()
	var err error
	out.Chart, err = chart.Script(bar)
	return out, err
}

// state names what an agent was doing; one of the source's own is left as it is.
func (r *request) state(name string) string {
	if key := "state." + name; r.reader.Has(key) {
		return r.reader.Text(key)
	}
	return r.place("state", name)
}

// planned is a planned day, and what came of it.
type planned struct {
	day             int64
	seconds, logged float64
	absence         string
}

// scheduleOf lists the days on which less was worked than planned, with the
// reason where the schedule gives one.
func (r *request) scheduleOf(q kpi.Query, agent string) (*grid, string, error) {
	plan, err := r.aggregated(q, agent, facts.Schedule, "planned", "absence", kpi.Measure{ID: "planned", Agg: kpi.Sum, Value: kpi.Field{Name: "planned_seconds", Kind: facts.Seconds}})
	if err != nil || len(plan) == 0 {
		return nil, "", err
	}
	logged, err := r.loggedByDay(q, agent)
	if err != nil {
		return nil, "", err
	}
	today, err := r.asker().Today()
	if err != nil {
		return nil, "", err
	}
	var days []planned
	var planSum, logSum float64
	absent := 0
	for _, g := range plan {
		day, err := r.calendar().ParseDay(g.Key[0], today)
		if err != nil {
			return nil, "", err
		}
		p := planned{day: day, seconds: whole(g.Values[0]), absence: g.Key[1], logged: logged[g.Key[0]]}
		if p.absence != "" {
			absent++
		} else if day <= today {
			planSum, logSum = planSum+p.seconds, logSum+p.logged
		}
		days = append(days, p)
	}
	slices.SortFunc(days, func(a, b planned) int { return cmp.Compare(b.day, a.day) })
	how := r.reader.T("agent.schedule_sum", map[string]any{"planned": r.hoursText(planSum), "logged": r.hoursText(logSum), "count": absent})
	return r.daysGrid(days), how, nil
}

// hoursText writes a sum of working time: in hours, since a day of work is no day.
func (r *request) hoursText(seconds float64) string {
	return r.reader.T("people.hours", map[string]any{"hours": r.reader.Number(seconds/3600, 1)})
}

func (r *request) loggedByDay(q kpi.Query, agent string) (map[string]float64, error) {
	f, err := r.oneFrame(narrowed(plain(q, []string{"logged_in_time"}, "day"), "agent", agent))
	out := map[string]float64{}
	if f != nil {
		for _, row := range f.Rows {
			if x := row.Figures[0]; x.Valid {
				out[row.Key[0]] = x.Number
			}
		}
	}
	return out, err
}

// oneFrame answers one question.
func (r *request) oneFrame(q kpi.Query) (f *kpi.Frame, err error) {
	err = r.frames(asking{into: &f, q: q})
	return f, err
}

func (r *request) daysGrid(days []planned) *grid {
	g := &grid{ID: "schedule", Caption: r.reader.Text("agent.schedule"), Tall: len(days) > 12, Head: []gridHead{{Title: r.reader.Dimension("day")},
		{Title: r.reader.Text("agent.planned"), Numeric: true}, {Title: r.reader.Name("logged_in_time"), Numeric: true}, {Title: r.reader.Dimension("absence")}}}
	fillGrid(r, r.view(), g, days, nil, func(d planned) []cell {
		logged := number("–")
		if d.logged > 0 {
			logged = number(r.reader.Duration(d.logged))
		}
		return []cell{{Text: r.reader.Date(d.day), Sub: r.weekday(d.day), Header: true, value: export.Cell{Kind: export.Day, Day: d.day}}, number(r.reader.Duration(d.seconds)), logged, {Text: r.absence(d.absence)}}
	})
	return g
}

func (r *request) absence(name string) string {
	if key := "absence." + name; name != "" && r.reader.Has(key) {
		return r.reader.Text(key)
	}
	return name
}
