package web

import (
	_ "embed"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
)

// accessTable says for each route who may ask for it: a letter a role, in the
// order agent, lead, qa, analyst, manager, admin; "anyone" is everybody, also
// without an account. It is written by hand, so that a permission given by
// mistake shows.
//
//go:embed testdata/access.txt
var accessTable string

var accessLetters = []struct {
	letter string
	role   auth.Role
}{{"a", auth.Agent}, {"l", auth.Lead}, {"q", auth.QA}, {"n", auth.Analyst}, {"m", auth.Manager}, {"d", auth.Admin}}

// A route without a line in the table fails, and so does one that answers a
// role otherwise than its line says.
func TestAccess(t *testing.T) {
	expected := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(accessTable), "\n") {
		who, pattern, ok := strings.Cut(line, " ")
		require.True(t, ok, line)
		expected[strings.TrimSpace(pattern)] = who
	}
	s := newSite(t)
	browsers := map[auth.Role]*browser{}
	for _, x := range accessLetters {
		browsers[x.role] = s.as(x.role)
	}
	for _, r := range s.routes() {
		who, ok := expected[r.pattern]
		require.True(t, ok, "%s has no line in testdata/access.txt", r.pattern)
		delete(expected, r.pattern)
		if who == "anyone" {
			require.True(t, r.anyone, r.pattern)
			continue
		}
		require.False(t, r.anyone, r.pattern)
		method, path, _ := strings.Cut(r.pattern, " ")
		path = example(path)
		for _, x := range accessLetters {
			// The permission is looked at without what the route would do: some of it cannot be undone.
			may := auth.Role(x.role).Permissions().Has(r.needs)
			require.Equal(t, strings.Contains(who, x.letter), may, "%s as %s", r.pattern, x.role)
			if may && method != http.MethodGet {
				continue
			}
			b := browsers[x.role]
			var a *answer
			if method == http.MethodGet {
				a = b.get(path)
			} else {
				a = b.post(path)
			}
			if may {
				require.NotEqual(t, http.StatusForbidden, a.status, "%s as %s", r.pattern, x.role)
				require.Less(t, a.status, 500, "%s as %s: %s", r.pattern, x.role, a.body)
			} else {
				require.Equal(t, http.StatusForbidden, a.status, "%s as %s", r.pattern, x.role)
			}
		}
		stranger := s.stranger()
		if method == http.MethodGet {
			require.Equal(t, http.StatusSeeOther, stranger.get(path).status, "%s without an account", r.pattern)
		} else {
			require.Contains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, stranger.post(path).status, "%s without an account", r.pattern)
		}
	}
	require.Empty(t, expected, "lines without a route")
}

// example fills a pattern's wildcards.
func example(path string) string {
	return strings.NewReplacer("{$}", "", "{kpi}", "calls", "{name}", "Ana", "{source}", "pbx", "{id}", "1", "{input}", "1", "{token}", "x", "{what}", "add", "{role}", "lead", "{part}", "1").Replace(path)
}

// What belongs to somebody else does not come by asking for it by name: own
// calls and people are there, the others are as if they did not exist.
func TestScope(t *testing.T) {
	s := newSite(t)
	f := func(role auth.Role, path string, seen, unseen []string) {
		t.Helper()
		s.as(role).get(path).has(200, seen...).lacks(unseen...)
	}
	none := func(role auth.Role, path string) {
		t.Helper()
		a := s.as(role).get(path)
		require.Contains(t, []int{http.StatusNotFound, http.StatusForbidden}, a.status, "%s as %s: %s", path, role, a.body)
	}
	f(auth.Agent, "/kpi/calls?period=2026-11&by=agent", []string{"Ana"}, []string{"Boris", "Cvita", "Dino"})
	f(auth.Lead, "/kpi/calls?period=2026-11&by=agent", []string{"Ana", "Boris"}, []string{"Cvita", "Dino"})
	f(auth.Manager, "/kpi/calls?period=2026-11&by=agent", []string{"Ana", "Boris", "Cvita", "Dino"}, nil)
	// A filter that names others finds nobody.
	f(auth.Agent, "/kpi/calls?period=2026-11&by=agent&agent=Cvita", nil, []string{"119111111"})
	f(auth.Agent, "/calls?period=2026-11", []string{"5911111101"}, []string{"5911111103", "5911111105"})
	f(auth.Lead, "/calls?period=2026-11", []string{"5911111101", "5911111103"}, []string{"5911111105"})
	f(auth.Manager, "/calls?period=2026-11", []string{"5911111101", "5911111105"}, nil)
	none(auth.Agent, "/calls/pbx/3")
	none(auth.Lead, "/calls/pbx/5")
	none(auth.Lead, "/agents/Cvita")
	none(auth.Lead, "/teams/West")
	f(auth.Lead, "/agents/Ana", []string{"Ana"}, nil)
	f(auth.Manager, "/agents/Cvita", []string{"Cvita"}, nil)
}

// What is of one's own, of one's team and of another team, by routes that name
// it, those that change something included: what is not to be seen is as if it
// did not exist, whatever the form holds.
func TestScopeOfNamedThings(t *testing.T) {
	s := newSite(t)
	calls, agents := [3]string{"/calls/pbx/1", "/calls/pbx/3", "/calls/pbx/5"}, [3]string{"/agents/Ana", "/agents/Boris", "/agents/Cvita"}
	for _, x := range []struct {
		method, end          string
		of                   [3]string // own, team's, other team's
		agent, lead, manager [3]int
	}{
		{"GET", "", calls, [3]int{200, 404, 404}, [3]int{200, 200, 404}, [3]int{200, 200, 200}},
		{"POST", "/notes", calls, [3]int{400, 404, 404}, [3]int{400, 400, 404}, [3]int{400, 400, 400}}, // 400: nothing is written
		{"POST", "/corrections", calls, [3]int{400, 404, 404}, [3]int{400, 400, 404}, [3]int{400, 400, 400}},
		{"GET", "", agents, [3]int{200, 404, 404}, [3]int{200, 200, 404}, [3]int{200, 200, 200}},
		{"POST", "/draw", agents, [3]int{403, 403, 403}, [3]int{303, 303, 404}, [3]int{303, 303, 303}},
	} {
		for role, want := range map[auth.Role][3]int{auth.Agent: x.agent, auth.Lead: x.lead, auth.Manager: x.manager} {
			b := s.as(role)
			for i, at := range x.of {
				a := b.get
				if x.method == http.MethodPost {
					a = func(path string) *answer { return b.post(path) }
				}
				require.Equal(t, want[i], a(at+x.end).status, "%s %s as %s", x.method, at+x.end, role)
			}
		}
	}
}
