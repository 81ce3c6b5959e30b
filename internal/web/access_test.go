package web

import (
	_ "embed"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/store"
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
	f(auth.Lead, "/names/agent?agent=", []string{"Ana", "Boris"}, []string{"Cvita", "Dino"})
	none(auth.Agent, "/calls/pbx/3")
	none(auth.Lead, "/calls/pbx/5")
	none(auth.Lead, "/agents/Cvita")
	none(auth.Lead, "/teams/West")
	f(auth.Lead, "/agents/Ana", []string{"Ana"}, nil)
	f(auth.Manager, "/agents/Cvita", []string{"Cvita"}, nil)
}

// scopeTable says of each route that names something whose it may be: what
// agent, lead and manager get of their own, of their team's and of another team's.
// Of routes marked "nobody's" the permission is all there is to tell. An account
// of the team's, for what belongs to accounts, is a lead's agent and an agent's lead.
//
//go:embed testdata/scope.txt
var scopeTable string

// What is of one's own, of one's team and of another team, by every route that
// names it, those that change something included: what is not to be seen is as if
// it did not exist.
func TestScopeOfNamedThings(t *testing.T) {
	s := newSite(t)
	things := s.thingsOf()
	lines := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(scopeTable), "\n") {
		cells := strings.Split(line, "|")
		lines[strings.TrimSpace(cells[0])] = cells[1:]
	}
	for _, r := range s.routes() {
		if r.anyone || !strings.Contains(strings.ReplaceAll(r.pattern, "{$}", ""), "{") {
			continue
		}
		cells, ok := lines[r.pattern]
		require.True(t, ok, "%s has no line in testdata/scope.txt", r.pattern)
		delete(lines, r.pattern)
		if strings.TrimSpace(cells[0]) == "nobody's" {
			continue
		}
		method, path, _ := strings.Cut(r.pattern, " ")
		form := func() (pairs []string) {
			for _, pair := range strings.Fields(cells[3]) {
				name, value, _ := strings.Cut(pair, "=")
				pairs = append(pairs, name, strings.ReplaceAll(value, "#", strconv.Itoa(s.clock.tick()))) // no name twice
			}
			return pairs
		}
		for i, role := range []auth.Role{auth.Agent, auth.Lead, auth.Manager} {
			var got []string
			for whose := range 3 {
				b, at := s.as(role), path
				for _, name := range slices.Sorted(maps.Keys(things)) { // the longest last
					if strings.HasPrefix(path, name) {
						at = things[name](role, whose) + strings.TrimPrefix(path, name)
					}
				}
				require.NotContains(t, at, "{", r.pattern)
				if method == http.MethodGet {
					got = append(got, strconv.Itoa(b.get(at).status))
					continue
				}
				got = append(got, strconv.Itoa(b.post(at, form()...).status))
			}
			assert.Equal(t, strings.Fields(cells[i]), got, "%s as %s", r.pattern, role)
		}
	}
	require.Empty(t, lines, "lines without a route")
}

// thingsOf makes things of one's own (0), of one's team (1) and of another team
// (2), each time a new one where a request may change it, and gives their addresses.
func (s *site) thingsOf() map[string]func(role auth.Role, whose int) string {
	ctx := s.t.Context()
	s.Recordings = s.t.TempDir()
	require.NoError(s.t, os.WriteFile(filepath.Join(s.Recordings, "r.wav"), make([]byte, 1000), 0o600))
	s.imports("pbx", "recordings.csv", recordingsMapping,
		"id,started,ext,file\nr0,2026-11-20 10:00:00,101,r.wav\nr1,2026-11-20 11:00:00,102,r.wav\nr2,2026-11-20 11:00:00,103,r.wav\n")
	agents, teams := [3]string{"Ana", "Boris", "Cvita"}, [3]string{"East", "East", "West"}
	account := func(role auth.Role, whose int) string {
		others := map[auth.Role]auth.Role{auth.Agent: auth.Lead, auth.Lead: auth.Agent, auth.Manager: auth.Lead}
		return s.ids[[3]auth.Role{role, others[role], auth.Admin}[whose]]
	}
	goal := func(scope string) string {
		a := s.as(auth.Manager).post("/goals/new", "text", "20 calls this month "+scope)
		at, _, _ := strings.Cut(a.header.Get("Location"), "?")
		return at
	}
	now := s.clock.Now()
	return map[string]func(auth.Role, int) string{
		"/calls/{source}/{id}": func(_ auth.Role, whose int) string { return "/calls/pbx/r" + strconv.Itoa(whose) },
		"/agents/{name}":       func(_ auth.Role, whose int) string { return "/agents/" + agents[whose] },
		"/teams/{name}":        func(_ auth.Role, whose int) string { return "/teams/" + teams[whose] },
		"/goals/{id}":          func(_ auth.Role, whose int) string { return goal("agent=" + agents[whose]) },
		"/goals/{id}/split":    func(_ auth.Role, whose int) string { return goal("team="+teams[whose]) + "/split" },
		"/kpi/{kpi}/annotations/{id}": func(_ auth.Role, whose int) string {
			a, err := s.State.Annotations().CreateAnnotation(ctx, store.Annotation{FromDay: 20_000, ToDay: 20_000, Kind: "other", Text: "x", Team: teams[whose], AuthorID: s.ids[auth.Manager], CreatedAt: now})
			require.NoError(s.t, err)
			return "/kpi/calls/annotations/" + a.ID
		},
		"/corrections/{id}": func(_ auth.Role, whose int) string {
			c, err := s.State.Corrections().CreateCorrection(ctx, store.Correction{Subject: "x", Agent: agents[whose], Team: teams[whose], Text: "x", AuthorID: s.ids[auth.Agent], CreatedAt: now})
			require.NoError(s.t, err)
			return "/corrections/" + c.ID
		},
		"/explore/views/{id}": func(role auth.Role, whose int) string {
			v, err := s.State.Views().CreateView(ctx, store.View{OwnerID: account(role, whose), Page: pageOfViews, Name: "v" + strconv.Itoa(s.clock.tick()), UpdatedAt: now})
			require.NoError(s.t, err)
			return "/explore/views/" + v.ID
		},
		"/account/sessions/{id}": func(role auth.Role, whose int) string {
			id := "session" + strconv.Itoa(s.clock.tick())
			x, err := s.State.Sessions().CreateSession(ctx, store.Session{ID: id, Hash: id, AccountID: account(role, whose), Stage: store.StageOpen, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)})
			require.NoError(s.t, err)
			return "/account/sessions/" + x.ID
		},
		"/account/tokens/{id}": func(role auth.Role, whose int) string {
			x, err := s.State.Tokens().CreateToken(ctx, store.Token{Hash: "token" + strconv.Itoa(s.clock.tick()), Name: "t", AccountID: account(role, whose), Role: string(auth.Agent), CreatedAt: now, ExpiresAt: now.Add(time.Hour)})
			require.NoError(s.t, err)
			return "/account/tokens/" + x.ID
		},
	}
}
