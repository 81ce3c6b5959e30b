// Package behind lists the rows behind a number page by page: those that were
// counted, by the same conditions, period and scope, so that their count is the
// number. Pages, the API and exports list by it. It writes nothing for people.
package behind

import (
	"context"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Engine answers questions and lists rows.
type Engine interface {
	kpi.Engine
	Rows(ctx context.Context, spec kpi.RowsSpec) (kpi.RowSet, error)
	Count(ctx context.Context, spec kpi.RowsSpec) (int64, error)
}

// MaxPage is the largest page.
const MaxPage = 5000

// Page is a part of a listing.
type Page struct {
	Fact   *facts.Table
	Set    kpi.RowSet
	Count  int64  // rows of the whole listing
	Before int64  // rows before this page, as they were counted on the way here
	Next   string // cursor of the page after this one; "" on the last
}

// Number lists the rows behind a number: the page at a cursor ("": the first)
// of at most limit rows. more are conditions beside those of the query.
func Number(ctx context.Context, c *kpi.Catalogue, e Engine, q kpi.Query, cursor string, limit int, more ...kpi.Expr) (Page, error) {
	spec, err := c.RowsBehind(ctx, e, q, nil)
	if err != nil {
		return Page{}, err
	}
	spec.Where = append(spec.Where, more...)
	return List(ctx, e, *spec, cursor, limit)
}

// List lists what a specification without columns asks for.
func List(ctx context.Context, e Engine, spec kpi.RowsSpec, cursor string, limit int) (Page, error) {
	p, err := list(ctx, e, spec, cursor, limit)
	switch {
	case err != nil:
	case cursor == "" && p.Next == "":
		p.Count = int64(len(p.Set.Rows))
	default:
		p.Count, err = e.Count(ctx, spec)
	}
	return p, err
}

func list(ctx context.Context, e Engine, spec kpi.RowsSpec, cursor string, limit int) (Page, error) {
	p := Page{Fact: spec.Fact}
	at, err := readCursor(cursor, spec.Order())
	if err != nil {
		return p, err
	}
	limit = min(max(limit, 1), MaxPage)
	spec.After, spec.Offset, spec.Limit, spec.Columns = at.key, at.skip, limit+1, nil
	if p.Set, err = e.Rows(ctx, spec); err != nil {
		return p, err
	}
	p.Before = at.before
	if len(p.Set.Rows) > limit {
		p.Set.Rows = p.Set.Rows[:limit]
		p.Next = at.beyond(spec.Order(), p.Set).text(spec.Order())
	}
	return p, nil
}

// Each hands over all pages of a listing: what an export writes. Between two pages the facts may be written to; rows that stay are
// neither left out nor given twice.
func Each(ctx context.Context, read func(func(Engine) error) error, spec kpi.RowsSpec, page func(kpi.RowSet) error) error {
	for cursor, first := "", true; first || cursor != ""; first = false {
		var p Page
		err := read(func(e Engine) (err error) {
			p, err = list(ctx, e, spec, cursor, MaxPage)
			return err
		})
		if err != nil {
			return err
		}
		if err := page(p.Set); err != nil {
			return err
		}
		cursor = p.Next
	}
	return nil
}
