package web

import (
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/overview"
)

// focusPage is which KPIs the organisation looks at first, and in what order.
type focusPage struct {
	shell
	Tabs  []choice
	Rows  []focusRow
	Add   *formView
	Usual act
}

type focusRow struct {
	Name, URL        string
	Up, Down, Remove act
	First, Last      bool
}

// mostFocus bounds the cards of the overview.
const mostFocus = 12

func (r *request) focusPage() error {
	s, tabs := r.settingsShell("focus")
	p := focusPage{shell: s, Tabs: tabs, Usual: r.act("/settings/focus/usual", "settings.focus_usual", "undo-2", false)}
	chosen := r.focus()
	button := func(id, what, icon string) act {
		a := r.act("/settings/focus/"+what, "settings.focus_"+what, icon, false)
		a.Name, a.Value = "kpi", id
		return a
	}
	for i, id := range chosen {
		p.Rows = append(p.Rows, focusRow{Name: r.reader.NameWithVariant(id), URL: "/kpi/" + id, Up: button(id, "up", "arrow-up"), Down: button(id, "down", "arrow-down"),
			Remove: button(id, "remove", "x"), First: i == 0, Last: i == len(chosen)-1})
	}
	if len(chosen) < mostFocus {
		pairs := []string{}
		for _, d := range r.defs.Defs() {
			if !slices.Contains(chosen, d.ID) {
				pairs = append(pairs, d.ID, r.reader.Name(d.ID))
			}
		}
		form := r.filled().view("/settings/focus/add", "settings.focus_add", formField{Kind: "select", Name: "kpi", Label: r.reader.Text("column.kpi"), Groups: choices("", pairs...)})
		p.Add = &form
	}
	return r.page("settings_focus", p)
}

// takeFocus moves, adds or takes out one KPI, or takes the usual ones again.
func (r *request) takeFocus() error {
	org, id := r.org, r.PostFormValue("kpi")
	chosen := slices.Clone(r.focus())
	at := slices.Index(chosen, id)
	switch what := r.PathValue("what"); {
	case what == "usual":
		chosen = nil
	case what == "add" && at < 0 && len(chosen) < mostFocus:
		if _, err := r.defs.Find(id); err != nil {
			return err
		}
		chosen = append(chosen, id)
	case what == "up" && at > 0:
		chosen[at-1], chosen[at] = chosen[at], chosen[at-1]
	case what == "down" && at >= 0 && at < len(chosen)-1:
		chosen[at+1], chosen[at] = chosen[at], chosen[at+1]
	case what == "remove" && at >= 0 && len(chosen) > 1:
		chosen = slices.Delete(chosen, at, at+1)
	case what != "add" && what != "up" && what != "down" && what != "remove":
		return callpace.E(callpace.NotFound, "web.no_page")
	}
	if org.Focus = chosen; slices.Equal(chosen, overview.Focus) {
		org.Focus = nil
	}
	if !same(org, r.org) {
		if err := r.saveSetting(OrganisationSetting, org, nil); err != nil {
			return err
		}
	}
	return r.redirect("/settings/focus?done=saved")
}
