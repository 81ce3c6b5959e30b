package kpi

import (
	"maps"

	"github.com/callpace/callpace"
)

// compiled is a variant ready to be planned: either value or num and den.
type compiled struct {
	name     string // as asked
	def      *Def
	variant  Variant
	kind     Kind
	unit     Unit
	value    formula
	num, den formula
	immature formula
	uses     []*use
	ids      []string        // of the KPIs that it is made of, itself included
	changes  []SettingChange // within the period asked for
}

// resolve finds and compiles a KPI by its name, id or id:variant.
func (c *Catalogue) resolve(name string, override map[string]map[string]any) (*compiled, error) {
	return c.follow(name, override, 0)
}

// follow resolves a KPI whose outcomes are followed for some days; one without
// delayed outcomes stays as it is.
func (c *Catalogue) follow(name string, override map[string]map[string]any, days int) (*compiled, error) {
	k, err := c.compileNamed(name, override, 0)
	if err == nil && days > 0 && k.delayed() {
		k, err = c.compileNamed(name, override, days)
	}
	return k, err
}

func (c *Catalogue) compileNamed(name string, override map[string]map[string]any, followed int) (*compiled, error) {
	d, err := c.Find(name)
	if err != nil {
		return nil, err
	}
	variant := ""
	if len(name) > len(d.ID) {
		variant = name[len(d.ID)+1:]
	}
	v, err := d.variant(variant)
	if err != nil {
		return nil, err
	}
	var uses []*use
	var ids []string
	k, err := compiler{catalogue: c, override: override, uses: &uses, ids: &ids, followed: followed}.compile(d, v)
	if err != nil {
		return nil, err
	}
	k.name, k.uses, k.ids = name, uses, ids
	return k, nil
}

// compile makes the formulas of a variant.
func (c compiler) compile(d *Def, v Variant) (*compiled, error) {
	c.stack = append(append([]string{}, c.stack...), d.called(v))
	c.settings = maps.Clone(v.Settings)
	for s, value := range c.override[d.ID] {
		if _, named := v.Settings[s].(callpace.Amount); !named { // a setting in the variant's name stands
			c.settings[s] = value
		}
	}
	*c.ids = append(*c.ids, d.ID)
	v.Name, v.Settings = d.nameBy(v, c.settings), c.settings
	k := &compiled{name: d.ID, def: d, variant: v, kind: v.Kind, unit: v.Unit}
	part := func(field, text string) (formula, error) {
		f, err := c.formula(text)
		if err != nil {
			return nil, d.where.fault(d.ID, field, err)
		}
		return f, nil
	}
	var err error
	switch {
	case v.Kind == KindQuantile || v.Kind == KindMean:
		err = c.mean(d, v, k)
	case v.Kind == KindProportion || v.Kind == KindRatio:
		if k.num, err = part("numerator", v.Numerator); err == nil {
			k.den, err = part("denominator", v.Denominator)
		}
		if err == nil && v.Immature != "" {
			k.immature, err = part("immature", v.Immature)
		}
	default:
		k.value, err = part("formula", v.Formula)
	}
	if err != nil {
		return nil, err
	}
	return k, k.checkUnit()
}

// mean makes a mean out of a sum measure: its sum by the number of its values,
// or a quantile of them.
func (c compiler) mean(d *Def, v Variant, k *compiled) error {
	m := c.catalogue.measures[v.Mean]
	if m == nil || m.Agg != Sum {
		return d.where.fault(d.ID, "mean", unknownWord("kpi.formula.no_mean", v.Mean, c.catalogue.sums()))
	}
	if v.Kind == KindQuantile {
		u, err := c.use(m, v.Name, Quantile, v.quantile)
		if err != nil {
			return err
		}
		u.measure.Shared = false // a joint sale is one value
		k.value = measureRef{u}
		return nil
	}
	if v.Numerator != "" {
		var err error
		if k.num, err = c.formula(v.Numerator); err == nil {
			k.den, err = c.formula(v.Denominator)
		}
		if err != nil {
			return d.where.fault(d.ID, "numerator", err)
		}
		return nil
	}
	sum, err := c.use(m, "", Sum, 0)
	if err != nil {
		return err
	}
	n, err := c.use(m, "n", Count, 0)
	if err != nil {
		return err
	}
	k.num, k.den = measureRef{sum}, measureRef{n}
	return nil
}

func (c *Catalogue) sums() []string {
	var out []string
	for _, m := range c.Measures() {
		if m.Agg == Sum {
			out = append(out, m.ID)
		}
	}
	return out
}

// checkUnit refuses a unit that the formula does not come to.
func (k *compiled) checkUnit() error {
	var of class
	if k.value != nil {
		of = k.value.class()
		if k.kind == KindShare {
			of = classNumber
		}
	} else {
		var ok bool
		of, ok = combine("/", k.num, k.den)
		if !ok || k.kind == KindProportion && k.num.class() != k.den.class() {
			return k.def.where.fault(k.def.ID, "denominator", callpace.E(callpace.Invalid, "kpi.formula.nonsense",
				"text", k.variant.Numerator+" / "+k.variant.Denominator, "column", 1, "op", "/", "a", k.num.class().message(), "b", k.den.class().message()))
		}
	}
	if k.kind == KindQuantile && k.unit == UnitMoney {
		return nil // of amounts in the organisation's currency
	}
	if of == classSet || of == classHistogram || (of == classMoney) != (k.unit == UnitMoney) || of == classSeconds && k.unit != UnitSeconds {
		return k.def.where.fault(k.def.ID, "unit", callpace.E(callpace.Invalid, "kpi.formula.unit", "unit", string(k.unit), "got", of.message()))
	}
	return nil
}
