package kpi

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/expr-lang/expr/ast"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
)

// filterNames is what the words of a user's filter can mean beside columns.
type filterNames struct {
	catalogue *Catalogue
	date      string // the moment by which the rows are dated; "" for facts that last
	calendar  calendar.Calendar
	today     int64
	attrs     attributes
	own       map[string]string // dimensions that the measure takes from elsewhere
}

// name resolves a bare word: in definitions a column or moment of the fact; in
// filters first a dimension, then a column, then an attribute.
func (k checker) name(n ast.Node, table, name string) (typed, error) {
	t := k.fact
	if table == "story" {
		if t != facts.LeadStory && !t.Has("lead") {
			return typed{}, k.fault(n, "kpi.expr.no_story", "fact", t.Name)
		}
		t = facts.LeadStory
	} else {
		switch name {
		case "now":
			return typed{Expr: Now{}, sort: aMoment}, nil
		case "period_start":
			return typed{Expr: PeriodStart{}, sort: aMoment}, nil
		case "period_end":
			return typed{Expr: PeriodEnd{}, sort: aMoment}, nil
		}
		if k.filter != nil {
			if x, ok, err := k.dimension(n, name); ok || err != nil {
				return x, err
			}
		}
	}
	var owner *facts.Table
	if t != k.fact {
		owner = t
	}
	if t.HasMoment(name) {
		return typed{Expr: MomentField{owner, name}, sort: aMoment}, nil
	}
	if i := t.Col(name); i >= 0 && t.Columns[i].Kind != facts.Hash {
		kind := t.Columns[i].Kind
		return typed{Expr: Field{owner, name, kind}, sort: sortOfKind(kind)}, nil
	}
	if k.filter != nil && table == "" {
		if a, ok := k.filter.attrs.resolve(k.fact, name); ok {
			return typed{Expr: a, sort: aText}, nil
		}
	}
	return typed{}, k.unknown(n, "kpi.expr.unknown_name", name, k.known(t))
}

func (k checker) known(t *facts.Table) []string {
	names := append([]string{"now", "period_start", "period_end"}, t.Moments...)
	for _, c := range t.Columns {
		if c.Kind != facts.Hash {
			names = append(names, c.Name)
		}
	}
	if k.filter != nil {
		names = append(names, k.filter.catalogue.dimNames()...)
		names = append(names, k.filter.attrs.names()...)
	}
	return names
}

// dimension resolves a dimension in a filter.
func (k checker) dimension(n ast.Node, name string) (x typed, ok bool, err error) {
	if b, isTime := buckets[name]; isTime {
		switch {
		case k.filter.date == "":
			return typed{}, true, k.fault(n, "kpi.expr.no_date", "fact", k.fact.Name)
		case b == BucketHour:
			return typed{Expr: Field{Name: k.filter.date + "_hour", Kind: facts.Hour}, sort: aNumber}, true, nil
		}
		return typed{Expr: BucketKey{b}, sort: aText}, true, nil
	}
	if text, taken := k.filter.own[name]; taken {
		x, err := checker{text: text, fact: k.fact}.typed("")
		return x, true, err
	}
	d := k.filter.catalogue.dims[name]
	if d == nil {
		return typed{}, false, nil
	}
	t, ok := d.facts[k.fact]
	return t, ok, nil
}

// member resolves OWNER.NAME.
func (k checker) member(n *ast.MemberNode) (typed, error) {
	owner, ok := n.Node.(*ast.IdentifierNode)
	property, ok2 := n.Property.(*ast.StringNode)
	if !ok || !ok2 {
		return typed{}, k.fault(n, "kpi.expr.unsupported")
	}
	name := property.Value
	switch owner.Value {
	case "story":
		return k.name(n, "story", name)
	case "attr":
		a := Attr{"", name}
		if k.filter != nil {
			var known bool
			if a, known = k.filter.attrs.resolve(k.fact, name); !known {
				return typed{}, k.unknown(n, "kpi.expr.unknown_name", name, k.filter.attrs.names())
			}
		}
		return typed{Expr: a, sort: aText}, nil
	case "lead", "agent":
		if !k.fact.Has(owner.Value) {
			return typed{}, k.fault(n, "kpi.expr.no_owner", "fact", k.fact.Name, "name", owner.Value)
		}
		return typed{Expr: Attr{owner.Value, name}, sort: aText}, nil
	case "setting":
		v, ok := k.settings[name]
		if !ok {
			return typed{}, k.unknown(n, "kpi.expr.unknown_setting", name, keys(k.settings))
		}
		return k.literal(n, v)
	}
	return typed{}, k.unknown(n, "kpi.expr.unknown_name", owner.Value, []string{"story", "attr", "lead", "agent", "setting"})
}

// literal is the value of a setting.
func (k checker) literal(n ast.Node, v any) (typed, error) {
	switch v := v.(type) {
	case callpace.Amount:
		return typed{Expr: Number{v}, sort: aNumber}, nil
	case setAmount:
		return typed{Expr: Number{callpace.Amount(v)}, sort: aNumber}, nil
	case int, int64, uint64, float64:
		return k.number(n, fmt.Sprint(v))
	case string:
		return typed{Expr: String{v}, sort: aText}, nil
	case bool:
		return typed{Expr: Boolean{v}, sort: aTruth}, nil
	}
	return typed{}, k.fault(n, "kpi.expr.unsupported")
}

// list gives the values of a setting that is a list.
func (k checker) list(n *ast.MemberNode) ([]ast.Node, error) {
	owner, _ := n.Node.(*ast.IdentifierNode)
	property, _ := n.Property.(*ast.StringNode)
	if owner == nil || property == nil || owner.Value != "setting" {
		return nil, k.fault(n, "kpi.expr.list")
	}
	values, ok := k.settings[property.Value].([]any)
	if !ok {
		return nil, k.fault(n, "kpi.expr.list")
	}
	out := make([]ast.Node, len(values))
	for i, v := range values {
		out[i] = &ast.StringNode{Value: fmt.Sprint(v)}
		out[i].SetLocation(n.Location())
	}
	return out, nil
}

func sortOfKind(kind facts.Kind) sortOf {
	switch kind {
	case facts.Text:
		return aText
	case facts.Bool:
		return aTruth
	case facts.Instant, facts.Day:
		return aMoment
	}
	return aNumber
}

// day reads a date of the organisation's calendar; definitions use ISO dates.
func (k checker) day(text string) (int64, bool) {
	if k.filter != nil {
		d, err := k.filter.calendar.ParseDay(text, k.filter.today)
		return d, err == nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, false
	}
	return facts.DayOf(t.Year(), t.Month(), t.Day()), true
}

// attributes are the names of attributes by fact ("agent" for the roster's).
type attributes map[string][]string

// resolve finds whose attribute a bare name is: the row's own comes before the
// lead's, and the lead's before the agent's.
func (a attributes) resolve(fact *facts.Table, name string) (Attr, bool) {
	switch {
	case slices.Contains(a[fact.Name], name):
		return Attr{"", name}, true
	case fact.Has("lead") && slices.Contains(a[facts.Leads.Name], name):
		return Attr{"lead", name}, true
	case fact.Has("agent") && slices.Contains(a["agent"], name):
		return Attr{"agent", name}, true
	}
	return Attr{}, false
}

func (a attributes) names() []string {
	var out []string
	for _, names := range a {
		out = append(out, names...)
	}
	sort.Strings(out)
	return slices.Compact(out)
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
