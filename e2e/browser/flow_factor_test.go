package browser

import (
	"net/http"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// requireSecondFactors has second factors required of all roles but the
// admin's, who has one: each sets one up after the sign-in, sees nothing else
// before, and signs in with it from then on.
func (f *flow) requireSecondFactors() {
	f.visit("/settings/organisation")
	for _, r := range roles {
		f.set(`[name=second_factor][value="`+r.name+`"]`, "yes")
	}
	f.press(`form[action="/settings/organisation"] button.primary`)
	f.kept("second-factor-required")

	theirs := &flow{open(f.t, f.server, 400, 800, "en"), f.t}
	for _, r := range roles {
		login := r.name + "@adria.example"
		theirs.signIn(login)
		for _, path := range []string{"/", "/kpi/calls", "/account", "/me"} {
			require.Equal(f.t, int64(http.StatusOK), theirs.status(path), path)
			require.Equal(f.t, "/account/second-factor", value[string](theirs.page, "location.pathname"), path)
		}
		require.Contains(f.t, theirs.text("main"), "requires a second factor of your role")
		theirs.kept("second-factor-first-" + r.name)
		theirs.fill(`form[action="/account/second-factor"]`, "before", passphrase)
		secret, now := theirs.text("main code bdi"), time.Now()
		theirs.fill("form.form", "code", oneTimeCode(theirs.page, secret, now))
		require.Len(f.t, theirs.lines("#secret"), 10, "recovery codes")
		theirs.press("main a.button.primary")
		require.Equal(f.t, r.scope, theirs.shownScope(), r.name)
		theirs.signOut()

		theirs.signIn(login)
		theirs.do(chromedp.WaitVisible("#code", chromedp.ByQuery))
		theirs.fill("form.form", "code", oneTimeCode(theirs.page, secret, now.Add(30*time.Second)))
		require.Equal(f.t, r.scope, theirs.shownScope(), r.name)
		theirs.quiet(r.name + " with a code")
		theirs.signOut()
	}
}

// shownScope is whose numbers the page says that they are, also where a phone
// has no room for it.
func (f *flow) shownScope() string {
	f.t.Helper()
	return value[string](f.page, `document.querySelector(".top .scope").textContent.trim()`)
}
