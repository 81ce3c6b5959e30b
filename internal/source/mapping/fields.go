package mapping

import (
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// kind says how the text of a field is understood.
type kind uint8

const (
	textKind kind = iota
	integerKind
	booleanKind
	durationKind
	amountKind
	momentKind // three columns from col on
	dayKind
	outcomeKind
	wordKind // lower snake case, from a list where the catalogue gives one
	phoneKind
	phonesKind // several numbers, separated by spaces
	currencyKind
	agentKind
)

// A fieldDef is one thing that a mapping can say of a fact.
type fieldDef struct {
	name     string
	kind     kind
	col      int      // index in the fact's columns; -1: emit knows what to do with it
	required bool     // every entry must map it
	needed   bool     // a row without it is rejected
	currency string   // of an amount of money: the field that names its currency
	id       bool     // names something: the same in the digits of every script
	personal bool     // identifies or describes a person, and is emptied at erasure
	words    []string // known words of a wordKind
}

// factDef is a fact as mappings see it: its columns by the names of the
// documentation, units dropped, moments by their name.
type factDef struct {
	table  *facts.Table
	fields []fieldDef
	// Columns that every row, or every call, has.
	common                      struct{ origin, source, id int }
	outcome, reached, contacted int
}

func (d *factDef) find(name string) *fieldDef {
	for i := range d.fields {
		if d.fields[i].name == name {
			return &d.fields[i]
		}
	}
	return nil
}

func (d *factDef) names() []string {
	names := make([]string, len(d.fields))
	for i, f := range d.fields {
		names[i] = f.name
	}
	return names
}

// What differs from the rule "a column is a field of its kind".
var (
	// computed columns are filled by this package or by the projection.
	computed = words("origin source agent team lead reached contacted cost_org amount_org margin_org touches sale_call kept share began_at ended_at seconds incurred_at")
	renamed  = map[string]string{"agent_alias": "agent", "lead_ref": "lead", "source_id": "id", "planned_seconds": "hours", "from_day": "from", "to_day": "to"}
	kinds    = map[string]kind{
		"agent": agentKind, "outcome": outcomeKind, "phone": phoneKind, "phones": phonesKind,
		"direction": wordKind, "channel": wordKind, "kind": wordKind, "state": wordKind, "stage": wordKind, "scope": wordKind, "ended_by": wordKind,
		"currency": currencyKind, "cost_currency": currencyKind, "from_currency": currencyKind, "to_currency": currencyKind,
	}
	required = map[string][]string{
		"calls": {"started", "direction", "outcome"}, "lead_stages": {"stage"}, "orders": {"placed", "amount"},
		"activities": {"done", "kind"}, "agent_time": {"agent", "state", "from"}, "schedule": {"agent", "planned"},
		"callbacks": {"due"}, "cases": {"opened"}, "surveys": {"kind"}, "evaluations": {"evaluated", "score"},
		"costs": {"from", "amount"}, "customers": {"customer", "since"},
		"rates": {"quoted", "from_currency", "to_currency", "rate"}, "roster": {"agent"},
	}
	needed = map[string][]string{
		"agent_time": {"agent", "state", "from"}, "schedule": {"agent", "planned"}, "costs": {"from", "amount"},
		"customers": {"customer", "since"}, "rates": {"quoted", "from_currency", "to_currency", "rate"}, "roster": {"agent"},
	}
	// extra fields stand for columns that are computed from them.
	extra = map[string][]fieldDef{
		"agent_time": {{name: "from", kind: momentKind}, {name: "to", kind: momentKind}, {name: "duration", kind: durationKind}},
		"costs":      {{name: "from", kind: dayKind}, {name: "to", kind: dayKind}, {name: "team", kind: textKind}},
		"roster":     {{name: "team", kind: textKind}},
	}
	// currencies name the field that says what money an amount is.
	currencies = map[string]string{"amount": "currency", "margin": "currency", "cost": "cost_currency"}
	rated      = words("from_currency to_currency") // a rate has too few places to be given for ten rials
	ids        = words("id agent lead referred_by customer call kept_call")
	personal   = words("phone phones lead referred_by customer comment recording")
	known      = map[string][]string{
		"calls.direction":   words("inbound outbound internal"),
		"calls.kind":        words("cold warm follow_up callback service"),
		"calls.ended_by":    words("agent customer system"),
		"lead_stages.stage": words("new contacted qualified appointment won lost"),
		"orders.kind":       words("new renewal cross_sell upsell"),
		"activities.kind":   words("email direct_mail meeting presentation business_card referral upsell_offer chat"),
		"agent_time.state":  words("ready dialling preview talking hold wrap_up break training meeting admin"),
		"cases.kind":        words("enquiry issue complaint"),
		"surveys.kind":      words("csat nps other"),
		"costs.scope":       words("all campaign team agent"),
		"costs.kind":        words("wage telephony leads other"),
	}
)

// factDefs are the facts a mapping can yield, in the order of the schema.
var factDefs = defineFacts()

func defineFacts() []*factDef {
	var defs []*factDef
	for _, t := range facts.Tables {
		if t.Derived {
			continue
		}
		d := &factDef{table: t, outcome: t.Col("outcome"), reached: t.Col("reached"), contacted: t.Col("contacted")}
		d.common.origin, d.common.source, d.common.id = t.Col("origin"), t.Col("source"), t.Col("source_id")
		for i, c := range t.Columns {
			if f, ok := defineColumn(t, i, c); ok {
				d.fields = append(d.fields, f)
			}
		}
		for _, f := range extra[t.Name] {
			f.col = -1
			if f.name == "team" {
				f.col = t.Col("team")
			}
			d.fields = append(d.fields, f)
		}
		for i := range d.fields {
			f := &d.fields[i]
			f.required = has(required[t.Name], f.name)
			f.needed = has(needed[t.Name], f.name)
			f.personal = has(personal, f.name)
			f.id = has(ids, f.name)
			if f.kind == amountKind {
				f.currency = currencies[f.name]
			}
			f.words = known[t.Name+"."+f.name]
		}
		defs = append(defs, d)
	}
	return defs
}

func defineColumn(t *facts.Table, i int, c facts.Column) (fieldDef, bool) {
	if has(computed, c.Name) || strings.HasSuffix(c.Name, "_day") && c.Kind == facts.Day && t.Name != "roster" || strings.HasSuffix(c.Name, "_hour") {
		return fieldDef{}, false
	}
	f := fieldDef{name: c.Name, col: i}
	if n, ok := renamed[c.Name]; ok {
		f.name = n
	}
	switch c.Kind {
	case facts.Int:
		f.kind = integerKind
	case facts.Bool:
		f.kind = booleanKind
	case facts.Seconds:
		f.kind, f.name = durationKind, strings.TrimSuffix(f.name, "_seconds")
	case facts.Amount:
		f.kind = amountKind
	case facts.Instant:
		f.kind, f.name = momentKind, strings.TrimSuffix(f.name, "_at")
	case facts.Day:
		f.kind = dayKind
	}
	if k, ok := kinds[f.name]; ok {
		f.kind = k
	}
	return f, true
}

func factByName(name string) *factDef {
	for _, d := range factDefs {
		if d.table.Name == name {
			return d
		}
	}
	return nil
}

func words(s string) []string { return strings.Fields(s) }

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
