package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
)

// signInPage asks who it is; Code is set once the password was right and the
// second factor is awaited.
type signInPage struct {
	shell
	Next, Login, Fault string
	Code               bool
}

const codeCookie = "callpace_code"

func (r *request) signIn() error {
	if r.secret != "" {
		return r.redirect("/")
	}
	return r.signInForm(http.StatusOK, signInPage{Next: ownPath(r.URL.Query().Get("next"))})
}

func (r *request) signInForm(status int, p signInPage) error {
	p.shell = r.shell("web.sign_in", "")
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
		return r.signInForm(Status(err), p)
	}
	return err
}

func (r *request) signedIn(in auth.SignedIn, next string) error {
	r.setCookie(r.s.sessionCookie(), in.Token, in.ExpiresAt)
	if in.Device != "" {
		r.setCookie(deviceCookie, in.Device, r.now.AddDate(0, 0, 90))
	}
	if next == "/" && in.Account.Preferences.StartPage != "" {
		next = ownPath(in.Account.Preferences.StartPage)
	}
	return r.redirect(next)
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

// setCookie has the browser keep a secret until some time; an empty value takes
// it back.
func (r *request) setCookie(name, value string, until time.Time) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: !r.s.Insecure, SameSite: http.SameSiteLaxMode, Expires: until}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(r.w, c)
}

// ownPath is a path of ours to go on to; anything else, such as another host, is the overview.
func ownPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}
