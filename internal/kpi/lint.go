package kpi

import "slices"

// check compiles the KPIs named, in every variant, and the measures chosen, so
// that a catalogue that loads can answer.
func (c *Catalogue) check(ids []string, chosen func(*MeasureDef) bool) error {
	var settings map[string]any
	for _, m := range c.Measures() {
		if !chosen(m) {
			continue
		}
		if settings == nil {
			settings = c.allSettings()
		}
		var uses []*use
		if _, err := (compiler{catalogue: c, settings: settings, uses: &uses}).use(m, "", m.Agg, 0); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := c.checkDef(c.kpis[id]); err != nil {
			return err
		}
	}
	return nil
}

// allSettings joins the default settings of all KPIs: enough to check a
// measure alone, whichever of them use it.
func (c *Catalogue) allSettings() map[string]any {
	out := map[string]any{}
	for _, d := range c.Defs() {
		for _, v := range d.all() {
			for k, s := range d.fill(v).Settings {
				out[k] = s
			}
		}
	}
	return out
}

var (
	units   = []string{string(UnitCount), string(UnitMoney), string(UnitPercent), string(UnitSeconds), string(UnitScore), string(UnitRatio)}
	kinds   = []string{string(KindCount), string(KindSum), string(KindProportion), string(KindRatio), string(KindMean), string(KindShare), string(KindFormula)}
	betters = []string{"higher", "lower", "target"}
)

func (c *Catalogue) checkDef(d *Def) error {
	oneOf := func(field, value string, known []string) error {
		if slices.Contains(known, value) {
			return nil
		}
		return d.where.fault(d.ID, field, unknownWord("kpi.unknown_word", value, known))
	}
	if err := oneOf("unit", string(d.Unit), units); err != nil {
		return err
	}
	if err := oneOf("kind", string(d.Kind), kinds); err != nil {
		return err
	}
	if err := oneOf("better", d.Better, betters); err != nil {
		return err
	}
	for _, name := range d.Names() {
		if _, err := c.resolve(name, nil); err != nil {
			return err
		}
	}
	return nil
}
