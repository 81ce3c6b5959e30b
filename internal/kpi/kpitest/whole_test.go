//go:build cgo

package kpitest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// everyKPI lists every KPI in every variant, medians of variants included.
func everyKPI(t *testing.T, c *kpi.Catalogue) []string {
	out := []string{"average_wait:of_offered:median", "conversion_rate:cohort_7d"}
	for _, d := range c.Defs() {
		out = append(out, d.Names()...)
	}
	require.Greater(t, len(out), 150)
	return out
}

// joinable keeps the KPIs of which a query can be asked, grouped by their
// facts: those of other facts cannot spoil a question.
func (c *company) joinable(t *testing.T, catalogue *kpi.Catalogue, q kpi.Query) [][]string {
	groups := map[string][]string{}
	for _, name := range everyKPI(t, catalogue) {
		q.KPIs = []string{name}
		if _, err := catalogue.Plan(context.Background(), c.duck, q); err != nil {
			require.Contains(t, unanswerable, key(err), "%s by %v where %v: %v", name, q.By, q.Where, err)
			continue
		}
		x, err := catalogue.Explain(name)
		require.NoError(t, err)
		id := strings.Join(x.Facts, " ")
		groups[id] = append(groups[id], name)
	}
	var out [][]string
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, groups[id])
	}
	return out
}

// unanswerable are the errors that say from a table why a dimension does not go with a KPI.
var unanswerable = []string{"kpi.dimension_not_joinable", "kpi.dimension_differs", "kpi.expr.no_date"}

func key(err error) string {
	var e *callpace.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

// Both engines say the same of every KPI, in every variant, along many dimensions.
func TestWholeCatalogue(t *testing.T) {
	catalogue, err := kpi.Load()
	require.NoError(t, err)
	for _, settings := range []facts.Settings{zagreb, tehran} {
		t.Run(settings.Zone, func(t *testing.T) {
			c := newCompany(t, settings, 7)
			late := calendar.Range{From: facts.DayOf(2026, 10, 26), To: facts.DayOf(2026, 11, 10)}
			before := &kpi.Comparison{Range: calendar.Range{From: late.From - 14, To: late.From}}
			f := func(period *calendar.Range, change func(*kpi.Query), by ...string) {
				q := c.query(period, nil, by)
				change(&q)
				for _, names := range c.joinable(t, catalogue, q) {
					q.KPIs = names
					c.agree(t, catalogue, q)
				}
			}
			plain := func(*kpi.Query) {}
			compared := func(q *kpi.Query) { q.Compare, q.Intervals = before, true }
			f(nil, plain)
			c.hasData(t, catalogue)
			f(&late, compared)
			f(&late, func(q *kpi.Query) { q.Shrink, q.Intervals = true, true }, "agent")
			f(nil, plain, "team", "month")
			f(&late, compared, "week")
			f(&late, compared, "day", "campaign")
			f(nil, plain, "product", "weekday")
			f(&c.days, plain, "hour")
			f(nil, plain, "quarter", "year")
			f(&c.days, plain, "attr.city")
			f(nil, plain, "lead.city")
			f(nil, plain, "list", "agent.city")
			f(&late, func(q *kpi.Query) { q.Where = []string{"team = east", "attr.city != Split"} }, "agent")
			f(nil, func(q *kpi.Query) { q.Where = []string{"attr.balance > 899 or number(attr.balance) < 0"} }, "month")
			f(&late, func(q *kpi.Query) { q.Allocation, q.Compare, q.Intervals = kpi.ByCalls, before, true }, "agent")
			f(&late, func(q *kpi.Query) { q.Allocation, q.Where = kpi.ByHours, []string{"team = east"} }, "agent.city", "week")
			f(nil, func(q *kpi.Query) { q.Allocation, q.Where = kpi.ByHeads, []string{"hour >= 9 and campaign != 'x'"} }, "campaign", "hour")
			f(&late, func(q *kpi.Query) { q.Scope = kpi.Only([]string{"east"}, []string{"a2"}) }, "agent")
		})
	}
}

// hasData makes sure that the questions are not about nothing.
func (c *company) hasData(t *testing.T, catalogue *kpi.Catalogue) {
	f, err := catalogue.Run(context.Background(), c.duck, c.query(&c.days, everyKPI(t, catalogue), nil))
	require.NoError(t, err)
	for i, x := range f.Rows[0].Figures {
		mixed := slices.Contains(x.Marks, kpi.MixedCurrencies) && c.Currency != "EUR"
		require.True(t, x.Valid || mixed, "%s: %+v", f.Columns[i].Name, x)
	}
}

func (c *company) agree(t *testing.T, catalogue *kpi.Catalogue, q kpi.Query) {
	want, wantErr := catalogue.Run(context.Background(), c.naive, q)
	got, err := catalogue.Run(context.Background(), c.duck, q)
	asked := fmt.Sprint(q.KPIs, " by ", q.By, " where ", q.Where, " in ", q.Period)
	if wantErr != nil {
		require.Equal(t, key(wantErr), key(err), asked)
		return
	}
	require.NoError(t, err, asked)
	require.Equal(t, len(want.Rows), len(got.Rows), asked)
	for i, w := range want.Rows {
		g := got.Rows[i]
		require.Equal(t, w.Key, g.Key, asked)
		for j := range w.Figures {
			require.True(t, alike(w.Figures[j], g.Figures[j]), "%s: %s of %v: want %+v, got %+v", asked, want.Columns[j].Name, w.Key, w.Figures[j], g.Figures[j])
		}
	}
}

// alike compares figures; numbers may differ by rounding.
func alike(a, b kpi.Figure) bool {
	for _, p := range [][2]float64{{a.Number, b.Number}, {a.Num, b.Num}, {a.Den, b.Den}, {a.Low, b.Low}, {a.High, b.High}, {a.Shrunk, b.Shrunk}, {a.Weight, b.Weight}} {
		if !near(p[0], p[1]) {
			return false
		}
	}
	if (a.Compared == nil) != (b.Compared == nil) {
		return false
	}
	if a.Compared != nil {
		x, y := *a.Compared, *b.Compared
		if !alike(x.Before, y.Before) || !near(x.Diff, y.Diff) || !near(x.Relative, y.Relative) || !near(x.Low, y.Low) || !near(x.High, y.High) ||
			x.Valid != y.Valid || x.Judged != y.Judged || x.Beyond != y.Beyond {
			return false
		}
	}
	return a.Valid == b.Valid && a.IsExact == b.IsExact && a.Exact == b.Exact && a.Currency == b.Currency && a.Parts == b.Parts &&
		a.Interval == b.Interval && a.IsShrunk == b.IsShrunk && slices.Equal(a.Marks, b.Marks)
}

func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-7*max(1, math.Abs(a))
}
