package track_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/naive"
)

// world is a company whose facts a test writes down row by row, before the
// evaluator that the engines are tested against.
type world struct {
	t     *testing.T
	batch *facts.Batch
	clock *facts.Clock
	work  calendar.WorkRules
}

var loaded = sync.OnceValues(func() (*kpi.Catalogue, error) { return kpi.Load() })

func newWorld(t *testing.T) *world {
	t.Helper()
	clock, err := facts.Settings{Zone: "UTC"}.Clock()
	require.NoError(t, err)
	return &world{t: t, batch: &facts.Batch{}, clock: clock, work: calendar.WorkRules{Week: map[string]float64{"saturday": 0, "sunday": 0}}}
}

func date(text string) time.Time {
	d, err := time.Parse("2006-01-02 15:04", text+" 10:00")
	if err != nil {
		panic(err)
	}
	return d
}

func day(text string) int64 { return date(text).Unix() / 86400 }

// cells are the values of a row by column: texts, numbers, and the time of a moment.
type cells map[string]any

func (w *world) add(table *facts.Table, values cells) {
	w.t.Helper()
	rows := w.batch.Rows(table)
	w.batch.Records = append(w.batch.Records, facts.Record{})
	row := rows.Add(len(w.batch.Records) - 1)
	if table.Col("share") >= 0 && values["share"] == nil {
		rows.SetInt(row, table.Col("share"), int64(callpace.One))
	}
	for name, v := range values {
		switch v := v.(type) {
		case time.Time:
			rows.SetMoment(row, table.Col(name+"_at"), w.clock.Moment(v))
		case string:
			rows.SetText(row, table.Col(name), v)
		case int:
			rows.SetInt(row, table.Col(name), int64(v))
		case bool:
			rows.SetInt(row, table.Col(name), map[bool]int64{true: 1}[v])
		}
	}
}

// calls are outbound ones of a day by somebody, of which some reach who is meant.
func (w *world) calls(on time.Time, agent, team string, n, contacts int) {
	for i := range n {
		w.add(facts.Calls, cells{"started": on.Add(time.Duration(i) * time.Minute), "direction": "outbound", "kind": "cold", "agent": agent, "team": team,
			"reached": i < contacts, "contacted": i < contacts, "outcome": map[bool]string{true: "interested", false: "no_answer"}[i < contacts]})
	}
}

func (w *world) sale(on time.Time, agent, team string) {
	w.add(facts.Orders, cells{"placed": on, "agent": agent, "team": team})
}

// eachDay runs fn on the working days of a run of days, both included.
func (w *world) eachDay(from, until string, fn func(on time.Time)) {
	for d := date(from); !d.After(date(until)); d = d.AddDate(0, 0, 1) {
		if d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
			fn(d)
		}
	}
}

// desk holds goals against the company at ten in the evening of a day.
func (w *world) desk(today string) track.Desk {
	w.t.Helper()
	catalogue, err := loaded()
	require.NoError(w.t, err)
	cal := calendar.New(facts.Gregorian, time.Monday)
	work, err := calendar.NewWorking(w.work)
	require.NoError(w.t, err)
	return track.Desk{Catalogue: catalogue, Engine: naive.New(w.batch, cal, "EUR"), Working: work, Today: day(today),
		Base: kpi.Query{Scope: kpi.Everything(), Now: date(today).Add(12 * time.Hour), Calendar: cal, Currency: "EUR"}}
}

// reads a goal as it would be typed on a day.
func (w *world) goal(today, text string) goal.Goal {
	w.t.Helper()
	catalogue, err := loaded()
	require.NoError(w.t, err)
	g, err := goal.Parse(text, goal.Context{Today: day(today), Calendar: calendar.New(facts.Gregorian, time.Monday), Catalogue: catalogue, Lang: "en", Currency: "EUR", Teams: []string{"East", "West"}, Agents: []string{"Ana", "Boris"}})
	require.NoError(w.t, err, text)
	return g
}

// look reports on a goal that was typed on its first day, or on the day before today.
func (w *world) look(today string, g goal.Goal) *track.Report {
	w.t.Helper()
	r, err := w.desk(today).Look(w.t.Context(), track.Input{Goal: g})
	require.NoError(w.t, err)
	return r
}
