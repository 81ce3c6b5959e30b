package kpi

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// Family is the part of the catalogue that a KPI belongs to: sales, funnel,
// work or service; for a user's own the name of its file.
func (d *Def) Family() string { return strings.TrimSuffix(path.Base(d.where.file), ".yaml") }

// Families lists the KPIs by their parts of the catalogue, both in the order in
// which they are written.
func (c *Catalogue) Families() (names []string, defs map[string][]*Def) {
	defs = map[string][]*Def{}
	for _, d := range c.Defs() {
		f := d.Family()
		if defs[f] == nil {
			names = append(names, f)
		}
		defs[f] = append(defs[f], d)
	}
	return names, defs
}

// Numeric tells whether the values of a dimension are numbers in a condition.
func (c *Catalogue) Numeric(dimension string) bool {
	d := c.dims[dimension]
	return dimension == "hour" || d != nil && d.Number
}

// Joinable lists the built-in dimensions by which all KPIs of a query can be
// broken down: those that their facts have and that some row carries.
func (c *Catalogue) Joinable(ctx context.Context, e Engine, q Query) ([]string, error) {
	q.By, q.Where = nil, nil
	plan, err := c.Plan(ctx, e, q)
	if err != nil {
		return nil, err
	}
	p := &planner{catalogue: c, attrs: attributes{}, plan: plan}
	var out []string
	for _, name := range c.dimNames() {
		if p.joins(name) {
			out = append(out, name)
		}
	}
	for _, o := range plan.probes {
		groups, err := e.Aggregate(ctx, o.Select)
		if err != nil {
			return nil, err
		}
		if len(groups) == 0 || groups[0].Values[0].Exact.Sign() == 0 {
			continue // no rows at all lack nothing
		}
		for i, name := range o.dims {
			if groups[0].Values[i+1].Exact.Sign() == 0 {
				out = slices.DeleteFunc(out, func(s string) bool { return s == name })
			}
		}
	}
	return out, nil
}

// joins tells whether all measures of a plan have a dimension, and notes what
// is to be asked of the rows.
func (p *planner) joins(name string) bool {
	p.plan.Query.By = []string{name}
	if p.checkLocal() != nil {
		return false
	}
	for _, k := range p.plan.kpis {
		for _, u := range k.uses {
			if _, err := p.dim(k.name, name, u); err != nil {
				return false
			}
		}
	}
	for _, k := range p.plan.kpis {
		for _, u := range k.uses {
			if d, _ := p.dim(k.name, name, u); !p.sharedBy(u, levelOf(d)) {
				p.probe(k.name, name, u.fact, d.Expr)
			}
		}
	}
	return true
}

// Values lists what calls in the scope of a query carry of some dimensions, in
// the order in which answers are sorted; a dimension that calls lack has none.
// Each may have 100,000 at most.
func (c *Catalogue) Values(ctx context.Context, e Engine, q Query, dimensions []string) (map[string][]string, error) {
	s := Select{Fact: facts.Calls, Date: facts.Calls.Moments[0], Undated: true, Scope: q.Scope, Now: q.Now, MaxGroups: 1}
	var names []string
	for _, name := range dimensions {
		d := c.dims[name]
		if d == nil {
			continue
		}
		if t, ok := d.facts[facts.Calls]; ok {
			names = append(names, name)
			s.Measures = append(s.Measures, Measure{ID: name, Agg: Set, Value: t.Expr})
		}
	}
	groups, err := e.Aggregate(ctx, s)
	if err != nil || len(groups) == 0 {
		return nil, err
	}
	out := map[string][]string{}
	for i, name := range names {
		values := slices.DeleteFunc(slices.Clone(groups[0].Values[i].Set()), func(v string) bool { return v == "" })
		slices.SortFunc(values, func(a, b string) int { return cmp.Or(compareKey(a, b), cmp.Compare(a, b)) })
		out[name] = values
	}
	return out, nil
}
