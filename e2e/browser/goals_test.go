package browser

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
)

// seedGoal is a goal of the Croatian seed as somebody types it, with what the
// page must have understood of it.
type seedGoal struct {
	text   string
	target string
	days   func(calendar.Calendar, int64) calendar.Range // nil: a draft, or one that recurs
	draft  bool
}

// months run from today on; days as well.
func months(n int64) func(calendar.Calendar, int64) calendar.Range {
	return func(c calendar.Calendar, today int64) calendar.Range {
		return calendar.Range{From: today, To: c.Add(calendar.Month, today, n)}
	}
}

func days(n int64) func(calendar.Calendar, int64) calendar.Range {
	return func(_ calendar.Calendar, today int64) calendar.Range {
		return calendar.Range{From: today, To: today + n}
	}
}

func yearsEnd(c calendar.Calendar, today int64) calendar.Range {
	return calendar.Range{From: today, To: c.Span(calendar.Year, today).To}
}

func nextQuarter(c calendar.Calendar, today int64) calendar.Range {
	return c.Span(calendar.Quarter, c.Span(calendar.Quarter, today).To)
}

func thisMonth(c calendar.Calendar, today int64) calendar.Range { return c.Span(calendar.Month, today) }

var seedGoals = map[string][]seedGoal{
	"hr": {
		{"1.500 prodaja ovaj mjesec", "1.500", thisMonth, false},
		{"Ostvariti 50 novih prodaja proizvoda X u sljedećih mjesec dana", "50", months(1), false},
		{"Povećati stopu konverzije hladnih poziva za 15% u sljedeća 3 mjeseca", "+15 %", months(3), false},
		{"Generirati 100 kvalificiranih leadova tjedno za odjel prodaje", "100", nil, false},
		{"Povećati prosječnu vrijednost narudžbe za 20%", "+20 %", nil, true},
		{"Smanjiti vrijeme poziva za 10% uz zadržavanje iste stope konverzije", "-10 %", nil, true},
		{"Ostvariti 1000 poziva tjedno po agentu", "1.000", nil, false},
		{"trenutna stopa konverzije 5%, cilj od 6% u sljedećem kvartalu", "6 %", nextQuarter, false},
		{"Ostvariti 1000 novih pretplatnika do kraja godine", "1.000", yearsEnd, false},
		{"Smanjiti vrijeme čekanja klijenata za 30% u sljedećih 60 dana", "-30 %", days(60), false},
	},
	"fa": {
		{"۱۵۰۰ فروش این ماه", "۱٬۵۰۰", thisMonth, false},
		{"افزایش ۱۵٪ نرخ تبدیل تماس‌های سرد در ۳ ماه آینده", "۱۵٪", months(3), false},
		{"۱۰۰ سرنخ واجد شرایط در هفته برای واحد فروش", "۱۰۰", nil, false},
		{"کاهش ۱۰٪ مدت تماس با حفظ نرخ تبدیل", "۱۰٪", nil, true},
		{"۱٬۰۰۰ تماس در هفته به ازای هر کارشناس", "۱٬۰۰۰", nil, false},
		{"نرخ تبدیل از ۵٪ به ۶٪ در فصل آینده", "۶٪", nextQuarter, false},
		{"۱۰۰۰ مشترک جدید تا پایان سال", "۱٬۰۰۰", yearsEnd, false},
		{"کاهش ۳۰ درصد زمان انتظار مشتریان در ۶۰ روز آینده", "۳۰٪", days(60), false},
	},
}

// A new user sets the Croatian seed's goals on the demo company, in Croatian
// and in Persian by the Hijri calendar: typed in one line, told back with the
// dates, saved, listed, with their figures on their pages.
func setSeedGoals(t *testing.T, s *server, password string) {
	for _, x := range []struct {
		lang     string
		calendar facts.Calendar
	}{{"hr", facts.Gregorian}, {"fa", facts.SolarHijri}} {
		t.Run(x.lang, func(t *testing.T) {
			if x.calendar != facts.Gregorian {
				out, err := exec.Command(binary, "settings", "change", "--calendar", string(x.calendar), "--data", s.data, "--quiet").CombinedOutput()
				require.NoError(t, err, "%s", out)
			}
			g := setter(t, s, password, x.lang, x.calendar)
			for i, goal := range seedGoals[x.lang] {
				g.set(goal, i == 0)
			}
			g.check(seedGoals[x.lang])
		})
	}
	for i, lang := range []string{"hr", "fa"} { // when all are set: parts fill pages of the list
		t.Run("divide "+lang, func(t *testing.T) { setter(t, s, password, lang, facts.SolarHijri).divides([]int{20, 8}[i]) })
	}
}

// setter is somebody who has signed in and chosen a language.
func setter(t *testing.T, s *server, password, lang string, by facts.Calendar) *goalSetter {
	t.Helper()
	texts, err := i18n.Open()
	require.NoError(t, err)
	p := open(t, s, 1280, 900, lang)
	p.visit("/sign-in?lang=" + lang)
	p.fill("form.form", "login", "admin@demo.example", "password", password)
	g := &goalSetter{page: p, cal: calendar.New(by, time.Monday), lang: lang}
	g.say = texts.Localizer(lang, g.cal)
	g.speak()
	return g
}

// goalSetter is somebody who sets goals.
type goalSetter struct {
	*page
	lang  string
	cal   calendar.Calendar
	say   i18n.Localizer
	first string // address of the first goal
}

// speak chooses the language in the menu, for all pages that follow.
func (g *goalSetter) speak() {
	g.t.Helper()
	g.do(chromedp.Click(`details:has(form[action="/account/language"]) > summary`, chromedp.ByQuery))
	g.press(`form[action="/account/language"] button[value="` + g.lang + `"]`)
	require.Equal(g.t, g.lang, value[string](g.page, "document.documentElement.lang"))
}

// set types a goal key by key, reads what was understood while typing, and
// saves it.
func (g *goalSetter) set(goal seedGoal, first bool) {
	g.t.Helper()
	g.visit("/goals/new")
	g.types("#text", goal.text)
	g.await(fmt.Sprintf(`(document.querySelector("#understood form input[name=text]") || {}).value === %q`, goal.text))
	told := strings.Join(strings.Fields(g.text("#understood")), " ")
	require.Contains(g.t, plainSpaces(told), goal.target, goal.text)
	if goal.days != nil {
		zone, err := time.LoadLocation("Europe/Zagreb")
		require.NoError(g.t, err)
		span := goal.days(g.cal, facts.DayOf(time.Now().In(zone).Date()))
		for _, day := range []int64{span.From, span.To - 1} {
			require.Contains(g.t, plainSpaces(told), plainSpaces(g.say.Date(day)), goal.text)
		}
	}
	require.Equal(g.t, 5, value[int](g.page, `document.querySelectorAll("#understood .finding").length`), "SMART of %s", goal.text)
	if g.lang == "fa" {
		require.NotRegexp(g.t, `[0-9]`, value[string](g.page, `[...document.querySelectorAll("#understood dd")].map(e => e.textContent).join(" ")`), goal.text)
	}
	g.quiet(goal.text)
	if first {
		require.NotEmpty(g.t, g.pairs("#understood dl.figures"), "how likely it is, while it is typed")
		g.seen("goals_wizard_" + g.lang)
		g.narrow(func() { g.seen("goals_wizard_narrow_" + g.lang) })
	}
	g.press("#understood button.primary")
	path := value[string](g.page, "location.pathname")
	require.Regexp(g.t, `^/goals/\d+$`, path)
	if g.text("h1") != goal.text {
		g.t.Errorf("%q is called %q", goal.text, g.text("h1"))
	}
	if first {
		g.first = path
	}
	g.quiet(path)
}

// check looks at the list and at the first goal's page: its figure is that of
// the KPI for the same days.
func (g *goalSetter) check(set []seedGoal) {
	g.t.Helper()
	g.visit("/goals")
	list := plainSpaces(g.text("main"))
	for _, goal := range set {
		require.Contains(g.t, list, plainSpaces(goal.text))
	}
	g.seen("goals_list_" + g.lang)
	g.visit("/kpi/sales?period=this-month")
	actual := value[string](g.page, `(document.querySelector(".kpi-value") || {textContent: ""}).textContent.trim()`)
	if actual == "" { // the first of a month, which has nothing yet
		actual = g.say.Number(0, 0)
	}
	g.visit(g.first)
	figures := g.pairs("dl.figures")
	require.Equal(g.t, actual, figures[g.say.T("goals.term.actual", nil)], "the goal's figure is the KPI's own")
	require.Equal(g.t, set[0].target, figures[g.say.T("goals.term.target", nil)])
	g.seen("goals_page_" + g.lang)
	for _, page := range []struct{ name, path string }{{"split", g.first + "/split"}, {"fields", "/goals/new?by=fields"}, {"by-objective", "/goals?by=objective"}} {
		g.visit(page.path)
		g.seen("goals_" + page.name + "_" + g.lang)
	}
	if g.lang == "fa" {
		g.visit(g.first)
		require.Equal(g.t, "rtl", value[string](g.page, "document.documentElement.dir"))
		require.Greater(g.t, value[float64](g.page, "document.querySelector('.nav').getBoundingClientRect().left"), 640.0, "the navigation stands on the right")
		require.Regexp(g.t, `[۰-۹]{4}`, g.text("main"))
	}
}

// seen asserts that the page is quiet and open to all, and keeps its picture.
func (g *goalSetter) seen(name string) {
	g.t.Helper()
	require.False(g.t, value[bool](g.page, "document.documentElement.scrollWidth > document.documentElement.clientWidth"), "%s scrolls sideways", name)
	g.quiet(name)
	g.axe(name)
	g.shot(name)
}

// plainSpaces writes all spaces alike.
func plainSpaces(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\n' }), " ")
}

// types writes a text key by key, as an input method does. (chromedp's keys
// take "ć" and other letters for keys of the keyboard's own.)
func (p *page) types(selector, text string) {
	p.t.Helper()
	p.do(chromedp.Focus(selector, chromedp.ByQuery))
	for _, r := range text {
		p.do(input.InsertText(string(r)))
	}
}
