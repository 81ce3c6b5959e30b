//go:build cgo

package kpitest_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/kpi"
)

// Every KPI by every dimension answers, or says from a table that it cannot;
// the parts of what adds up make the whole; and one part alone, asked for by a
// filter, is that part.
func TestEveryDimension(t *testing.T) {
	catalogue, err := kpi.Load()
	require.NoError(t, err)
	c := newCompany(t, zagreb, 11)
	summed, filtered := 0, 0
	for _, dim := range append(catalogue.Dimensions(), "attr.city", "city", "lead.city", "agent.city") {
		groups := c.joinable(t, catalogue, c.query(nil, nil, []string{dim}))
		// Only users' own KPIs are about schedules, or about costs alone.
		require.True(t, len(groups) > 0 || dim == "absence" || dim == "scope", dim)
		for _, names := range groups {
			q := c.query(nil, names, []string{dim})
			f, err := catalogue.Run(context.Background(), c.duck, q)
			if err != nil { // only once it is seen that no row has it
				require.Equal(t, "kpi.dimension_not_joinable", key(err), "%s by %s: %v", names, dim, err)
				continue
			}
			summed += c.sum(t, catalogue, f)
			filtered += c.filter(t, catalogue, f)
		}
	}
	require.Greater(t, summed, 500)
	require.Greater(t, filtered, 1500)
}

// sum compares the sums of the columns that add up with the figures of the whole.
func (c *company) sum(t *testing.T, catalogue *kpi.Catalogue, f *kpi.Frame) (compared int) {
	whole := c.whole(t, catalogue, f, nil)
	for i, col := range f.Columns {
		total := whole.Rows[0].Figures[i]
		if !additive(t, catalogue, col) || !total.Valid {
			continue
		}
		if slices.ContainsFunc(f.Rows, func(r kpi.FrameRow) bool { return slices.Contains(r.Figures[i].Marks, kpi.Unattributed) }) {
			continue // parts of it are not known
		}
		var sum callpace.Total
		for _, r := range f.Rows {
			require.Equal(t, total.Currency, r.Figures[i].Currency)
			sum, _ = sum.Add(r.Figures[i].Exact)
		}
		// Joint sales share amounts: each sum is rounded to its last place.
		require.InDelta(t, total.Exact.Float(), sum.Float(), 1e-6*float64(len(f.Rows))+1e-9, "%s by %v", col.Name, f.Dims)
		compared++
	}
	return compared
}

// additive tells whether the sums of a KPI's groups are the KPI of all.
func additive(t *testing.T, catalogue *kpi.Catalogue, col kpi.Column) bool {
	x, err := catalogue.Explain(col.Name)
	require.NoError(t, err)
	return (col.Kind == kpi.KindCount || col.Kind == kpi.KindSum) && !slices.ContainsFunc(x.Measures, func(m kpi.ExplainedMeasure) bool {
		return m.As != kpi.Count && m.As != kpi.Sum && m.As != kpi.Money || m.Scoped
	})
}

// whole asks a frame's KPIs of all rows that a filter lets through.
func (c *company) whole(t *testing.T, catalogue *kpi.Catalogue, f *kpi.Frame, where []string) *kpi.Frame {
	var names []string
	for _, col := range f.Columns {
		names = append(names, col.Name)
	}
	q := c.query(nil, names, nil)
	q.Where = where
	out, err := catalogue.Run(context.Background(), c.duck, q)
	require.NoError(t, err, "%v where %v", names, where)
	return out
}

// filter asks for one row of a frame by a filter.
func (c *company) filter(t *testing.T, catalogue *kpi.Catalogue, f *kpi.Frame) (compared int) {
	rows := slices.DeleteFunc(slices.Clone(f.Rows), func(r kpi.FrameRow) bool { return r.Key[0] == "" })
	if len(rows) == 0 {
		return 0
	}
	dim, row := f.Dims[0], rows[c.IntN(len(rows))]
	where := dim + " = '" + strings.ReplaceAll(row.Key[0], "'", `\'`) + "'"
	if slices.Contains([]string{"hour", "attempt", "talk_bucket"}, dim) {
		where = dim + " = " + row.Key[0]
	}
	asked := &kpi.Frame{Dims: f.Dims}
	var want []kpi.Figure
	for i, col := range f.Columns {
		q := c.query(nil, []string{col.Name}, nil)
		q.Where = []string{where}
		if _, err := catalogue.Plan(context.Background(), c.duck, q); err != nil {
			require.Contains(t, unanswerable, key(err), "%s where %s: %v", col.Name, where, err)
		} else if col.Kind != kpi.KindShare && !bound(t, catalogue, col.Name) {
			asked.Columns, want = append(asked.Columns, col), append(want, row.Figures[i])
		}
	}
	if len(want) == 0 {
		return 0
	}
	for i, got := range c.whole(t, catalogue, asked, []string{where}).Rows[0].Figures {
		name := asked.Columns[i].Name
		require.Equal(t, want[i].Valid, got.Valid, "%s where %s: %+v, %+v", name, where, want[i], got)
		require.InDelta(t, want[i].Number, got.Number, 1e-9*max(1, math.Abs(got.Number)), "%s where %s", name, where)
	}
	return len(want)
}

// bound tells whether a KPI depends on the bounds of the group's time, or on
// the level at which costs are known, so that a filter asks for something else.
func bound(t *testing.T, catalogue *kpi.Catalogue, name string) bool {
	x, err := catalogue.Explain(name)
	require.NoError(t, err)
	return slices.ContainsFunc(x.Measures, func(m kpi.ExplainedMeasure) bool {
		return m.Scoped || strings.Contains(m.Where, "period_")
	})
}

// The rows behind a number are as many as it says, those of joint sales by
// their shares.
func TestRowsBehindEveryNumber(t *testing.T) {
	catalogue, err := kpi.Load()
	require.NoError(t, err)
	c := newCompany(t, zagreb, 13)
	dims := append(catalogue.Dimensions(), "attr.city", "lead.city")
	filters := []string{"team = east", "agent in (a1, a2)", "attr.city = Split", "hour >= 9", "month = 2026-10", "weekday != 7", "kind = cold", "product != 'x'"}
	checked := map[string]int{}
	for _, name := range everyKPI(t, catalogue) {
		x, err := catalogue.Explain(name)
		require.NoError(t, err)
		if !countable(x) {
			continue
		}
		for range 6 {
			q := c.query(&c.days, []string{name}, nil)
			for n := c.IntN(3); n > 0; n-- {
				if d := dims[c.IntN(len(dims))]; !slices.Contains(q.By, d) {
					q.By = append(q.By, d)
				}
			}
			if c.chance(60) {
				q.Where = []string{filters[c.IntN(len(filters))]}
			}
			f, err := catalogue.Run(context.Background(), c.duck, q)
			if err != nil {
				require.Contains(t, unanswerable, key(err), "%s by %v where %v: %v", name, q.By, q.Where, err)
				continue
			}
			if len(f.Rows) == 0 {
				continue
			}
			row := f.Rows[c.IntN(len(f.Rows))]
			if c.behind(t, catalogue, q, x, row) {
				checked[name]++
			}
		}
	}
	require.Greater(t, len(checked), 90)
}

// countable tells whether the number, or its numerator, or what a mean is the
// mean of, is a count of rows.
func countable(x *kpi.Explanation) bool {
	m := x.Measures[0]
	if x.Kind == kpi.KindMean {
		return strings.HasPrefix(x.Formula, "mean(")
	}
	top, _, _ := strings.Cut(x.Formula, " / ")
	return top == m.ID && (m.As == kpi.Count || m.As == kpi.Distinct)
}

func (c *company) behind(t *testing.T, catalogue *kpi.Catalogue, q kpi.Query, x *kpi.Explanation, row kpi.FrameRow) bool {
	figure := row.Figures[0]
	want := figure.Number
	switch {
	case !figure.Valid:
		return false
	case x.Kind == kpi.KindMean:
		want = figure.Den
	case figure.Parts:
		want = figure.Num
	}
	spec, err := catalogue.RowsBehind(context.Background(), c.duck, q, row.Key)
	require.NoError(t, err)
	n, err := c.duck.Count(context.Background(), *spec)
	require.NoError(t, err)
	got := float64(n)
	if x.Measures[0].Shared {
		spec.Columns = []string{"share"}
		listing, err := c.duck.Rows(context.Background(), *spec)
		require.NoError(t, err)
		require.Len(t, listing.Rows, int(n))
		got = 0
		for _, r := range listing.Rows {
			got += callpace.Amount(r.Cells[0].Int).Float()
		}
	}
	require.InDelta(t, want, got, 1e-9, "%s by %v where %v: %v", x.Name, q.By, q.Where, row.Key)
	return true
}
