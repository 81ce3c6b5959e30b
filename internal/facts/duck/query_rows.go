package duck

import (
	"context"
	"fmt"

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
		set.Rows = nil // of a try before
		return e.each(ctx, l.Text, l.Args, func(cols []any) error {
			row, err := l.Row(cols)
			set.Rows = append(set.Rows, row)
			return err
		})
	})
	if err != nil {
		return kpi.RowSet{}, fmt.Errorf("list %s: %w", spec.Fact.Name, err)
	}
	return set, nil
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
