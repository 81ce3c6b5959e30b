package behind

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// shelf is an engine of rows in memory that orders as RowsSpec says.
type shelf struct {
	kpi.Engine
	rows []kpi.Row
}

func (s *shelf) Count(context.Context, kpi.RowsSpec) (int64, error) { return int64(len(s.rows)), nil }

func (s *shelf) Rows(_ context.Context, spec kpi.RowsSpec) (kpi.RowSet, error) {
	set := kpi.RowSet{Columns: spec.Fact.Columns}
	order := spec.Order()
	all := slices.Clone(s.rows)
	slices.SortStableFunc(all, func(a, b kpi.Row) int { return compare(keyOfRow(order, set, a), keyOfRow(order, set, b)) })
	if spec.After != nil {
		all = slices.DeleteFunc(all, func(r kpi.Row) bool { return compare(keyOfRow(order, set, r), spec.After) < 0 })
	}
	all = all[min(spec.Offset, len(all)):]
	set.Rows = all[:min(spec.Limit, len(all))]
	return set, nil
}

func keyOfRow(order []facts.Column, set kpi.RowSet, r kpi.Row) []kpi.Cell {
	key := make([]kpi.Cell, len(order))
	for i, c := range order {
		key[i] = r.Cells[slices.IndexFunc(set.Columns, func(have facts.Column) bool { return have.Name == c.Name })]
	}
	return key
}

func compare(a, b []kpi.Cell) int {
	for i := range a {
		switch {
		case a[i].Valid && !b[i].Valid:
			return -1
		case !a[i].Valid && b[i].Valid:
			return 1
		}
		if c := cmp.Or(cmp.Compare(a[i].Int, b[i].Int), cmp.Compare(a[i].Text, b[i].Text)); c != 0 {
			return c
		}
	}
	return 0
}

func call(id int, started int64, source string) kpi.Row {
	r := kpi.Row{Line: int64(id), Cells: make([]kpi.Cell, len(facts.Calls.Columns))}
	if started > 0 {
		r.Cells[facts.Calls.Col("started_at")] = kpi.Cell{Valid: true, Int: started}
	}
	r.Cells[facts.Calls.Col("source")] = kpi.Cell{Valid: true, Text: source}
	return r
}

func lines(set kpi.RowSet) (out []int64) {
	for _, r := range set.Rows {
		out = append(out, r.Line)
	}
	return out
}

var calls = kpi.RowsSpec{Select: kpi.Select{Fact: facts.Calls, Date: "started"}}

func TestPagesMakeTheListing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &shelf{}
		for i := range rapid.IntRange(0, 40).Draw(t, "rows") {
			// Few values, so that many rows have the same ones, some of them none.
			s.rows = append(s.rows, call(i, rapid.Int64Range(0, 3).Draw(t, "started"), rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "source")))
		}
		whole, err := List(context.Background(), s, calls, "", MaxPage)
		require.NoError(t, err)
		limit := rapid.IntRange(1, 10).Draw(t, "limit")
		var got []int64
		for cursor, first := "", true; first || cursor != ""; first = false {
			p, err := List(context.Background(), s, calls, cursor, limit)
			require.NoError(t, err)
			require.EqualValues(t, len(got), p.Before)
			require.EqualValues(t, len(s.rows), p.Count)
			got, cursor = append(got, lines(p.Set)...), p.Next
		}
		require.Equal(t, lines(whole.Set), got)
	})
}

// Ids may be long, and alike in their beginning: cursors are short all the same.
func TestLongIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &shelf{}
		long := []string{strings.Repeat("x", 10_000), strings.Repeat("x", 9_999) + "y", strings.Repeat("ш", 5_000), strings.Repeat("x", 99) + "ш", "b", ""}
		for i := range rapid.IntRange(0, 30).Draw(t, "rows") {
			r := call(i, rapid.Int64Range(0, 2).Draw(t, "started"), rapid.SampledFrom(long).Draw(t, "source"))
			r.Cells[facts.Calls.Col("source_id")] = kpi.Cell{Valid: true, Text: rapid.SampledFrom(long).Draw(t, "id")}
			r.Cells[facts.Calls.Col("agent")] = kpi.Cell{Valid: rapid.Bool().Draw(t, "agent"), Text: "Ana"}
			s.rows = append(s.rows, r)
		}
		whole, err := List(context.Background(), s, calls, "", MaxPage)
		require.NoError(t, err)
		limit := rapid.IntRange(1, 7).Draw(t, "limit")
		var got []int64
		for cursor, first := "", true; first || cursor != ""; first = false {
			p, err := List(context.Background(), s, calls, cursor, limit)
			require.NoError(t, err)
			require.Less(t, len(p.Next), 1024)
			got, cursor = append(got, lines(p.Set)...), p.Next
		}
		require.Equal(t, lines(whole.Set), got)
	})
}

// Rows that come or go before a page's beginning move nothing.
func TestPagesStandStill(t *testing.T) {
	s := &shelf{rows: []kpi.Row{call(1, 10, "a"), call(2, 20, "a"), call(3, 30, "a"), call(4, 40, "a")}}
	first, err := List(context.Background(), s, calls, "", 2)
	require.NoError(t, err)
	require.Equal(t, []int64{1, 2}, lines(first.Set))
	s.rows = append(s.rows[1:], call(5, 5, "a"), call(6, 6, "a")) // 1 went; two came before
	second, err := List(context.Background(), s, calls, first.Next, 2)
	require.NoError(t, err)
	require.Equal(t, []int64{3, 4}, lines(second.Set))
	require.Empty(t, second.Next)
}

func TestEach(t *testing.T) {
	s := &shelf{}
	for i := range 12_345 {
		s.rows = append(s.rows, call(i, int64(i+1), "a"))
	}
	read := func(fn func(Engine) error) error { return fn(s) }
	n := 0
	require.NoError(t, Each(context.Background(), read, calls, func(set kpi.RowSet) error {
		for _, r := range set.Rows {
			require.EqualValues(t, n, r.Line)
			n++
		}
		return nil
	}))
	require.Equal(t, 12_345, n)
}

func TestForgedCursors(t *testing.T) {
	for _, text := range []string{"x", "e30", "!!", fmt.Sprintf("%09000d", 0), "eyJrIjpbbnVsbF0sInMiOi0xfQ"} {
		_, err := List(context.Background(), &shelf{}, calls, text, 10)
		require.Equal(t, callpace.Invalid, callpace.CodeOf(err), text)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("eyJrIjpbIjEiLCJhIiwiYiIsIjEiLG51bGwsbnVsbF0sInMiOjEsImIiOjJ9")
	order := calls.Order()
	f.Fuzz(func(t *testing.T, text string) {
		p, err := readCursor(text, order)
		if err != nil || text == "" {
			return
		}
		again, err := readCursor(p.text(order), order)
		require.NoError(t, err)
		require.Equal(t, p, again)
	})
}
