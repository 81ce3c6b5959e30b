package kpi

import (
	"cmp"
	"slices"
	"strings"

	"github.com/callpace/callpace"
)

// finish drops empty rows of no time, sorts, and limits.
func (p *Plan) finish(f *Frame, g *gathered) error {
	f.Rows = slices.DeleteFunc(f.Rows, empty)
	if p.Query.Shrink {
		p.shrink(f, g)
	}
	if err := p.sort(f); err != nil {
		return err
	}
	f.All = len(f.Rows)
	f.Rows = f.Rows[min(max(p.Query.Offset, 0), len(f.Rows)):]
	if n := p.Query.Limit; n > 0 && len(f.Rows) > n {
		f.Rows = f.Rows[:n]
	}
	if len(f.Rows) > MaxRows {
		return callpace.E(callpace.Limit, "kpi.too_many_rows", "count", len(f.Rows), "limit", MaxRows)
	}
	return nil
}

// empty tells whether a row has no key and nothing to say: what is not closed
// yet, in a table by month of closing.
func empty(r FrameRow) bool {
	return slices.Contains(r.Key, "") && !slices.ContainsFunc(r.Figures, func(x Figure) bool { return x.Valid && x.Number != 0 })
}

func (p *Plan) sort(f *Frame) error {
	byKey := func(a, b FrameRow) int { return p.compareKeys(a.Key, b.Key) }
	slices.SortFunc(f.Rows, byKey)
	q := p.Query
	if q.Sort == "" {
		if q.Desc {
			slices.Reverse(f.Rows)
		}
		return nil
	}
	if i := slices.Index(q.By, q.Sort); i >= 0 {
		slices.SortStableFunc(f.Rows, func(a, b FrameRow) int {
			return nothingLast(a.Key[i] == "", b.Key[i] == "", q.Desc, func() int { return p.compareOf(q.Sort, a.Key[i], b.Key[i]) })
		})
		return nil
	}
	i := slices.IndexFunc(f.Columns, func(c Column) bool { return c.Name == q.Sort })
	if i < 0 {
		known := append(slices.Clone(q.By), q.KPIs...)
		return unknownWord("kpi.unknown_sort", q.Sort, known)
	}
	value := func(x Figure) float64 {
		if x.IsShrunk {
			return x.Shrunk
		}
		return x.Number
	}
	slices.SortStableFunc(f.Rows, func(a, b FrameRow) int {
		x, y := a.Figures[i], b.Figures[i]
		return nothingLast(!x.Valid, !y.Valid, q.Desc, func() int { return cmp.Compare(value(x), value(y)) })
	})
	return nil
}

// nothingLast orders by a comparison, with what has no data last either way.
func nothingLast(a, b, desc bool, compare func() int) int {
	switch {
	case a && b:
		return 0
	case a:
		return 1
	case b:
		return -1
	case desc:
		return -compare()
	}
	return compare()
}

func (p *Plan) compareKeys(a, b []string) int {
	for i, d := range p.Query.By {
		if c := nothingLast(a[i] == "", b[i] == "", false, func() int { return p.compareOf(d, a[i], b[i]) }); c != 0 {
			return c
		}
	}
	return 0
}

// compareOf compares two keys of a dimension: weekdays as they follow each other in the
// organisation's week.
func (p *Plan) compareOf(dimension, a, b string) int {
	if dimension == string(BucketWeekday) {
		return cmp.Compare(p.Query.Calendar.PlaceInWeek(whole(a)), p.Query.Calendar.PlaceInWeek(whole(b)))
	}
	return compareKey(a, b)
}

func whole(text string) int64 {
	n, _ := callpace.ParseAmount(text)
	return int64(n / callpace.One)
}

// compareKey compares two keys of a dimension: whole numbers as such, all else
// as texts, which is chronological for periods.
func compareKey(a, b string) int {
	x, ok := callpace.ParseAmount(a)
	y, ok2 := callpace.ParseAmount(b)
	if ok && ok2 && x != y {
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}
