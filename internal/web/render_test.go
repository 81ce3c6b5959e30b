package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
)

// Bounds of a page, however large the company is.
const (
	mostPageBytes = 400 << 10
	mostTableRows = 400
)

// unfilled is a place of a text for which nobody gave a value.
var unfilled = regexp.MustCompile(`\{[a-z_]+\}`)

// anyKey is a message key alone where its text should stand.
var anyKey = regexp.MustCompile(`^[a-z]+(\.[a-z_]+){1,3}$`)

// Every page in every language, of a company that has nothing yet, of a small
// one, and of a huge one (hugeCompany): there,
// each page in two of the languages.
func TestEveryPageInEveryLanguage(t *testing.T) {
	t.Run("empty", func(t *testing.T) { renders(t, emptyCompany(t), 1) })
	t.Run("normal", func(t *testing.T) { s, _ := newMailSite(t); defines(s); renders(t, s, 1) })
	t.Run("huge", func(t *testing.T) { renders(t, hugeCompany(t), 3) })
}

// emptyCompany is as it is after the set-up.
func emptyCompany(t *testing.T) *site {
	s := newEmptySite(t)
	require.NoError(t, s.Folder.Found(t.Context(), ingesttest.Adria))
	for _, p := range people {
		p.Language, p.CreatedAt, p.PasswordAt, p.Password = "en", s.clock.Now(), s.clock.Now(), cheapHash()
		a, err := s.State.Accounts().CreateAccount(t.Context(), p)
		require.NoError(t, err)
		s.ids[auth.Role(p.Role)] = a.ID
	}
	return s
}

// renderedStates are states of pages beside the plain one of each route.
var renderedStates = []string{"/kpi/reach_rate?by=agent&period=2026-11&shrink=1", "/kpi/calls?by=campaign&period=2026-11", "/explore?as=heat&by=team&then=campaign&kpi=calls&period=2026-11", "/explore?as=bar&by=agent&kpi=calls&period=2026-11",
	"/explore?as=line&by=team&kpi=calls&period=2026-11", "/explore?as=scatter&kpi=calls,reach_rate&by=agent&period=2026-11", "/explore?by=agent&then=campaign&kpi=calls&period=2026-11", "/funnel?by=agent&period=2026-11",
	"/today?day=2026-11-20", "/teams/East", "/campaigns/Solar", "/imports/2", "/calls/pbx/4", "/catalogue/own/reached_share", "/catalogue/settings/non_selling_share", "/catalogue/settings/service_level"}

// renders asks for every page there is in the languages, every n-th of the pages in each.
func renders(t *testing.T, s *site, every int) {
	at := append(allPages(s), renderedStates...)
	for i, lang := range i18n.Languages() {
		s.speaks(auth.Admin, lang)
		b := s.as(auth.Admin)
		for n, path := range at {
			if (n+i)%every != 0 {
				continue
			}
			a := b.get(path).follow(b)
			if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				a.rendered(t, lang)
			}
			if a.status >= 500 {
				t.Errorf("%s in %s: %d", path, lang, a.status)
			}
		}
		stranger := s.stranger()
		for _, path := range []string{"/sign-in", "/sign-in/forgot", "/set-up", "/link/x", "/api"} {
			if a := stranger.get(path + "?lang=" + lang); a.status/100 != 3 {
				a.rendered(t, lang)
			}
		}
	}
}

// rendered checks that a page speaks a language, all of it, and is bounded.
func (a *answer) rendered(t *testing.T, lang string) {
	t.Helper()
	what := fmt.Sprintf("%s in %s", a.asked, lang)
	if len(a.body) > mostPageBytes {
		t.Errorf("%s: %d bytes", what, len(a.body))
	}
	if key := keyShown.FindString(a.body); key != "" {
		t.Errorf("%s: a key in place of its text: %s", what, key)
	}
	doc, err := html.Parse(strings.NewReader(a.body))
	require.NoError(t, err, what)
	for n := range doc.Descendants() {
		switch {
		case n.Type == html.TextNode && !ofCode(n):
			text := strings.TrimSpace(n.Data)
			if unfilled.MatchString(text) || anyKey.MatchString(text) && !strings.HasSuffix(text, ".csv") {
				t.Errorf("%s: %q in %s", what, text, placeOf(n.Parent))
			}
		case n.Type != html.ElementNode:
		case n.Data == "html":
			tag, dir := lang, "ltr"
			if lang == "zh" {
				tag = "zh-Hans"
			}
			if lang == "fa" {
				dir = "rtl"
			}
			if attribute(n, "lang") != tag || attribute(n, "dir") != dir {
				t.Errorf("%s: %v", what, n.Attr)
			}
		case n.Data == "tbody":
			rows := 0
			for c := range n.ChildNodes() {
				if c.Data == "tr" {
					rows++
				}
			}
			if rows > mostTableRows {
				t.Errorf("%s: %d rows in %s", what, rows, placeOf(n))
			}
		default:
			for _, name := range []string{"aria-label", "title", "placeholder", "alt", "label"} {
				if text := attribute(n, name); unfilled.MatchString(text) || anyKey.MatchString(text) {
					t.Errorf("%s: %s=%q of %s", what, name, text, placeOf(n))
				}
			}
		}
	}
}

// ofCode tells text that is not of a language: data, formulas, what was typed.
func ofCode(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		switch p.Data {
		case "script", "code", "pre", "textarea", "style", "option", "bdi":
			return true
		}
	}
	return false
}
