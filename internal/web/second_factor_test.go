package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/store"
)

// Who must have a second factor and has none comes to its set-up and nowhere
// else, at once; who has one, other roles and API tokens do not notice.
func TestSecondFactorByPolicy(t *testing.T) {
	s := newSite(t)
	s.requires("manager", "nobody", "admin")
	require.Equal(t, []string{"manager", "admin"}, s.organisation().SecondFactor)
	s.as(auth.Analyst).get("/").has(200)

	b, open := s.stranger(), s.as(auth.Manager)
	s.signIn(b, "mia@adria.example", password).goes("/")
	for _, rt := range s.routes() {
		method, path, _ := strings.Cut(rt.pattern, " ")
		switch path = example(path); {
		case rt.anyone, rt.first:
		case method == http.MethodGet:
			b.get(path).goes(factorPath)
			open.get(path).goes(factorPath)
		default:
			b.post(path).has(403, "requires a second factor of your role")
		}
	}
	for _, lang := range i18n.Languages() {
		a := b.get(factorPath+"?lang="+lang).has(200, `action="/sign-out"`).lacks(`href="/account"`, "Adria Test</bdi>")
		a.rendered(t, lang)
	}
	b.post(factorPath, "before", "wrong").has(400, "The password is wrong")
	b.post(factorPath, "before", password).goes(factorPath)
	pending, err := s.State.Accounts().FindAccount(t.Context(), s.ids[auth.Manager])
	require.NoError(t, err)
	b.get(factorPath).has(200, "<svg").lacks(`href="/account"`)
	b.get("/kpi/calls").goes(factorPath)
	b.post(factorPath+"/confirm", "code", code(t, pending.TOTPPending, s.clock.Now())).has(200, `href="/"`)
	b.get("/").has(200)
	b.get("/account").has(200, "requires it of your role").lacks(factorPath + "/remove")
	b.post(factorPath+"/remove", "before", password).has(409, "cannot be removed")

	admin := s.as(auth.Admin)
	admin.get("/settings/audit").goes(factorPath)
	entries, err := s.State.Audit().FindAuditEntries(t.Context(), store.AuditFilter{Action: string(auth.SettingsChanged), Limit: 10})
	require.NoError(t, err)
	require.True(t, containsEntry(entries, "second_factor", map[string]any{"roles": []any{"manager", "admin"}}), "%v", entries)
}

func TestTokensWorkWithoutSecondFactor(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	id, err := s.Auth.Resume(t.Context(), b.secret, auth.Visitor{})
	require.NoError(t, err)
	secret, _, err := s.Auth.CreateToken(t.Context(), id, "warehouse", auth.Manager, s.clock.Now().Add(time.Hour))
	require.NoError(t, err)
	s.requires("manager")
	id, err = s.Auth.Resume(t.Context(), b.secret, auth.Visitor{})
	require.NoError(t, err)
	require.True(t, id.Confined)
	require.Empty(t, id.Can)
	require.False(t, id.Scope(true).All())
	byToken, err := s.Auth.ResumeToken(t.Context(), secret, auth.Visitor{})
	require.NoError(t, err)
	require.False(t, byToken.Confined)
	require.True(t, byToken.May(auth.ViewAll))
}

// What reshapes facts is asked about first; several roles survive the question.
func TestRequiredRolesSurviveTheQuestion(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	form := s.organisationFields(b)
	form["second_factor"], form["credit_days"] = []string{"lead", "qa"}, []string{"77"}
	asked := b.send(http.MethodPost, settingsPath, form).has(200, "77")
	for _, role := range []string{"lead", "qa"} {
		require.Contains(t, asked.body, `name="second_factor" value="`+role+`"`)
	}
}

// requires has second factors required of roles, by the form of the settings.
func (s *site) requires(roles ...string) {
	s.t.Helper()
	b := s.as(auth.Admin)
	form := s.organisationFields(b)
	form["second_factor"] = roles
	b.send(http.MethodPost, settingsPath, form).goes(settingsPath + "?done=saved")
}

func (s *site) organisation() (org Organisation) {
	s.t.Helper()
	require.NoError(s.t, s.State.Settings().FindSetting(s.t.Context(), OrganisationSetting, &org))
	return org
}

// organisationFields is the form of the organisation as it stands.
func (s *site) organisationFields(b *browser) url.Values {
	s.t.Helper()
	doc, err := html.Parse(strings.NewReader(b.get(settingsPath).has(200).body))
	require.NoError(s.t, err)
	form := url.Values{"csrf": {auth.CSRFToken(b.secret)}}
	for n := range doc.Descendants() {
		name := attribute(n, "name")
		switch {
		case n.Type != html.ElementNode || name == "" || name == "csrf":
		case n.Data == "input" && attribute(n, "type") != "checkbox":
			form.Set(name, attribute(n, "value"))
		case n.Data == "select":
			for o := range n.Descendants() {
				for _, a := range o.Attr {
					if a.Key == "selected" {
						form.Set(name, attribute(o, "value"))
					}
				}
			}
		}
	}
	return form
}

func containsEntry(entries []store.AuditEntry, object string, detail map[string]any) bool {
	for _, e := range entries {
		if e.Object == object && assert.ObjectsAreEqual(detail, e.Detail) {
			return true
		}
	}
	return false
}
