package kpi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// Plan is a query made into Selects: measures of one fact, date and joins
// share one.
type Plan struct {
	Query      Query
	kpis       []*compiled
	selections []*selection
	probes     []probe
	kinds      []*kindsOfRows
}

// selection is one Select and what its measures are for.
type selection struct {
	Select
	uses    []*use
	sharing *sharing // nil: nothing to share
}

// probe asks whether a fact has rows at all, and which of the dimensions that
// sources often leave empty it has.
type probe struct {
	Select
	kpi  []string // by measure from the second on: what would lack the dimension
	dims []string
}

// Selects gives what the engine will be asked.
func (p *Plan) Selects() []Select {
	out := make([]Select, len(p.selections))
	for i, s := range p.selections {
		out[i] = s.Select
	}
	return out
}

// planner holds what a plan is made from.
type planner struct {
	catalogue *Catalogue
	attrs     attributes
	plan      *Plan
}

// Plan checks a query and makes its Selects. The engine is asked for the
// names of attributes only.
func (c *Catalogue) Plan(ctx context.Context, e Engine, q Query) (*Plan, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	p := &planner{catalogue: c, attrs: attributes{}, plan: &Plan{Query: q}}
	settings := c.settingsFor(q)
	for _, name := range q.KPIs {
		k, err := c.follow(name, settings, q.Followed)
		if err != nil {
			return nil, err
		}
		k.changes = k.changedWithin(q)
		p.plan.kpis = append(p.plan.kpis, k)
	}
	if p.needsAttributes() {
		if err := p.loadAttributes(ctx, e); err != nil {
			return nil, err
		}
	}
	if err := p.checkLocal(); err != nil {
		return nil, err
	}
	for _, k := range p.plan.kpis {
		for _, u := range k.uses {
			if err := p.place(k, u); err != nil {
				return nil, err
			}
		}
	}
	p.share()
	return p.plan, nil
}

// needsAttributes tells whether some name can be that of an attribute.
func (p *planner) needsAttributes() bool {
	q := p.plan.Query
	return len(q.Where) > 0 || slices.ContainsFunc(q.By, func(name string) bool {
		return !slices.Contains(p.catalogue.dimNames(), name)
	})
}

func (p *planner) loadAttributes(ctx context.Context, e Engine) error {
	// All facts are asked, so that a name can be told from one of another fact.
	names := append([]string{"agent"}, factNames()...)
	for _, n := range names {
		list, err := e.Attributes(ctx, n)
		if err != nil {
			return fmt.Errorf("attributes of %s: %w", n, err)
		}
		p.attrs[n] = list
	}
	return nil
}

// checkLocal refuses to merge facts by a word that means another thing in each.
func (p *planner) checkLocal() error {
	for _, name := range p.plan.Query.By {
		d := p.catalogue.dims[name]
		if d == nil || !d.Local {
			continue
		}
		var first *facts.Table
		for _, k := range p.plan.kpis {
			for _, u := range k.uses {
				if first == nil {
					first = u.fact
				}
				if _, ok := d.facts[u.fact]; ok && u.fact != first && d.Local {
					return callpace.E(callpace.Invalid, "kpi.dimension_differs", "dimension", name, "fact", first.Name, "other", u.fact.Name)
				}
			}
		}
	}
	return nil
}

// place puts a measure into the Select that it can share.
func (p *planner) place(k *compiled, u *use) error {
	q := p.plan.Query
	s := Select{Fact: u.fact, Date: u.date, Span: u.def.Span, Scope: q.Scope, Now: q.Now, MaxGroups: MaxGroups}
	if s.Span {
		s.Date = u.fact.Moments[0]
	}
	for _, name := range q.By {
		d, err := p.dim(k.name, name, u)
		if err != nil {
			return err
		}
		s.Dims = append(s.Dims, d)
		if !p.sharedBy(u, levelOf(d)) {
			p.probe(k.name, name, u.fact, d.Expr)
		}
	}
	for _, text := range q.Where {
		e, err := p.condition(k.name, text, u)
		if err != nil {
			return err
		}
		s.Where = append(s.Where, e)
	}
	if q.Period != nil {
		s.From, s.To = q.Period.From, q.Period.To
	} else {
		s.Undated = true
	}
	p.probe(k.name, "", u.fact, nil)
	p.attribute(u, s)
	for _, other := range p.plan.selections {
		if other.shares(s, u) {
			if !slices.ContainsFunc(other.uses, func(o *use) bool { return o.key == u.key }) {
				other.uses = append(other.uses, u)
				other.Measures = append(other.Measures, u.measure)
			}
			return nil
		}
	}
	s.Measures = []Measure{u.measure}
	p.plan.selections = append(p.plan.selections, &selection{Select: s, uses: []*use{u}})
	return nil
}

// shares tells whether a measure can be asked in this Select: the same rows
// in the same groups, and a join only with those that need it anyway.
func (s *selection) shares(o Select, u *use) bool {
	first := s.uses[0]
	return s.Fact == o.Fact && s.Date == o.Date && s.Span == o.Span && first.story == u.story &&
		first.def.Scoped == u.def.Scoped && first.shareable() == u.shareable() && fmt.Sprint(first.def.Dims) == fmt.Sprint(u.def.Dims)
}

// condition compiles a filter for the rows of a measure.
func (p *planner) condition(kpi, text string, u *use) (Expr, error) {
	q := p.plan.Query
	names := &filterNames{catalogue: p.catalogue, date: u.date, calendar: q.Calendar, today: q.today(), attrs: p.attrs, own: u.def.Dims}
	if u.def.Span {
		names.date = ""
	}
	e, err := checker{text: text, fact: u.fact, filter: names}.compile(aTruth)
	if err == nil {
		for _, name := range dimensionsIn(e, p.catalogue, u.fact) {
			if d := p.catalogue.dims[name].facts[u.fact]; !p.sharedBy(u, levelOf(Dim{Expr: d.Expr})) {
				p.probe(kpi, name, u.fact, d.Expr)
			}
		}
		return e, nil
	}
	// What another fact knows is no slip of the pen: this one cannot be told by it.
	if ce, ok := err.(*callpace.Error); ok && strings.HasPrefix(ce.Key, "kpi.expr.unknown_name") {
		name, _ := ce.Args["name"].(string)
		if p.catalogue.dims[name] != nil || slices.Contains(p.attrs.names(), name) {
			return nil, notJoinable(kpi, name, u.fact)
		}
		if slices.ContainsFunc(facts.Tables, func(t *facts.Table) bool { return hasColumn(t, name) }) {
			return nil, p.notOfFact(kpi, name, u.fact)
		}
	}
	return nil, err
}

func hasColumn(t *facts.Table, name string) bool { return t.Has(name) || t.HasMoment(name) }

// notOfFact says that a KPI's fact lacks a column, and which KPIs have it: of
// those asked for, else of all.
func (p *planner) notOfFact(kpi, column string, fact *facts.Table) error {
	var asked, all []string
	for _, k := range p.plan.kpis {
		if k.has(column) {
			asked = append(asked, k.name)
		}
	}
	for _, id := range p.catalogue.order {
		if k, err := p.catalogue.resolve(id, nil); err == nil && k.has(column) {
			all = append(all, id)
		}
	}
	if len(asked) > 0 {
		all = asked
	}
	const enough = 8
	if len(all) > enough {
		all = append(all[:enough:enough], "…")
	}
	if len(all) == 0 {
		return callpace.E(callpace.Invalid, "kpi.column_of_none", "kpi", kpi, "column", column, "fact", fact.Name)
	}
	return callpace.E(callpace.Invalid, "kpi.column_not_of_fact", "kpi", kpi, "column", column, "fact", fact.Name, "able", strings.Join(all, ", "))
}

// has tells whether all facts of a KPI have a column.
func (k *compiled) has(column string) bool {
	return !slices.ContainsFunc(k.uses, func(u *use) bool { return !hasColumn(u.fact, column) })
}

// dimensionsIn lists the dimensions of a filter that sources may leave empty.
func dimensionsIn(e Expr, c *Catalogue, fact *facts.Table) []string {
	var out []string
	for _, name := range c.dimOrder {
		d := c.dims[name]
		if t, ok := d.facts[fact]; d.Maybe && ok && contains(e, t.Expr) {
			out = append(out, name)
		}
	}
	return out
}

func contains(e, part Expr) bool {
	whole := printed(part)
	return mentions(e, func(e Expr) bool { return printed(e) == whole })
}

// probe notes that a fact is used, and by which dimension.
func (p *planner) probe(kpi, name string, fact *facts.Table, e Expr) {
	i := slices.IndexFunc(p.plan.probes, func(o probe) bool { return o.Fact == fact })
	if i < 0 {
		date := ""
		if len(fact.Moments) > 0 {
			date = fact.Moments[0]
		}
		q := p.plan.Query
		p.plan.probes = append(p.plan.probes, probe{Select: Select{Fact: fact, Date: date, Undated: true, Scope: q.Scope, Now: q.Now,
			MaxGroups: 1, Measures: []Measure{{ID: "rows", Agg: Count}}}})
		i = len(p.plan.probes) - 1
	}
	d := p.catalogue.dims[name]
	o := &p.plan.probes[i]
	if d == nil || !d.Maybe || slices.Contains(o.dims, name) {
		return
	}
	o.kpi, o.dims = append(o.kpi, kpi), append(o.dims, name)
	o.Measures = append(o.Measures, Measure{ID: "has " + name, Agg: Count, Where: Op{Not, []Expr{Op{IsNull, []Expr{e}}}}})
}
