package web

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/store"
)

var ctx = context.Background()

// actions lists what the audit log tells, the latest first.
func (s *site) actions() (out []auth.Action) {
	s.t.Helper()
	all, err := s.State.Audit().FindAuditEntries(ctx, store.AuditFilter{Limit: 1000})
	require.NoError(s.t, err)
	for _, e := range all {
		out = append(out, auth.Action(e.Action))
	}
	return out
}

// signIn signs a browser in by the form.
func (s *site) signIn(b *browser, login, password string) *answer {
	s.t.Helper()
	b.get("/sign-in")
	return b.post("/sign-in", "login", login, "password", password)
}

var linkIn = regexp.MustCompile(`https?://[\w.]+\.example(/link/[\w-]+)`)

// linkOf finds the link that a page shows once.
func (a *answer) linkOf() string {
	a.t.Helper()
	m := linkIn.FindStringSubmatch(a.body)
	require.NotNil(a.t, m, a.body)
	return m[1]
}

func TestSignInNeedsAFormOfOurs(t *testing.T) {
	s := newSite(t)
	b := s.stranger()
	b.send("POST", "/sign-in", url.Values{"login": {"ada@adria.example"}, "password": {password}}).has(403)
	b.get("/sign-in").has(200)
	b.header["Sec-Fetch-Site"] = "cross-site"
	b.post("/sign-in", "login", "ada@adria.example", "password", password).has(403)
	delete(b.header, "Sec-Fetch-Site")
	b.post("/sign-in", "login", "ada@adria.example", "password", "wrong").has(401, "ada@adria.example")
	b.post("/sign-in", "login", "ada@adria.example", "password", password).goes("/")
	b.get("/account").has(200, "Ada Admin")
}

func TestGuessingIsSlowedDown(t *testing.T) {
	s := newSite(t)
	b := s.stranger()
	for range 6 {
		s.signIn(b, "ada@adria.example", "wrong")
	}
	a := s.signIn(b, "ada@adria.example", password)
	a.has(429, "Too many attempts")
	require.Equal(t, "1", a.header.Get("Retry-After"))
	s.clock.pass(2 * time.Second)
	s.signIn(b, "ada@adria.example", password).goes("/")
}

func TestProfile(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Lead)
	b.post("/account/profile", "name", "", "language", "hr").has(422, "The name is missing")
	b.post("/account/profile", "name", "Lea L.", "language", "xx").has(422, "is not a language")
	b.post("/account/profile", "name", "Lea L.", "language", "hr", "start_page", "/settings", "theme", "dark", "digits", "latin").goes("/account?done=profile")
	a := b.get("/account?done=profile").has(200, `lang="hr"`, `data-theme="dark"`, "Vaše su postavke spremljene")
	a.lacks(`value="/settings" selected`)
	b.send("POST", "/account/profile", url.Values{"name": {"Eve"}, "csrf": {"no"}}).has(403)
}

func TestLanguageMenu(t *testing.T) {
	s := newSite(t)
	stranger := s.stranger()
	stranger.get("/sign-in?lang=fa").has(200, `dir="rtl"`)
	stranger.get("/sign-in").has(200, `lang="fa"`)
	b := s.as(auth.Agent)
	b.post("/account/language", "language", "uk", "next", "/account").goes("/account")
	b.get("/account").has(200, `lang="uk"`)
	b.post("/account/language", "language", "fa", "next", "/account?lang=hr&done=profile").goes("/account?done=profile")
	b.get("/account").has(200, "۲۲ نوامبر ۲۰۲۶")
	b.post("/account/profile", "name", "Ana", "language", "fa", "digits", "latin").goes("/account?done=profile")
	b.get("/account").has(200, "22 نوامبر 2026")
	b.post("/account/language", "language", "ro", "next", "https://elsewhere.example").goes("/")
}

func TestChangePassword(t *testing.T) {
	s := newSite(t)
	here, there := s.as(auth.QA), s.as(auth.QA)
	here.post("/account/password", "before", "wrong", "password", otherPassword).has(400, "The password is wrong")
	here.post("/account/password", "before", password, "password", "short").has(400, "too short")
	here.post("/account/password", "before", password, "password", otherPassword).goes("/account?done=password")
	here.get("/account").has(200)
	there.get("/account").has(303)
	s.signIn(s.stranger(), "quin@adria.example", otherPassword).goes("/calls")
}

func TestSecondFactor(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Analyst)
	b.get("/account/second-factor").has(409)
	b.post("/account/second-factor", "before", "wrong").has(400)
	b.post("/account/second-factor", "before", password).goes("/account/second-factor")
	b.get("/account/second-factor").has(200, "<svg")
	b.post("/account/second-factor/confirm", "code", "000000").has(422, "The code is wrong")
	a, err := s.State.Accounts().FindAccount(ctx, s.ids[auth.Analyst])
	require.NoError(t, err)
	shown := b.post("/account/second-factor/confirm", "code", code(t, a.TOTPPending, s.clock.Now())).has(200)
	codes := regexp.MustCompile(`\w{4}-\w{4}-\w{4}-\w{4}`).FindAllString(shown.body, -1)
	require.Len(t, codes, 10)
	b.get("/account").has(200, "10 recovery codes").lacks(codes[0])

	other := s.stranger()
	s.signIn(other, "alan@adria.example", password).has(200, "authenticator app")
	other.get("/account").has(303)
	other.post("/sign-in/code", "code", codes[0]).goes("/explore")
	other.post("/account/second-factor/remove", "before", password).goes("/account?done=factor_removed")
}

func TestSessionsEnd(t *testing.T) {
	s := newSite(t)
	here, there := s.as(auth.Manager), s.as(auth.Manager)
	ends := regexp.MustCompile(`/account/sessions/[\w-]+/end`).FindAllString(here.get("/account").has(200).body, -1)
	require.Len(t, ends, 1, "one's own is not offered")
	s.as(auth.Agent).post(ends[0]).has(404)
	here.post(ends[0]).goes("/account?done=session#sessions")
	there.get("/account").has(303)
	here.post("/account/sign-out-everywhere").goes("/sign-in")
	here.get("/account").has(303)
}

func TestTokens(t *testing.T) {
	s := newSite(t)
	lead := s.as(auth.Lead)
	lead.post("/account/tokens", "name", "report", "role", "admin", "expires", "30").has(403, "cannot do more than you can")
	lead.post("/account/tokens", "name", "report", "role", "lead", "expires", "0").has(400)
	a := lead.post("/account/tokens", "name", "report", "role", "lead", "expires", "30").has(200, "cp_")
	secret := regexp.MustCompile(`cp_[\w-]{43}`).FindString(a.body)
	_, err := s.Auth.ResumeToken(ctx, secret, auth.Visitor{})
	require.NoError(t, err)
	page := lead.get("/account").has(200, "report").lacks(secret)
	revoke := regexp.MustCompile(`/account/tokens/[\w-]+/revoke`).FindString(page.body)
	s.as(auth.Manager).post(revoke).has(404)
	lead.post(revoke).goes("/account?done=token_revoked#tokens")
	_, err = s.Auth.ResumeToken(ctx, secret, auth.Visitor{})
	require.Error(t, err)
	s.as(auth.Agent).post("/account/tokens", "name", "x", "role", "agent", "expires", "30").has(403)
	require.Equal(t, []auth.Action{auth.TokenRevoked, auth.TokenCreated}, s.actions()[:2])
}

func TestForgotWithoutMail(t *testing.T) {
	s := newSite(t)
	s.stranger().get("/sign-in/forgot").has(200, "Ask your administrator").lacks(`name="login"`)
}

func TestForgotWithMail(t *testing.T) {
	s := newSite(t)
	sent := make(chan string, 5)
	s.Mail = func(_ context.Context, to, _, body string) error { sent <- to + " " + body; return nil }
	require.NoError(t, s.State.Settings().UpdateSetting(ctx, "smtp", map[string]any{"host": "smtp.example", "port": 587}, "", s.clock.Now()))
	b := s.stranger()
	b.get("/sign-in/forgot").has(200, "Ask your administrator") // where would the link lead?
	require.NoError(t, s.State.Settings().UpdateSetting(ctx, "smtp", map[string]any{"host": "smtp.example", "port": 587, "address": "https://numbers.example"}, "", s.clock.Now()))
	b.get("/sign-in/forgot").has(200, `name="login"`)
	b.post("/sign-in/forgot", "login", "nobody@adria.example").goes("/sign-in?done=forgot")
	b.post("/sign-in/forgot", "login", "Mia@adria.example").goes("/sign-in?done=forgot")
	body := <-sent
	require.True(t, strings.HasPrefix(body, "mia@adria.example "), body)
	require.Contains(t, body, "https://numbers.example/link/", "not where the visitor's browser says that it is")
	link := linkIn.FindStringSubmatch(body)[1]
	b.get(link).has(200, "Set your password")
	b.post(link, "password", "short").has(422, "too short")
	b.post(link, "password", otherPassword).goes("/sign-in?done=password")
	b.post(link, "password", otherPassword).has(404)
	s.signIn(b, "mia@adria.example", otherPassword).goes("/")
	require.Empty(t, sent)
}
