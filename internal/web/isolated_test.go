package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/callpace/callpace/internal/auth"
)

// Names of both directions in one, as they come from mixed rosters.
const (
	mixedAgent    = "علی Kovač 12"
	mixedTeam     = "تیم B-7"
	mixedCampaign = "کمپین Solar (2)"
)

func mixedSite(t *testing.T) *site {
	s := newSite(t)
	s.imports("mixed", "mixed.csv", `{version: 1, key: agent, facts: {roster: {agent: agent, alias: extension, alias_source: {value: pbx}, team: team}}}`,
		"agent,extension,team\n"+mixedAgent+",201,"+mixedTeam+"\nŞtefan Țîrlea,202,"+mixedTeam+"\n")
	s.imports("pbx", "mixed-calls.csv", callsMapping, "id,started,ext,phone,campaign,disposition,talk\nm1,2026-11-20 09:00:00,201,+989121234567,"+mixedCampaign+",sale,100\nm2,2026-11-20 09:30:00,202,+385911111177,"+mixedCampaign+",sale,100\n")
	return s
}

// Names and numbers stand in elements of their own direction, so that they
// scramble nothing around them.
func TestNamesAreIsolated(t *testing.T) {
	s := mixedSite(t)
	for _, lang := range []string{"en", "fa"} {
		s.speaks(auth.Admin, lang)
		b := s.as(auth.Admin)
		for _, path := range []string{"/agents?period=2026-11-20", "/agents/" + url.PathEscape(mixedAgent) + "?period=2026-11-20", "/teams/" + url.PathEscape(mixedTeam) + "?period=2026-11-20",
			"/campaigns?period=2026-11-20", "/today?day=2026-11-20", "/funnel?by=agent&period=2026-11-20", "/kpi/calls?by=agent&period=2026-11-20", "/kpi/calls/rows?period=2026-11-20",
			"/explore?kpi=calls&by=agent&then=campaign&period=2026-11-20", "/calls?period=2026-11-20", "/calls/pbx/m1", "/settings/teams"} {
			doc, err := html.Parse(strings.NewReader(b.get(path).has(200).body))
			require.NoError(t, err)
			for n := range doc.Descendants() {
				if n.Type != html.TextNode || ofCode(n) || ownDirection(n) {
					continue
				}
				for _, name := range []string{mixedAgent, mixedTeam, mixedCampaign, "989121234567"} {
					if strings.Contains(n.Data, name) && !strings.Contains(n.Data, "\u2068"+name) {
						t.Errorf("%s in %s: %q stands in %s: %q", path, lang, name, placeOf(n.Parent), n.Data)
					}
				}
			}
		}
	}
}

// ownDirection tells text in an element of its own direction, or in the window's title.
func ownDirection(n *html.Node) bool {
	for p := n.Parent; p != nil && p.Data != "main" && p.Data != "body"; p = p.Parent {
		if p.Data == "bdi" || p.Data == "title" || attribute(p, "dir") != "" && p.Data != "html" {
			return true
		}
	}
	return false
}

// A search finds what is meant however it is typed: letters of the other
// keyboard, cedilla or comma, digits of any script.
func TestSearchFolds(t *testing.T) {
	s := mixedSite(t)
	b := s.as(auth.Manager)
	f := func(search, id string) {
		t.Helper()
		b.get("/calls?q="+url.QueryEscape(search)).has(200, `/calls/pbx/`+id+`"`)
	}
	f("علي", "m1") // Arabic ye for the Persian one
	f("kovac", "m1")
	f("KOVAČ ۱۲", "m1")
	f("+٩٨ ٩١٢ ١٢٣ ٤٥٦٧", "m1")
	f("ștefan", "m2")
	f("ţirlea", "m2")
	f("+٣٨٥ ٩١ ١١١ ١١٧٧", "m2")
}
