package kpi_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kpitest"
	"github.com/callpace/callpace/internal/kpi/naive"
)

// calls makes n calls a day of an agent, of which won end in a sale.
type calls struct {
	day    string
	agent  string
	n, won int
	talk   int64
}

func engine(t *testing.T, all ...calls) kpi.Engine {
	b := &facts.Batch{}
	rows := b.Rows(facts.Calls)
	clock := facts.NewClock(time.UTC)
	for _, c := range all {
		at, err := time.Parse(time.DateOnly, c.day)
		require.NoError(t, err)
		for i := range c.n {
			b.Records = append(b.Records, facts.Record{Origin: uint64(len(b.Records) + 1)})
			r := rows.Add(len(b.Records) - 1)
			rows.SetMoment(r, facts.Calls.Col("started_at"), clock.Moment(at.Add(9*time.Hour)))
			rows.SetText(r, facts.Calls.Col("agent"), c.agent)
			rows.SetText(r, facts.Calls.Col("direction"), "outbound")
			outcome := callpace.Lost
			if i < c.won {
				outcome = callpace.Sale
			}
			rows.SetText(r, facts.Calls.Col("outcome"), string(outcome))
			rows.SetInt(r, facts.Calls.Col("reached"), 1)
			rows.SetInt(r, facts.Calls.Col("contacted"), 1)
			rows.SetInt(r, facts.Calls.Col("talk_seconds"), c.talk*1000)
		}
	}
	return naive.New(b, kpitest.Calendar, kpitest.Currency)
}

func query(period string, names ...string) kpi.Query {
	q := kpi.Query{KPIs: names, Scope: kpi.Everything(), Now: kpitest.Now, Calendar: kpitest.Calendar, Currency: kpitest.Currency}
	if period != "" {
		p, err := kpitest.Calendar.Parse(period, facts.DayOf(2026, 11, 22))
		if err != nil {
			panic(err)
		}
		q.Period = &calendar.Range{From: p.From, To: p.To}
	}
	return q
}

func run(t *testing.T, e kpi.Engine, q kpi.Query) *kpi.Frame {
	c, err := kpi.Load()
	require.NoError(t, err)
	f, err := c.Run(context.Background(), e, q)
	require.NoError(t, err)
	return f
}

func TestComparison(t *testing.T) {
	e := engine(t, calls{"2026-09-10", "ana", 1000, 50, 60}, calls{"2026-10-10", "ana", 1000, 100, 60},
		calls{"2026-09-10", "ivan", 10, 1, 60}, calls{"2026-10-10", "ivan", 10, 2, 60}, calls{"2026-10-10", "new", 5, 1, 60})
	q := query("2026-10", "conversion_rate:of_calls", "calls")
	q.By = []string{"agent"}
	before := query("2026-09", "calls").Period
	q.Compare = &kpi.Comparison{Range: *before, Label: "September"}
	f := run(t, e, q)

	ana, ivan, fresh := f.Rows[0].Figures[0].Compared, f.Rows[1].Figures[0].Compared, f.Rows[2].Figures[0].Compared
	require.InDelta(t, 0.05, ana.Diff, 1e-12)
	require.InDelta(t, 1, ana.Relative, 1e-12)
	require.True(t, ana.Judged && ana.Beyond && ana.Low > 0)
	require.True(t, ivan.Judged && !ivan.Beyond, "1 of 10 and 2 of 10 are no different")
	require.False(t, fresh.Valid, "nothing to compare a new agent's rate with")
	require.Equal(t, 5.0, f.Rows[2].Figures[1].Compared.Diff)
}

// The first week of a month stands beside the first of the other.
func TestComparisonByTime(t *testing.T) {
	e := engine(t, calls{"2026-10-05", "ana", 3, 0, 1}, calls{"2026-10-06", "ana", 9, 0, 1}, calls{"2026-10-12", "ana", 4, 0, 1}, calls{"2026-10-13", "ana", 7, 0, 1})
	q := query("2026-10-12..2026-10-18", "calls")
	q.By = []string{"day"}
	q.Compare = &kpi.Comparison{Range: *query("2026-10-05..2026-10-11").Period}
	f := run(t, e, q)
	require.Equal(t, "2026-10-12", f.Rows[0].Key[0])
	require.Equal(t, []float64{1, -2}, []float64{f.Rows[0].Figures[0].Compared.Diff, f.Rows[1].Figures[0].Compared.Diff})
}

func TestIntervals(t *testing.T) {
	e := engine(t, calls{"2026-10-05", "ana", 10, 1, 60}, calls{"2026-10-06", "ana", 10, 3, 90}, calls{"2026-10-07", "ana", 20, 2, 75})
	q := query("2026-10", "conversion_rate:of_calls", "talk_time", "talk_time:median", "calls")
	require.False(t, run(t, e, q).Rows[0].Figures[1].Interval, "not asked for")
	q.Intervals = true
	r := run(t, e, q).Rows[0].Figures
	// Wilson for 6 of 40.
	require.InDelta(t, 0.0706, r[0].Low, 1e-4)
	require.InDelta(t, 0.2907, r[0].High, 1e-4)
	require.Equal(t, 6.0, r[0].Num)
	require.Equal(t, 40.0, r[0].Den)
	// Mean 75: days are off by −150, +150, 0 seconds; SE = √(3/2·45000)/40 = 6.4952; t(0.975; 2) = 4.3027.
	require.True(t, r[1].Interval)
	require.InDelta(t, 75-27.947, r[1].Low, 1e-3)
	require.InDelta(t, 75+27.947, r[1].High, 1e-3)
	require.False(t, r[2].Interval || r[3].Interval)
}

// A day with calls and no sale is a day that brought nothing, not one to leave out.
func TestIntervalCountsEmptyDays(t *testing.T) {
	b := &facts.Batch{}
	clock := facts.NewClock(time.UTC)
	add := func(fact *facts.Table, date, day string) (rows *facts.Rows, row int) {
		at, err := time.Parse(time.DateOnly, day)
		require.NoError(t, err)
		rows = b.Rows(fact)
		row = rows.Add(0)
		rows.SetMoment(row, fact.Col(date+"_at"), clock.Moment(at.Add(9*time.Hour)))
		return rows, row
	}
	for _, day := range []string{"2026-10-05", "2026-10-05", "2026-10-06", "2026-10-06", "2026-10-07", "2026-10-07"} {
		add(facts.Calls, "started", day)
	}
	sale := func(day, currency string, amount, org int64) {
		rows, r := add(facts.Orders, "placed", day)
		rows.SetInt(r, facts.Orders.Col("amount"), amount*1_000_000)
		rows.SetText(r, facts.Orders.Col("currency"), currency)
		if org > 0 {
			rows.SetInt(r, facts.Orders.Col("amount_org"), org*1_000_000)
		}
	}
	ask := func() kpi.Figure {
		q := query("2026-10", "revenue_per_call")
		q.Intervals = true
		return run(t, naive.New(b, kpitest.Calendar, kpitest.Currency), q).Rows[0].Figures[0]
	}
	sale("2026-10-06", "EUR", 60, 60)
	f := ask()
	// 60 / 6 = 10; days are off by −20, +40, −20; SE = √(3/2·2400)/6 = 10; t(0.975; 2) = 4.3027.
	require.Equal(t, 10.0, f.Number)
	require.InDelta(t, 10-43.027, f.Low, 1e-3)
	require.InDelta(t, 10+43.027, f.High, 1e-3)

	// In dollars altogether, but one day could be converted: its euros are no dollars.
	b.Tables[facts.Orders.ID] = nil
	sale("2026-10-05", "USD", 10, 0)
	sale("2026-10-06", "USD", 20, 18)
	f = ask()
	require.Equal(t, "5 USD", strings.TrimSpace(fmt.Sprint(f.Number, " ", f.Currency)))
	require.False(t, f.Interval)
}

// A sum of money is judged by its days as a count is; by week, by those of the week.
func TestComparisonOfSums(t *testing.T) {
	var all []calls
	for day := range 28 {
		all = append(all, calls{facts.DateOf(facts.DayOf(2026, 9, 7) + int64(day)).Format(time.DateOnly), "ana", 10 + day%2 + day/14*10, 0, 60})
	}
	e := engine(t, all...)
	q := query("2026-09-21..2026-10-04", "calls", "talk_time:total")
	q.Compare = &kpi.Comparison{Range: *query("2026-09-07..2026-09-20").Period}
	for _, f := range run(t, e, q).Rows[0].Figures {
		require.True(t, f.Compared.Judged && f.Compared.Beyond)
	}
	q.By = []string{"week"}
	f := run(t, e, q).Rows
	require.Equal(t, 73.0, f[0].Figures[0].Compared.Before.Number)
	// Nothing but the seven days of the week: their spread is less than that of a Poisson count.
	se := math.Sqrt(143 + 73)
	require.InDelta(t, 70-f[0].Figures[0].Compared.Low, f[0].Figures[0].Compared.High-70, 1e-9)
	require.InDelta(t, 1.96*se, f[0].Figures[0].Compared.High-70, 0.25*se)
}

// 2 sales from 10 calls must not top 100 from 1,000.
func TestShrink(t *testing.T) {
	e := engine(t, calls{"2026-10-05", "lucky", 10, 2, 1}, calls{"2026-10-05", "steady", 1000, 150, 1},
		calls{"2026-10-05", "weak", 1000, 50, 1}, calls{"2026-10-05", "mid", 1000, 100, 1})
	q := query("", "conversion_rate:of_calls")
	q.By, q.Sort, q.Desc = []string{"agent"}, "conversion_rate:of_calls", true
	require.Equal(t, "lucky", run(t, e, q).Rows[0].Key[0])
	q.Shrink = true
	f := run(t, e, q)
	require.Equal(t, "steady", f.Rows[0].Key[0])
	lucky := f.Rows[slices.IndexFunc(f.Rows, func(r kpi.FrameRow) bool { return r.Key[0] == "lucky" })].Figures[0]
	require.Equal(t, 0.2, lucky.Number, "the raw figure stands beside it")
	require.Less(t, lucky.Shrunk, 0.15)
	require.Contains(t, lucky.Marks, kpi.Small)
}

func TestScopeSeesNothingByDefault(t *testing.T) {
	e := engine(t, calls{"2026-10-05", "ana", 10, 2, 1})
	q := query("", "calls")
	q.Scope = kpi.Scope{}
	require.False(t, run(t, e, q).Rows[0].Figures[0].Valid)
	q.Scope = kpi.Only(nil, []string{"ana"})
	require.Equal(t, 10.0, run(t, e, q).Rows[0].Figures[0].Number)
}

// Measures of one fact and date share a Select; a join makes one apart.
func TestPlanShares(t *testing.T) {
	c, err := kpi.Load()
	require.NoError(t, err)
	f := func(want int, names ...string) {
		p, err := c.Plan(context.Background(), engine(t), query("2026-10", names...))
		require.NoError(t, err)
		require.Len(t, p.Selects(), want, names)
	}
	f(1, "calls", "talk_time", "talk_time:p90", "reach_rate", "service_level", "service_level:30s", "average_wait")
	f(2, "calls", "sales", "revenue", "average_order_value")
	f(2, "calls", "conversion_rate")
	f(3, "calls", "conversion_rate", "conversion_rate:closer")
	f(4, "won", "lost", "win_rate", "leads")
}

func TestTooMany(t *testing.T) {
	c, err := kpi.Load()
	require.NoError(t, err)
	q := query("", "calls")
	q.By = []string{"agent", "team", "day", "hour", "kind"}
	_, err = c.Run(context.Background(), engine(t), q)
	require.Equal(t, callpace.Limit, callpace.CodeOf(err))
}

// The rows behind a count are as many as the number, for every case.
func TestRowsBehind(t *testing.T) {
	c, err := kpi.Load()
	require.NoError(t, err)
	checked := 0
	for _, k := range kpitest.Cases(t) {
		e := naive.New(k.Rows, k.Calendar, kpitest.Currency)
		for _, asked := range k.Questions {
			for _, name := range asked.Query.KPIs {
				q := asked.Query
				q.KPIs, q.By, q.Sort = []string{name}, nil, ""
				f, err := c.Run(context.Background(), e, q)
				if err != nil || f.Columns[0].Kind != kpi.KindCount && f.Columns[0].Kind != kpi.KindProportion || !f.Rows[0].Figures[0].Valid {
					continue
				}
				x, err := c.Explain(name)
				require.NoError(t, err)
				spec, err := c.RowsBehind(context.Background(), e, q, nil)
				require.NoError(t, err)
				if spec.Unique != nil || x.Measures[0].Shared || strings.Contains(x.Formula, "+") || strings.Contains(x.Formula, "(") {
					continue
				}
				want := f.Rows[0].Figures[0].Number
				if f.Rows[0].Figures[0].Parts {
					want = f.Rows[0].Figures[0].Num
				}
				require.Equal(t, want, float64(e.Count(spec.Select)), "%s: %s", k.Name, name)
				checked++
			}
		}
	}
	require.Greater(t, checked, 60)
}

// Every KPI and every variant stands in some case.
func TestCasesCoverTheCatalogue(t *testing.T) {
	c, err := kpi.Load()
	require.NoError(t, err)
	asked := kpitest.Asked(t)
	var missing []string
	for _, d := range c.Defs() {
		for _, name := range d.Names() {
			if !asked[name] && !strings.HasSuffix(name, ":median") && !strings.HasSuffix(name, ":p90") && name != "service_level:30s" {
				missing = append(missing, name)
			}
		}
	}
	require.Empty(t, missing)
}
