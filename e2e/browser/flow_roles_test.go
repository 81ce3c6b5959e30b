package browser

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Six calls of three people.
const teamCalls = `call_id,started_at,agent,direction,phone,result,talk_seconds
1,2024-03-04 09:00:00,Ana,outbound,+385911111111,sale,60
2,2024-03-04 10:00:00,Ana,outbound,+385911111112,not_interested,61
3,2024-03-05 09:00:00,Ana,outbound,+385911111113,no_answer,0
4,2024-03-05 10:00:00,Boris,outbound,+385911111114,sale,63
5,2024-03-06 09:00:00,Boris,outbound,+385911111115,not_interested,64
6,2024-03-06 10:00:00,Cvita,outbound,+385911111116,not_interested,65
`

// formTeams takes calls of agents in, and says in which teams these are.
func (f *flow) formTeams() {
	file := filepath.Join(f.t.TempDir(), "dialler.csv")
	require.NoError(f.t, os.WriteFile(file, []byte(teamCalls), 0o600))
	f.upload(file)
	require.Equal(f.t, "calls.agent", value[string](f.page, fmt.Sprintf("document.querySelector('#%s').value", f.column("agent"))))
	f.change("#source", "dialler")
	f.do(chromedp.WaitVisible("#preview .status.good", chromedp.ByQuery))
	f.kept("mapping-agents")
	f.press(`[name=do][value=import].primary`)
	f.await(`document.querySelector("#job:not([aria-busy])") !== null`)
	require.Equal(f.t, "6", f.pairs("#job")["New"])

	const alias = `form[action="/settings/teams/alias"]`
	for left := 3; left > 0; left-- {
		f.visit("/settings/teams")
		require.Equal(f.t, left, value[int](f.page, fmt.Sprintf("document.querySelectorAll(%q).length", alias)), "spellings to resolve")
		f.press(alias + " button")
	}
	for agent, team := range map[string]string{"Ana": "East", "Boris": "East", "Cvita": "West"} {
		f.visit("/settings/teams")
		f.fill(`form[action="/settings/teams/member"]`, "agent", agent, "team", team, "from", "2024-01-01")
	}
	f.visit("/settings/teams")
	f.kept("teams")
}

// role is what somebody may see of the three people's calls.
type role struct {
	name, agent, team string
	scope             string
	calls             map[string]string // by agent
	refused           map[string]int64  // status by path
	opened            []string
}

var (
	everybody = map[string]string{"Ana": "3", "Boris": "2", "Cvita": "1"}
	roles     = []role{
		{"agent", "Ana", "", "you see Ana", map[string]string{"Ana": "3"},
			map[string]int64{"/agents": http.StatusForbidden, "/agents/Boris": http.StatusNotFound, "/campaigns": http.StatusForbidden, "/imports": http.StatusForbidden, "/settings/accounts": http.StatusForbidden, "/kpi/calls/export": http.StatusForbidden},
			[]string{"/me", "/today", "/agents/Ana"}},
		{"lead", "", "East", "you see team East", map[string]string{"Ana": "3", "Boris": "2"},
			map[string]int64{"/agents/Cvita": http.StatusNotFound, "/teams/West": http.StatusNotFound, "/imports": http.StatusForbidden, "/settings/organisation": http.StatusForbidden},
			[]string{"/agents", "/agents/Boris", "/teams/East"}},
		{"qa", "", "", "you see everything", everybody,
			map[string]int64{"/imports": http.StatusForbidden, "/kpi/calls/export": http.StatusForbidden, "/settings/audit": http.StatusForbidden}, []string{"/agents/Cvita"}},
		{"analyst", "", "", "you see everything", everybody,
			map[string]int64{"/settings/accounts": http.StatusForbidden, "/corrections": http.StatusForbidden}, []string{"/imports", "/explore"}},
		{"manager", "", "", "you see everything", everybody,
			map[string]int64{"/settings/accounts": http.StatusForbidden, "/settings/audit": http.StatusForbidden}, []string{"/imports", "/corrections"}},
	}
)

// seeByRole invites somebody of each role, who sets a password, signs in, and
// sees what the role may see.
func (f *flow) seeByRole() {
	theirs := &flow{open(f.t, f.server, 1280, 900, "en"), f.t}
	for _, r := range roles {
		login := r.name + "@adria.example"
		theirs.acceptInvitation(f.invite(r, login))
		theirs.signIn(login)
		require.Equal(f.t, "callpace "+r.name, theirs.text(".top details > summary bdi"), "whose session it is")
		theirs.sees(r)
		theirs.signOut()
	}
}

// invite gives the link that somebody is sent.
func (f *flow) invite(r role, login string) string {
	f.visit("/settings/accounts/new")
	if r.team != "" {
		f.set(fmt.Sprintf("[name=teams][value=%q]", r.team), "yes")
	}
	fields := []string{"name", "callpace " + r.name, "login", login, "role", r.name, "language", "en"}
	if r.agent != "" {
		fields = append(fields, "agent", r.agent)
	}
	f.fill("main form.form", fields...)
	link := f.lines("#secret")
	require.Len(f.t, link, 1)
	require.True(f.t, strings.HasPrefix(link[0], f.server.url+"/link/"), link[0])
	f.quiet("invitation")
	return strings.TrimPrefix(link[0], f.server.url)
}

func (f *flow) acceptInvitation(link string) {
	f.visit(link)
	f.fill("form.form", "password", passphrase)
	require.Equal(f.t, "/sign-in", value[string](f.page, "location.pathname"))
	f.quiet("accepted invitation")
}

// sees asserts what a role sees, and what is kept from it.
func (f *flow) sees(r role) {
	f.t.Helper()
	require.Equal(f.t, r.scope, f.text(".top .scope"))
	f.kept("role-" + r.name)
	total := 0
	for _, n := range r.calls {
		total += int(n[0] - '0')
	}
	const march = "from=2024-03-01&to=2024-03-31&compare=none"
	f.visit("/kpi/calls?by=agent&" + march)
	require.Equal(f.t, fmt.Sprint(total), f.text(".kpi-value"), r.name)
	got := map[string]string{}
	for _, row := range f.table("#parts-card table") {
		got[row[0]] = row[1]
	}
	require.Equal(f.t, r.calls, got, r.name)
	f.kept("role-" + r.name + "-calls")
	f.visit("/kpi/calls/rows?" + march)
	require.Len(f.t, f.table("#rows-card table"), total, r.name)
	for _, path := range r.opened {
		require.Equal(f.t, int64(http.StatusOK), f.status(path), "%s %s", r.name, path)
		f.quiet(r.name + " " + path)
	}
	for path, status := range r.refused {
		f.refused(path, status)
	}
	f.visit("/")
	f.quiet(r.name)
}

// status visits a path and gives the status of its answer.
func (f *flow) status(path string) int64 {
	f.t.Helper()
	response, err := chromedp.RunResponse(f.ctx, chromedp.Navigate(f.server.url+path))
	require.NoError(f.t, err)
	f.do(chromedp.WaitReady("main"))
	return response.Status
}

// refused asserts that a path is kept from the reader, and that the page says
// so. The browser reports such a status by itself, and nothing else.
func (f *flow) refused(path string, status int64) {
	f.t.Helper()
	require.Equal(f.t, status, f.status(path), path)
	said := f.text("main .empty.bad")
	if status == http.StatusForbidden {
		require.Contains(f.t, said, "Your role does not allow this.", path)
	}
	f.mu.Lock()
	f.reported = slices.DeleteFunc(f.reported, func(s string) bool {
		return strings.Contains(s, fmt.Sprintf("a status of %d", status)) && strings.Contains(s, path)
	})
	f.mu.Unlock()
	f.quiet("refused " + path)
}
