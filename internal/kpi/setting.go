package kpi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
)

// settingRule is one row of catalog/settings.yaml, where the fields are told.
type settingRule struct {
	Name  string   `yaml:"name"`
	Min   int64    `yaml:"min"`
	Max   int64    `yaml:"max"` // 0: none
	Whole bool     `yaml:"whole"`
	Words []string `yaml:"words"`
}

func (c *Catalogue) loadSettings() error {
	data, err := builtin.ReadFile("catalog/settings.yaml")
	if err != nil {
		return err
	}
	var rules []settingRule
	if err := yaml.UnmarshalWithOptions(data, &rules, yaml.Strict()); err != nil {
		return syntax("settings.yaml", err)
	}
	c.settings = map[string]settingRule{}
	for _, r := range rules {
		c.settings[r.Name] = r
	}
	return nil
}

// SettingsOf lists the settings of a KPI with what the catalogue sets them to,
// as ParseSetting reads it.
func (c *Catalogue) SettingsOf(d *Def) map[string]string {
	out := map[string]string{}
	for name, v := range d.settings() {
		out[name] = SettingText(v)
	}
	return out
}

// settings are those of a KPI and its variants. A setting that only a
// variant's name says (cohort_30d) is the name's.
func (d *Def) settings() map[string]any {
	out := map[string]any{}
	for _, v := range d.Variants {
		if m := settingInName.FindStringSubmatch(v.Name); m == nil {
			for k, x := range v.Settings {
				out[k] = x
			}
		}
	}
	for k, x := range d.Settings {
		out[k] = x
	}
	return out
}

// SettingText prints the value of a setting: 20, or a list as cold,warm.
func SettingText(v any) string {
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprint(v)
	}
	words := make([]string, len(list))
	for i, x := range list {
		words[i] = fmt.Sprint(x)
	}
	return strings.Join(words, ",")
}

// ParseSetting reads the value of a KPI's setting: a number, or words with
// commas between. The error of an unknown setting names the nearest.
func (c *Catalogue) ParseSetting(d *Def, name, text string) (any, error) {
	all := d.settings()
	set, ok := all[name]
	if !ok && len(all) == 0 {
		return nil, callpace.E(callpace.NotFound, "kpi.setting.none", "kpi", d.ID)
	}
	if !ok {
		err := unknownWord("kpi.setting.unknown", name, keys(all)).(*callpace.Error)
		err.Code, err.Args["kpi"] = callpace.NotFound, d.ID
		return nil, err
	}
	switch set.(type) {
	case []any:
		return c.words(d, name, text)
	case bool:
		if text == "true" || text == "false" {
			return text == "true", nil
		}
		return nil, callpace.E(callpace.Invalid, "kpi.setting.bad_word", "kpi", d.ID, "name", name, "value", text, "known", "true, false")
	case string:
		return text, nil
	}
	r := c.settings[name]
	a, ok := callpace.ParseAmount(text)
	switch {
	case !ok, a < callpace.Amount(r.Min)*callpace.One, r.Max > 0 && a > callpace.Amount(r.Max)*callpace.One, r.Whole && a%callpace.One != 0:
		key := "kpi.setting.bad_number"
		if r.Max == 0 {
			key = "kpi.setting.bad_number_from"
		}
		return nil, callpace.E(callpace.Invalid, key, "kpi", d.ID, "name", name, "value", text, "min", r.Min, "max", r.Max)
	case a%callpace.One == 0:
		return int64(a / callpace.One), nil
	}
	return setAmount(a), nil
}

// setAmount is a number that an organisation set, unlike one in a variant's name.
type setAmount callpace.Amount

func (a setAmount) String() string { return callpace.Amount(a).String() }

func (c *Catalogue) words(d *Def, name, text string) (any, error) {
	list := []any{}
	for _, w := range strings.Split(text, ",") {
		if w = strings.TrimSpace(w); w == "" {
			continue
		}
		if known := c.settings[name].Words; len(known) > 0 && !slices.Contains(known, w) {
			return nil, callpace.E(callpace.Invalid, "kpi.setting.bad_word", "kpi", d.ID, "name", name, "value", w, "known", strings.Join(known, ", "))
		}
		list = append(list, w)
	}
	return list, nil
}
