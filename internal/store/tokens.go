package store

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// Token lets a program use the API on an account's behalf. The secret is
// nowhere, only its hash and the beginning by which people tell tokens apart.
type Token struct {
	ID        string    `json:"id"`
	Hash      string    `json:"-"`
	Prefix    string    `json:"prefix"`
	Name      string    `json:"name"`
	AccountID string    `json:"account_id"`
	Role      string    `json:"role"` // at most this, and at most the account's
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
	UsedAt    time.Time `json:"used_at,omitzero"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

// Tokens is the repository of API tokens.
type Tokens struct{ s State }

// Tokens gives the repository of API tokens.
func (s State) Tokens() Tokens { return Tokens{s} }

const tokenColumns = "id, hash, prefix, name, account_id, role, created_at, expires_at, used_at, revoked_at"

func readToken(r row) (x Token, err error) {
	err = r.Scan(&x.ID, &x.Hash, &x.Prefix, &x.Name, &x.AccountID, &x.Role,
		instant{&x.CreatedAt}, instant{&x.ExpiresAt}, instant{&x.UsedAt}, instant{&x.RevokedAt})
	return x, err
}

// CreateToken adds a token and gives it back with its id.
func (r Tokens) CreateToken(ctx context.Context, x Token) (Token, error) {
	id, err := newID()
	if err != nil {
		return Token{}, err
	}
	x.ID = id
	_, err = change(ctx, r.s.write, "INSERT INTO tokens ("+tokenColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		x.ID, x.Hash, x.Prefix, x.Name, x.AccountID, x.Role, at(x.CreatedAt), at(x.ExpiresAt), at(x.UsedAt), at(x.RevokedAt))
	if err != nil {
		return Token{}, fmt.Errorf("create token: %w", err)
	}
	return x, nil
}

// FindToken gives a token by its id.
func (r Tokens) FindToken(ctx context.Context, id string) (Token, error) {
	x, err := find(ctx, r.s.read, "store.no_token", readToken, "SELECT "+tokenColumns+" FROM tokens WHERE id = $1", id)
	if err != nil {
		return Token{}, fmt.Errorf("find token %s: %w", id, err)
	}
	return x, nil
}

// FindTokenByHash gives a token by its secret's hash, revoked and expired ones included.
func (r Tokens) FindTokenByHash(ctx context.Context, hash string) (Token, error) {
	x, err := find(ctx, r.s.read, "store.no_token", readToken, "SELECT "+tokenColumns+" FROM tokens WHERE hash = $1", hash)
	if err != nil {
		return Token{}, fmt.Errorf("find token: %w", err)
	}
	return x, nil
}

// FindTokens lists the tokens of an account, or of all ("").
func (r Tokens) FindTokens(ctx context.Context, accountID string) ([]Token, error) {
	found, err := list(ctx, r.s.read, readToken,
		"SELECT "+tokenColumns+" FROM tokens WHERE $1 = '' OR account_id = $1 ORDER BY created_at DESC, id", accountID)
	if err != nil {
		return nil, fmt.Errorf("find tokens: %w", err)
	}
	return found, nil
}

// TouchToken notes that a token was used.
func (r Tokens) TouchToken(ctx context.Context, id string, now time.Time) error {
	if _, err := change(ctx, r.s.write, "UPDATE tokens SET used_at = $2 WHERE id = $1", id, at(now)); err != nil {
		return fmt.Errorf("touch token %s: %w", id, err)
	}
	return nil
}

// RevokeToken ends a token; one that ended before keeps its time.
func (r Tokens) RevokeToken(ctx context.Context, id string, now time.Time) error {
	err := must(ctx, r.s.write, callpace.NotFound, "store.no_token",
		"UPDATE tokens SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1", id, at(now))
	if err != nil {
		return fmt.Errorf("revoke token %s: %w", id, err)
	}
	return nil
}
