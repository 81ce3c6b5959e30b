//go:build cgo

package kpitest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/naive"
)

// company is a small random organisation with rows in every fact: as a source
// would tell them, applied and derived by DuckDB, and the same rows, derived
// columns included, before the naive evaluator.
type company struct {
	facts.Settings
	*rand.Rand
	clock *facts.Clock
	batch *facts.Batch
	days  calendar.Range
	duck  remembering
	naive *naive.Engine
}

var zagreb = facts.Settings{Zone: "Europe/Zagreb", Currency: "EUR", Country: "HR", WeekStart: time.Monday, Calendar: facts.Gregorian,
	CreditDays: 30, CallbackMinutes: 60}

var tehran = facts.Settings{Zone: "Asia/Tehran", Currency: "IRR", Country: "IR", WeekStart: time.Saturday, Calendar: facts.SolarHijri,
	CreditDays: 30, CallbackMinutes: 60}

func newCompany(t *testing.T, s facts.Settings, seed uint64) *company {
	clock, err := s.Clock()
	require.NoError(t, err)
	c := &company{Settings: s, Rand: rand.New(rand.NewPCG(seed, 0)), clock: clock, batch: &facts.Batch{},
		// A change of clocks in Zagreb, and the ends of months, in either calendar.
		days: calendar.Range{From: facts.DayOf(2026, 10, 12), To: facts.DayOf(2026, 11, 23)}}
	many := map[string]int{"calls": 160, "leads": 30, "lead_stages": 40, "orders": 40, "activities": 50, "agent_time": 60, "schedule": 10,
		"callbacks": 25, "cases": 30, "surveys": 40, "evaluations": 30, "costs": 40, "customers": 25, "roster": 6}
	for _, table := range facts.Tables {
		c.fill(table, many[table.Name])
	}
	if s.Currency == "EUR" { // the other organisation has amounts that cannot be added
		c.rate(c.days.From - 90)
	}
	c.batch.Read = len(c.batch.Records)
	store := openStore(t, s)
	_, err = store.Apply(context.Background(), facts.Application{Input: 1, Stream: 1, Source: "crm", Batch: c.batch})
	require.NoError(t, err)
	require.NoError(t, store.Derive(context.Background()))
	c.duck = remembering{store.Engine(), map[string][]string{}}
	c.naive = naive.New(export(t, store.DB()), calendar.New(s.Calendar, s.WeekStart), s.Currency)
	return c
}

// remembering asks for the names of attributes once: thousands of plans want them.
type remembering struct {
	*duck.Engine
	attributes map[string][]string
}

func (r remembering) Attributes(ctx context.Context, fact string) (names []string, err error) {
	names, known := r.attributes[fact]
	if !known {
		names, err = r.Engine.Attributes(ctx, fact)
		r.attributes[fact] = names
	}
	return names, err
}

func openStore(t *testing.T, s facts.Settings) *duck.Store {
	store, err := duck.Open(filepath.Join(t.TempDir(), "facts.duckdb"), "test", s, duck.Options{MemoryMB: 256, Threads: 2})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func (c *company) of(words ...string) string { return words[c.IntN(len(words))] }

func (c *company) chance(percent int) bool { return c.IntN(100) < percent }

// fill makes n rows; some orders are of two agents.
func (c *company) fill(table *facts.Table, n int) {
	rows := c.batch.Rows(table)
	for i := range n {
		key := fmt.Sprint(i)
		c.batch.Records = append(c.batch.Records, facts.Record{Origin: facts.Origin("crm", table.Name, key), Content: uint64(i + 1), Line: int64(i + 1)})
		row := c.row(rows, key, i)
		if table == facts.Orders && c.chance(30) {
			other := rows.Add(len(c.batch.Records) - 1)
			for col := range table.Columns {
				if v := &rows.Cols[col]; v.Has(row) && table.Columns[col].Kind == facts.Text {
					rows.SetText(other, col, v.Text(row))
				} else if v.Has(row) {
					rows.SetInt(other, col, v.Int(row))
				}
			}
			rows.SetText(other, table.Col("agent_alias"), c.of("a1", "a2"))
			rows.SetInt(row, table.Col("share"), 250_000)
			rows.SetInt(other, table.Col("share"), 750_000)
		}
	}
}

// rate says what a dollar was on a day, and from then on.
func (c *company) rate(day int64) {
	c.batch.Records = append(c.batch.Records, facts.Record{Origin: facts.Origin("crm", "rates", "usd"), Content: 1})
	rows := c.batch.Rows(facts.Rates)
	row := rows.Add(len(c.batch.Records) - 1)
	rows.SetText(row, facts.Rates.Col("from_currency"), "USD")
	rows.SetText(row, facts.Rates.Col("to_currency"), c.Currency)
	rows.SetInt(row, facts.Rates.Col("rate"), 925_000)
	d := facts.DateOf(day)
	rows.SetMoment(row, facts.Rates.Col("quoted_at"), c.clock.DayMoment(d.Date()))
}

func (c *company) row(rows *facts.Rows, key string, i int) int {
	table := rows.Table
	row := rows.Add(len(c.batch.Records) - 1)
	rows.SetText(row, table.Col("source_id"), key)
	for col, column := range table.Columns {
		c.cell(rows, row, col, column, i)
	}
	first := c.moment()
	for j, name := range table.Moments {
		m := first
		switch {
		case !first.Known || j > 0 && c.chance(60):
			continue // most records are not cancelled, resolved, …
		case j > 0:
			m = c.clock.Moment(first.At.Add(time.Duration(c.IntN(14*24*60)) * time.Minute))
		case table == facts.Customers:
			m = c.clock.Moment(first.At.AddDate(0, -2, 0))
		}
		rows.SetMoment(row, table.Col(name+"_at"), m)
	}
	rows.SetAttr(row, "city", c.of("", "Split", "Zadar", "O'Hara"))
	rows.SetAttr(row, "balance", c.of("", "900", "1000.5", "-3", "12e3", "many"))
	if table == facts.Calls {
		outcome := callpace.Outcomes()[c.IntN(len(callpace.Outcomes()))]
		if c.chance(25) {
			outcome = callpace.Sale
		}
		f, _ := callpace.FlagsOf(outcome)
		rows.SetText(row, table.Col("outcome"), string(outcome))
		rows.SetInt(row, table.Col("reached"), map[bool]int64{true: 1}[f.Human])
		rows.SetInt(row, table.Col("contacted"), map[bool]int64{true: 1}[f.RightParty])
	}
	return row
}

func (c *company) moment() facts.Moment {
	day := c.days.From + c.Int64N(c.days.Days())
	if c.chance(20) { // the day with two hours from 2 to 3
		day = facts.DayOf(2026, 10, 25)
	}
	d := facts.DateOf(day)
	switch {
	case c.chance(4):
		return facts.Moment{}
	case c.chance(10):
		return c.clock.DayMoment(d.Year(), d.Month(), d.Day())
	}
	return c.clock.Moment(d.Add(time.Duration(c.IntN(24*60)) * time.Minute))
}

// derived columns are the projection's to fill.
var derived = []string{"agent", "team", "lead", "touches", "sale_call", "kept", "reached", "contacted", "outcome"}

func (c *company) cell(rows *facts.Rows, row, col int, column facts.Column, i int) {
	name := column.Name
	if slices.Contains(derived, name) && !(rows.Table == facts.Roster && name == "team") || strings.HasSuffix(name, "_org") {
		return
	}
	if words := c.words(rows.Table, name, i); words != nil {
		rows.SetText(row, col, c.of(words...))
		return
	}
	switch column.Kind {
	case facts.Bool:
		if c.chance(85) {
			rows.SetInt(row, col, c.Int64N(2))
		}
	case facts.Int:
		rows.SetInt(row, col, 1+c.Int64N(4))
	case facts.Seconds:
		if c.chance(90) {
			rows.SetInt(row, col, c.Int64N(4)*c.Int64N(120_000))
		}
	case facts.Amount:
		switch name {
		case "share":
			rows.SetInt(row, col, int64(callpace.One))
		case "scale":
			rows.SetInt(row, col, 5_000_000)
		case "score":
			rows.SetInt(row, col, c.Int64N(6)*1_000_000)
		default:
			rows.SetInt(row, col, c.Int64N(1_000_000_000))
		}
	}
}

// words are what a text column may hold; "" is null. No words: not to be filled.
func (c *company) words(t *facts.Table, name string, i int) []string {
	switch name {
	case "source":
		return []string{"crm"}
	case "agent_alias":
		if t == facts.Roster {
			return []string{fmt.Sprintf("a%d", i)}
		}
		return []string{"", "a0", "a1", "a2", "a3", "a4", "stranger"}
	case "team":
		return []string{"east", "west"}
	case "lead_ref":
		if t == facts.Leads {
			return []string{fmt.Sprintf("L%d", i)}
		}
		return []string{"", fmt.Sprintf("L%d", c.IntN(30)), fmt.Sprintf("L%d", c.IntN(15))}
	case "phone":
		return []string{"", fmt.Sprintf("+38591%06d", c.IntN(20))}
	case "alias", "alias_source", "source_id":
		return nil
	case "customer":
		return []string{"", fmt.Sprintf("C%d", c.IntN(12)), fmt.Sprintf("C%d", c.IntN(12))}
	case "call":
		return []string{"", fmt.Sprint(c.IntN(160))}
	case "direction":
		return []string{"inbound", "outbound", "outbound"}
	case "stage":
		return []string{"contacted", "qualified", "appointment", "won", "lost"}
	case "currency", "cost_currency":
		return []string{c.Currency, c.Currency, c.Currency, "USD"}
	case "state":
		return []string{"ready", "dialling", "talking", "wrap_up", "admin", "break"}
	case "scope":
		return []string{"all", "team"}
	case "kind":
		return map[*facts.Table][]string{facts.Calls: {"cold", "warm", "service", ""}, facts.Orders: {"new", "renewal", "cross_sell", "upsell"},
			facts.Activities: {"email", "direct_mail", "chat", "referral", "upsell_offer", "business_card"},
			facts.Cases:      {"complaint", "issue"}, facts.Surveys: {"csat", "nps"}, facts.Costs: {"wage", "telephony", ""}}[t]
	case "result":
		return []string{"accepted", "declined", ""}
	case "ended_by":
		return []string{"customer", "agent", ""}
	}
	if i := t.Col(name); t.Columns[i].Kind == facts.Text {
		return []string{"", name + " 1", name + "'2"}
	}
	return nil
}

// query asks of a company for all days, or those named.
func (c *company) query(period *calendar.Range, names, by []string) kpi.Query {
	return kpi.Query{KPIs: names, By: by, Period: period, Scope: kpi.Everything(), Now: time.Date(2026, 11, 20, 12, 0, 0, 0, c.clock.Zone()),
		Calendar: calendar.New(c.Settings.Calendar, c.WeekStart), Currency: c.Currency}
}
