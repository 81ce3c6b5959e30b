package web

import (
	"context"
	"net/http"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/store"
)

// linkPage asks for what a link is for: an e-mail address to send one to, or
// the password that one lets somebody set.
type linkPage struct {
	shell
	Text string
	Form *formView
}

// forgot asks where to send a link, or says whom to ask where no mail can be sent.
func (r *request) forgot() error { return r.forgotForm(http.StatusOK, r.filled()) }

func (r *request) forgotForm(status int, f *filled) error {
	p := linkPage{shell: r.shell("signin.forgot", ""), Text: r.reader.Text("signin.forgot_ask")}
	if r.canMail() {
		p.Text = r.reader.Text("signin.forgot_mail")
		form := f.view("/sign-in/forgot", "signin.forgot_send",
			formField{Kind: "email", Name: "login", Label: r.reader.Text("web.login"), Value: f.or("login", ""), Auto: "username", LTR: true, Focus: true})
		p.Form = &form
	}
	return r.pageStatus(status, "link", p)
}

// canMail tells whether mails with links go out: the program can, a server is
// set, and the pages have an address that is not whatever a visitor's browser
// says: else anybody could have a link sent that leads elsewhere.
func (r *request) canMail() bool {
	s, err := r.smtp()
	return r.s.Mail != nil && err == nil && s.Host != "" && r.ownAddress() != ""
}

// takeForgot answers the same, and after the same work, whether or not there is
// such an account; the mail goes out afterwards.
func (r *request) takeForgot() error {
	if !r.canMail() {
		return r.redirect("/sign-in/forgot")
	}
	f := r.filled()
	reset, ok, err := r.s.Auth.RequestReset(r.Context(), f.get("login"), r.visitor())
	if err != nil {
		status := r.status(err)
		if err := f.take(err); err != nil {
			return err
		}
		return r.forgotForm(status, f)
	}
	if ok {
		r.mailLink(reset.Account, reset.Token, "reset")
	}
	return r.redirect(signInPath + "?done=forgot")
}

// mailLink sends a link in its reader's language, beside the request. What
// went wrong is in the log; the page must not tell whether there is an account.
func (r *request) mailLink(to store.Account, token, purpose string) {
	reader := r.reader
	reader.Localizer = r.s.Texts.Localizer(to.Language, r.calendar())
	args := map[string]any{"name": to.Name, "organisation": r.org.Name, "url": r.address("/link/" + token)}
	subject, body := reader.T("mail."+purpose+".subject", args), reader.T("mail."+purpose+".body", args)
	r.s.Jobs.Aside(jobs.Job{Kind: "mail"}, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		return r.s.Mail(ctx, to.Login, subject, body)
	})
}

// ownAddress is where these pages are by what was set, for the server or for
// its mails; empty where neither is.
func (r *request) ownAddress() string {
	s, err := r.smtp()
	if r.s.PublicURL != "" || err != nil {
		return r.s.PublicURL
	}
	return s.Address
}

// address is the whole address of a path: as it was set, else as the browser
// reached us.
func (r *request) address(path string) string {
	if own := r.ownAddress(); own != "" {
		return own + path
	}
	scheme := "https"
	if r.s.Insecure && r.TLS == nil && r.Header.Get("X-Forwarded-Proto") != "https" {
		scheme = "http"
	}
	return scheme + "://" + r.Host + path
}

// link asks for the password that an invitation or a reset lets somebody set.
func (r *request) link() error {
	if err := r.passwordLink(); err != nil {
		return err
	}
	return r.linkForm(http.StatusOK, r.filled())
}

func (r *request) passwordLink() error {
	l, err := r.s.Auth.FindLink(r.Context(), r.PathValue("token"))
	if err == nil && l.Purpose == store.LinkSetup {
		err = callpace.E(callpace.NotFound, "auth.link_ended")
	}
	return err
}

func (r *request) linkForm(status int, f *filled) error {
	p := linkPage{shell: r.shell("link.title", ""), Text: r.reader.Text("link.text")}
	form := f.view(r.URL.Path, "link.set", formField{Kind: "password", Name: "password", Label: r.reader.Text("account.new_password"),
		Hint: r.reader.Text("account.password_hint"), Auto: "new-password", LTR: true, Focus: true})
	p.Form = &form
	return r.pageStatus(status, "link", p)
}

func (r *request) takeLink() error {
	if err := r.passwordLink(); err != nil {
		return err
	}
	f := r.filled()
	if _, err := r.s.Auth.RedeemLink(r.Context(), r.PathValue("token"), f.values.Get("password"), r.visitor()); err != nil {
		if err := f.take(err); err != nil {
			return err
		}
		return r.linkForm(f.status(nil), f)
	}
	return r.redirect(signInPath + "?done=password")
}
