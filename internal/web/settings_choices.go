package web

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/collate"
	"golang.org/x/text/language/display"

	textlang "golang.org/x/text/language"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
)

// zoneNames are the zones of the IANA database that a country uses today, and UTC.
//
//go:embed settings_zones.txt
var zoneNames string

// zones are the time zones to choose from, by continent.
func zones(selected string) []formGroup {
	var out []formGroup
	known := false
	for _, name := range strings.Fields(zoneNames) {
		continent, place, ok := strings.Cut(name, "/")
		if !ok {
			continent, place = "", name
		}
		if len(out) == 0 || out[len(out)-1].Label != continent {
			out = append(out, formGroup{Label: continent})
		}
		g := &out[len(out)-1]
		g.Options = append(g.Options, formOption{name, strings.ReplaceAll(place, "_", " "), name == selected})
		known = known || name == selected
	}
	if !known && selected != "" { // an older name, from the command line
		out = append([]formGroup{{Options: []formOption{{selected, selected, true}}}}, out...)
	}
	return out
}

// countries are those with telephone numbers, by name in the reader's language.
func (r *request) countries(selected string) []formGroup {
	tag := textlang.Make(r.reader.Lang())
	names := display.Regions(tag)
	g := formGroup{Options: []formOption{}}
	for code := range phonenumbers.GetSupportedRegions() {
		name := code
		if region, err := textlang.ParseRegion(code); err == nil && names != nil {
			if n := names.Name(region); n != "" {
				name = n
			}
		}
		g.Options = append(g.Options, formOption{code, name, code == selected})
	}
	order := collate.New(tag)
	slices.SortFunc(g.Options, func(a, b formOption) int {
		if c := order.CompareString(a.Label, b.Label); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
	none := formOption{"", r.reader.Text("settings.no_country"), selected == ""}
	return []formGroup{{Options: append([]formOption{none}, g.Options...)}}
}

// currencies are suggestions; any code of ISO 4217 is taken.
var currencies = []string{"EUR", "UAH", "RON", "IRR", "CNY", "USD", "GBP", "CHF", "BAM", "RSD", "HUF", "PLN", "CZK", "TRY", "AED", "AFN"}

func (r *request) weekdays(selected time.Weekday) []formGroup {
	var pairs []string
	for i := 1; i <= 7; i++ {
		pairs = append(pairs, strconv.Itoa(i%7), r.reader.Text("weekday."+strconv.Itoa(i)))
	}
	return choices(strconv.Itoa(int(selected)), pairs...)
}

func (r *request) calendars(selected facts.Calendar) []formGroup {
	return choices(string(selected), string(facts.Gregorian), r.reader.Text("settings.gregorian"), string(facts.SolarHijri), r.reader.Text("settings.hijri"))
}

func (r *request) languageOptions(selected string) []formGroup {
	var pairs []string
	for _, lang := range i18n.Languages() {
		pairs = append(pairs, lang, r.s.Texts.Localizer(lang, r.calendar()).T("language.self", nil))
	}
	return choices(selected, pairs...)
}

// usual is what an organisation probably wants whose first admin reads a language.
func usual(lang string) facts.Settings {
	s := facts.Settings{Zone: "UTC", Currency: "EUR", WeekStart: time.Monday, Calendar: facts.Gregorian, CreditDays: 30, CallbackMinutes: 60}
	switch lang {
	case "hr":
		s.Zone, s.Country = "Europe/Zagreb", "HR"
	case "uk":
		s.Zone, s.Country, s.Currency = "Europe/Kyiv", "UA", "UAH"
	case "ro":
		s.Zone, s.Country, s.Currency = "Europe/Bucharest", "RO", "RON"
	case "fa":
		s.Zone, s.Country, s.Currency, s.WeekStart, s.Calendar = "Asia/Tehran", "IR", "IRR", time.Saturday, facts.SolarHijri
	case "zh":
		s.Zone, s.Country, s.Currency = "Asia/Shanghai", "CN", "CNY"
	}
	return s
}
