package web

import (
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/store"
)

type tokenRow struct {
	Name, Prefix, Role, Expires, Used, State string
	Over                                     bool
	Revoke                                   act
}

// tokenLives are the days that a token may be made for.
var tokenLives = []int{7, 30, 90, 365}

// tokenRows lists the API tokens of whoever may have any.
func (r *request) tokenRows(p *accountPage, f *filled) error {
	if p.TokensAllowed = r.who.May(auth.UseAPI); !p.TokensAllowed {
		return nil
	}
	all, err := r.s.State.Tokens().FindTokens(r.Context(), r.who.Account.ID)
	if err != nil {
		return err
	}
	p.TokenFiles = r.namedGrid("tokens", "account.tokens")
	columns := r.fileColumns("file.id", "account.token_name", "file.prefix", "account.token_role", "account.began", "account.token_expires", "account.token_used", "column.status")
	p.TokenFiles.Files = offerList(r, r.view(), "tokens", p.TokenFiles.Caption, all, columns, func(t store.Token) []export.Cell {
		state, over := r.tokenState(t)
		if !over {
			state = r.reader.Text("settings.account_active")
		}
		return append(texts(t.ID, t.Name, t.Prefix, r.roleName(auth.Role(t.Role))), r.momentCell(t.CreatedAt), r.momentCell(t.ExpiresAt), r.momentCell(t.UsedAt), texts(state)[0])
	})
	for _, t := range all {
		row := tokenRow{Name: t.Name, Prefix: t.Prefix + "…", Role: r.roleName(auth.Role(t.Role)), Expires: r.instant(t.ExpiresAt), Used: r.instant(t.UsedAt)}
		if row.State, row.Over = r.tokenState(t); !row.Over {
			row.Revoke = r.act("/account/tokens/"+t.ID+"/revoke", "account.token_revoke", "trash-2", true)
			row.Revoke.Ask = r.reader.T("account.token_revoke_ask", map[string]any{"name": t.Name})
		}
		p.Tokens = append(p.Tokens, row)
	}
	form := r.tokenForm(f)
	p.NewToken = &form
	return nil
}

// tokenState says why a token works no more.
func (r *request) tokenState(t store.Token) (why string, over bool) {
	switch {
	case !t.RevokedAt.IsZero():
		return r.reader.Text("account.token_revoked"), true
	case !r.now.Before(t.ExpiresAt):
		return r.reader.Text("account.token_expired"), true
	}
	return "", false
}

func (r *request) tokenForm(f *filled) formView {
	var roles, lives []string
	for _, role := range auth.Roles() {
		if role.Permissions().Within(r.who.Can) && role.Permissions().Has(auth.UseAPI) {
			roles = append(roles, string(role), r.roleName(role))
		}
	}
	for _, days := range tokenLives {
		lives = append(lives, itoa(days), r.reader.T("account.days", map[string]any{"count": days}))
	}
	text := r.reader.Text
	return f.view("/account/tokens", "account.token_create",
		formField{Kind: "text", Name: "name", Label: text("account.token_name"), Hint: text("account.token_name_hint"), Value: f.or("name", "")},
		formField{Kind: "select", Name: "role", Label: text("account.token_role"), Groups: choices(f.or("role", r.who.Account.Role), roles...)},
		formField{Kind: "select", Name: "expires", Label: text("account.token_expires"), Groups: choices(f.or("expires", "90"), lives...)})
}

func (r *request) createToken() error {
	f := r.filled()
	days := f.number("expires", 1, tokenLives[len(tokenLives)-1])
	if f.bad() {
		return r.accountFault(callpace.E(callpace.Invalid, "auth.bad_expiry"), "tokens", f)
	}
	secret, _, err := r.s.Auth.CreateToken(r.Context(), r.who, f.get("name"), auth.Role(f.get("role")), r.now.Add(time.Duration(days)*24*time.Hour))
	if err != nil {
		return r.accountFault(err, "tokens", f)
	}
	return r.showOnce("account", "account.token_made", "account.token_text", "account.token_note", accountPath+"#tokens", secret)
}

func (r *request) revokeToken() error {
	if err := r.s.Auth.RevokeToken(r.Context(), r.who, r.PathValue("id")); err != nil {
		return err
	}
	return r.redirect(accountPath + "?done=token_revoked#tokens")
}
