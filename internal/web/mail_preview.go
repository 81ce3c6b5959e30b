package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/morning"
	"github.com/callpace/callpace/internal/store"
	letters "github.com/callpace/callpace/internal/web/letter"
)

const previewPath = "/mail/preview"

// mailRoutes are those of the morning's mail.
func mailRoutes() []route {
	return []route{
		{pattern: "GET " + previewPath, needs: auth.ViewOwn, handle: (*request).mailPreview},
		{pattern: "POST " + previewPath, needs: auth.ViewOwn, handle: (*request).takeMail},
	}
}

// previewPage shows the morning's mail as it would come now.
type previewPage struct {
	shell
	Subject, To   string
	Letter        template.HTML
	Plain         string // the other part of the mail
	Roles, Speaks []choice
	Empty         *empty
	On            bool // the reader gets it
	OnText        string
	Switch        act
}

// mailPreview shows the reader's own mail; who manages accounts may look at
// that of each role, in each language.
func (r *request) mailPreview() error {
	p := previewPage{shell: r.shell("morning.title", "")}
	p.Notices = r.done("mail")
	to, err := r.previewed(&p)
	if err != nil {
		return err
	}
	mine := r.who.Account.Preferences
	p.On, p.OnText, p.Switch = !mine.NoMail, r.reader.Text("morning.on"), r.act(previewPath, "morning.turn_off", "x", false)
	p.Switch.Name, p.Switch.Value = "mail", "off"
	if mine.NoMail {
		p.OnText, p.Switch = r.reader.Text("morning.is_off"), r.act(previewPath, "morning.turn_on", "mail", false)
		p.Switch.Name, p.Switch.Value = "mail", "on"
	}
	if err := r.previewLetter(&p, to); err != nil {
		return err
	}
	return r.page("mail_preview", p)
}

// previewed gives whose mail is shown, and offers the others.
func (r *request) previewed(p *previewPage) (store.Account, error) {
	to, v := r.who.Account, r.view()
	if r.who.May(auth.ManageAccounts) {
		accounts, err := r.s.State.Accounts().FindAccounts(r.Context())
		if err != nil {
			return to, err
		}
		p.Roles = append(p.Roles, choice{r.reader.Text("morning.mine"), v.with("role", ""), v.get("role") == ""})
		for _, role := range auth.Roles() {
			sample, ok := sampleOf(role, accounts)
			if !ok {
				continue
			}
			chosen := v.get("role") == string(role)
			if p.Roles = append(p.Roles, choice{r.roleName(role), v.with("role", string(role)), chosen}); chosen {
				to = sample
			}
		}
	}
	asked := to.Language
	for _, lang := range i18n.Languages() {
		if v.get("speak") == lang {
			asked = lang
		}
	}
	if to.Language = asked; p.Roles != nil {
		for _, lang := range i18n.Languages() {
			p.Speaks = append(p.Speaks, choice{r.s.Texts.Localizer(lang, r.calendar()).T("language.self", nil), v.with("speak", lang), lang == asked})
		}
	}
	return to, nil
}

// sampleOf gives an account of a role: the first there is, or, where a role
// needs neither team nor agent, one that might be.
func sampleOf(role auth.Role, accounts []store.Account) (store.Account, bool) {
	for _, a := range accounts {
		if auth.Role(a.Role) == role && a.DisabledAt.IsZero() {
			return a, true
		}
	}
	return store.Account{Role: string(role), Language: "en"}, role != auth.Agent && role != auth.Lead
}

func (r *request) previewLetter(p *previewPage, to store.Account) error {
	if r.s.Morning == nil {
		return callpace.E(callpace.Unsupported, "smtp.no_server")
	}
	l, err := r.letterTo(to)
	if err != nil {
		return err
	}
	if l == nil || l.Empty() {
		p.Empty = &empty{Icon: "inbox", Title: r.reader.Text("morning.nothing"), Text: r.reader.Text("morning.nothing_text"), URL: ""}
		return nil
	}
	var out bytes.Buffer
	w := letters.Writer{Texts: r.s.Texts}
	if _, err = w.Preview(&out, l, r.org.Name, ""); err != nil {
		return err
	}
	message, err := w.Message(l, r.org.Name, r.address(""))
	if err != nil {
		return err
	}
	p.Subject, p.To, p.Letter, p.Plain = message.Subject, to.Login, template.HTML(out.String()), message.Text // as the template of letters escaped it
	return nil
}

// letterTo makes a letter, once for each hour and state of facts and goals; nil
// where nothing was ever recorded.
func (r *request) letterTo(to store.Account) (*morning.Letter, error) {
	b := goals.Book{State: r.s.State.State}
	all, err := r.s.State.Goals().FindGoals(r.Context())
	if err != nil {
		return nil, err
	}
	chains, err := b.Chains(r.Context())
	if err != nil {
		return nil, err
	}
	working, err := r.working()
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("letter %s %q %q %t %q %s %q %s", to.Role, to.Teams, to.Agent, r.org.SeePeers, r.org.Focus, r.now.UTC().Format("2006-01-02 15"), chains, working.Key())
	for _, g := range all {
		key += " " + stampOf(g)
	}
	v, err := r.s.memo.recall(r.known(), key, func() (any, error) {
		l, _, err := r.s.Morning.Preview(context.WithoutCancel(r.Context()), to, r.read)
		return l, err
	})
	if err != nil || v.(*morning.Letter) == nil {
		return nil, err
	}
	l := *v.(*morning.Letter)
	l.To = to
	return &l, nil
}

// takeMail turns the reader's own mail off or on.
func (r *request) takeMail() error {
	a := r.who.Account
	a.Preferences.NoMail = r.PostFormValue("mail") == "off"
	if err := r.s.Auth.UpdateProfile(r.Context(), r.who, a.Name, a.Language, a.Preferences); err != nil {
		return err
	}
	if a.Preferences.NoMail {
		return r.redirect(previewPath + "?done=off")
	}
	return r.redirect(previewPath + "?done=on")
}
