package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/store"
)

// accountPage is what people settle for themselves.
type accountPage struct {
	shell
	Login, Role   string
	Profile       formView
	Password      formView
	SecondFactor  bool
	Demanded      bool // of the role
	CodesLeft     int
	Factor        []formView // set up, or renew the codes and remove
	Pending       bool
	Sessions      []sessionRow
	SessionFiles  grid
	EndAll        act
	Tokens        []tokenRow
	TokenFiles    grid
	NewToken      *formView
	TokensAllowed bool
}

type sessionRow struct {
	Device, Address, Began, Seen string
	Current                      bool
	End                          act
}

const accountPath = "/account"

func (r *request) account() error { return r.accountPage(http.StatusOK, "", r.filled()) }

// accountPage lays the page out; failed names the form that was sent and
// comes back with its faults.
func (r *request) accountPage(status int, failed string, f *filled) error {
	sent := func(name string) *filled {
		if name == failed {
			return f
		}
		return &filled{r: r, faults: map[string]string{}}
	}
	p := accountPage{shell: r.shell("nav.account", "account"), Login: r.who.Account.Login, Role: r.roleName(auth.Role(r.who.Account.Role))}
	p.Notices = r.done("account")
	p.Profile, p.Password = r.profileForm(sent("profile")), r.passwordForm(sent("password"))
	if err := r.factorForms(&p, sent); err != nil {
		return err
	}
	if err := r.sessionRows(&p); err != nil {
		return err
	}
	if err := r.tokenRows(&p, sent("tokens")); err != nil {
		return err
	}
	return r.pageStatus(status, "account", p)
}

func (r *request) profileForm(f *filled) formView {
	a, text := r.who.Account, r.reader.Text
	pages, usual := []string{"", ""}, usualStart(a)
	for _, s := range sections {
		if s.path == usual {
			pages[1] = r.reader.T("account.usual_start", map[string]any{"page": text("nav." + s.key)})
		}
		if r.who.May(s.needs) {
			pages = append(pages, s.path, text("nav."+s.key))
		}
	}
	return f.view("/account/profile", "form.save",
		formField{Kind: "text", Name: "name", Label: text("account.name"), Value: f.or("name", a.Name), Auto: "name"},
		formField{Kind: "select", Name: "language", Label: text("web.language"), Groups: r.languageOptions(f.or("language", a.Language))},
		formField{Kind: "select", Name: "theme", Label: text("account.theme"), Optional: true, Groups: choices(f.or("theme", a.Preferences.Theme),
			"", text("web.theme.auto"), "light", text("web.theme.light"), "dark", text("web.theme.dark"))},
		formField{Kind: "select", Name: "start_page", Label: text("account.start_page"), Optional: true, Groups: choices(f.or("start_page", a.Preferences.StartPage), pages...)},
		formField{Kind: "select", Name: "digits", Label: text("account.digits"), Hint: text("account.digits_hint"), Optional: true,
			Groups: choices(f.or("digits", a.Preferences.Digits), "", text("account.digits_native"), "latin", "0 1 2 3 4 5 6 7 8 9")},
	)
}

func (r *request) takeProfile() error {
	f, p := r.filled(), r.who.Account.Preferences
	p.Theme, p.StartPage, p.Digits = one(f.get("theme"), "light", "dark"), "", one(f.get("digits"), "latin")
	for _, s := range sections {
		if s.path == f.get("start_page") && r.who.May(s.needs) {
			p.StartPage = s.path
		}
	}
	if !slices.Contains(i18n.Languages(), f.get("language")) {
		f.wrong("language", "auth.bad_language", "language", f.get("language"))
	} else if err := r.s.Auth.UpdateProfile(r.Context(), r.who, f.get("name"), f.get("language"), p); err != nil {
		if err := f.take(err); err != nil {
			return err
		}
	}
	if f.bad() {
		return r.accountPage(f.status(nil), "profile", f)
	}
	http.SetCookie(r.w, &http.Cookie{Name: "theme", Path: "/", MaxAge: -1, Secure: !r.s.Insecure, SameSite: http.SameSiteLaxMode}) // the account's from now on
	return r.redirect(accountPath + "?done=profile")
}

// one gives a value that is among those allowed, else "".
func one(value string, allowed ...string) string {
	if slices.Contains(allowed, value) {
		return value
	}
	return ""
}

// takeLanguage is the language menu of whoever is signed in.
func (r *request) takeLanguage() error {
	f := r.filled()
	lang := i18n.Prefer(f.get("language"), "", r.who.Account.Language)
	if err := r.s.Auth.UpdateProfile(r.Context(), r.who, r.who.Account.Name, lang, r.who.Account.Preferences); err != nil {
		return err
	}
	next, err := url.Parse(ownPath(f.get("next")))
	if err != nil {
		return r.redirect("/")
	}
	v := view{next.Path, next.Query()}
	return r.redirect(v.with("lang", "")) // or the address would go before the account
}

func (r *request) passwordForm(f *filled) formView {
	text := r.reader.Text
	return f.view("/account/password", "account.change_password",
		r.passwordNow(),
		formField{Kind: "password", Name: "password", Label: text("account.new_password"), Hint: text("account.password_hint"), Auto: "new-password", LTR: true})
}

func (r *request) takePassword() error {
	f := r.filled()
	if err := r.s.Auth.ChangePassword(r.Context(), r.who, f.values.Get("before"), f.values.Get("password")); err != nil {
		return r.accountFault(err, "password", f)
	}
	return r.redirect(accountPath + "?done=password")
}

// accountFault shows a form of the page again with what was wrong.
func (r *request) accountFault(err error, form string, f *filled) error {
	status := r.status(err)
	if err := f.take(err); err != nil {
		return err
	}
	return r.accountPage(status, form, f)
}

func (r *request) sessionRows(p *accountPage) error {
	all, err := r.s.State.Sessions().FindSessions(r.Context(), r.who.Account.ID)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(x store.Session) bool { return x.Stage != store.StageOpen })
	p.SessionFiles = r.namedGrid("sessions", "account.sessions")
	columns := r.fileColumns("file.id", "account.device", "account.address", "account.began", "account.seen", "account.this_one")
	p.SessionFiles.Files = offerList(r, r.view(), "sessions", p.SessionFiles.Caption, all, columns, func(x store.Session) []export.Cell {
		return append(texts(x.ID, r.browserName(x.UserAgent), x.Address), r.momentCell(x.CreatedAt), r.momentCell(x.SeenAt), export.Cell{Kind: export.Truth, True: x.ID == r.who.Session.ID})
	})
	for _, x := range all {
		p.Sessions = append(p.Sessions, sessionRow{Device: r.browserName(x.UserAgent), Address: x.Address, Began: r.instant(x.CreatedAt), Seen: r.instant(x.SeenAt),
			Current: x.ID == r.who.Session.ID, End: r.act("/account/sessions/"+x.ID+"/end", "account.end_session", "log-out", false)})
	}
	p.EndAll = r.act("/account/sign-out-everywhere", "account.sign_out_everywhere", "log-out", true)
	p.EndAll.Ask = r.reader.Text("account.sign_out_everywhere_ask")
	return nil
}

// act makes a button that is a form of its own.
func (r *request) act(url, label, icon string, danger bool) act {
	return act{URL: url, Label: r.reader.Text(label), Icon: icon, CSRF: auth.CSRFToken(r.formSecret()), Danger: danger}
}

func (r *request) endSession() error {
	if err := r.s.Auth.EndSession(r.Context(), r.who, r.PathValue("id")); err != nil {
		return err
	}
	return r.redirect(accountPath + "?done=session#sessions")
}

func (r *request) signOutEverywhere() error {
	if err := r.s.Auth.SignOutEverywhere(r.Context(), r.who, r.who.Account.ID); err != nil {
		return err
	}
	return r.redirect(signInPath)
}
