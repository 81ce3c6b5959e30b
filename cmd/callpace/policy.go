package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
)

type settingsKpiCommand struct {
	From        string   `placeholder:"DAY"`
	Definitions []string `placeholder:"FILE" type:"existingfile" sep:"none"`
	ID          string   `arg:"" optional:"" name:"id" placeholder:"KPI"`
	Set         []string `arg:"" optional:"" name:"setting" placeholder:"NAME=VALUE"`
}

// Run sets settings of a KPI from a day on, and lists those of one KPI or of all.
func (c *settingsKpiCommand) Run(ctx context.Context, a *app) error {
	return a.replace(ctx, func(f *ingest.Folder) error {
		defs, err := catalogue(f, c.Definitions)
		if err != nil {
			return err
		}
		shown := defs.Defs()
		if c.ID != "" {
			d, err := defs.Find(c.ID)
			if err != nil {
				return err
			}
			shown = []*kpi.Def{d}
		}
		if len(c.Set) > 0 {
			p, err := c.apply(a, f, defs, shown[0])
			if err != nil {
				return usageError{err}
			}
			if err := a.audited(ctx, auth.SettingsChanged, "kpi "+c.ID, map[string]any{"set": strings.Join(c.Set, " ")}); err != nil {
				return err
			}
			if err := f.SetPolicy(ctx, p); err != nil {
				return err
			}
		}
		a.endProgress()
		return a.printSettings(defs, shown, f.Policy())
	})
}

// apply lays what was given over the policy.
func (c *settingsKpiCommand) apply(a *app, f *ingest.Folder, defs *kpi.Catalogue, d *kpi.Def) (kpi.Policy, error) {
	p := f.Policy()
	from := ""
	if c.From != "" {
		asker := a.asker(f)
		today, err := asker.Today()
		if err != nil {
			return p, err
		}
		day, err := asker.Calendar().ParseDay(c.From, today)
		if err != nil {
			return p, err
		}
		from = kpi.FromDay(day)
	}
	for _, pair := range c.Set {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return p, callpace.E(callpace.Invalid, "kpi.setting.bad_pair", "text", pair)
		}
		x, err := defs.Setting(d, strings.TrimSpace(name), strings.TrimSpace(value))
		if err != nil {
			return p, err
		}
		x.From = from
		p = p.With(x)
	}
	return p, nil
}

// printSettings lists settings with the days from which their values count;
// the first of each is the catalogue's, unless another counts ever since.
func (a *app) printSettings(defs *kpi.Catalogue, shown []*kpi.Def, p kpi.Policy) error {
	list := []kpi.SettingChange{}
	for _, d := range shown {
		defaults := defs.SettingsOf(d)
		for _, name := range slices.Sorted(maps.Keys(defaults)) {
			changes := slices.DeleteFunc(p.Of(d.ID), func(x kpi.SettingChange) bool { return x.Name != name })
			if len(changes) == 0 || changes[0].From != "" {
				list = append(list, kpi.SettingChange{KPI: d.ID, Name: name, Value: defaults[name]})
			}
			for _, x := range changes {
				if x.Value == kpi.DefaultValue {
					x.Value = defaults[name]
				}
				list = append(list, x)
			}
		}
	}
	if a.Output == "json" {
		return writeJSON(a.stdout, list)
	}
	g := grid{head: []string{a.text("column.kpi"), a.text("column.setting"), a.text("column.value"), a.text("column.from")}}
	for _, x := range list {
		g.add(x.KPI, x.Name, x.Value, x.From)
	}
	if a.Output == "csv" {
		return writeCSV(a.stdout, []string{"kpi", "setting", "value", "from"}, g.rows)
	}
	g.print(a.stdout)
	return nil
}
