package factsql

import (
	"fmt"
	"strings"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

func (p *printer) op(o kpi.Op) term {
	if o.Name == kpi.In && len(o.Args) < 2 { // before its text becomes a parameter that nothing names
		return term{kind: truth, sql: "FALSE"}
	}
	if known, ok := p.isKnown(o); ok {
		return known
	}
	args := p.terms(o.Args)
	switch o.Name {
	case kpi.And, kpi.Or:
		return p.junction(o.Name, args)
	case kpi.In:
		return p.in(args)
	case kpi.Coalesce:
		return p.coalesce(args)
	case kpi.Not, kpi.IsNull, kpi.ToNumber:
		return p.ofOne(o.Name, args)
	}
	if len(args) != 2 {
		return p.fail("%s takes two arguments", o.Name)
	}
	switch a, b := args[0], args[1]; o.Name {
	case kpi.Eq, kpi.Ne, kpi.Lt, kpi.Le, kpi.Gt, kpi.Ge:
		return term{kind: truth, sql: p.compare(o.Name, a, b)}
	case kpi.Add, kpi.Sub, kpi.Mul, kpi.Div, kpi.Band:
		return p.arithmetic(o.Name, a, b)
	case kpi.SecondsBetween:
		return p.secondsBetween(a, b)
	case kpi.AddDays:
		return p.addDays(a, b)
	}
	return p.fail("no operator: %q", o.Name)
}

// isKnown prints that something is not null, in place of the two denials that
// it is made of: engines do not see through them.
func (p *printer) isKnown(o kpi.Op) (term, bool) {
	if o.Name != kpi.Not || len(o.Args) != 1 {
		return term{}, false
	}
	null, ok := o.Args[0].(kpi.Op)
	if !ok || null.Name != kpi.IsNull || len(null.Args) != 1 {
		return term{}, false
	}
	before := p.used
	t := p.term(null.Args[0])
	if t.sure && p.used > before { // a parameter has to stay
		return term{kind: truth, sql: "(" + t.sql + " IS NOT NULL)", sure: true}, true
	}
	return term{kind: truth, sql: "(" + t.known() + ")", sure: true}, true
}

func (p *printer) ofOne(name kpi.OpName, args []term) term {
	if len(args) != 1 {
		return p.fail("%s takes one argument", name)
	}
	switch a := args[0]; {
	case name == kpi.Not:
		return term{kind: truth, sql: "(NOT " + a.sql + ")"}
	case name == kpi.IsNull && a.kind != moment:
		return term{kind: truth, sql: "(" + a.sql + " IS NULL)", sure: true}
	case name == kpi.IsNull:
		return term{kind: truth, sql: "(NOT (" + a.known() + "))", sure: true}
	case a.kind != text:
		return p.fail("a number of what is no text")
	default:
		return term{kind: amount, sql: p.d.Parsed(a.sql)}
	}
}

func (p *printer) junction(name kpi.OpName, args []term) term {
	if len(args) == 0 {
		return term{kind: truth, sql: map[kpi.OpName]string{kpi.And: "TRUE", kpi.Or: "FALSE"}[name]}
	}
	var parts []string
	for _, a := range args {
		if a.kind != truth {
			return p.fail("%s of what is no condition", name)
		}
		if name != kpi.And || a.sql != "(TRUE)" {
			parts = append(parts, a.sql)
		}
	}
	if len(parts) == 0 {
		parts = []string{"TRUE"}
	}
	return term{kind: truth, sql: "(" + strings.Join(parts, " "+strings.ToUpper(string(name))+" ") + ")"}
}

var comparison = map[kpi.OpName]string{kpi.Eq: "=", kpi.Ne: "<>", kpi.Lt: "<", kpi.Le: "<=", kpi.Gt: ">", kpi.Ge: ">="}

func (p *printer) compare(name kpi.OpName, a, b term) string {
	by := func(a, b string) string { return "(" + a + " " + comparison[name] + " " + b + ")" }
	switch {
	case a.kind == moment && b.kind == moment:
		return "(" + either(by, by, a, b) + ")"
	case a.kind.number() && b.kind.number():
		n, _ := p.numbers([]term{a, b})
		return by(n[0].sql, n[1].sql)
	case a.kind != b.kind:
		p.fail("%s of different kinds", name)
	}
	return by(a.sql, b.sql)
}

func (p *printer) in(args []term) term {
	if args[0].kind == moment {
		var any []term
		for _, a := range args[1:] {
			any = append(any, term{kind: truth, sql: p.compare(kpi.Eq, args[0], a)})
		}
		return p.junction(kpi.Or, any)
	}
	if args[0].kind.number() {
		args, _ = p.numbers(args)
	}
	items := make([]string, len(args))
	for i, a := range args {
		if a.kind != args[0].kind && !(a.kind.number() && args[0].kind.number()) {
			return p.fail("in of different kinds")
		}
		items[i] = a.sql
	}
	return term{kind: truth, sql: "(" + items[0] + " IN (" + strings.Join(items[1:], ", ") + "))"}
}

func (p *printer) coalesce(args []term) term {
	if len(args) == 0 {
		return p.fail("coalesce of nothing")
	}
	if args[0].kind == moment {
		out := args[len(args)-1]
		for i := len(args) - 2; i >= 0; i-- {
			if args[i].kind != moment {
				return p.fail("coalesce of different kinds")
			}
			out = firstKnown(args[i], out)
		}
		return out
	}
	widest := args[0].kind
	if widest.number() {
		args, widest = p.numbers(args)
	}
	items := make([]string, len(args))
	same, sure := true, false
	for i, a := range args {
		if a.kind != widest && !(a.kind.number() && widest.number()) {
			return p.fail("coalesce of different kinds")
		}
		items[i] = a.sql
		same, sure = same && (a.kind == widest || a.literal != nil), sure || a.sure
	}
	t := term{kind: widest, sql: "coalesce(" + strings.Join(items, ", ") + ")", sure: sure}
	if widest.number() && !same {
		t.sql = p.d.Cast(t.sql, widest.column())
	}
	return t
}

// firstKnown is coalesce of two moments: all parts come from the same one.
func firstKnown(a, b term) term {
	known := a.known()
	part := func(a, b string) string {
		if a == "" && b == "" {
			return ""
		}
		if a == b {
			return a
		}
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", known, orNull(a), orNull(b))
	}
	// An instant alone has no day, so that one part does not stand for all.
	return term{kind: moment, at: part(a.at, b.at), day: part(a.day, b.day), hour: part(a.hour, b.hour), some: "(" + known + " OR " + b.known() + ")"}
}

func orNull(x string) string {
	if x == "" {
		return "NULL"
	}
	return x
}

// arithmetic is exact but for the last place of products and quotients, which
// is rounded half away from zero.
func (p *printer) arithmetic(name kpi.OpName, a, b term) term {
	if !a.kind.number() || !b.kind.number() {
		return p.fail("%s of what is no number", name)
	}
	n, widest := p.numbers([]term{a, b})
	x, y := n[0].sql, n[1].sql
	cast := func(k kind, x string) term {
		return term{kind: k, sql: p.d.Cast(x, k.column()), sure: name != kpi.Div && name != kpi.Band && a.sure && b.sure}
	}
	switch name {
	case kpi.Add, kpi.Sub:
		return cast(widest, "("+x+" "+string(name)+" "+y+")")
	case kpi.Mul:
		if k, ok := product(a.kind, b.kind); ok {
			return cast(k, "("+p.d.Wide(x, a.kind.places())+" * "+y+")")
		}
		return cast(whole, "("+x+" * "+y+")")
	case kpi.Div:
		return cast(amount, p.d.Over(x, y))
	}
	x, y = p.d.Cast(x, widest.column()), p.d.Cast(y, widest.column())
	return cast(widest, fmt.Sprintf("CASE WHEN %[2]s > 0 THEN %[1]s - ((%[1]s %% %[2]s) + %[2]s) %% %[2]s END", x, y))
}

// product is the kind of a product: seconds times seconds have six places.
// ok is false for whole numbers, which need no care.
func product(a, b kind) (k kind, ok bool) {
	switch {
	case a == whole && b == whole:
		return whole, false
	case a == whole:
		return b, true
	case b == whole:
		return a, true
	}
	return amount, true
}

func (p *printer) secondsBetween(a, b term) term {
	if a.kind != moment || b.kind != moment {
		return p.fail("seconds between what are no moments")
	}
	byInstant := func(a, b string) string {
		micros := p.d.Wide("("+p.d.Micros(b)+" - "+p.d.Micros(a)+")", 0)
		return p.d.Cast("("+micros+" * "+p.d.Number(1, amount.places())+")", facts.Seconds)
	}
	byDay := func(a, b string) string {
		return p.d.Cast("(("+p.d.DateNumber(b)+" - "+p.d.DateNumber(a)+") * 86400)", facts.Seconds)
	}
	return term{kind: seconds, sql: "(" + either(byInstant, byDay, a, b) + ")"}
}

func (p *printer) addDays(m, n term) term {
	if m.kind != moment || n.kind != whole {
		return p.fail("add_days wants a moment and a whole number")
	}
	// A null number of days makes the moment unknown, its hour too.
	if m.at != "" {
		m.at = p.d.AddDays(m.at, n.sql, facts.Instant)
	}
	if m.day != "" {
		m.day = p.d.AddDays(m.day, n.sql, facts.Day)
	}
	if m.some != "" {
		m.some = "(" + m.some + " AND " + n.known() + ")"
	}
	return m
}
