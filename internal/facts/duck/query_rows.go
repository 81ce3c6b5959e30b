package duck

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace/internal/facts/factsql"
	"github.com/callpace/callpace/internal/kpi"
)

// Rows lists the rows that a RowsSpec asks for.
func (e *Engine) Rows(ctx context.Context, spec kpi.RowsSpec) (kpi.RowSet, error) {
	attrs, err := e.attributes(ctx)
	if err != nil {
		return kpi.RowSet{}, err
	}
	l, err := factsql.Rows(dialect{}, spec, attrs)
	if err != nil {
		return kpi.RowSet{}, err
	}
	set := kpi.RowSet{Columns: l.Columns}
	err = e.fitting(ctx, func() error {
		return e.atOnce(ctx, func(e *Engine) (err error) {
			set.Rows, err = e.list(ctx, l)
			return err
		})
	})
	if err != nil {
		return kpi.RowSet{}, fmt.Errorf("list %s: %w", spec.Fact.Name, err)
	}
	return set, nil
}

// list reads a listing, and where its rows were read.
func (e *Engine) list(ctx context.Context, l factsql.Listing) (rows []kpi.Row, err error) {
	var origins []uint64
	err = e.each(ctx, l.Text, l.Args, func(cols []any) error {
		origin, _ := cols[0].(uint64)
		row, err := l.Row(cols)
		origins, rows = append(origins, origin), append(rows, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rows, e.locate(ctx, origins, rows)
}

// locate fills in where the winning records of rows stand. The ledger is asked
// for the few that are listed: joined to them, all of it would be.
func (e *Engine) locate(ctx context.Context, origins []uint64, rows []kpi.Row) error {
	texts := make([]string, 0, len(rows))
	for _, o := range slices.Compact(slices.Sorted(slices.Values(origins))) {
		texts = append(texts, strconv.FormatUint(o, 10))
	}
	if len(texts) == 0 {
		return nil
	}
	won := entries{}
	err := e.each(ctx, "SELECT origin, coalesce(version, 0), input, line FROM records WHERE origin IN ("+strings.Join(texts, ", ")+")", nil, func(cols []any) error {
		won.add(cols[0].(uint64), entry{version: cols[1].(int64), input: int(cols[2].(int64)), line: cols[3].(int64)})
		return nil
	})
	for i, o := range origins {
		rows[i].Input, rows[i].Line = int64(won[o].input), won[o].line
	}
	return err
}

// Count counts the rows that a RowsSpec asks for, as if it had no limit.
func (e *Engine) Count(ctx context.Context, spec kpi.RowsSpec) (n int64, err error) {
	attrs, err := e.attributes(ctx)
	if err != nil {
		return 0, err
	}
	q, err := factsql.Count(dialect{}, spec, attrs)
	if err != nil {
		return 0, err
	}
	if err := e.fitting(ctx, func() error { return e.one(ctx, q.Text, q.Args, &n) }); err != nil {
		return 0, fmt.Errorf("count %s: %w", spec.Fact.Name, err)
	}
	return n, nil
}
