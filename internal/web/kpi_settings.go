package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
)

const kpiSettingsPath = "/catalogue/settings/"

// kpiSettingsPage is where the settings of a KPI are seen and changed, each
// from a day on.
type kpiSettingsPage struct {
	shell
	ID, KPI  string
	Settings []kpiSetting
	Empty    *empty
}

// kpiSetting is one setting with what it was.
type kpiSetting struct {
	Name, Title, Text string
	Now, BuiltIn      string
	History           []string
	Form              formView
	Effect            *kpiEffect
}

// kpiEffect is what a value would make of the last 30 days.
type kpiEffect struct {
	Days string
	Grid grid
}

// settingTitle names a setting for people; one of the organisation's own KPIs by its id.
func (r *request) settingTitle(name string) string {
	if key := "kpi_setting." + name; r.reader.Has(key) {
		return r.reader.Text(key)
	}
	return name
}

// settingValue writes the value of a setting for people.
func (r *request) settingValue(name, value string) string {
	switch {
	case value == "":
		return r.reader.Text("kpi_settings.none")
	case name == "threshold" || name == "short_abandon":
		if a, ok := callpace.ParseAmount(value); ok {
			return r.reader.Duration(float64(a) / float64(callpace.One))
		}
	}
	return r.reader.Digits(value)
}

func (r *request) kpiSettings() error { return r.showKPISettings(http.StatusOK, "", r.filled(), nil) }

// showKPISettings shows the settings; of names the one whose form was sent.
func (r *request) showKPISettings(status int, of string, f *filled, effect *kpiEffect) error {
	d, err := r.defs.Find(r.PathValue("kpi"))
	if err != nil {
		return err
	}
	page := kpiSettingsPage{shell: r.shell("kpi_settings.title", "catalogue"), ID: d.ID, KPI: r.reader.Name(d.ID)}
	page.Title = r.reader.T("kpi_settings.of", map[string]any{"kpi": page.KPI})
	page.Notices = r.done("settings")
	now, err := r.settingsNow(d)
	if err != nil {
		return err
	}
	builtIn := r.defs.SettingsOf(d)
	for _, name := range slices.Sorted(maps.Keys(builtIn)) {
		s := kpiSetting{Name: name, Title: r.settingTitle(name), Now: r.settingValue(name, now[name]), BuiltIn: r.settingValue(name, builtIn[name])}
		if key := "kpi_setting." + name + ".text"; r.reader.Has(key) {
			s.Text = r.reader.Text(key)
		}
		for _, x := range r.policy.Of(d.ID) {
			if x.Name == name {
				s.History = append(s.History, r.settingChange(x, builtIn[name]))
			}
		}
		own := f
		if name != of {
			own = &filled{r: r, faults: map[string]string{}}
		} else {
			s.Effect = effect
		}
		s.Form = r.kpiSettingForm(own, d.ID, name, now[name])
		page.Settings = append(page.Settings, s)
	}
	if len(page.Settings) == 0 {
		page.Empty = &empty{Icon: "sliders-horizontal", Title: r.reader.Text("kpi_settings.has_none"), Text: r.reader.Text("kpi_settings.has_none_text"), Action: r.reader.Text("nav.catalogue"), URL: "/catalogue"}
	}
	return r.pageStatus(status, "kpi_settings", page)
}

// settingsNow are the values in force today, as they are written.
func (r *request) settingsNow(d *kpi.Def) (map[string]string, error) {
	q, _, err := r.asker().Query(question.Words{KPIs: []string{d.ID}})
	if err != nil {
		return nil, err
	}
	out := r.defs.SettingsOf(d)
	e, err := r.defs.ExplainFor(d.ID, q)
	if err != nil {
		return nil, err
	}
	for name := range out {
		if v, ok := e.Settings[name]; ok {
			out[name] = kpi.SettingText(v)
		}
	}
	return out, nil
}

// settingChange says what counted from when.
func (r *request) settingChange(x kpi.SettingChange, builtIn string) string {
	value := r.settingValue(x.Name, x.Value)
	if x.Value == kpi.DefaultValue {
		value = r.reader.T("kpi_settings.built_in", map[string]any{"value": r.settingValue(x.Name, builtIn)})
	}
	day, dated := x.Day()
	if !dated {
		return r.reader.T("kpi_settings.always", map[string]any{"value": value})
	}
	return r.reader.T("kpi_settings.from_day", map[string]any{"value": value, "from": r.reader.Date(day)})
}

func (r *request) kpiSettingForm(f *filled, id, name, now string) formView {
	today, err := r.asker().Today()
	if err != nil {
		today = 0
	}
	text := r.reader.Text
	return f.view(kpiSettingsPath+pathEscape(id), "kpi_settings.set",
		formField{Kind: "hidden", Name: "setting", Value: name},
		formField{Kind: "text", Name: "value", Label: text("kpi_settings.value"), Hint: text("kpi_settings.value_hint"), Value: f.or("value", now), LTR: true, Optional: true},
		formField{Kind: "text", Name: "from", Label: text("settings.member_from"), Hint: text("settings.member_from_hint"), Value: f.or("from", r.reader.Digits(r.calendar().Key(calendar.Day, today))), LTR: true, Optional: true})
}

// takeKPISetting shows what a value would make of the number, or sets it.
func (r *request) takeKPISetting() error {
	d, err := r.defs.Find(r.PathValue("kpi"))
	if err != nil {
		return err
	}
	f := r.filled()
	name := f.get("setting")
	x, err := r.defs.Setting(d, name, plainDigits(f.get("value")))
	if callpace.CodeOf(err) == callpace.NotFound {
		return err
	}
	if err == nil {
		x.From, err = r.settingDay(f.get("from"))
	}
	if err != nil {
		var e *callpace.Error
		if !errors.As(err, &e) {
			return err
		}
		field := "value"
		if x.KPI != "" && x.Value != "" && e.Key != "kpi.setting.bad_number" && e.Key != "kpi.setting.bad_number_from" && e.Key != "kpi.setting.bad_word" {
			field = "from"
		}
		f.faults[field] = r.reader.Error(e)
		return r.showKPISettings(http.StatusUnprocessableEntity, name, f, nil)
	}
	if f.get("do") != "save" {
		effect, err := r.settingEffect(d, x)
		if err != nil {
			return err
		}
		return r.showKPISettings(http.StatusOK, name, f, effect)
	}
	err = r.s.Folder.Replace(r.Context(), nil, func(folder *ingest.Folder) error {
		detail := map[string]any{"setting": x.Name, "value": x.Value, "from": x.From}
		if err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.SettingsChanged, d.ID, detail)); err != nil {
			return err
		}
		return folder.SetPolicy(context.WithoutCancel(r.Context()), folder.Policy().With(x))
	})
	if err != nil {
		return err
	}
	return r.redirect(kpiSettingsPath + pathEscape(d.ID) + "?done=saved")
}

// settingDay reads the day from which a setting counts; "" for ever since.
func (r *request) settingDay(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	asker := r.asker()
	today, err := asker.Today()
	if err != nil {
		return "", err
	}
	day, err := asker.Calendar().ParseDay(text, today)
	if err != nil {
		return "", err
	}
	return kpi.FromDay(day), nil
}

// settingEffect reckons the last 30 days as they stand and by a new value.
func (r *request) settingEffect(d *kpi.Def, x kpi.SettingChange) (*kpiEffect, error) {
	text := x.Value
	if text == kpi.DefaultValue {
		text = r.defs.SettingsOf(d)[x.Name]
	}
	value, err := r.defs.ParseSetting(d, x.Name, text)
	if err != nil {
		return nil, err
	}
	q, days, err := r.asker().Query(question.Words{KPIs: []string{d.ID}, Period: customPreviewDays})
	if err != nil {
		return nil, err
	}
	by := q
	by.Settings = map[string]map[string]any{d.ID: {x.Name: value}}
	var now, then *kpi.Frame
	err = r.read(func(e kpi.Engine) error {
		g, ctx := errgroup.WithContext(r.Context())
		r.asks(g, ctx, e, q, &now)
		r.asks(g, ctx, e, by, &then)
		return g.Wait()
	})
	if err != nil {
		return nil, err
	}
	return &kpiEffect{Days: r.span(days.Range), Grid: r.effectGrid(now, then)}, nil
}

func (r *request) effectGrid(now, then *kpi.Frame) grid {
	g := grid{ID: "effect", Caption: r.reader.Text("kpi_settings.effect"), Head: []gridHead{{Title: r.reader.Text("kpi_settings.by")}, {Title: r.reader.Text("column.value"), Numeric: true}, {Title: r.reader.Text("parts.counts"), Numeric: true}}}
	for i, f := range []*kpi.Frame{now, then} {
		c, x := f.Columns[0], kpi.Figure{}
		if len(f.Rows) > 0 {
			x = f.Rows[0].Figures[0]
		}
		value := r.figure(c.Unit, x)
		value.Sub = r.reader.Interval(c.Unit, x)
		g.Rows = append(g.Rows, []cell{{Text: r.reader.Text("kpi_settings.effect_" + strconv.Itoa(i)), Header: true}, value, number(r.partsOf(c, x))})
	}
	return g
}
