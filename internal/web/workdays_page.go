package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/store"
)

const workdaysPath = "/settings/calendar"

// workdaysPage is which days the organisation works.
type workdaysPage struct {
	shell
	Tabs     []choice
	Form     formView
	Days     string // free text, a line each
	DaysFail string
	Ahead    *grid
}

func (r *request) workdays() error { return r.workdaysForm(http.StatusOK, r.filled()) }

func (r *request) workdaysForm(status int, f *filled) error {
	s, tabs := r.settingsShell("calendar")
	page := workdaysPage{shell: s, Tabs: tabs}
	rules, err := r.s.State.WorkRules(r.Context(), r.settings.Country)
	if err != nil {
		return err
	}
	text := r.reader.Text
	countries := []string{"", text("workdays.every_day")}
	var regions []string
	for _, c := range calendar.Countries() {
		countries = append(countries, c, text("country."+strings.ToLower(c)))
		for _, region := range calendar.Regions(c) {
			regions = append(regions, c+"-"+region)
		}
	}
	region := rules.Region
	if region != "" && !strings.Contains(region, "-") {
		region = rules.Country + "-" + region
	}
	page.Days, page.DaysFail = f.or("days", specialText(rules.Days)), f.faults["days"]
	page.Form = f.view(workdaysPath, "form.save",
		formField{Kind: "select", Name: "country", Label: text("workdays.country"), Value: f.or("country", rules.Country), Groups: choices(f.or("country", rules.Country), countries...)},
		formField{Kind: "text", Name: "region", Label: text("workdays.region"), Hint: text("workdays.region_hint"), Value: f.or("region", region), Suggest: regions, Optional: true, LTR: true})
	if page.Ahead, err = r.ahead(rules); err != nil {
		return err
	}
	return r.pageStatus(status, "workdays", page)
}

// ahead lists the days off of the coming year.
func (r *request) ahead(rules calendar.WorkRules) (*grid, error) {
	w, err := calendar.NewWorking(rules)
	if err != nil {
		return nil, err
	}
	today, err := r.asker().Today()
	if err != nil {
		return nil, err
	}
	g := &grid{ID: "ahead", Caption: r.reader.Text("workdays.ahead"), Tall: true, Head: []gridHead{{Title: r.reader.Text("goals.column.day")}, {Title: r.reader.Text("workdays.name")}, {Title: r.reader.Text("workdays.worked"), Numeric: true}}}
	for day := today; day < today+366; day++ {
		share, name := w.Day(day)
		if name.Key == "" || name.Key == "workdays.free" {
			continue
		}
		g.Rows = append(g.Rows, []cell{{Text: r.reader.Date(day), Header: true}, {Text: r.reader.Message(name)}, number(r.reader.Percent(share, 0))})
	}
	r.offerRows(g)
	return g, nil
}

// specialText writes special days a line each: 2026-12-24..2026-12-26 0 Christmas.
func specialText(days []calendar.SpecialDays) string {
	var b strings.Builder
	for _, d := range days {
		b.WriteString(d.From)
		if d.Until != "" {
			b.WriteString(".." + d.Until)
		}
		fmt.Fprintf(&b, " %s %s\n", strconv.FormatFloat(d.Share, 'f', -1, 64), d.Name)
	}
	return b.String()
}

// specialDays reads what specialText writes; the share may be left out: off.
func specialDays(text string) ([]calendar.SpecialDays, error) {
	var out []calendar.SpecialDays
	for i, line := range strings.Split(text, "\n") {
		words := strings.Fields(plainDigits(line))
		if len(words) == 0 {
			continue
		}
		d := calendar.SpecialDays{}
		d.From, d.Until, _ = strings.Cut(words[0], "..")
		rest := words[1:]
		if len(rest) > 0 {
			if share, err := strconv.ParseFloat(rest[0], 64); err == nil {
				d.Share, rest = share, rest[1:]
			}
		}
		if d.Name = strings.Join(rest, " "); d.Share < 0 || d.Share > 1 {
			return nil, callpace.E(callpace.Invalid, "workdays.bad_line", "line", i+1)
		}
		if _, err := calendar.NewWorking(calendar.WorkRules{Days: []calendar.SpecialDays{d}}); err != nil {
			return nil, callpace.E(callpace.Invalid, "workdays.bad_line", "line", i+1).Because(err)
		}
		out = append(out, d)
	}
	return out, nil
}

func (r *request) takeWorkdays() error {
	f := r.filled()
	rules, err := r.s.State.WorkRules(r.Context(), r.settings.Country)
	if err != nil {
		return err
	}
	rules.Country, rules.Region = f.get("country"), f.get("region")
	if country, _, ok := strings.Cut(rules.Region, "-"); ok && country != rules.Country {
		rules.Region = ""
	}
	rules.Settings, rules.Worked = nil, nil
	if rules.Days, err = specialDays(f.values.Get("days")); err != nil {
		f.faults["days"] = r.reader.Error(err)
		return r.workdaysForm(f.status(nil), f)
	}
	if _, err := calendar.NewWorking(rules); err != nil {
		f.faults["region"] = r.reader.Error(err)
		return r.workdaysForm(f.status(nil), f)
	}
	if err := r.saveSetting(store.WorkRulesSetting, rules, nil); err != nil {
		return err
	}
	return r.redirect(workdaysPath + "?done=saved")
}
