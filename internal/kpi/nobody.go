package kpi

import (
	"context"
	"fmt"
	"slices"

	"github.com/callpace/callpace/internal/facts"
)

// Some rows are nobody's: a caller who hung up while waiting met no agent, so
// the call has no team. Asked for one team, what counts such rows is unknown,
// not zero. A measure is made of kinds of rows, those that its condition names;
// where all rows of a kind lack what a query asks by, the measure has no data.
// Which kinds do is seen in all data, so that it does not change by the day.

// asked is something by which a query asks for somebody's rows.
type asked struct {
	by   int  // place in Query.By; everywhere: a filter or the scope
	told Expr // whether a row says so much that it can be decided: never null
}

const everywhere = -1

// kindsOfRows asks one fact for rows of some kinds, a measure each, that do
// not tell something.
type kindsOfRows struct {
	Select
	told Expr
	uses [][]countedIn // by measure
}

// countedIn is a use that counts rows of a kind, and where the answer needs to know whose.
type countedIn struct {
	use string
	by  int
}

// nobodys has the places at which uses count rows that are nobody's.
type nobodys map[string][]int

// at tells whether a use has no data in the row of a key.
func (n nobodys) at(u *use, key []string) bool {
	return len(n) > 0 && slices.ContainsFunc(n[u.key], func(by int) bool { return by == everywhere || key[by] != "" })
}

// attribute notes by what the rows of a use are asked for, once its Select is made.
func (p *planner) attribute(u *use, s Select) {
	if u.def.Scoped {
		return // costs have their own rule
	}
	for _, a := range p.asked(u, s) {
		k := p.kinds(u, a.told)
		for _, kind := range kindsOf(u.measure.Where) {
			m := Measure{Agg: Count, Where: kind}
			m.ID = printed(m.Where)
			i := slices.IndexFunc(k.Measures, func(o Measure) bool { return o.ID == m.ID })
			if i < 0 {
				i = len(k.Measures)
				k.Measures, k.uses = append(k.Measures, m), append(k.uses, nil)
			}
			k.uses[i] = append(k.uses[i], countedIn{u.key, a.by})
		}
	}
}

func printed(e Expr) string { return fmt.Sprintf("%#v", e) }

// kinds gives the question for a use's rows that do not tell something.
func (p *planner) kinds(u *use, told Expr) *kindsOfRows {
	date := u.date
	if u.def.Span {
		date = u.fact.Moments[0]
	}
	for _, k := range p.plan.kinds {
		if k.Fact == u.fact && k.Date == date && printed(k.told) == printed(told) {
			return k
		}
	}
	k := &kindsOfRows{told: told, Select: Select{Fact: u.fact, Date: date, Undated: true, Scope: Everything(), Now: p.plan.Query.Now, MaxGroups: 1}}
	p.plan.kinds = append(p.plan.kinds, k)
	return k
}

// asked lists by what a query asks for somebody's rows of a use.
func (p *planner) asked(u *use, s Select) []asked {
	var out []asked
	column := func(name string) Expr { return isKnown(Field{Name: name, Kind: facts.Text}) }
	switch teams, agents := len(s.Scope.teams) > 0, len(s.Scope.agents) > 0; {
	case s.Scope.everything:
	case teams && agents:
		out = append(out, asked{everywhere, Op{Or, []Expr{column("team"), column("agent")}}})
	case teams:
		out = append(out, asked{everywhere, column("team")})
	case agents:
		out = append(out, asked{everywhere, column("agent")})
	}
	for _, e := range s.Where {
		for _, part := range parts(And, e) {
			if p.whose(u, part) && !timely(part) {
				out = append(out, asked{everywhere, isKnown(part)})
			}
		}
	}
	for i, d := range s.Dims {
		if d.Expr != nil && p.whose(u, d.Expr) {
			out = append(out, asked{i, isKnown(d.Expr)})
		}
	}
	return out
}

// whose tells whether an expression over a use's rows speaks of a dimension
// that says whose they are.
func (p *planner) whose(u *use, e Expr) bool {
	for _, name := range p.catalogue.dimOrder {
		d := p.catalogue.dims[name]
		if !d.Whose {
			continue
		}
		if text, own := u.def.Dims[name]; own {
			if x, err := (checker{text: text, fact: u.fact}).compile(""); err == nil && contains(e, x) {
				return true
			}
		} else if t, ok := d.facts[u.fact]; ok && contains(e, t.Expr) {
			return true
		}
	}
	return mentions(e, func(e Expr) bool { a, ok := e.(Attr); return ok && a.Owner == "agent" })
}

func isKnown(e Expr) Expr { return Op{Not, []Expr{Op{IsNull, []Expr{e}}}} }

// parts splits what an operator joins.
func parts(op OpName, e Expr) []Expr {
	if o, ok := e.(Op); ok && o.Name == op {
		var out []Expr
		for _, a := range o.Args {
			out = append(out, parts(op, a)...)
		}
		return out
	}
	return []Expr{e}
}

// mostKinds bounds the kinds of rows that one condition is taken to name.
const mostKinds = 24

// kindsOf gives the kinds of rows that a condition names: (a or b) and c names
// those of a and c, and those of b and c. What depends on the time of asking is
// left out. nil is all rows.
func kindsOf(where Expr) []Expr {
	kinds := [][]Expr{nil}
	if where != nil {
		for _, part := range parts(And, where) {
			if timely(part) {
				continue
			}
			alternatives := alternatives(part)
			if len(kinds)*len(alternatives) > mostKinds {
				alternatives = []Expr{part}
			}
			var more [][]Expr
			for _, k := range kinds {
				for _, a := range alternatives {
					more = append(more, append(slices.Clone(k), a))
				}
			}
			kinds = more
		}
	}
	out := make([]Expr, len(kinds))
	for i, k := range kinds {
		switch len(k) {
		case 0:
		case 1:
			out[i] = k[0]
		default:
			out[i] = Op{And, k}
		}
	}
	return out
}

func alternatives(e Expr) (out []Expr) {
	for _, a := range parts(Or, e) {
		if in, ok := a.(Op); ok && in.Name == In {
			for _, v := range in.Args[1:] {
				out = append(out, Op{Eq, []Expr{in.Args[0], v}})
			}
		} else {
			out = append(out, a)
		}
	}
	return out
}

// timely tells whether an expression depends on when is asked, or for which period.
func timely(e Expr) bool {
	return mentions(e, func(e Expr) bool {
		switch e.(type) {
		case Now, PeriodStart, PeriodEnd:
			return true
		}
		return false
	})
}

// mentions tells whether a part of an expression is so.
func mentions(e Expr, is func(Expr) bool) bool {
	op, ok := e.(Op)
	return is(e) || ok && slices.ContainsFunc(op.Args, func(a Expr) bool { return mentions(a, is) })
}

// nobodys asks which kinds of rows there are that never tell. Those that do
// not tell are mostly few, and so only what is among them is looked for in the rest.
func (p *Plan) nobodys(ctx context.Context, e Engine) (nobodys, error) {
	out := nobodys{}
	for _, k := range p.kinds {
		all := make([]int, len(k.Measures))
		for i := range all {
			all[i] = i
		}
		silent, err := k.with(ctx, e, Op{Not, []Expr{k.told}}, all)
		if err != nil {
			return nil, err
		}
		telling, err := k.with(ctx, e, k.told, silent)
		if err != nil {
			return nil, err
		}
		for _, i := range silent {
			if slices.Contains(telling, i) {
				continue
			}
			for _, c := range k.uses[i] {
				out[c.use] = append(out[c.use], c.by)
			}
		}
	}
	return out, nil
}

// with gives those of some kinds that have rows for which a condition holds.
func (k *kindsOfRows) with(ctx context.Context, e Engine, where Expr, kinds []int) (found []int, err error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	s := k.Select
	s.Where, s.Measures = []Expr{where}, nil
	for _, i := range kinds {
		s.Measures = append(s.Measures, k.Measures[i])
	}
	groups, err := e.Aggregate(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("kinds of %s: %w", k.Fact.Name, err)
	}
	for n, i := range kinds {
		if len(groups) > 0 && groups[0].Values[n].Exact.Sign() > 0 {
			found = append(found, i)
		}
	}
	return found, nil
}
