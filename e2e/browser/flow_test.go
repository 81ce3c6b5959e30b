package browser

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// flow is an organisation on its first day.
type flow struct {
	*page
	t *testing.T
}

const adminLogin, passphrase = "rada@adria.example", "kišobran na terasi 7"

// From an empty folder to numbers that everybody in the organisation sees as
// far as they may.
func TestFlow(t *testing.T) {
	calls, err := filepath.Abs("../../../shared/data/uci-bank/calls.csv")
	require.NoError(t, err)
	if _, err := os.Stat(calls); err != nil {
		t.Skip("the real data is not here: ../shared/data beside the repository")
	}
	s := start(t, t.TempDir(), setUpLink, "serve")
	f := &flow{open(t, s, 1280, 900, "en"), t}
	f.foundOrganisation()
	f.signInWithCode()
	f.importBankCalls(calls)
	f.compareFigures()
	f.compareBook()
	f.drillDown()
	f.saveView()
	f.annotate()
	f.formTeams()
	f.seeByRole()
	f.withdrawTeamCalls()
	f.requireSecondFactors()
}

// kept asserts that the page is quiet, and keeps a picture of it.
func (f *flow) kept(step string) {
	f.t.Helper()
	f.quiet(step)
	f.shot("flow_" + step)
}

func (f *flow) foundOrganisation() {
	token := f.server.said(setUpLink)[1]
	f.visit("/set-up/" + token)
	require.False(f.t, value[bool](f.page, `document.querySelector("[name=sample]").checked`), "the sample company is not what one gets unasked")
	f.kept("set-up")
	f.fill("form.form", "name", "Rada", "login", adminLogin, "password", passphrase, "language", "en", "organisation", "Adria Prodaja",
		"country", "HR", "zone", "Europe/Zagreb", "currency", "EUR", "calendar", "gregorian", "week_start", "1")
	require.Equal(f.t, "Adria Prodaja", f.text(".top .org"))
	f.kept("empty-overview")
}

// signInWithCode sets a second factor up, and signs out and in with it.
func (f *flow) signInWithCode() {
	f.visit("/account")
	f.fill(`form[action="/account/second-factor"]`, "before", passphrase)
	secret := f.text("main code bdi")
	f.kept("second-factor")
	now := time.Now()
	f.fill("form.form", "code", oneTimeCode(f.page, secret, now))
	require.Len(f.t, f.lines("#secret"), 10, "recovery codes")
	f.quiet("recovery codes")

	f.signOut()
	f.signIn(adminLogin)
	f.do(chromedp.WaitVisible("#code", chromedp.ByQuery))
	f.kept("code")
	f.fill("form.form", "code", oneTimeCode(f.page, secret, now.Add(30*time.Second))) // the next one: each is good for once
	require.Equal(f.t, "/", value[string](f.page, "location.pathname"))
	f.quiet("sign-in with a code")
}
