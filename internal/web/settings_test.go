package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
)

// code is what an authenticator app shows (RFC 6238).
func code(t *testing.T, secret string, now time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	require.NoError(t, err)
	mac := hmac.New(sha1.New, key)
	require.NoError(t, binary.Write(mac, binary.BigEndian, now.Unix()/30))
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[19]&0xf:])&0x7fffffff%1_000_000)
}

// Every route of the settings is an admin's alone.
func TestSettingsAreTheAdmins(t *testing.T) {
	s := newSite(t)
	for _, role := range []auth.Role{auth.Agent, auth.Lead, auth.QA, auth.Analyst, auth.Manager} {
		b := s.as(role)
		for _, rt := range accountRoutes() {
			method, path, _ := strings.Cut(rt.pattern, " ")
			if !strings.HasPrefix(path, "/settings") {
				continue
			}
			path = strings.NewReplacer("{id}", s.ids[auth.Admin], "{what}", "disable").Replace(path)
			if method == "GET" {
				b.get(path).has(403)
			} else {
				b.post(path).has(403)
			}
		}
	}
}

var organisation = []string{"organisation", "Adria Two", "language", "hr", "see_peers", "yes", "country", "HR", "zone", "Europe/Zagreb", "currency", "EUR",
	"calendar", "gregorian", "week_start", "1", "credit_days", "30", "callback_minutes", "60", "answered_seconds", "0"}

func TestOrganisation(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	b.get("/settings").goes("/settings/organisation")
	b.get("/settings/organisation").has(200, "Adria Test")
	b.post("/settings/organisation", but(organisation, "credit_days", "many")...).has(422, "Write a number from 0 to")
	b.post("/settings/organisation", but(organisation, "organisation", "")...).has(422)
	b.post("/settings/organisation", organisation...).goes("/settings/organisation?done=saved")
	b.get("/settings/organisation?done=saved").has(200, "Adria Two", "The settings are saved")
	require.Equal(t, auth.SettingsChanged, s.actions()[0])
}

// What shapes facts is asked for twice, and makes them anew.
func TestReshape(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	want := ingesttest.Adria
	want.CreditDays, want.Calendar, want.AnsweredSeconds = 14, facts.SolarHijri, 2.5
	form := but(but(but(organisation, "credit_days", "۱۴"), "calendar", "solar-hijri"), "answered_seconds", "2.5")
	b.post("/settings/organisation", form...).has(200, "Rebuild all facts?", "Credit days: 30 → 14", "Calendar: Gregorian → Solar Hijri", `name="credit_days" value="۱۴"`)
	got := s.Folder.Settled().Settings
	require.Equal(t, ingesttest.Adria, got)
	job := b.post("/settings/organisation", append(form, "confirmed", "yes")...).location()
	b.ends(job).has(200, "all figures follow them")
	got = s.Folder.Settled().Settings
	require.Equal(t, want, got)
	b.get("/").has(200)
}

func TestRoleNames(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	b.post("/settings/roles", "lead.en", "Floor <walker>").goes("/settings/roles?done=saved")
	b.get("/settings/accounts").has(200, "Floor &lt;walker&gt;")
	s.as(auth.Lead).get("/account").has(200, "Floor &lt;walker&gt;")
}

func TestFocus(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	b.post("/settings/focus/add", "kpi", "nonsense").has(404)
	b.post("/settings/focus/turn", "kpi", "calls").has(404)
	b.post("/settings/focus/add", "kpi", "roi").goes("/settings/focus?done=saved")
	focus := func() []string {
		var org Organisation
		require.NoError(t, s.State.Settings().FindSetting(ctx, OrganisationSetting, &org))
		return org.Focus
	}
	last := len(focus()) - 1
	require.Equal(t, "roi", focus()[last])
	b.post("/settings/focus/up", "kpi", "roi")
	require.Equal(t, "roi", focus()[last-1])
	b.post("/settings/focus/down", "kpi", "roi")
	require.Equal(t, "roi", focus()[last])
	b.post("/settings/focus/remove", "kpi", "roi")
	require.Empty(t, focus(), "the usual ones again")
	b.get("/settings/focus").has(200)
}

func TestInvite(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	b.get("/settings/accounts/new").has(200, "East", "West")
	b.post("/settings/accounts", "name", "New", "login", "new@adria.example", "role", "agent", "language", "en").has(400, "needs the agent")
	b.post("/settings/accounts", "name", "New", "login", "ana@adria.example", "role", "qa", "language", "en").has(409, "Another account has this")
	b.post("/settings/accounts", "name", "New", "login", "new@adria.example", "role", "lead", "language", "en").has(400, "at least one team")
	link := b.post("/settings/accounts", "name", "New", "login", "new@adria.example", "role", "lead", "teams", "West", "language", "uk").has(200).linkOf()
	b.get("/settings/accounts").has(200, "new@adria.example", "invited").lacks(link)
	them := s.stranger()
	them.get(link).has(200)
	them.post(link, "password", otherPassword).goes("/sign-in?done=password")
	s.signIn(them, "new@adria.example", otherPassword).goes("/today")
	them.get("/account").has(200, `lang="uk"`)
	them.get(link).has(404)
}

func TestManageAccount(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	path := "/settings/accounts/" + s.ids[auth.Manager]
	them := s.as(auth.Manager)
	them.get("/account").has(200)
	b.get(path).has(200, "Mia Manager", "mia@adria.example")
	b.post(path, "name", "", "login", "mia@adria.example", "role", "manager", "language", "en").has(400, "The name is missing")
	b.post(path, "name", "Mia", "login", "mia@adria.example", "role", "manager", "teams", "East", "language", "en").goes(path + "?done=saved")
	them.get("/account").has(200, "you see team East")

	b.post(path + "/disable").goes(path + "?done=disabled")
	them.get("/account").has(303)
	s.signIn(s.stranger(), "mia@adria.example", password).has(401)
	b.post(path + "/enable").goes(path + "?done=enabled")
	s.signIn(them, "mia@adria.example", password).goes("/")
	b.post(path + "/sign-out").goes(path + "?done=signed_out")
	them.get("/account").has(303)
	link := b.post(path + "/link").has(200).linkOf()
	second := b.post(path + "/link").has(200).linkOf()
	s.stranger().get(link).has(404)
	s.stranger().get(second).has(200)
	b.post(path + "/second-factor").goes(path + "?done=factor_reset")
	b.post(path + "/promote").has(404)
	b.get("/settings/accounts/nobody").has(404)
}

// Nobody can lock the organisation out of itself.
func TestLastAdminStays(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	path := "/settings/accounts/" + s.ids[auth.Admin]
	b.post(path+"/disable").has(409, "last account that can manage accounts")
	b.post(path, "name", "Ada", "login", "ada@adria.example", "role", "manager", "language", "en").has(409, "last account that can manage accounts")
	b.get("/account").has(200)
}

func (s *site) agents() (out []duck.Agent) {
	s.t.Helper()
	require.NoError(s.t, s.Folder.Read(func(f *ingest.Folder) (err error) { out, err = f.Store().Agents(context.Background()); return err }))
	return out
}

func TestResolveASpelling(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	b.get("/settings/teams").has(200, "109", "East")
	b.post("/settings/teams/alias", "alias", "109", "agent", "Nobody").has(422, "no such agent")
	b.changes(b.post("/settings/teams/alias", "alias", "109", "agent", "Ana"), "/settings/teams?done=alias")
	b.post("/settings/teams/alias", "alias", "109", "agent", "Ana").has(422, "resolved meanwhile")
	for _, a := range s.agents() {
		require.False(t, a.Provisional, a.Name)
		if a.Name == "Ana" {
			require.Equal(t, []string{"101", "109"}, a.Aliases)
		}
	}
	b.get("/settings/teams").has(200, "Every spelling in the sources is explained")
}

func TestPutIntoATeam(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	b.post("/settings/teams/member", "agent", "Nobody", "team", "West", "from", "2026-11-10").has(422, "no such agent")
	b.post("/settings/teams/member", "agent", "Ana", "team", "", "from", "2026-11-10").has(422, "team’s name")
	b.post("/settings/teams/member", "agent", "Ana", "team", "West", "from", "someday").has(422)
	b.post("/settings/teams/member", "agent", "Ana", "team", "West", "from", "2026-11-10", "to", "2026-11-01").has(422, "Exchange the two")
	b.changes(b.post("/settings/teams/member", "agent", "Ana", "team", "West", "from", "2026-11-10"), "/settings/teams?done=member")
	b.get("/settings/teams").has(200, "West: 10 November 2026 – …", "East: … – 9 November 2026")
	b.changes(b.post("/settings/teams/member", "agent", "Ana", "team", "North", "from", "2026-11-10"), "/settings/teams?done=member")
	b.get("/settings/teams").has(200, "North: 10 November 2026 – …").lacks("West: 10 November 2026")
}

func TestLikeliest(t *testing.T) {
	agents := []string{"Ana Anić", "Boris Babić", "Ana Horvat"}
	for spelling, want := range map[string]string{"babic.boris": "Boris Babić", "HORVAT": "Ana Horvat", "ana": "", "109": "", "Horvat-Ana@pbx": "Ana Horvat"} {
		require.Equal(t, want, likeliest(spelling, agents), spelling)
	}
}

func TestDispositions(t *testing.T) {
	s := newSite(t)
	s.as(auth.Admin).get("/settings/dispositions").has(200, "pbx", "11.1", "unknown", "appointment")
}

func TestAuditLog(t *testing.T) {
	s := newSite(t)
	for range 60 {
		require.NoError(t, s.Auth.Audit(ctx, auth.Entry{AccountID: s.ids[auth.Manager], Action: auth.Exported, Object: "<b>calls</b>", Detail: map[string]any{"rows": 5}}))
	}
	require.NoError(t, s.Auth.Audit(ctx, auth.Entry{Action: auth.SignInFailed}))
	b := s.as(auth.Admin)
	b.get("/settings/audit").has(200, "Chain holds: 61 entries", "Mia Manager", "&lt;b&gt;calls", "before=12", "Sign-in failed")
	b.get("/settings/audit?before=12").has(200, "Latest").lacks(">Earlier")
	b.get("/settings/audit?action=sign_in_failed").has(200).lacks("rows=5")
	b.get("/settings/audit?account=" + s.ids[auth.Lead]).has(200).lacks("rows=5")
	b.get("/settings/audit?before=x&action=<script>").has(200).lacks("<script>")
}

// changes waits for a change of the roster, which answers with its job's page
// where it takes long.
func (b *browser) changes(a *answer, to string) {
	b.site.t.Helper()
	if job := a.location(); strings.HasPrefix(job, "/jobs/") {
		b.ends(job).has(200, `href="/settings/teams"`)
		return
	}
	a.goes(to)
}

// A role is called as the organisation calls it, wherever one is shown.
func TestRoleNamesOfTheOrganisation(t *testing.T) {
	s, _ := newMailSite(t)
	b := s.as(auth.Admin)
	b.post("/settings/roles", "lead.en", "Squad captain").goes("/settings/roles?done=saved")
	b.post("/settings/accounts/"+s.ids[auth.QA], "name", "Quin Quality", "login", "quin@adria.example", "role", "lead", "teams", "East", "language", "en")
	for _, at := range []string{"/settings/accounts", "/settings/accounts/new", "/settings/accounts/" + s.ids[auth.Lead], "/settings/audit", "/mail/preview"} {
		b.get(at).has(200, "Squad captain")
	}
	s.as(auth.Lead).get("/account").has(200, "Squad captain")
}
