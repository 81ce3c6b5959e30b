package web

import (
	"net/http"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

// managePage is one account as an admin sees it.
type managePage struct {
	shell
	Tabs     []choice
	Name     string
	State    string
	Kind     string
	Icon     string
	Factor   bool
	Created  string
	Sessions int
	Form     formView
	Acts     []act
	Own      bool
}

func (r *request) manage() error { return r.managePage(http.StatusOK, r.filled()) }

func (r *request) managePage(status int, f *filled) error {
	a, err := r.s.State.Accounts().FindAccount(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	open, err := r.s.State.Sessions().FindSessions(r.Context(), a.ID)
	if err != nil {
		return err
	}
	s, tabs := r.settingsShell("accounts")
	p := managePage{shell: s, Tabs: tabs, Name: a.Name, Factor: a.TOTPSecret != "", Created: r.instant(a.CreatedAt), Sessions: len(open), Own: a.ID == r.who.Account.ID}
	p.State, p.Kind, p.Icon = r.accountState(a)
	fields, err := r.accountFields(f, a)
	if err != nil {
		return err
	}
	path := accountsPath + "/" + a.ID
	p.Form = f.view(path, "form.save", fields...)
	p.Acts = r.manageActs(path, a, len(open))
	return r.pageStatus(status, "settings_account", p)
}

// manageActs are what can be done to an account as it is.
func (r *request) manageActs(path string, a store.Account, sessions int) (out []act) {
	name := map[string]any{"name": a.Name}
	ask := func(x act, key string) act {
		x.Ask = r.reader.T(key, name)
		return x
	}
	if a.DisabledAt.IsZero() {
		out = append(out, ask(r.act(path+"/link", "settings.new_link", "link", false), "settings.new_link_ask"))
	}
	if sessions > 0 {
		out = append(out, r.act(path+"/sign-out", "account.sign_out_everywhere", "log-out", false))
	}
	if a.TOTPSecret != "" {
		out = append(out, ask(r.act(path+"/second-factor", "settings.factor_reset", "shield", true), "settings.factor_reset_ask"))
	}
	if !a.DisabledAt.IsZero() {
		return append(out, r.act(path+"/enable", "settings.enable", "user", false))
	}
	return append(out, ask(r.act(path+"/disable", "settings.disable", "user-x", true), "settings.disable_ask"))
}

func (r *request) takeAccount() error {
	f := r.filled()
	a, err := r.s.State.Accounts().FindAccount(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f.account(&a)
	if err := r.s.Auth.UpdateAccount(r.Context(), r.who, a); err != nil {
		status := r.status(err)
		if err := f.take(err); err != nil {
			return err
		}
		return r.managePage(status, f)
	}
	return r.redirect(accountsPath + "/" + a.ID + "?done=saved")
}

// manageAct does one thing to an account.
func (r *request) manageAct() error {
	id, back := r.PathValue("id"), accountsPath+"/"+r.PathValue("id")
	var err error
	var done string
	switch r.PathValue("what") {
	case "disable":
		done, err = "disabled", r.s.Auth.DisableAccount(r.Context(), r.who, id)
	case "enable":
		done, err = "enabled", r.s.Auth.EnableAccount(r.Context(), r.who, id)
	case "second-factor":
		done, err = "factor_reset", r.s.Auth.ResetSecondFactor(r.Context(), r.who, id)
	case "sign-out":
		done, err = "signed_out", r.s.Auth.SignOutEverywhere(r.Context(), r.who, id)
	case "link":
		return r.newLink(id)
	default:
		return callpace.E(callpace.NotFound, "web.no_page")
	}
	if err != nil {
		return err
	}
	return r.redirect(back + "?done=" + done)
}

// newLink gives somebody a new invitation, or a way to a new password.
func (r *request) newLink(id string) error {
	token, purpose, err := r.s.Auth.CreateLink(r.Context(), r.who, id)
	if err != nil {
		return err
	}
	a, err := r.s.State.Accounts().FindAccount(r.Context(), id)
	if err != nil {
		return err
	}
	return r.showLink(a, token, purpose)
}
