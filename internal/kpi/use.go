package kpi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// use is a measure as one KPI asks for it: with its settings filled in, and
// perhaps as a count or a quantile of its values.
type use struct {
	key     string // equal keys ask the same thing
	def     *MeasureDef
	fact    *facts.Table
	date    string
	measure Measure
	class   class
	story   bool // lead_story has to be joined
	came    Expr // the moment of a delayed outcome; nil: none
}

// additive tells whether groups and days add up.
func (u *use) additive() bool {
	return u.measure.Agg == Count || u.measure.Agg == Sum || u.measure.Agg == Money
}

var aggs = []string{string(Count), string(Sum), string(Money), string(Distinct), string(Quantile), string(Histogram), string(Set), string(Max)}

// use compiles a measure. suffix tells a derived form of it apart: "n" counts
// its values.
func (c compiler) use(m *MeasureDef, suffix string, agg Agg, q float64) (*use, error) {
	u := &use{key: m.ID, def: m, fact: facts.TableByName(m.Fact), date: m.Date}
	u.measure = Measure{ID: m.ID, Agg: agg, Q: q, Shared: m.Shared}
	if suffix != "" {
		u.key += "." + suffix
		u.measure.ID = u.key
	}
	wrong := func(field string, err error) error { return m.where.fault(m.ID, field, err) }
	if u.fact == nil || u.fact == facts.Roster || u.fact == facts.Rates {
		return nil, wrong("fact", unknownWord("kpi.measure.unknown_fact", m.Fact, factNames()))
	}
	if !slices.Contains(aggs, string(agg)) {
		return nil, wrong("agg", unknownWord("kpi.measure.unknown_agg", string(agg), aggs))
	}
	if u.date == "" && len(u.fact.Moments) > 0 && !m.Span {
		u.date = u.fact.Moments[0]
	}
	if !m.Span && !u.fact.HasMoment(u.date) {
		return nil, wrong("date", unknownWord("kpi.measure.unknown_date", u.date, u.fact.Moments))
	}
	var err error
	if m.Where != "" {
		if u.measure.Where, err = (checker{text: m.Where, fact: u.fact, settings: c.settings}).compile(aTruth); err != nil {
			return nil, wrong("where", err)
		}
	}
	if err := c.value(u, suffix); err != nil {
		return nil, wrong("value", err)
	}
	if err := c.delay(u); err != nil {
		return nil, wrong("came", err)
	}
	if strings.Contains(m.Where+m.Value, "setting.") {
		u.key += fmt.Sprint(" ", c.used(m))
		u.measure.ID = u.key
	}
	u.story = joinsStory(u.fact, u.measure.Where) || joinsStory(u.fact, u.measure.Value)
	if i := slices.IndexFunc(*c.uses, func(o *use) bool { return o.key == u.key }); i >= 0 {
		return (*c.uses)[i], nil
	}
	*c.uses = append(*c.uses, u)
	return u, nil
}

// used lists the settings that a measure's texts name.
func (c compiler) used(m *MeasureDef) []string {
	var out []string
	for _, k := range keys(c.settings) {
		if strings.Contains(m.Where+m.Value, "setting."+k) {
			out = append(out, fmt.Sprintf("%s=%v", k, c.settings[k]))
		}
	}
	return out
}

// value compiles what a measure sums up and checks that its aggregate can.
func (c compiler) value(u *use, suffix string) error {
	m := u.def
	agg := u.measure.Agg
	u.class = classNumber
	if m.Value == "" {
		if agg == Count {
			return nil
		}
		return callpace.E(callpace.Invalid, "kpi.measure.no_value", "agg", string(agg))
	}
	want := aNumber
	if agg == Distinct || agg == Set || agg == Count || agg == Max {
		want = ""
	}
	e, err := checker{text: m.Value, fact: u.fact, settings: c.settings}.compile(want)
	if err != nil {
		return err
	}
	switch agg {
	case Count:
		if suffix != "n" {
			return callpace.E(callpace.Invalid, "kpi.measure.count_value")
		}
		known := Op{Not, []Expr{Op{IsNull, []Expr{e}}}}
		if u.measure.Where != nil {
			known = Op{And, []Expr{u.measure.Where, known}}
		}
		u.measure.Where = known
		return nil
	case Money:
		f, ok := e.(Field)
		if !ok || f.Kind != facts.Amount || f.Table != nil || !u.fact.Has(f.Name+"_org") {
			return callpace.E(callpace.Invalid, "kpi.measure.no_money", "fact", u.fact.Name)
		}
		u.class = classMoney
	case Set:
		u.class = classSet
	case Histogram:
		u.class = classHistogram
	case Sum, Quantile, Max:
		if kindOf(e) == facts.Seconds {
			u.class = classSeconds
		}
	}
	u.measure.Value = e
	return nil
}

// kindOf gives the kind of a number, as engines reckon it: sums are of the
// widest kind, products of whole numbers keep the other's, quotients have six places.
func kindOf(e Expr) facts.Kind {
	switch e := e.(type) {
	case Field:
		return e.Kind
	case Op:
		switch e.Name {
		case SecondsBetween:
			return facts.Seconds
		case ToNumber:
			return facts.Amount
		case Div:
			if kindOf(e.Args[0]) == facts.Seconds {
				if _, literal := e.Args[1].(Number); literal {
					return facts.Seconds
				}
			}
			return facts.Amount
		case Add, Sub, Mul, Coalesce, Band:
			kind := facts.Int
			for _, a := range e.Args {
				switch k := kindOf(a); k {
				case facts.Seconds, facts.Amount:
					kind = k
				}
			}
			return kind
		}
	}
	return facts.Int
}

// joinsStory tells whether an expression over a fact needs the lead's story beside it.
func joinsStory(fact *facts.Table, e Expr) bool {
	switch e := e.(type) {
	case Field:
		return e.Table != nil && e.Table != fact
	case MomentField:
		return e.Table != nil && e.Table != fact
	case Op:
		return slices.ContainsFunc(e.Args, func(a Expr) bool { return joinsStory(fact, a) })
	}
	return false
}

func factNames() []string {
	var out []string
	for _, t := range facts.Tables {
		if t != facts.Roster && t != facts.Rates {
			out = append(out, t.Name)
		}
	}
	return out
}

// unknownWord says that a word is none of those known, and the nearest.
func unknownWord(key, name string, known []string) error {
	near := nearest(name, known)
	if near == "" && len(known) > 0 {
		near = known[0]
	}
	return callpace.E(callpace.Invalid, key, "name", name, "nearest", near, "known", strings.Join(known, ", "))
}
