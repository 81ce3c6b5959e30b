package kpi

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
)

// shareOut shares the costs that stand above the level asked and lays the
// parts beside those that stand at it.
func (p *Plan) shareOut(ctx context.Context, e Engine, g *gathered, s *selection) error {
	if s.sharing == nil {
		return nil
	}
	sel := s.sharing.above
	if g.period != nil {
		sel.From, sel.To = g.period.From, g.period.To
	}
	groups, err := e.Aggregate(ctx, sel)
	if err != nil {
		return err
	}
	slices.SortFunc(groups, func(a, b Group) int { return slices.Compare(a.Key, b.Key) })
	var bases []*basis
	for _, group := range groups {
		c := s.cost(group)
		for i, v := range c.values { // costs of nothing are known, too
			column := g.columns[s.uses[i]]
			g.any[column] = g.any[column] || v.Valid
		}
		if c.nothing() {
			continue
		}
		b := p.basis(s, c)
		if b == nil {
			g.above = true
			continue
		}
		if i := slices.IndexFunc(bases, func(o *basis) bool { return o.id == b.id }); i >= 0 {
			b = bases[i]
		} else {
			bases = append(bases, b)
		}
		b.costs = append(b.costs, c)
	}
	book := &book{plan: p, g: g, s: s}
	_, book.daily = p.daily(s, s.Select)
	for _, b := range bases {
		if err := b.load(ctx, e, sel); err != nil {
			return err
		}
		if err := book.enter(b); err != nil {
			return err
		}
	}
	return nil
}

// cost is a group of costs above the level asked: of one scope and day.
type cost struct {
	level  map[string]string // by name, "" where it holds for all
	key    []string          // as asked
	holds  []string          // by condition: "true", or "" where it cannot be told
	day    string
	values []Value
}

func (s *selection) cost(group Group) cost {
	c := cost{level: map[string]string{}, values: group.Values}
	for i, name := range levels {
		c.level[name] = group.Key[i]
	}
	rest := group.Key[len(levels):]
	n := len(s.Dims)
	c.key, c.holds, c.day = rest[:n:n], rest[n:len(rest)-1], rest[len(rest)-1]
	return c
}

func (c cost) nothing() bool {
	return !slices.ContainsFunc(c.values, func(v Value) bool { return v.Mixed || v.Valid && v.Exact.Sign() != 0 })
}

// open tells whether a cost does not say the level of a dimension.
func (c cost) open(d Dim) bool {
	switch level := levelOf(d); level {
	case "":
		return false
	case string(BucketHour):
		return true
	case "team":
		return c.level["agent"] == "" && c.level["team"] == ""
	default:
		return c.level[level] == ""
	}
}

// basis is the work that costs of one kind of scope are shared by: costs that
// say the same levels, and leave the same dimensions and conditions open.
type basis struct {
	id          string
	plan        *Plan
	fixed       []string // levels that the costs say
	open        []int    // dimensions that they do not
	dims        []Dim
	conds       func(w work) []Expr
	conditional bool
	costs       []cost
	days        pools // by scope and day
	months      pools // by scope and month, of days without work
	blind       bool  // the work does not tell what is open either
}

// basis says what a cost is to be shared by; nil where the work knows nothing
// of a condition that the cost leaves open.
func (p *Plan) basis(s *selection, c cost) *basis {
	b := &basis{plan: p}
	for _, name := range levels {
		// An agent's team follows from the agent.
		if c.level[name] != "" && (name != "team" || c.level["agent"] == "") {
			b.fixed = append(b.fixed, name)
		}
	}
	for i, d := range s.Dims {
		if c.open(d) {
			b.open, b.dims = append(b.open, i), append(b.dims, d)
		}
	}
	var left []Expr
	for i, holds := range c.holds {
		if holds == "" {
			left = append(left, s.sharing.conds[i])
			if _, ok := ofWork(s.sharing.conds[i], s.Date, ""); !ok {
				return nil
			}
		}
	}
	b.conditional = len(left) > 0
	b.conds = func(w work) []Expr {
		out := make([]Expr, len(left))
		for i, c := range left {
			out[i], _ = ofWork(c, s.Date, w.date)
		}
		return out
	}
	b.id = fmt.Sprint(b.fixed, b.open, c.holds)
	return b
}

func (b *basis) scope(c cost) string {
	var out []string
	for _, name := range b.fixed {
		out = append(out, c.level[name])
	}
	return rowID(out)
}

// load asks for the work of the days, and for that of the months of days
// without any.
func (b *basis) load(ctx context.Context, e Engine, sel Select) (err error) {
	sel.ByDay = true
	if b.days, err = b.ask(ctx, e, sel, nil); err != nil {
		return err
	}
	b.blind = !b.days.tells
	var span *calendar.Range
	for _, c := range b.costs {
		if c.day == "" || b.days.of(b.scope(c), c.day) != nil {
			continue
		}
		day, err := b.plan.Query.Calendar.ParseDay(c.day, 0)
		if err != nil {
			return err
		}
		m := b.plan.Query.Calendar.Span(calendar.Month, day)
		if span == nil {
			span = &m
		}
		span.From, span.To = min(span.From, m.From), max(span.To, m.To)
	}
	if span == nil {
		return nil
	}
	sel.ByDay, sel.Undated, sel.From, sel.To = false, false, span.From, span.To
	b.months, err = b.ask(ctx, e, sel, []Dim{{Name: "month", Bucket: BucketMonth}})
	b.blind = b.blind && !b.months.tells
	return err
}

// ask counts the work by scope, by what the costs leave open, and by time.
func (b *basis) ask(ctx context.Context, e Engine, sel Select, time []Dim) (pools, error) {
	all := pools{by: map[string]*pool{}, tells: len(b.dims) == 0 && !b.conditional}
	told := make([]bool, len(b.dims)+1)
	told[len(b.dims)] = !b.conditional
	heads := b.plan.Query.Allocation == ByHeads
	for n, w := range b.plan.Query.Allocation.work() {
		s := Select{Fact: w.fact, Date: w.date, From: sel.From, To: sel.To, Undated: sel.Undated, ByDay: sel.ByDay,
			Scope: sel.Scope, Now: sel.Now, MaxGroups: MaxGroups, Measures: []Measure{w.Measure}}
		if heads {
			s.Dims = append(s.Dims, Dim{Name: "head", Expr: levelField("agent")})
			s.Where = []Expr{Op{Not, []Expr{Op{IsNull, []Expr{levelField("agent")}}}}}
		}
		for _, name := range b.fixed {
			s.Dims = append(s.Dims, Dim{Name: name, Expr: levelField(name)})
		}
		s.Dims = append(s.Dims, b.dims...)
		if b.conditional {
			s.Dims = append(s.Dims, Dim{Name: "holds", Expr: Op{And, b.conds(w)}})
		}
		s.Dims = append(s.Dims, time...)
		groups, err := e.Aggregate(ctx, s)
		if err != nil {
			return all, err
		}
		for _, group := range groups {
			key, head := group.Key, ""
			if heads {
				head, key = key[0], key[1:]
			}
			scope, key := key[:len(b.fixed)], key[len(b.fixed):]
			target, when := key[:len(key)-1:len(key)-1], key[len(key)-1]
			units := w.units(group.Values[0])
			if units <= 0 {
				continue
			}
			for i, k := range target {
				told[i] = told[i] || k != ""
			}
			all.add(rowID(scope), when, head, n, target, units)
		}
	}
	all.tells = !slices.Contains(told, false)
	return all, nil
}

// pools hold work by scope and time.
type pools struct {
	by    map[string]*pool
	tells bool // for every dimension and condition, some work says it
}

// pool is the work of one scope and time: by head, and for each by kind of
// work. Where heads do not matter, there is one.
type pool struct {
	heads map[string]*[2]tally
}

type tally struct {
	units map[string]int64
	total int64
}

func (a *pools) of(scope, time string) *pool { return a.by[scope+"\x01"+time] }

func (a *pools) add(scope, time, head string, kind int, target []string, units int64) {
	p := a.of(scope, time)
	if p == nil {
		p = &pool{heads: map[string]*[2]tally{}}
		a.by[scope+"\x01"+time] = p
	}
	h := p.heads[head]
	if h == nil {
		h = &[2]tally{}
		p.heads[head] = h
	}
	t := &h[kind]
	if t.units == nil {
		t.units = map[string]int64{}
	}
	t.units[rowID(target)] += units
	t.total += units
}

// piece is the part of a pool that falls to a target: units of all.
type piece struct {
	target []string
	units  *big.Int
	all    *big.Int
}

// pieces are in a stable order, and their parts add up to 1.
func (p *pool) pieces() []piece {
	var out []piece
	for _, head := range keys(p.heads) {
		t := p.heads[head][0]
		if t.total == 0 {
			t = p.heads[head][1]
		}
		all := new(big.Int).Mul(big.NewInt(t.total), big.NewInt(int64(len(p.heads))))
		for _, target := range keys(t.units) {
			out = append(out, piece{strings.Split(target, keySeparator), big.NewInt(t.units[target]), all})
		}
	}
	return out
}

// tooLarge is the error of a sum beyond 127 bits.
func tooLarge() error { return callpace.E(callpace.Limit, "kpi.number_too_large") }
