package browser

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tour are the pages that a manager goes through.
var tour = []string{"/", "/today", "/kpi/appointment_rate", "/explore", "/funnel", "/campaigns", "/agents", "/leads", "/calls", "/imports", "/catalogue", "/catalogue/own", "/catalogue/new", "/catalogue/settings/service_level", "/settings/organisation", "/settings/erase", "/account", "/goals", "/plan", "/scorecard", "/me", "/mail/preview", "/api", "/design"}

// The demo company as it is made, and then with goals of its own.
func TestDemoCompany(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo company takes a while")
	}
	s := start(t, t.TempDir(), listening, "demo", "--keep")
	password := s.said(`admin@demo\.example with the password (\S+)`)
	require.NotNil(t, password)
	t.Run("tour", func(t *testing.T) { takeTour(t, s, password[1]) })
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
