package kpi

import (
	"maps"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
)

// Draft is a KPI of one's own as a form holds it: one formula, whatever the kind.
type Draft struct {
	ID      string
	Unit    Unit
	Better  string
	Kind    Kind
	Formula string
	Names   map[string]string // by language
	Texts   map[string]string // descriptions, by language
	Retired bool
}

// DraftKinds are the kinds that one formula can be.
func DraftKinds() []Kind {
	return []Kind{KindFormula, KindProportion, KindRatio, KindCount, KindSum}
}

// DraftUnits are the units that a Draft may have, DraftBetters its directions.
func DraftUnits() []string { return slices.Clone(units) }

// DraftBetters are the directions that a Draft may have.
func DraftBetters() []string { return slices.Clone(betters) }

// Draft reads a definition; ok is false for one that a form cannot hold, such
// as a mean.
func (d Definition) Draft() (x Draft, ok bool) {
	var def Def
	if d.Kind != OwnKPI || yaml.Unmarshal([]byte(d.Body), &def) != nil {
		return x, false
	}
	x = Draft{ID: def.ID, Unit: def.Unit, Better: def.Better, Kind: def.Kind, Formula: def.Formula, Names: def.Titles, Texts: def.Texts, Retired: def.Retired}
	if def.Kind == KindProportion || def.Kind == KindRatio {
		x.Formula = part(def.Numerator) + " / " + part(def.Denominator)
	}
	return x, slices.Contains(DraftKinds(), def.Kind)
}

// File writes a draft as a catalogue file. What the definition before it said
// and no form holds (variants, settings, a target) stays; the zero Definition
// says nothing. A proportion or ratio whose formula is no division is Invalid.
func (x Draft) File(before Definition) (File, error) {
	f := File{Name: OwnFile}
	item := yaml.MapSlice{}
	if err := yaml.UnmarshalWithOptions([]byte(before.Body), &item, yaml.UseOrderedMap()); err != nil {
		return f, syntax(OwnFile, err)
	}
	set := func(key string, value any) { item = with(item, key, value) }
	set("id", x.ID)
	set("unit", string(x.Unit))
	set("better", x.Better)
	set("kind", string(x.Kind))
	set("formula", nil)
	set("numerator", nil)
	set("denominator", nil)
	if x.Kind == KindProportion || x.Kind == KindRatio {
		numerator, denominator, ok := SplitRatio(x.Formula)
		if !ok {
			if _, err := parseFormula(x.Formula); err != nil {
				return f, asWritten(x.Formula, err)
			}
			return f, fault(x.Formula, 1, "kpi.formula.no_division")
		}
		set("numerator", numerator)
		set("denominator", denominator)
	} else {
		set("formula", x.Formula)
	}
	set("name", texts(x.Names))
	set("description", texts(x.Texts))
	return asFile(item)
}

// Retire writes the definition of a KPI as a catalogue file in which it is
// retired, or no longer.
func (d Definition) Retire(on bool) (File, error) {
	item := yaml.MapSlice{}
	if err := yaml.UnmarshalWithOptions([]byte(d.Body), &item, yaml.UseOrderedMap()); err != nil {
		return File{}, syntax(OwnFile, err)
	}
	var value any
	if on {
		value = true
	}
	return asFile(with(item, "retired", value))
}

// with sets a field of an item; nil takes it out.
func with(item yaml.MapSlice, key string, value any) yaml.MapSlice {
	i := slices.IndexFunc(item, func(m yaml.MapItem) bool { return m.Key == key })
	switch {
	case value == nil && i >= 0:
		return slices.Delete(item, i, i+1)
	case value == nil:
		return item
	case i >= 0:
		item[i].Value = value
		return item
	}
	return append(item, yaml.MapItem{Key: key, Value: value})
}

func asFile(item yaml.MapSlice) (File, error) {
	data, err := yaml.Marshal(yaml.MapSlice{{Key: "kpis", Value: []yaml.MapSlice{item}}})
	return File{Name: OwnFile, Data: data}, err
}

// texts are those by language that say something, in a fixed order; nil for none.
func texts(by map[string]string) any {
	var out yaml.MapSlice
	for _, lang := range slices.Sorted(maps.Keys(by)) {
		if by[lang] != "" {
			out = append(out, yaml.MapItem{Key: lang, Value: by[lang]})
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// FaultOf takes an error of a definition apart: the message of what is wrong,
// and where in which text; column is 0 where it is not about a place.
func FaultOf(err *callpace.Error) (m callpace.Message, text string, column int) {
	m = callpace.Message{Key: err.Key, Args: err.Args}
	if reason, ok := err.Args["reason"].(callpace.Message); ok {
		m = reason
	}
	text, _ = m.Args["text"].(string)
	column, _ = m.Args["column"].(int)
	return m, text, column
}
