package kpi

import (
	"math"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/stats"
)

// number is a value while a formula is reckoned: exact as long
// as it was only added up. The zero number is no data; mark says why, if there
// is something to say.
type number struct {
	ok       bool
	v        float64
	exact    callpace.Total
	isExact  bool
	money    bool
	currency string // "" of money: nothing was added yet
	mark     Mark
}

const million = 1_000_000

// look gives a measure's value in a row, or on one day of it; without one,
// the mark may say why.
type look func(u *use) (v *Value, why Mark, ok bool)

// none is no data; nothing is that there was nothing.
var none, nothing = Value{}, Value{Valid: true}

// valueIn gives a measure's value in a row. Where nothing happened, what adds
// up is 0, provided that the fact is recorded at all.
func (p *Plan) valueIn(g *gathered, r *row, values []*Value) look {
	return func(u *use) (*Value, Mark, bool) {
		column := g.columns[u]
		if g.nobodys.at(u, r.key) {
			return &none, Unattributed, false
		}
		if u.def.Scoped && (g.above || g.narrow[p.timeOf(r.key)] && !p.unplaced(r.key)) {
			return &none, CostAbove, false
		}
		if u.def.Scoped && g.unshared[p.timeOf(r.key)] {
			return &none, CostUnshared, false
		}
		if v := values[column]; v != nil && (v.Valid || v.Mixed) {
			return v, "", true
		}
		if !g.known[u.fact.Name] || u.def.Scoped && !g.any[column] {
			return &none, "", false
		}
		switch u.measure.Agg {
		case Count, Sum, Money, Distinct, Set, Histogram:
			return &nothing, "", true
		}
		return &none, "", false
	}
}

// eval reckons a formula. Without data in a part there is none in the whole.
func (g *gathered) eval(f formula, at look) number {
	switch f := f.(type) {
	case constant:
		exact := f.value * million
		return number{ok: true, v: f.value, exact: callpace.Amount(math.Round(exact)).Total(), isExact: exact == math.Trunc(exact) && math.Abs(exact) < 1e15}
	case measureRef:
		return measured(f.use, at)
	case arithmetic:
		return calculate(f.op, g.eval(f.a, at), g.eval(f.b, at))
	case application:
		return g.apply(f, at)
	}
	return number{}
}

func measured(u *use, at look) number {
	v, why, ok := at(u)
	switch {
	case why != "":
		return number{mark: why}
	case v.Mixed:
		return number{mark: MixedCurrencies}
	case !ok || !v.Valid:
		return number{}
	}
	if u.measure.Agg == Quantile {
		return number{ok: true, v: v.Float()}
	}
	n := number{ok: true, v: v.Exact.Float(), exact: v.Exact, isExact: true, money: u.class == classMoney}
	if n.money {
		n.currency = v.Currency
	}
	return n
}

func calculate(op string, a, b number) number {
	if !a.ok || !b.ok {
		return number{mark: firstMark(a.mark, b.mark)}
	}
	out := number{ok: true, money: a.money || b.money, currency: a.currency}
	if out.currency == "" {
		out.currency = b.currency
	}
	switch op {
	case "+", "-":
		if a.currency != "" && b.currency != "" && a.currency != b.currency {
			return number{mark: MixedCurrencies}
		}
		addend, v := b.exact, b.v
		if op == "-" {
			addend, v = addend.Neg(), -v
		}
		out.v = a.v + v
		if sum, fits := a.exact.Add(addend); fits && a.isExact && b.isExact {
			out.exact, out.v, out.isExact = sum, sum.Float(), true
		}
	case "*":
		out.v = a.v * b.v
	case "/":
		if b.v == 0 {
			return number{}
		}
		if a.currency != "" && b.currency != "" && a.currency != b.currency {
			return number{mark: MixedCurrencies}
		}
		out.v = a.v / b.v
		if a.money && b.money {
			out.money, out.currency = false, ""
		}
	}
	if math.IsNaN(out.v) || math.IsInf(out.v, 0) {
		return number{}
	}
	return out
}

func firstMark(a, b Mark) Mark {
	if a != "" {
		return a
	}
	return b
}

func (g *gathered) apply(f application, at look) number {
	switch f.name {
	case "total":
		out := number{}
		for _, a := range f.args {
			switch n := g.eval(a, at); {
			case n.ok && out.ok:
				out = calculate("+", out, n)
			case n.mark != "": // a part that is there but cannot be told
				return n
			case n.ok:
				out = n
			}
		}
		return out
	case "prefer":
		if g.hasAny(f.args[0]) {
			return g.eval(f.args[0], at)
		}
		return g.eval(f.args[1], at)
	case "union", "common":
		return members(f, at)
	}
	v, _, ok := at(f.args[0].(measureRef).use)
	if !ok || len(v.Hist()) == 0 {
		return number{}
	}
	even := stats.Evenness
	if f.name == "random_evenness" {
		even = stats.RandomEvenness
	}
	x, ok := even(v.Hist())
	return number{ok: ok, v: x}
}

// hasAny tells whether some row of the answer has data for a formula's measures.
func (g *gathered) hasAny(f formula) bool {
	switch f := f.(type) {
	case measureRef:
		return g.any[g.columns[f.use]]
	case arithmetic:
		return g.hasAny(f.a) || g.hasAny(f.b)
	case application:
		return slices.ContainsFunc(f.args, g.hasAny)
	}
	return false
}

// members counts the members of one of the sets, or of both.
func members(f application, at look) number {
	seen := map[string]int{}
	known := false
	for _, a := range f.args {
		v, _, ok := at(a.(measureRef).use)
		known = known || ok
		for _, m := range v.Set() {
			seen[m]++
		}
	}
	if !known {
		return number{}
	}
	var n int64
	for _, count := range seen {
		if f.name == "union" || count == len(f.args) {
			n++
		}
	}
	return number{ok: true, v: float64(n), exact: callpace.TotalOf(n, 1), isExact: true}
}

// linear tells whether the formula of a sum is the sum of the formula: only
// then can it be reckoned by day.
func linear(f formula) bool {
	switch f := f.(type) {
	case measureRef:
		return f.use.additive()
	case arithmetic:
		_, left := f.a.(constant)
		_, right := f.b.(constant)
		switch f.op {
		case "*":
			return left && linear(f.b) || right && linear(f.a)
		case "/":
			return right && linear(f.a)
		}
		return linear(f.a) && linear(f.b)
	case application:
		return (f.name == "total" || f.name == "prefer") && !slices.ContainsFunc(f.args, func(a formula) bool { return !linear(a) })
	}
	return false
}
