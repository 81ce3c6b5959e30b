package duck

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kept"
	"github.com/callpace/callpace/internal/kpi/naive"
)

// TestKeptAnswersAreTrue writes, corrects, withdraws and moves agents and
// leads, and after every write puts the same questions, for other days too, to
// an engine that keeps its answers, to the file, and to the naive evaluator.
func TestKeptAnswersAreTrue(t *testing.T) {
	rounds := 12 // each costs a second or two; -rapid.checks=1000 lifts the limit
	if flag.Lookup("rapid.checks").Value.String() != "100" {
		rounds = math.MaxInt
	}
	for name, settings := range map[string]facts.Settings{"gregorian": testSettings, "hijri": {Zone: "Europe/Zagreb", Currency: "EUR", WeekStart: time.Saturday,
		Calendar: facts.SolarHijri, CreditDays: 30, CallbackMinutes: 30}} {
		t.Run(name, func(t *testing.T) {
			options := testOptions
			options.KeepMB = 1
			s, err := Open(filepath.Join(t.TempDir(), "facts"), "test", settings, options)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			clock, err := settings.Clock()
			require.NoError(t, err)
			w := writing{store: s, calendar: calendar.New(settings.Calendar, settings.WeekStart), clock: clock}
			left := rounds
			rapid.Check(t, func(t *rapid.T) {
				if left--; left >= 0 {
					w.check(t)
				}
			})
			t.Logf("%d questions, %d of them answered by what was kept", w.asked, w.kept)
			require.Greater(t, 4*w.kept, w.asked, "next to nothing is kept")
		})
	}
}

type writing struct {
	store       *Store
	calendar    calendar.Calendar
	clock       *facts.Clock
	input       int
	asked, kept int
}

func (w *writing) check(t *rapid.T) {
	ctx := context.Background()
	require.NoError(t, w.store.empty(ctx))
	d := draw{T: t, clock: w.clock}
	d.fact = pick(d, facts.Calls, facts.Calls, facts.Calls, facts.Leads, facts.Orders, facts.Callbacks, facts.LeadStory, facts.Costs, facts.Schedule)
	written := d.fact
	if written.Derived {
		written = facts.Calls
	}
	w.write(d, written)
	w.write(d, facts.Leads)
	require.NoError(t, w.store.Derive(ctx))
	var questions []kpi.Select
	for range 5 {
		d.date, d.span = pick(d, d.fact.Moments...), d.chance(5)
		questions = append(questions, d.selectOf())
	}
	for range 6 {
		live, frozen := w.store.Engine(), w.store.Engine()
		states := make([][]kpi.Group, len(questions))
		freeze := d.chance(25)
		if freeze {
			require.NoError(t, w.store.Freeze(ctx))
			frozen = w.store.Engine()
			for i, s := range questions {
				states[i], _ = frozen.Ask(ctx, s)
			}
		}
		for range d.n(1, 3) {
			w.change(d, written)
		}
		derived := d.chance(90)
		if derived {
			require.NoError(t, w.store.Derive(ctx))
		}
		if freeze {
			for i, s := range questions {
				_, _ = live.Aggregate(ctx, s) // of a reader who began before
				if got, err := frozen.Aggregate(ctx, s); err == nil {
					require.Equal(t, comparable(states[i], got), comparable(got, nil), "a frozen state moved")
				}
			}
			if derived && d.chance(50) {
				require.NoError(t, w.store.Written().Renew(ctx))
			}
			require.NoError(t, w.store.Thaw(ctx))
		}
		var facts *naive.Engine
		if derived {
			facts = naive.New(everyRow(t, w.store), w.calendar, "EUR")
		}
		for i, s := range questions {
			w.agree(t, s, facts)
			questions[i] = d.vary(s)
			w.agree(t, questions[i], facts)
			w.agree(t, questions[i], facts)
		}
	}
	require.NoError(t, w.store.Derive(ctx))
}

// vary asks the same of other days or for another course of time.
func (d draw) vary(s kpi.Select) kpi.Select {
	if !s.Undated && d.chance(60) {
		s.From, s.To = d.day()-int64(d.n(0, 10)), d.day()
	}
	if !s.Span && d.chance(40) {
		s.Dims = slices.DeleteFunc(slices.Clone(s.Dims), func(d kpi.Dim) bool { return d.Bucket != "" && d.Bucket != kpi.BucketHour })
		if s.ByDay = d.chance(50); !s.ByDay {
			s.Dims = append(s.Dims, kpi.Dim{Name: "bucket", Bucket: pick(d, kpi.BucketDay, kpi.BucketWeek, kpi.BucketMonth, kpi.BucketWeekday)})
		}
	}
	if d.chance(20) {
		s.Scope = pick(d, kpi.Everything(), kpi.Only([]string{"east"}, nil), kpi.Only(nil, []string{"a"}))
	}
	s.Measures = slices.Clone(s.Measures)
	if len(s.Measures) > 1 && d.chance(30) {
		s.Measures = s.Measures[1:]
	}
	return s
}

// agree compares an answer with those of the file and of the naive evaluator.
func (w *writing) agree(t *rapid.T, s kpi.Select, naive *naive.Engine) {
	ctx := context.Background()
	e := w.store.Engine()
	want, wantErr := e.Ask(ctx, s)
	spy := &spying{State: e}
	got, err := w.store.keep.Aggregate(ctx, spy, s)
	w.asked++
	if spy.asked == 0 || !spy.whole {
		w.kept++
	}
	text := fmt.Sprintf("%+v", s)
	if wantErr != nil {
		require.Equal(t, wantErr.Error(), err.Error(), text)
		return
	}
	require.NoError(t, err, text)
	require.Equal(t, comparable(want, got), comparable(got, nil), text)
	if naive == nil || s.Span { // the file's calendar covers the years of its rows alone
		return
	}
	if plain, err := naive.Aggregate(ctx, s); err == nil {
		require.Equal(t, comparable(plain, got), comparable(got, nil), text)
	}
}

// spying tells whether a question was put to the file as it was.
type spying struct {
	kept.State
	asked int
	whole bool
}

func (s *spying) Each(ctx context.Context, q kpi.Select, take func(int, kpi.Group) error) error {
	s.asked++
	s.whole = s.whole || !q.ByDay
	return s.State.Each(ctx, q, take)
}

// write brings rows of some facts in at once, some of them corrections.
func (w *writing) write(d draw, all ...*facts.Table) {
	b := &facts.Batch{}
	source := pick(d, "one", "two")
	for _, fact := range slices.Compact(all) {
		w.add(d, b, source, fact)
	}
	w.apply(d, source, b)
}

func (w *writing) add(d draw, b *facts.Batch, source string, fact *facts.Table) {
	rows := b.Rows(fact)
	for _, id := range rapid.SliceOfNDistinct(rapid.IntRange(1, 12), 1, 6, rapid.ID).Draw(d.T, "ids") {
		b.Records = append(b.Records, facts.Record{Origin: facts.Origin(source, fact.Name, fmt.Sprint(id)), Version: int64(w.input), Content: uint64(w.input*100 + id), Line: int64(len(b.Records) + 1)})
		row := rows.Add(len(b.Records) - 1)
		for col, c := range fact.Columns {
			if col > 1 && d.chance(80) && !moments(fact, c.Name) {
				d.cell(rows, row, col, c)
			}
		}
		for _, m := range fact.Moments {
			rows.SetMoment(row, fact.Col(m+"_at"), d.moment())
		}
		for _, name := range attributeNames {
			rows.SetAttr(row, name, pick(d, "", "u", "7"))
		}
	}
}

func (w *writing) apply(d draw, source string, b *facts.Batch) {
	w.input++
	b.Read = len(b.Records)
	_, err := w.store.Apply(context.Background(), facts.Application{Input: w.input, Stream: w.input, Source: source, Batch: b, Position: facts.Position{Offset: 1}})
	require.NoError(d.T, err)
}

// change does to the facts what can happen to them.
func (w *writing) change(d draw, fact *facts.Table) {
	switch d.n(0, 9) {
	case 0:
		require.NoError(d.T, w.store.RemoveSource(context.Background(), pick(d, "one", "two")))
	case 1:
		w.apply(d, "people", batchOf(d.T, "people", fmt.Sprintf("roster: id | v | agent_alias | team | from_day\n%d | %d | %s | %s | %s",
			d.n(1, 3), w.input+1, pick(d, "a", "b"), pick(d, "east", "west"), pick(d, "", "2026-03-30"))))
	case 2:
		w.write(d, facts.Leads)
	case 3:
		w.write(d, facts.Calls)
	case 4: // moves stories, and no call
		w.write(d, facts.LeadStages)
	case 5: // what is joined to the rows changes with them
		w.write(d, fact, facts.Leads)
	default:
		w.write(d, fact)
	}
}

// everyRow reads all facts back.
func everyRow(t *rapid.T, s *Store) *facts.Batch {
	b := &facts.Batch{}
	for _, table := range facts.Tables {
		var columns []string
		for _, c := range table.Columns {
			text := map[facts.Kind]string{facts.Text: "%s", facts.Bool: "%s::INTEGER::VARCHAR", facts.Seconds: "CAST(%s * 1000 AS BIGINT)::VARCHAR", facts.Amount: "CAST(%s * 1000000 AS BIGINT)::VARCHAR",
				facts.Instant: "epoch_us(%s)::VARCHAR", facts.Day: "(%s - DATE '1970-01-01')::VARCHAR"}[c.Kind]
			if text == "" {
				text = "%s::VARCHAR"
			}
			columns = append(columns, fmt.Sprintf(text, c.Name))
		}
		known := s.attributes[table.Name]
		for i := range known.names {
			columns = append(columns, attributeColumn(i))
		}
		rows := b.Rows(table)
		err := s.each(context.Background(), "SELECT "+strings.Join(columns, ", ")+" FROM "+table.Name, nil, func(scan func(...any) error) error {
			cells, to := make([]sql.NullString, len(columns)), make([]any, len(columns))
			for i := range cells {
				to[i] = &cells[i]
			}
			if err := scan(to...); err != nil {
				return err
			}
			row := rows.Add(0)
			for i, cell := range cells {
				switch {
				case !cell.Valid:
				case i >= len(table.Columns):
					rows.SetAttr(row, known.names[i-len(table.Columns)], cell.String)
				case table.Columns[i].Kind == facts.Text:
					rows.SetText(row, i, cell.String)
				case table.Columns[i].Kind == facts.Hash:
					n, err := strconv.ParseUint(cell.String, 10, 64)
					if err != nil {
						return err
					}
					rows.SetInt(row, i, int64(n))
				default:
					var n int64
					if _, err := fmt.Sscan(cell.String, &n); err != nil {
						return err
					}
					rows.SetInt(row, i, n)
				}
			}
			return nil
		})
		require.NoError(t, err)
	}
	return b
}
