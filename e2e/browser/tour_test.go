package browser

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/stretchr/testify/require"
)

// tour are the pages that a manager goes through.
var tour = []string{"/", "/today", "/kpi/appointment_rate", "/explore", "/funnel", "/campaigns", "/agents", "/leads", "/calls", "/imports", "/catalogue", "/catalogue/own", "/catalogue/new", "/catalogue/settings/service_level", "/settings/organisation", "/settings/erase", "/account", "/goals", "/plan", "/scorecard", "/me", "/mail/preview", "/api", "/design"}

// others are pages that the tour leaves out: they are judged in every language, too.
var others = []string{"/settings/accounts", "/settings/accounts/new", "/settings/teams", "/settings/dispositions", "/settings/focus", "/settings/roles", "/settings/calendar",
	"/settings/mail", "/settings/audit", "/corrections", "/imports/new", "/imports/watch", "/imports/1", "/inputs/1/withdraw", "/kpi/appointment_rate/rows", "/goals/new"}

// linked are pages of one agent, one call and the like: the first that a page leads to.
var linked = []struct{ from, to string }{{"/agents", "/agents/"}, {"/agents", "/teams/"}, {"/campaigns", "/campaigns/"}, {"/calls", "/calls/"},
	{"/imports", "/imports/sources/"}, {"/settings/accounts", "/settings/accounts/"}}

// The demo company as it is made, and then with goals of its own.
func TestDemoCompany(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo company takes a while")
	}
	s := start(t, t.TempDir(), listening, "demo", "--keep")
	password := s.said(`admin@demo\.example with the password (\S+)`)
	require.NotNil(t, password)
	t.Run("tour", func(t *testing.T) { takeTour(t, s, password[1]) })
	t.Run("others", func(t *testing.T) { seeOthers(t, s, password[1]) })
	t.Run("goals", func(t *testing.T) { setSeedGoals(t, s, password[1]) })
}

// takeTour goes through the pages in every language: each stands, in its
// language and direction, quiet and open to all, on a wide screen and a phone.
func takeTour(t *testing.T, s *server, password string) {
	for _, lang := range []string{"en", "hr", "uk", "fa", "ro", "zh"} {
		t.Run(lang, func(t *testing.T) {
			for _, size := range []struct {
				name          string
				width, height int
			}{{"wide", 1280, 900}, {"phone", 390, 844}} {
				if size.name == "phone" && lang != "en" && lang != "fa" {
					continue // a phone differs by direction, not by words
				}
				p := open(t, s, size.width, size.height, lang)
				p.visit("/sign-in?lang=" + lang)
				require.True(t, strings.HasPrefix(value[string](p, "document.documentElement.lang"), lang), "the sign-in page already speaks %s", lang)
				p.fill("form.form", "login", "admin@demo.example", "password", password)
				for _, path := range tour {
					where := lang + " " + size.name + " " + path
					p.visit(path + "?lang=" + lang)
					require.True(t, strings.HasPrefix(value[string](p, "document.documentElement.lang"), lang), where)
					require.Equal(t, lang == "fa", value[string](p, "document.documentElement.dir") == "rtl", where)
					require.False(t, value[bool](p, "document.documentElement.scrollWidth > document.documentElement.clientWidth"), "%s scrolls sideways", where)
					p.quiet(where)
					p.still(where)
					p.axe(where)
					p.shot(strings.Join([]string{lang, size.name, strings.Trim(strings.ReplaceAll(path, "/", "-"), "-")}, "_"))
				}
				if lang == "fa" && size.name == "wide" {
					p.visit("/?lang=fa")
					require.Greater(t, value[float64](p, "document.querySelector('.nav').getBoundingClientRect().left"), 640.0, "the navigation stands on the right")
					require.Regexp(t, `[۰-۹]`, p.text(".kpi-value"))
				}
			}
		})
	}
}

// seeOthers has the pages that the tour leaves out judged in every language, and
// all pages in the dark.
func seeOthers(t *testing.T, s *server, password string) {
	paths := slices.Clone(others)
	for _, lang := range []string{"en", "hr", "uk", "fa", "ro", "zh"} {
		p := open(t, s, 1280, 900, lang)
		p.visit("/sign-in?lang=" + lang)
		p.fill("form.form", "login", "admin@demo.example", "password", password)
		if lang == "en" {
			for _, l := range linked {
				paths = append(paths, p.leadsTo(l.from, l.to))
			}
		}
		for _, path := range paths {
			p.visit(path + "?lang=" + lang)
			p.quiet(lang + " " + path)
			p.axe(lang + " " + path)
		}
		if lang != "en" {
			continue
		}
		p.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
		for _, path := range slices.Concat(tour, paths) {
			p.visit(path)
			p.quiet("dark " + path)
			p.axe("dark " + path)
			p.shot("dark_" + strings.Trim(strings.ReplaceAll(path, "/", "-"), "-"))
		}
	}
}

// leadsTo gives the first address on a page that begins so.
func (p *page) leadsTo(from, to string) string {
	p.t.Helper()
	p.visit(from)
	path := evaluate[string](p, `(to) => [...document.querySelectorAll("main a:not([download])")].map(a => a.getAttribute("href").split(/[?#]/)[0]).find(href => href.startsWith(to) && href !== to && !href.endsWith("/new")) ?? ""`, to)
	require.NotEmpty(p.t, path, "%s leads to no %s", from, to)
	return path
}
