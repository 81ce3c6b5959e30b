package web

import (
	"html/template"
	"net/http"
	"slices"

	"github.com/callpace/callpace"
)

// factorPage shows a second factor to be confirmed or, to who must have one,
// how to begin.
type factorPage struct {
	shell
	Begun   bool
	SignOut *act // of who sees nothing else
	QR      template.HTML
	Secret  string
	Form    formView
}

// secretPage shows what is shown once: recovery codes, a token, a link.
type secretPage struct {
	shell
	Text, Note string
	Secrets    []string
	Block      string // all of them, for copying
	Back       string
}

const factorPath = "/account/second-factor"

// factorForms offer a second factor, or to change the one that there is.
func (r *request) factorForms(p *accountPage, sent func(string) *filled) error {
	text := r.reader.Text
	password := r.passwordNow()
	if p.SecondFactor = r.who.SecondFactor; !p.SecondFactor {
		_, err := r.s.Auth.PendingSecondFactor(r.Context(), r.who)
		if p.Pending = err == nil; err != nil && callpace.CodeOf(err) != callpace.Conflict {
			return err
		}
		p.Factor = []formView{sent("factor").view(factorPath, "account.factor_begin", password)}
		return nil
	}
	left, err := r.s.State.Accounts().CountRecoveryCodes(r.Context(), r.who.Account.ID)
	if err != nil {
		return err
	}
	p.CodesLeft = left
	p.Factor = []formView{sent("codes").view(factorPath+"/codes", "account.codes_renew", password)}
	if p.Demanded = slices.Contains(r.org.SecondFactor, r.who.Account.Role); p.Demanded {
		return nil
	}
	remove := sent("remove").view(factorPath+"/remove", "account.factor_remove", password)
	remove.Danger, remove.Ask = true, text("account.factor_remove_ask")
	p.Factor = append(p.Factor, remove)
	return nil
}

func (r *request) takeFactor() error {
	f := r.filled()
	if _, err := r.s.Auth.BeginSecondFactor(r.Context(), r.who, f.values.Get("before")); err != nil {
		if !r.who.Confined {
			return r.accountFault(err, "factor", f)
		}
		status := r.status(err)
		if err := f.take(err); err != nil {
			return err
		}
		return r.factorPage(status, f)
	}
	return r.redirect(factorPath)
}

func (r *request) factor() error { return r.factorPage(http.StatusOK, r.filled()) }

func (r *request) factorPage(status int, f *filled) error {
	p := factorPage{shell: r.shell("account.factor", "account")}
	if r.who.Confined {
		out := r.act("/sign-out", "web.sign_out", "log-out", false)
		p.SignOut = &out
	}
	e, err := r.s.Auth.PendingSecondFactor(r.Context(), r.who)
	switch {
	case r.who.Confined && callpace.CodeOf(err) == callpace.Conflict:
		p.Form = f.view(factorPath, "account.factor_begin", r.passwordNow())
	case err != nil:
		return err
	default:
		p.Begun, p.Secret = true, spaced(e.Secret)
		p.QR = template.HTML(e.SVG) //nolint:gosec // drawn by ourselves, of numbers alone
		p.Form = f.view(factorPath+"/confirm", "account.factor_confirm",
			formField{Kind: "text", Name: "code", Label: r.reader.Text("web.code"), Auto: "one-time-code", LTR: true, Focus: true})
	}
	return r.pageStatus(status, "account_factor", p)
}

// passwordNow asks for the password again.
func (r *request) passwordNow() formField {
	return formField{Kind: "password", Name: "before", Label: r.reader.Text("account.password_now"), Auto: "current-password", LTR: true}
}

// spaced cuts a secret into groups that can be typed.
func spaced(secret string) string {
	var out []byte
	for i := range len(secret) {
		if i > 0 && i%4 == 0 {
			out = append(out, ' ')
		}
		out = append(out, secret[i])
	}
	return string(out)
}

func (r *request) confirmFactor() error {
	f := r.filled()
	codes, err := r.s.Auth.ConfirmSecondFactor(r.Context(), r.who, f.get("code"))
	if err != nil {
		if callpace.CodeOf(err) != callpace.Invalid {
			return err
		}
		if err := f.take(err); err != nil {
			return err
		}
		return r.factorPage(f.status(nil), f)
	}
	return r.showCodes(codes)
}

func (r *request) renewCodes() error {
	f := r.filled()
	codes, err := r.s.Auth.RenewRecoveryCodes(r.Context(), r.who, f.values.Get("before"))
	if err != nil {
		return r.accountFault(err, "codes", f)
	}
	return r.showCodes(codes)
}

func (r *request) showCodes(codes []string) error {
	back := accountPath
	if r.who.Confined { // until now
		back = "/"
	}
	return r.showOnce("account", "account.codes", "account.codes_text", "account.codes_note", back, codes...)
}

func (r *request) removeFactor() error {
	f := r.filled()
	err := r.s.Auth.RemoveSecondFactor(r.Context(), r.who, f.values.Get("before"))
	switch {
	case callpace.CodeOf(err) == callpace.Conflict: // the role must have one: the page has no form for it
		return err
	case err != nil:
		return r.accountFault(err, "remove", f)
	}
	return r.redirect(accountPath + "?done=factor_removed")
}

// showOnce answers with what cannot be shown again; no address leads to it.
func (r *request) showOnce(section, title, text, note, back string, secrets ...string) error {
	p := secretPage{shell: r.shell(title, section), Text: r.reader.Text(text), Note: r.reader.Text(note), Secrets: secrets, Back: back}
	for i, s := range secrets {
		if i > 0 {
			p.Block += "\n"
		}
		p.Block += s
	}
	return r.page("secret", p)
}
