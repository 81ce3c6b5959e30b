package kpi

import (
	"maps"
	"slices"
)

// Explanation says what a KPI means and where its data comes from.
type Explanation struct {
	Def      *Def
	Name     string // id or id:variant as asked
	Variant  string // the variant's name
	Kind     Kind
	Unit     Unit
	Formula  string
	Measures []ExplainedMeasure
	Settings map[string]any
	Variants []string // as they are asked for, the default first
	Facts    []string
	Rules    []Rule
	History  []SettingChange // of the settings, as the organisation set them
}

// ExplainedMeasure is a measure of a formula, as it is written.
type ExplainedMeasure struct {
	*MeasureDef
	Date string // the moment by which its rows are dated
	As   Agg    // how it is summed up here
}

// Explain tells how a KPI, id or id:variant, is reckoned.
func (c *Catalogue) Explain(name string) (*Explanation, error) { return c.ExplainFor(name, Query{}) }

// ExplainFor tells how a KPI is reckoned where a query asks for it: by the
// settings that count for its period.
func (c *Catalogue) ExplainFor(name string, q Query) (*Explanation, error) {
	k, err := c.resolve(name, c.settingsFor(q))
	if err != nil {
		return nil, err
	}
	e := &Explanation{Def: k.def, Name: name, Variant: k.variant.Name, Kind: k.kind, Unit: k.unit,
		Formula: k.text(), Settings: maps.Clone(k.variant.Settings), Variants: k.def.Names(), Rules: k.def.Rules,
		History: q.Policy.of(k.ids)}
	for _, u := range k.uses {
		e.Measures = append(e.Measures, ExplainedMeasure{MeasureDef: u.def, Date: u.date, As: u.measure.Agg})
		if !slices.Contains(e.Facts, u.fact.Name) {
			e.Facts = append(e.Facts, u.fact.Name)
		}
		if u.story && !slices.Contains(e.Facts, "lead_story") {
			e.Facts = append(e.Facts, "lead_story")
		}
	}
	return e, nil
}

// text prints the formula of a variant.
func (k *compiled) text() string {
	v := k.variant
	switch {
	case k.kind == KindQuantile:
		return v.quantileName() + "(" + v.Mean + ")"
	case k.value != nil:
		return v.Formula
	case k.kind == KindMean && v.Numerator == "":
		return "mean(" + v.Mean + ")"
	}
	return part(v.Numerator) + " / " + part(v.Denominator)
}

func (v Variant) quantileName() string {
	if v.quantile == 0.5 {
		return "median"
	}
	return "p90"
}

// part puts a sum into brackets.
func part(text string) string {
	n, err := parseFormula(text)
	if err != nil || !isSum(n) {
		return text
	}
	return "(" + text + ")"
}
