package kpi

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/facts"
)

// Policy is what an organisation has settled about its figures. It shapes
// answers, never facts.
type Policy struct {
	Allocation  Allocation      `json:"cost_allocation,omitempty"`
	Changes     []SettingChange `json:"kpi_settings,omitempty"` // by KPI, name and day
	Definitions []Definition    `json:"definitions,omitempty"`  // every version, as they were written
}

// SettingChange sets a setting of a KPI from a day on, until the next one.
type SettingChange struct {
	KPI   string `json:"kpi"`
	Name  string `json:"name"`
	Value string `json:"value"`          // as ParseSetting reads it; "default": the catalogue's again
	From  string `json:"from,omitempty"` // 2026-06-01 of the Gregorian calendar; "": ever since
}

// DefaultValue stands for what the catalogue sets.
const DefaultValue = "default"

// Day is the first day on which a change counts; ok is false for one that counts ever since.
func (x SettingChange) Day() (day int64, ok bool) {
	t, err := time.Parse(time.DateOnly, x.From)
	if err != nil {
		return 0, false
	}
	return facts.DayOf(t.Year(), t.Month(), t.Day()), true
}

// FromDay is the From of a day.
func FromDay(day int64) string { return facts.DateOf(day).Format(time.DateOnly) }

// With adds a change, in place of one of the same setting and day.
func (p Policy) With(x SettingChange) Policy {
	same := func(y SettingChange) bool { return y.KPI == x.KPI && y.Name == x.Name && y.From == x.From }
	p.Changes = append(slices.DeleteFunc(slices.Clone(p.Changes), same), x)
	slices.SortFunc(p.Changes, func(a, b SettingChange) int {
		return strings.Compare(a.KPI+keySeparator+a.Name+keySeparator+a.From, b.KPI+keySeparator+b.Name+keySeparator+b.From)
	})
	return p
}

// Setting makes a change of what a user wrote; From is left to the caller.
func (c *Catalogue) Setting(d *Def, name, value string) (SettingChange, error) {
	x := SettingChange{KPI: d.ID, Name: name, Value: value}
	text := value
	if value == DefaultValue {
		text = c.SettingsOf(d)[name]
	}
	v, err := c.ParseSetting(d, name, text)
	if err == nil && value != DefaultValue {
		x.Value = SettingText(v)
	}
	return x, err
}

// of lists the changes of some KPIs.
func (p Policy) of(ids []string) []SettingChange {
	var out []SettingChange
	for _, x := range p.Changes {
		if slices.Contains(ids, x.KPI) {
			out = append(out, x)
		}
	}
	return out
}

// Of lists the changes of a KPI.
func (p Policy) Of(id string) []SettingChange { return p.of([]string{id}) }

// at gives the settings in force on a day, by KPI. What the catalogue does not
// know (KPIs of a file that is not at hand) counts for nothing.
func (p Policy) at(c *Catalogue, day int64) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, x := range p.Changes { // by day
		d := c.kpis[x.KPI]
		if from, dated := x.Day(); d == nil || dated && from > day {
			continue
		}
		v, err := c.ParseSetting(d, x.Name, x.Value)
		switch {
		case x.Value == DefaultValue:
			delete(out[x.KPI], x.Name)
		case err == nil:
			if out[x.KPI] == nil {
				out[x.KPI] = map[string]any{}
			}
			out[x.KPI][x.Name] = v
		}
	}
	return out
}

// settingsFor gives the settings that count for a query.
func (c *Catalogue) settingsFor(q Query) map[string]map[string]any {
	if len(q.Policy.Changes) == 0 {
		return q.Settings
	}
	day := q.lastDay()
	if q.AsOf != nil {
		day = *q.AsOf
	}
	out := q.Policy.at(c, day)
	for id, own := range q.Settings {
		if out[id] == nil {
			out[id] = map[string]any{}
		}
		maps.Copy(out[id], own)
	}
	return out
}

func (q Query) lastDay() int64 {
	if q.Period != nil {
		return q.Period.To - 1
	}
	return q.today()
}

// changedWithin lists what of a KPI's settings changed after the first day of
// the period, and by its last. A day that is pinned knows no changes.
func (k *compiled) changedWithin(q Query) []SettingChange {
	if q.AsOf != nil {
		return nil
	}
	var out []SettingChange
	for _, x := range q.Policy.of(k.ids) {
		day, dated := x.Day()
		_, overridden := q.Settings[x.KPI][x.Name]
		switch {
		case !dated || day > q.lastDay() || q.Period != nil && day <= q.Period.From:
		case overridden || x.KPI == k.def.ID && k.named(x.Name):
		default:
			out = append(out, x)
		}
	}
	return out
}
