package web

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/store"
)

// signInPage asks who it is; Code is set once the password was right and the
// second factor is awaited.
type signInPage struct {
	shell
	Next, Login, Fault string
	Code               bool
}

const codeCookie = "callpace_code"

// formCookie holds a random secret by which the forms of a browser without a
// session are known to be our own.
const formCookie = "callpace_form"

// formSecret is what tokens in forms are made of: the session's secret or, for
// a stranger, one that the browser is given with the page.
func (r *request) formSecret() string {
	if r.secret != "" {
		return r.secret
	}
	if r.ownForm == "" {
		if r.ownForm = r.cookie(formCookie); r.ownForm == "" {
			r.ownForm = rand.Text()
			r.setCookie(formCookie, r.ownForm, time.Time{})
		}
	}
	return r.ownForm
}

func (r *request) signIn() error {
	if r.secret != "" {
		return r.redirect("/")
	}
	if needs, err := r.s.Auth.NeedsSetup(r.Context()); err != nil || needs {
		if err == nil {
			err = r.redirect(setUpPath)
		}
		return err
	}
	return r.signInForm(http.StatusOK, signInPage{Next: ownPath(r.URL.Query().Get("next"))})
}

func (r *request) signInForm(status int, p signInPage) error {
	p.shell = r.shell("web.sign_in", "")
	p.Notices = r.done("sign_in")
	return r.pageStatus(status, "sign_in", p)
}

// takeSignIn checks a login and its password.
func (r *request) takeSignIn() error {
	login, next := r.PostFormValue("login"), ownPath(r.PostFormValue("next"))
	in, err := r.s.Auth.SignIn(r.Context(), login, r.PostFormValue("password"), r.visitor())
	if err != nil {
		return r.signInFault(err, signInPage{Next: next, Login: login})
	}
	if in.NeedsCode {
		r.setCookie(codeCookie, in.Token, in.ExpiresAt)
		return r.signInForm(http.StatusOK, signInPage{Next: next, Code: true})
	}
	return r.signedIn(in, next)
}

// takeCode checks the second factor.
func (r *request) takeCode() error {
	next := ownPath(r.PostFormValue("next"))
	in, err := r.s.Auth.ConfirmCode(r.Context(), r.cookie(codeCookie), r.PostFormValue("code"), r.visitor())
	if err != nil {
		code := r.s.Auth.AwaitsCode(r.Context(), r.cookie(codeCookie))
		return r.signInFault(err, signInPage{Next: next, Code: code})
	}
	r.setCookie(codeCookie, "", time.Time{})
	return r.signedIn(in, next)
}

// signInFault shows the form again with what was wrong; faults of ours are not the form's.
func (r *request) signInFault(err error, p signInPage) error {
	switch callpace.CodeOf(err) {
	case callpace.Unauthenticated, callpace.Invalid, callpace.Limit:
		p.Fault = r.reader.Error(err)
		return r.signInForm(r.status(err), p)
	}
	return err
}

func (r *request) signedIn(in auth.SignedIn, next string) error {
	r.signedInCookies(in)
	if next == "/" {
		next = ownPath(cmp.Or(in.Account.Preferences.StartPage, usualStart(in.Account)))
	}
	return r.redirect(next)
}

// starts are the pages that roles begin with; the overview is that of the others.
var starts = map[auth.Role]string{auth.Lead: "/today", auth.QA: "/calls", auth.Analyst: "/explore"}

// usualStart is the page that somebody begins with who has chosen none.
func usualStart(a store.Account) string {
	if auth.Role(a.Role) == auth.Agent && a.Agent != "" {
		return "/me"
	}
	return cmp.Or(starts[auth.Role(a.Role)], "/")
}

// signedInCookies has the browser keep the session. The secret of a stranger's
// forms is given up.
func (r *request) signedInCookies(in auth.SignedIn) {
	r.setCookie(r.s.sessionCookie(), in.Token, in.ExpiresAt)
	r.setCookie(formCookie, "", time.Time{})
	if in.Device != "" {
		r.setCookie(deviceCookie, in.Device, r.now.AddDate(0, 0, 90))
	}
}

const deviceCookie = "callpace_device"

// signOut ends the session.
func (r *request) signOut() error {
	err := r.s.Auth.SignOut(r.Context(), r.who)
	r.setCookie(r.s.sessionCookie(), "", time.Time{})
	if err != nil {
		return err
	}
	return r.redirect(signInPath)
}

// setCookie has the browser keep a secret until some time, the zero time: as
// long as it runs; an empty value takes it back.
func (r *request) setCookie(name, value string, until time.Time) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: !r.s.Insecure, SameSite: http.SameSiteLaxMode, Expires: until}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(r.w, c)
}

// keepLanguage remembers the language that a stranger chose by a link.
func (r *request) keepLanguage() {
	if lang := r.URL.Query().Get("lang"); r.secret == "" && lang != "" && lang == r.reader.Lang() && lang != r.cookie("lang") {
		r.setCookie("lang", lang, r.now.AddDate(1, 0, 0))
	}
}

// ownPath is a path of ours to go on to; anything else, such as another host, is the overview.
func ownPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}
