package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/store"
)

// accountsPage lists who may sign in.
type accountsPage struct {
	shell
	Tabs  []choice
	Rows  []accountRow
	Table grid // of the list: its pager and its files
}

type accountRow struct {
	Name, Login, Role, About, URL string
	Factor                        bool
	State, Kind                   string // in words; the status's class
	Icon                          string
}

const accountsPath = "/settings/accounts"

func (r *request) accounts() error {
	all, err := r.s.State.Accounts().FindAccounts(r.Context())
	if err != nil {
		return err
	}
	s, tabs := r.settingsShell("accounts")
	p := accountsPage{shell: s, Tabs: tabs}
	v := r.view()
	p.Table = r.namedGrid("accounts", "settings.accounts")
	columns := r.fileColumns("file.id", "account.name", "web.login", "file.role", "column.agent", "column.team", "file.second_factor", "column.status")
	p.Table.Files = offerList(r, v, "accounts", p.Table.Caption, all, columns, func(a store.Account) []export.Cell {
		state, _, _ := r.accountState(a)
		out := texts(a.ID, a.Name, a.Login, r.roleName(auth.Role(a.Role)), a.Agent, strings.Join(a.Teams, ", "), "", state)
		out[6] = export.Cell{Kind: export.Truth, True: a.TOTPSecret != ""}
		return out
	})
	all, p.Table.Pager = cut(r, v, "accounts", all, func(a store.Account) string {
		return strings.Join(append([]string{a.Name, a.Login, a.Agent}, a.Teams...), "\n")
	})
	for _, a := range all {
		row := accountRow{Name: a.Name, Login: a.Login, Role: r.roleName(auth.Role(a.Role)), About: r.about(a), URL: accountsPath + "/" + a.ID, Factor: a.TOTPSecret != ""}
		row.State, row.Kind, row.Icon = r.accountState(a)
		p.Rows = append(p.Rows, row)
	}
	return r.page("settings_accounts", p)
}

// about says whose numbers an account is limited to.
func (r *request) about(a store.Account) string {
	text := a.Agent
	for _, team := range a.Teams {
		if text != "" {
			text += r.reader.Text("core.list_comma")
		}
		text += team
	}
	return text
}

func (r *request) accountState(a store.Account) (state, kind, icon string) {
	switch {
	case !a.DisabledAt.IsZero():
		return r.reader.Text("settings.account_disabled"), "", "user-x"
	case a.Password == "":
		return r.reader.Text("settings.account_invited"), "warn", "mail"
	}
	return r.reader.Text("settings.account_active"), "good", "circle-check"
}

// accountFields are what describes an account.
func (r *request) accountFields(f *filled, a store.Account) ([]formField, error) {
	agents, teams, err := r.staff()
	if err != nil {
		return nil, err
	}
	text := r.reader.Text
	var roles []string
	for _, role := range auth.Roles() {
		roles = append(roles, string(role), r.roleName(role))
	}
	if f.values != nil {
		a.Teams = f.values["teams"]
	}
	for _, team := range a.Teams {
		if !slices.Contains(teams, team) {
			teams = append(teams, team)
		}
	}
	return []formField{
		{Kind: "text", Name: "name", Label: text("account.name"), Value: f.or("name", a.Name), Auto: "off"},
		{Kind: "email", Name: "login", Label: text("web.login"), Value: f.or("login", a.Login), Auto: "off", LTR: true},
		{Kind: "select", Name: "role", Label: text("account.token_role"), Hint: text("settings.role_hint"), Groups: choices(f.or("role", a.Role), roles...)},
		{Kind: "checks", Name: "teams", Label: text("settings.account_teams"), Hint: text("settings.account_teams_hint"), Groups: among(a.Teams, teams...)},
		formField{Kind: "text", Name: "agent", Label: text("column.agent"), Hint: text("settings.account_agent_hint"), Value: f.or("agent", a.Agent), Optional: true}.suggest(agents, staffNamesPath),
		{Kind: "select", Name: "language", Label: text("web.language"), Groups: r.languageOptions(f.or("language", a.Language))},
	}, nil
}

// staff are the agents and teams that the roster or facts name.
func (r *request) staff() (agents, teams []string, err error) {
	err = r.readFolder(func(ctx context.Context, f *ingest.Folder) error {
		all, err := f.Store().Agents(ctx)
		agents, teams = namesOf(all)
		return err
	})
	return agents, teams, err
}

func namesOf(all []duck.Agent) (agents, teams []string) {
	for _, a := range all {
		agents = append(agents, a.Name)
		if a.Team != "" && !slices.Contains(teams, a.Team) {
			teams = append(teams, a.Team)
		}
	}
	slices.Sort(teams)
	return agents, teams
}

// read takes over what a form says of an account.
func (f *filled) account(a *store.Account) {
	a.Name, a.Login, a.Role, a.Agent = f.get("name"), f.get("login"), f.get("role"), source.ASCIIDigits(f.get("agent"))
	a.Teams, a.Language = f.values["teams"], i18n.Prefer(f.get("language"), "", a.Language)
}

func (r *request) inviteForm() error { return r.invitePage(http.StatusOK, r.filled()) }

func (r *request) invitePage(status int, f *filled) error {
	fields, err := r.accountFields(f, store.Account{Role: string(auth.Agent), Language: r.reader.Lang()})
	if err != nil {
		return err
	}
	p := r.settingsPage("accounts")
	p.Head, p.Lead = r.reader.Text("settings.invite"), r.reader.Text("settings.invite_text")
	form := f.view(accountsPath, "settings.invite_send", fields...)
	p.Form = &form
	return r.pageStatus(status, "settings", p)
}

// invite makes an account and shows the link by which its person sets a
// password, once; where mails can be sent, it goes out too.
func (r *request) invite() error {
	f, a := r.filled(), store.Account{Language: r.reader.Lang()}
	f.account(&a)
	a, token, err := r.s.Auth.Invite(r.Context(), r.who, a)
	if err != nil {
		status := r.status(err)
		if err := f.take(err); err != nil {
			return err
		}
		return r.invitePage(status, f)
	}
	return r.showLink(a, token, "invitation")
}

func (r *request) showLink(a store.Account, token, purpose string) error {
	note := "settings.link_note"
	if r.canMail() {
		r.mailLink(a, token, purpose)
		note = "settings.link_mailed"
	}
	return r.showOnce("settings", "settings.link", "settings.link_"+purpose, note, accountsPath, r.address("/link/"+token))
}
