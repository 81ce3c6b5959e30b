package kpi

import (
	"context"

	"github.com/callpace/callpace"
)

// RowsBehind gives the listing of the rows behind a number: those of the
// numerator's first measure (or of the only one), with the same filters,
// period and scope, so that their count is that part of the number. The query
// names one KPI; key, as its By, narrows to one row of the answer, nil does
// not. Of a sum or a mean the rows are those that have a value.
func (c *Catalogue) RowsBehind(ctx context.Context, e Engine, q Query, key []string) (*RowsSpec, error) {
	if len(q.KPIs) != 1 {
		return nil, callpace.E(callpace.Invalid, "kpi.rows_of_one")
	}
	p, err := c.Plan(ctx, e, q)
	if err != nil {
		return nil, err
	}
	k := p.kpis[0]
	top := k.value
	if top == nil {
		top = k.num
	}
	u := firstUse(top)
	if u == nil {
		return nil, callpace.E(callpace.Invalid, "kpi.no_rows", "kpi", q.KPIs[0])
	}
	for _, s := range p.selections {
		for _, o := range s.uses {
			if o.key == u.key {
				return s.rows(u, key), nil
			}
		}
	}
	return nil, callpace.E(callpace.Invalid, "kpi.no_rows", "kpi", q.KPIs[0])
}

func (s *selection) rows(u *use, key []string) *RowsSpec {
	spec := &RowsSpec{Select: s.Select, Key: key}
	spec.Measures = nil
	spec.Where = append([]Expr(nil), s.Where...)
	if u.measure.Where != nil {
		spec.Where = append(spec.Where, u.measure.Where)
	}
	switch u.measure.Agg {
	case Count:
	case Distinct, Set:
		spec.Unique = u.measure.Value
	default:
		spec.Where = append(spec.Where, Op{Not, []Expr{Op{IsNull, []Expr{u.measure.Value}}}})
	}
	return spec
}

// firstUse is the first measure of a formula.
func firstUse(f formula) *use {
	switch f := f.(type) {
	case measureRef:
		return f.use
	case arithmetic:
		if u := firstUse(f.a); u != nil {
			return u
		}
		return firstUse(f.b)
	case application:
		for _, a := range f.args {
			if u := firstUse(a); u != nil {
				return u
			}
		}
	}
	return nil
}
