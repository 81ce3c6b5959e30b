package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/source"
)

// Thirty days in the middle of the log.
const from, to = "2026-09-01", "2026-09-30"

var twelve = []string{"calls", "outbound_calls", "inbound_calls", "cold_calls", "reach_rate", "contact_rate", "talk_time", "handle_time",
	"wrap_time", "drop_off_rate", "service_level", "average_wait"}

// byHand is the best SQL for the same twelve numbers that we know of.
const byHand = `SELECT agent, count(*), count(*) FILTER (direction = 'outbound'), count(*) FILTER (direction = 'inbound'),
	count(*) FILTER (direction = 'outbound' AND kind = 'cold'),
	count(*) FILTER (direction = 'outbound' AND reached AND outcome <> 'unknown') / nullif(count(*) FILTER (direction = 'outbound' AND outcome <> 'unknown'), 0),
	count(*) FILTER (direction = 'outbound' AND contacted AND outcome <> 'unknown') / nullif(count(*) FILTER (direction = 'outbound' AND outcome <> 'unknown'), 0),
	CAST(avg(talk_seconds) FILTER (reached) AS DOUBLE),
	CAST(avg(coalesce(talk_seconds, 0) + coalesce(hold_seconds, 0) + coalesce(wrap_seconds, 0)) FILTER (reached) AS DOUBLE),
	CAST(avg(wrap_seconds) FILTER (reached) AS DOUBLE),
	count(*) FILTER (reached AND kind IN ('cold', 'warm') AND ended_by = 'customer' AND pitch_completed IS NOT TRUE)
		/ nullif(count(*) FILTER (reached AND kind IN ('cold', 'warm')), 0),
	count(*) FILTER (direction = 'inbound' AND reached AND wait_seconds <= 20)
		/ nullif(count(*) FILTER (direction = 'inbound' AND (reached OR outcome IN ('abandoned', 'timeout', 'overflow', 'message'))), 0),
	CAST(avg(wait_seconds) FILTER (direction = 'inbound' AND reached) AS DOUBLE)
FROM calls WHERE started_day BETWEEN DATE '` + from + `' AND DATE '` + to + `' GROUP BY agent ORDER BY agent`

// compareKPIs asks both sides in turn: whole commands, and within one process.
func (w *work) compareKPIs(ctx context.Context, r *report) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var ours, withIntervals, theirs []time.Duration
	for range max(5, w.runs) {
		_, spent, _, err := measured(exec.CommandContext(ctx, self, "-ask", w.factFile()))
		if err != nil {
			return err
		}
		theirs = append(theirs, spent)
		for output, times := range map[string]*[]time.Duration{"csv": &ours, "json": &withIntervals} {
			_, spent, _, err := w.callpace(ctx, "kpi", strings.Join(twelve, ","), "--by", "agent", "--from", from, "--to", to, "-o", output)
			if err != nil {
				return err
			}
			*times = append(*times, spent)
		}
	}
	r.add("12 KPIs by agent, the command", ours, theirs, "≤ 1.5 × + 10 ms")
	r.add("the same as JSON, with 95 % intervals", withIntervals, theirs, "")
	return w.compareEngine(ctx, r)
}

func (w *work) factFile() string { return filepath.Join(w.data, "facts.duckdb") }

// askCold opens a fact file, puts the SQL to it, and closes it.
func askCold(ctx context.Context, file string) error {
	db, err := sql.Open("duckdb", file+"?access_mode=read_only")
	if err != nil {
		return err
	}
	_, err = askByHand(ctx, db)
	return errors.Join(err, db.Close())
}

func (w *work) compareEngine(ctx context.Context, r *report) (err error) {
	f, err := ingest.Open(ctx, w.data, ingest.Deps{Formats: &source.Registry{}, Now: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	defs, err := kpi.Load()
	if err != nil {
		return err
	}
	q, err := query(f.Settings())
	if err != nil {
		return err
	}
	var ours, theirs []time.Duration
	for range 10 * w.runs {
		began := time.Now()
		rows, err := askByHand(ctx, f.Store().DB())
		if err != nil {
			return err
		}
		theirs = append(theirs, time.Since(began))
		began = time.Now()
		frame, err := defs.Run(ctx, f.Store().Engine(), q)
		if err != nil {
			return err
		}
		ours = append(ours, time.Since(began))
		if err := same(frame, rows); err != nil {
			return err
		}
	}
	r.add("12 KPIs by agent, in the process", ours, theirs, "≤ 1.5 × + 10 ms")
	return nil
}

func query(s facts.Settings) (kpi.Query, error) {
	clock, err := s.Clock()
	if err != nil {
		return kpi.Query{}, err
	}
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return kpi.Query{}, err
	}
	day := facts.DayOf(first.Date())
	return kpi.Query{KPIs: twelve, By: []string{"agent"}, Period: &calendar.Range{From: day, To: day + 30}, Scope: kpi.Everything(),
		Now: time.Now().In(clock.Zone()), Calendar: calendar.New(s.Calendar, s.WeekStart), Currency: s.Currency}, nil
}

// answer is a row by hand: the agent and the twelve numbers.
type answer struct {
	agent   string
	numbers []sql.NullFloat64
}

func askByHand(ctx context.Context, db *sql.DB) ([]answer, error) {
	rows, err := db.QueryContext(ctx, byHand)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []answer
	for rows.Next() {
		a := answer{numbers: make([]sql.NullFloat64, len(twelve))}
		to := []any{&a.agent}
		for i := range a.numbers {
			to = append(to, &a.numbers[i])
		}
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

// same makes sure that both sides worked out the same numbers.
func same(f *kpi.Frame, rows []answer) error {
	if len(f.Rows) != len(rows) {
		return fmt.Errorf("callpace has %d agents, the SQL by hand %d", len(f.Rows), len(rows))
	}
	for i, a := range rows {
		for c, want := range a.numbers {
			got := f.Rows[i].Figures[c]
			if f.Rows[i].Key[0] != a.agent || got.Valid != want.Valid || math.Abs(got.Number-want.Float64) > 1e-9*math.Abs(want.Float64) {
				return fmt.Errorf("%s of %s: callpace says %v, the SQL by hand %v", twelve[c], a.agent, got.Number, want.Float64)
			}
		}
	}
	return nil
}
