package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/store"
)

const settingsPath = "/settings/organisation"

// settingsTabs are the parts of the settings, in their order.
var settingsTabs = []string{"organisation", "roles", "focus", "accounts", "teams", "dispositions", "calendar", "mail", "erase", "audit"}

// settingsPage is a part of the settings that is one form.
type settingsPage struct {
	shell
	Tabs []choice
	Head string
	Lead string
	Form *formView
	// Confirm is asked before the facts are made anew.
	Confirm *formView
	Changes []string
	Test    *act
}

// settingsShell makes the frame of a part of the settings.
func (r *request) settingsShell(tab string) (shell, []choice) {
	var tabs []choice
	for _, name := range settingsTabs {
		tabs = append(tabs, choice{r.reader.Text("settings." + name), "/settings/" + name, name == tab})
	}
	s := r.shell("nav.settings", "settings")
	s.Notices = r.done("settings")
	return s, tabs
}

func (r *request) settingsPage(tab string) settingsPage {
	s, tabs := r.settingsShell(tab)
	return settingsPage{shell: s, Tabs: tabs, Head: r.reader.Text("settings." + tab)}
}

func (r *request) settingsHome() error { return r.redirect(settingsPath) }

func (r *request) organisation() error { return r.organisationForm(http.StatusOK, r.filled()) }

func (r *request) organisationForm(status int, f *filled) error {
	p, text, s := r.settingsPage("organisation"), r.reader.Text, r.settings
	fields := []formField{
		{Kind: "text", Name: "organisation", Label: text("settings.name"), Value: f.or("organisation", r.org.Name), Auto: "organization"},
		{Kind: "select", Name: "language", Label: text("settings.language"), Hint: text("settings.language_hint"), Groups: r.languageOptions(f.or("language", i18n.Prefer("", "", r.org.Language)))},
		{Kind: "check", Name: "see_peers", Label: text("settings.see_peers"), Hint: text("settings.see_peers_hint"), Checked: f.orChecked("see_peers", r.org.SeePeers)},
		{Kind: "checks", Name: "second_factor", Label: text("settings.second_factor"), Hint: text("settings.second_factor_hint"), Groups: r.rolesAmong(f.orAll("second_factor", r.org.SecondFactor))},
		{Kind: "check", Name: "tomans", Label: text("settings.tomans"), Hint: text("settings.tomans_hint"), Checked: f.orChecked("tomans", r.org.Tomans)},
		{Kind: "heading", Label: text("settings.shaping"), Hint: text("settings.shaping_hint")},
	}
	fields = append(fields, r.placeFields(f, s)...)
	fields = append(fields,
		formField{Kind: "text", Name: "credit_days", Label: text("settings.credit_days"), Hint: text("settings.credit_days_hint"), Value: f.or("credit_days", strconv.Itoa(s.CreditDays)), LTR: true},
		formField{Kind: "text", Name: "callback_minutes", Label: text("settings.callback_minutes"), Hint: text("settings.callback_minutes_hint"), Value: f.or("callback_minutes", strconv.Itoa(s.CallbackMinutes)), LTR: true},
		formField{Kind: "text", Name: "answered_seconds", Label: text("settings.answered_seconds"), Hint: text("settings.answered_seconds_hint"), Value: f.or("answered_seconds", strconv.FormatFloat(s.AnsweredSeconds, 'f', -1, 64)), LTR: true})
	form := f.view(settingsPath, "form.save", fields...)
	p.Form = &form
	return r.pageStatus(status, "settings", p)
}

// takeOrganisation keeps what shapes pages at once, and what shapes facts after
// it was confirmed: they are then made anew.
func (r *request) takeOrganisation() error {
	f, org, s := r.filled(), r.org, r.settings
	org.Name, org.Language = cleanText(f.get("organisation")), i18n.Prefer(f.get("language"), "", "en")
	org.SeePeers, org.Tomans, org.SecondFactor = f.values.Has("see_peers"), f.values.Has("tomans"), rolesOf(f.values["second_factor"])
	if org.Name == "" {
		f.wrong("organisation", "settings.no_name")
	}
	f.place(&s)
	s.CreditDays, s.CallbackMinutes = f.number("credit_days", 0, 3650), f.number("callback_minutes", 0, 10080)
	seconds, err := strconv.ParseFloat(plainDigits(f.get("answered_seconds")), 64)
	if s.AnsweredSeconds = seconds; err != nil || seconds < 0 || seconds > 3600 {
		f.wrong("answered_seconds", "form.number", "least", 0, "most", 3600)
	}
	if f.bad() {
		return r.organisationForm(f.status(nil), f)
	}
	reshaped := s != r.settings
	if reshaped && !f.values.Has("confirmed") {
		return r.confirmReshape(f, s)
	}
	if !slices.Equal(org.SecondFactor, r.org.SecondFactor) {
		if err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.SettingsChanged, "second_factor", map[string]any{"roles": org.SecondFactor})); err != nil {
			return err
		}
	}
	if !same(org, r.org) {
		if err := r.saveSetting(OrganisationSetting, org, nil); err != nil {
			return err
		}
	}
	if !reshaped {
		return r.redirect(settingsPath + "?done=saved")
	}
	return r.reshape(s)
}

func same(a, b Organisation) bool {
	return a.Name == b.Name && a.SeePeers == b.SeePeers && a.Language == b.Language && a.Tomans == b.Tomans && slices.Equal(a.Focus, b.Focus) && slices.Equal(a.SecondFactor, b.SecondFactor) && maps.Equal(a.RoleNames, b.RoleNames)
}

// rolesOf are the roles of a list, each once and in their order.
func rolesOf(names []string) (out []string) {
	for _, role := range auth.Roles() {
		if slices.Contains(names, string(role)) {
			out = append(out, string(role))
		}
	}
	return out
}

// rolesAmong are the roles to choose several from.
func (r *request) rolesAmong(chosen []string) []formGroup {
	g := formGroup{}
	for _, role := range auth.Roles() {
		g.Options = append(g.Options, formOption{string(role), r.roleName(role), slices.Contains(chosen, string(role))})
	}
	return []formGroup{g}
}

// saveSetting writes a setting that shapes no facts, with its audit entry: both
// or neither. No page writes one otherwise. detail says more, or is nil.
func (r *request) saveSetting(name string, value any, detail map[string]any) error {
	return r.s.Auth.Audited(r.Context(), func(tx store.State) (auth.Entry, error) {
		err := tx.Settings().UpdateSetting(r.Context(), name, value, r.who.Account.ID, r.now)
		return r.who.Entry(auth.SettingsChanged, name, detail), err
	})
}

// confirmReshape tells what making the facts anew means, before it begins.
func (r *request) confirmReshape(f *filled, s facts.Settings) error {
	p := r.settingsPage("organisation")
	p.Head, p.Lead = r.reader.Text("settings.confirm"), r.reader.Text("settings.confirm_text")
	for _, x := range r.reshaped(s) {
		p.Changes = append(p.Changes, r.reader.T("settings.confirm_change", map[string]any{"name": r.reader.Text("settings." + x[0]), "before": x[1], "after": x[2]}))
	}
	fields := []formField{{Kind: "hidden", Name: "confirmed", Value: "yes"}}
	for _, name := range sortedKeys(f.values) {
		for _, value := range f.values[name] {
			if name != "csrf" {
				fields = append(fields, formField{Kind: "hidden", Name: name, Value: value})
			}
		}
	}
	form := f.view(settingsPath, "settings.confirm_go", fields...)
	p.Confirm = &form
	return r.page("settings", p)
}

// reshaped lists what is to be another: its name, before and after.
func (r *request) reshaped(s facts.Settings) (out [][3]string) {
	was := r.settings
	day := func(s facts.Settings) string {
		return r.reader.Text("weekday." + strconv.Itoa((int(s.WeekStart)+6)%7+1))
	}
	cal := func(s facts.Settings) string {
		if s.Calendar == facts.SolarHijri {
			return r.reader.Text("settings.hijri")
		}
		return r.reader.Text("settings.gregorian")
	}
	number := func(n float64) string { return r.reader.Digits(strconv.FormatFloat(n, 'f', -1, 64)) }
	for _, x := range [][3]string{{"country", was.Country, s.Country}, {"zone", was.Zone, s.Zone}, {"currency", was.Currency, s.Currency}, {"calendar", cal(was), cal(s)},
		{"week_start", day(was), day(s)}, {"credit_days", number(float64(was.CreditDays)), number(float64(s.CreditDays))},
		{"callback_minutes", number(float64(was.CallbackMinutes)), number(float64(s.CallbackMinutes))}, {"answered_seconds", number(was.AnsweredSeconds), number(s.AnsweredSeconds)}} {
		if x[1] != x[2] {
			out = append(out, x)
		}
	}
	return out
}

// reshape makes the facts anew by other settings, beside requests.
func (r *request) reshape(s facts.Settings) error {
	detail := map[string]any{}
	for _, x := range r.reshaped(s) {
		detail[x[0]] = "changed"
	}
	if err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.SettingsChanged, "facts", detail)); err != nil {
		return err
	}
	j, err := r.s.Jobs.Add(r.Context(), jobs.Job{Kind: "reshape", By: r.who.Account.Name, Back: "/settings/organisation"}, func(ctx context.Context, j *jobs.Run) error {
		return r.s.Folder.Replace(ctx, j.Progress, func(f *ingest.Folder) error {
			j.Fix()
			return f.SetSettings(ctx, s)
		})
	})
	if err != nil {
		return err
	}
	return r.redirect(jobPath(j.ID()))
}

// roles are the names that the organisation gives to roles, by language.
func (r *request) roles() error {
	f, p := r.filled(), r.settingsPage("roles")
	p.Lead = r.reader.Text("settings.roles_text")
	var fields []formField
	for _, lang := range i18n.Languages() {
		speaker := r.s.Texts.Localizer(lang, r.calendar())
		fields = append(fields, formField{Kind: "heading", Label: speaker.T("language.self", nil)})
		for _, role := range auth.Roles() {
			name := string(role) + "." + lang
			fields = append(fields, formField{Kind: "text", Name: name, Label: speaker.T("role."+string(role), nil), Value: f.or(name, r.org.RoleNames[name]), Optional: true})
		}
	}
	form := f.view("/settings/roles", "form.save", fields...)
	p.Form = &form
	return r.page("settings", p)
}

func (r *request) takeRoles() error {
	f, org := r.filled(), r.org
	org.RoleNames = map[string]string{}
	for _, lang := range i18n.Languages() {
		for _, role := range auth.Roles() {
			if name := string(role) + "." + lang; f.get(name) != "" {
				org.RoleNames[name] = cleanText(f.get(name))
			}
		}
	}
	if err := r.saveSetting(OrganisationSetting, org, nil); err != nil {
		return err
	}
	return r.redirect("/settings/roles?done=saved")
}
