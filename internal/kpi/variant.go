package kpi

import (
	"regexp"
	"slices"
	"strings"

	"github.com/callpace/callpace"
)

// variant resolves the part of a name after the colon. Its Name comes back as
// it is to be shown: with the value of its setting, "" for a KPI that has but one.
func (d *Def) variant(name string) (Variant, error) {
	all := d.all()
	if name == "" {
		v := d.fill(all[0])
		v.Name = d.Default
		return v, nil
	}
	// A setting written in the name comes first: 20s means 20 s, whatever the default is set to.
	for _, v := range all {
		if setting, value, ok := v.match(name); ok {
			v = d.fill(v)
			v.Name, v.Settings[setting] = name, value
			return v, nil
		}
	}
	if i := strings.LastIndex(name, ":"); i >= 0 {
		return d.quantileOf(name, name[:i], name[i+1:])
	}
	var known []string
	for _, v := range all {
		if v.Name == name || slices.Contains(v.Aliases, name) {
			v = d.fill(v)
			v.Name = name
			return v, nil
		}
		known = append(known, v.shown())
	}
	known = slices.DeleteFunc(known, func(s string) bool { return s == "" })
	if len(known) == 0 {
		return Variant{}, callpace.E(callpace.NotFound, "kpi.no_variants", "kpi", d.ID, "name", name)
	}
	near := nearest(name, known)
	if near == "" {
		near = known[0]
	}
	return Variant{}, callpace.E(callpace.NotFound, "kpi.unknown_variant", "kpi", d.ID, "name", name, "nearest", near, "known", strings.Join(known, ", "))
}

// called is how a variant is asked for.
func (d *Def) called(v Variant) string {
	if v.Name == d.Default {
		return d.ID
	}
	return d.ID + ":" + v.Name
}

// quantileOf gives the median or p90 of another mean of the KPI:
// average_wait:of_offered:median.
func (d *Def) quantileOf(name, base, quantile string) (Variant, error) {
	v, err := d.variant(base)
	if err != nil {
		return v, err
	}
	var known []string
	for _, q := range quantiles {
		if v.Kind == KindMean && q.Name == quantile {
			v.Name, v.Kind, v.quantile = name, q.Kind, q.quantile
			return v, nil
		}
		known = append(known, base+":"+q.Name)
	}
	if v.Kind != KindMean {
		return v, callpace.E(callpace.NotFound, "kpi.no_variants", "kpi", d.ID+":"+base, "name", quantile)
	}
	return v, callpace.E(callpace.NotFound, "kpi.unknown_variant", "kpi", d.ID, "name", name, "nearest", known[0], "known", strings.Join(known, ", "))
}

var settingInName = regexp.MustCompile(`^([^{]*)\{(\w+)\}(.*)$`)

// match reads the value of the setting out of a name: {threshold}s from 30s.
func (v Variant) match(name string) (setting string, value any, ok bool) {
	m := settingInName.FindStringSubmatch(v.Name)
	if m == nil || len(name) <= len(m[1])+len(m[3]) || !strings.HasPrefix(name, m[1]) || !strings.HasSuffix(name, m[3]) {
		return "", nil, false
	}
	a, ok := callpace.ParseAmount(name[len(m[1]) : len(name)-len(m[3])])
	if !ok || a < 0 {
		return "", nil, false
	}
	return m[2], a, true
}

// nameBy is the name of a variant where settings are not those of its name:
// the default 20s is shown as 30s once 30 is set.
func (d *Def) nameBy(v Variant, settings map[string]any) string {
	for _, pattern := range d.Variants {
		setting, value, ok := pattern.match(v.Name)
		if !ok || pattern.Name == v.Name {
			continue
		}
		if now := SettingText(settings[setting]); now != SettingText(value) {
			m := settingInName.FindStringSubmatch(pattern.Name)
			return m[1] + now + m[3]
		}
	}
	return v.Name
}

// named tells whether the variant's name says a setting, so that nothing else does.
func (k *compiled) named(setting string) bool {
	_, ok := k.variant.Settings[setting].(callpace.Amount)
	return ok
}
