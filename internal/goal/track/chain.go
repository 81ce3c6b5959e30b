package track

import (
	"regexp"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/kpi"
)

// Unit is one of a chain: something that is counted, and the rate at which it
// comes of the unit before.
type Unit struct {
	Name  string // a key: calls, appointments, or a name of its own
	KPI   string // that counts it; empty: nothing but Name is known
	Where string // a condition on its rows
	Rate  *plan.Rate
}

// Chain is how work becomes a result, from what people do to what is wanted.
type Chain []Unit

// The units of the standard chain; each has a message plan.unit.<unit>.
const (
	Calls        = "calls"
	Contacts     = "contacts"
	Appointments = "appointments"
	Sales        = "sales"
)

// Units are what can be planned for along the standard chain.
func Units() []string { return []string{Sales, Appointments, Contacts, Calls} }

// counted are the KPIs of units whose name is that of no KPI, or of a wider one.
var counted = map[string]string{Calls: "outbound_calls", Contacts: "contact_rate"}

// Standard is the chain of selling by telephone; sales is the KPI at its end.
func Standard(sales string) Chain {
	return Chain{{Name: Calls, KPI: counted[Calls]}, {Name: Contacts, KPI: counted[Contacts]}, {Name: Appointments, KPI: Appointments}, {Name: Sales, KPI: sales}}
}

var (
	arrow   = regexp.MustCompile(`\s*(<-|←|->|→)\s*`)
	ownName = regexp.MustCompile(`^([^:'"=]+):\s+(.+)$`)
	madeBy  = regexp.MustCompile(`^([a-z0-9_]+(?::[a-z0-9_]+)*)(?:\s+where\s+(.+))?$`)
)

// mostUnits bounds a chain.
const mostUnits = 12

// ParseChain reads a chain: units between arrows, from the result back ("sales
// <- appointments <- calls") or from the work on ("calls -> sales"). A unit is a
// KPI that counts, with a condition where need be and a name of its own, and
// with the rate at which it comes of the unit before where that is not to be
// measured: "held: activities where kind = 'meeting' @ 60 %".
func ParseChain(text string) (Chain, error) {
	bad := func(key string, args ...any) (Chain, error) {
		return nil, callpace.E(callpace.Invalid, key, append([]any{"text", text}, args...)...)
	}
	backward := false
	for i, a := range arrow.FindAllString(text, -1) {
		back := strings.ContainsAny(a, "<←")
		if i > 0 && back != backward {
			return bad("plan.chain_turns")
		}
		backward = back
	}
	parts := arrow.Split(strings.TrimSpace(text), -1)
	if len(parts) < 2 || len(parts) > mostUnits {
		return bad("plan.chain_short", "most", mostUnits)
	}
	out, seen := make(Chain, len(parts)), map[string]bool{}
	for i, part := range parts {
		u, err := parseUnit(part)
		if err != nil {
			return nil, err
		}
		if seen[u.Name] {
			return bad("plan.chain_twice", "unit", u.Name)
		}
		seen[u.Name] = true
		if backward {
			i = len(parts) - 1 - i
		}
		out[i] = u
	}
	return out, nil
}

func parseUnit(text string) (u Unit, err error) {
	text = strings.TrimSpace(text)
	if before, rate, ok := strings.Cut(text, "@"); ok {
		r, err := ParseRate(rate)
		if err != nil {
			return u, err
		}
		u.Rate, text = &r, strings.TrimSpace(before)
	}
	if m := ownName.FindStringSubmatch(text); m != nil {
		u.Name, text = strings.TrimSpace(m[1]), strings.TrimSpace(m[2])
	}
	m := madeBy.FindStringSubmatch(text)
	if m == nil {
		return u, callpace.E(callpace.Invalid, "plan.bad_unit", "text", text)
	}
	u.KPI, u.Where = m[1], strings.TrimSpace(m[2])
	if u.Name == "" {
		u.Name = text
	}
	if own := counted[u.KPI]; own != "" {
		u.KPI = own
	}
	return u, nil
}

// String writes a chain as it is read, from the result back, without rates.
func (c Chain) String() string {
	var out []string
	for i := len(c) - 1; i >= 0; i-- {
		u := c[i]
		text := u.KPI
		for name, id := range counted {
			if id == u.KPI {
				text = name
			}
		}
		if u.Where != "" {
			text += " where " + u.Where
		}
		if u.Name != text && u.Name != "" {
			text = u.Name + ": " + text
		}
		out = append(out, text)
	}
	return strings.Join(out, " <- ")
}

// Check tells whether every unit of a chain is a KPI that counts something.
func (c Chain) Check(catalogue *kpi.Catalogue) error {
	for _, u := range c {
		if u.KPI == counted[Contacts] {
			continue
		}
		e, err := catalogue.Explain(u.KPI)
		if err != nil {
			return err
		}
		if !additive(kindOf(e)) || e.Unit == kpi.UnitMoney {
			return callpace.E(callpace.Invalid, "plan.not_counted", "kpi", u.KPI)
		}
	}
	return nil
}

// upto is the chain as far as a unit; nil where it has none of that name.
func (c Chain) upto(unit string) Chain {
	for i, u := range c {
		if u.Name == unit {
			return c[:i+1]
		}
	}
	return nil
}

// end is the name of the chain's result.
func (c Chain) end() string {
	if len(c) == 0 {
		return ""
	}
	return c[len(c)-1].Name
}

// Label names a unit in the reader's language, where it is a known one: a unit
// of the standard chain, a KPI, or the name that somebody gave.
func (c Chain) Label(catalogue *kpi.Catalogue, unit string) callpace.Message {
	for _, u := range c {
		if u.Name == unit && u.Name == u.KPI && !standard(unit) && catalogue != nil {
			if e, err := catalogue.Explain(u.KPI); err == nil {
				return callpace.M("goal.kpi", "kpi", goal.NameOf(e))
			}
		}
	}
	if standard(unit) {
		return callpace.M("plan.unit." + unit)
	}
	return callpace.M("goal.text", "text", unit)
}

// rateKPIs are the KPIs that the rates between two counts are.
var rateKPIs = map[[2]string]string{
	{counted[Calls], counted[Contacts]}: counted[Contacts],
	{Appointments, Sales}:               "appointment_close_rate:per_period",
}

// RateLabel names the rate of a stage: by the KPI that it is, else by what it
// leads to and from.
func (c Chain) RateLabel(catalogue *kpi.Catalogue, s plan.Stage) callpace.Message {
	if catalogue == nil {
		catalogue = kpi.Builtin()
	}
	if id := rateKPIs[[2]string{c.counts(s.From), c.counts(s.To)}]; id != "" {
		if e, err := catalogue.Explain(id); err == nil {
			return callpace.M("goal.kpi", "kpi", goal.NameOf(e))
		}
	}
	return callpace.M("plan.rate_of", "to", c.Label(catalogue, s.To), "from", c.Label(catalogue, s.From))
}

// counts is the KPI that a unit counts all rows of; no unit at all is one of
// the standard chain.
func (c Chain) counts(unit string) string {
	if len(c) == 0 {
		c = Standard(Sales)
	}
	for _, u := range c {
		if u.Name == unit && u.Where == "" {
			return u.KPI
		}
	}
	return ""
}

func standard(unit string) bool {
	switch unit {
	case Calls, Contacts, Appointments, Sales:
		return true
	}
	return false
}
