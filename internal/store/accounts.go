package store

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// Account is a person who signs in. Its secrets are never part of its JSON.
type Account struct {
	ID    string `json:"id"`
	Login string `json:"login"` // e-mail address, already case-folded
	Name  string `json:"name"`
	Role  string `json:"role"`
	// Teams are those that the account is limited to: a lead's own, or what
	// somebody else was narrowed to; none is no limit, except for a lead or an agent.
	Teams       []string    `json:"teams"`
	Agent       string      `json:"agent,omitempty"` // the agent that this person is
	Language    string      `json:"language"`
	Preferences Preferences `json:"preferences"`
	CreatedAt   time.Time   `json:"created_at"`
	DisabledAt  time.Time   `json:"disabled_at,omitzero"`
	PasswordAt  time.Time   `json:"password_at,omitzero"`

	Password    string `json:"-"` // argon2id, "" until the invitation is taken up
	TOTPSecret  string `json:"-"` // base32, "" without a second factor
	TOTPPending string `json:"-"`
	TOTPStep    int64  `json:"-"`
}

// Preferences are a person's own, each "" or false for the organisation's.
type Preferences struct {
	Digits    string `json:"digits,omitempty"`     // latin, native
	Theme     string `json:"theme,omitempty"`      // light, dark
	StartPage string `json:"start_page,omitempty"` // path of the page after sign-in
	NoMail    bool   `json:"no_mail,omitempty"`    // no morning mail
}

// Accounts is the repository of accounts.
type Accounts struct{ s State }

// Accounts gives the repository of accounts.
func (s State) Accounts() Accounts { return Accounts{s} }

const accountColumns = `id, login, name, role, teams, agent, language, preferences, created_at, disabled_at, password_at,
	password, totp_secret, totp_pending, totp_step`

func readAccount(r row) (a Account, err error) {
	err = r.Scan(&a.ID, &a.Login, &a.Name, &a.Role, decoded{&a.Teams}, &a.Agent, &a.Language, decoded{&a.Preferences},
		instant{&a.CreatedAt}, instant{&a.DisabledAt}, instant{&a.PasswordAt}, &a.Password, &a.TOTPSecret, &a.TOTPPending, &a.TOTPStep)
	return a, err
}

// CountAccounts tells how many accounts there are, disabled ones included.
func (r Accounts) CountAccounts(ctx context.Context) (n int, err error) {
	if err = r.s.read.QueryRowContext(ctx, "SELECT count(*) FROM accounts").Scan(&n); err != nil {
		return 0, fmt.Errorf("count accounts: %w", err)
	}
	return n, nil
}

// CreateAccount adds an account and gives it back with its id. A login that is
// taken is a Conflict.
func (r Accounts) CreateAccount(ctx context.Context, a Account) (Account, error) {
	id, err := newID()
	if err != nil {
		return Account{}, err
	}
	a.ID = id
	err = must(ctx, r.s.write, callpace.Conflict, "store.login_taken", `INSERT INTO accounts (`+accountColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (login) DO NOTHING`,
		a.ID, a.Login, a.Name, a.Role, encoded(a.Teams), a.Agent, a.Language, encoded(a.Preferences),
		at(a.CreatedAt), at(a.DisabledAt), at(a.PasswordAt), a.Password, a.TOTPSecret, a.TOTPPending, a.TOTPStep)
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	return a, nil
}

// FindAccount gives an account by its id.
func (r Accounts) FindAccount(ctx context.Context, id string) (Account, error) {
	a, err := find(ctx, r.s.read, "store.no_account", readAccount, "SELECT "+accountColumns+" FROM accounts WHERE id = $1", id)
	if err != nil {
		return Account{}, fmt.Errorf("find account %s: %w", id, err)
	}
	return a, nil
}

// FindAccountByLogin gives an account by its case-folded login.
func (r Accounts) FindAccountByLogin(ctx context.Context, login string) (Account, error) {
	a, err := find(ctx, r.s.read, "store.no_account", readAccount, "SELECT "+accountColumns+" FROM accounts WHERE login = $1", login)
	if err != nil {
		return Account{}, fmt.Errorf("find account by login: %w", err)
	}
	return a, nil
}

// FindAccounts lists all accounts by name.
func (r Accounts) FindAccounts(ctx context.Context) ([]Account, error) {
	found, err := list(ctx, r.s.read, readAccount, "SELECT "+accountColumns+" FROM accounts ORDER BY name, id")
	if err != nil {
		return nil, fmt.Errorf("find accounts: %w", err)
	}
	return found, nil
}

// UpdateAccount writes what describes an account: login, name, role, teams,
// agent, language and preferences. Secrets have methods of their own.
func (r Accounts) UpdateAccount(ctx context.Context, a Account) error {
	err := r.s.Update(ctx, func(s State) error {
		taken, err := change(ctx, s.write, "UPDATE accounts SET login = login WHERE login = $1 AND id <> $2", a.Login, a.ID)
		if err != nil {
			return err
		}
		if taken > 0 {
			return callpace.E(callpace.Conflict, "store.login_taken")
		}
		return must(ctx, s.write, callpace.NotFound, "store.no_account", `UPDATE accounts
			SET login = $2, name = $3, role = $4, teams = $5, agent = $6, language = $7, preferences = $8 WHERE id = $1`,
			a.ID, a.Login, a.Name, a.Role, encoded(a.Teams), a.Agent, a.Language, encoded(a.Preferences))
	})
	if err != nil {
		return fmt.Errorf("update account %s: %w", a.ID, err)
	}
	return nil
}

// UpdatePassword keeps a new password hash.
func (r Accounts) UpdatePassword(ctx context.Context, id, hash string, now time.Time) error {
	return r.set(ctx, id, "password = $2, password_at = $3", hash, at(now))
}

// UpdateHash replaces a password hash by another of the same password, unless
// the password was changed meanwhile.
func (r Accounts) UpdateHash(ctx context.Context, id, before, after string) error {
	if _, err := change(ctx, r.s.write, "UPDATE accounts SET password = $3 WHERE id = $1 AND password = $2", id, before, after); err != nil {
		return fmt.Errorf("update account %s: %w", id, err)
	}
	return nil
}

// UpdateDisabled disables an account from now on, or enables it (the zero time).
func (r Accounts) UpdateDisabled(ctx context.Context, id string, since time.Time) error {
	return r.set(ctx, id, "disabled_at = $2", at(since))
}

// UpdatePendingTOTP keeps a secret that was offered and not yet confirmed.
func (r Accounts) UpdatePendingTOTP(ctx context.Context, id, secret string) error {
	return r.set(ctx, id, "totp_pending = $2", secret)
}

// UpdateTOTP sets the secret of the second factor ("" removes it) and the
// first time step that was used with it.
func (r Accounts) UpdateTOTP(ctx context.Context, id, secret string, step int64) error {
	return r.set(ctx, id, "totp_secret = $2, totp_pending = '', totp_step = $3", secret, step)
}

// UseTOTPStep takes a time step for a code; false tells that it, or a later
// one, was taken before: the code is a replay.
func (r Accounts) UseTOTPStep(ctx context.Context, id string, step int64) (bool, error) {
	n, err := change(ctx, r.s.write, "UPDATE accounts SET totp_step = $2 WHERE id = $1 AND totp_step < $2", id, step)
	if err != nil {
		return false, fmt.Errorf("use a code of account %s: %w", id, err)
	}
	return n == 1, nil
}

func (r Accounts) set(ctx context.Context, id, assignments string, values ...any) error {
	err := must(ctx, r.s.write, callpace.NotFound, "store.no_account", "UPDATE accounts SET "+assignments+" WHERE id = $1", append([]any{id}, values...)...)
	if err != nil {
		return fmt.Errorf("update account %s: %w", id, err)
	}
	return nil
}
