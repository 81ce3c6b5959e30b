package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

const (
	tokenPrefix  = "cp_"
	tokenShown   = len(tokenPrefix) + 6
	longestToken = 366 * 24 * time.Hour
)

// CreateToken makes an API token of the identity with a role that is not above
// the account's own, and gives its secret, which is shown this once.
func (s *Service) CreateToken(ctx context.Context, id Identity, name string, role Role, expires time.Time) (secret string, t store.Token, err error) {
	if err := id.inPerson(); err != nil {
		return "", store.Token{}, err
	}
	if err := id.Require(UseAPI); err != nil {
		return "", store.Token{}, err
	}
	now := s.now()
	name = cleanName(name)
	switch {
	case name == "":
		return "", store.Token{}, callpace.E(callpace.Invalid, "auth.no_name")
	case !role.Known():
		return "", store.Token{}, callpace.E(callpace.Invalid, "auth.bad_role", "role", string(role))
	case !role.Permissions().Within(id.Can):
		return "", store.Token{}, callpace.E(callpace.Forbidden, "auth.role_above")
	case !expires.After(now), expires.After(now.Add(longestToken)):
		return "", store.Token{}, callpace.E(callpace.Invalid, "auth.bad_expiry")
	}
	secret = tokenPrefix + newSecret()
	err = s.state.Update(ctx, func(tx store.State) error {
		t, err = tx.Tokens().CreateToken(ctx, store.Token{Hash: digest(secret), Prefix: secret[:tokenShown], Name: name,
			AccountID: id.Account.ID, Role: string(role), CreatedAt: now, ExpiresAt: expires.UTC().Truncate(time.Microsecond)})
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, id.Entry(TokenCreated, t.ID, map[string]any{"role": role, "expires": t.ExpiresAt.Format(time.RFC3339)}))
	})
	if err != nil {
		return "", store.Token{}, fmt.Errorf("create token: %w", err)
	}
	return secret, t, nil
}

// ResumeToken tells whom an API token stands for: its account as it is now,
// with what both the account's and the token's role allow.
func (s *Service) ResumeToken(ctx context.Context, secret string, v Visitor) (Identity, error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return Identity{}, tokenRefused()
	}
	t, err := s.state.Tokens().FindTokenByHash(ctx, digest(secret))
	now := s.now()
	if absent(err) || err == nil && (!t.RevokedAt.IsZero() || !now.Before(t.ExpiresAt)) {
		return Identity{}, tokenRefused()
	} else if err != nil {
		return Identity{}, fmt.Errorf("resume token: %w", err)
	}
	a, err := s.state.Accounts().FindAccount(ctx, t.AccountID)
	if absent(err) || err == nil && !a.DisabledAt.IsZero() {
		return Identity{}, tokenRefused()
	} else if err != nil {
		return Identity{}, fmt.Errorf("resume token: %w", err)
	}
	id := identify(a, v)
	if !id.May(UseAPI) {
		return Identity{}, tokenRefused()
	}
	if now.Sub(t.UsedAt) >= touchEvery {
		s.unnoted(ctx, s.state.Tokens().TouchToken(ctx, t.ID, now))
	}
	id.Token, id.Can = &t, id.Can.and(Role(t.Role).Permissions())
	return id, nil
}

// RevokeToken ends a token at once: an own one or, for who manages accounts, anybody's.
func (s *Service) RevokeToken(ctx context.Context, id Identity, tokenID string) error {
	if err := id.inPerson(); err != nil {
		return err
	}
	err := s.state.Update(ctx, func(tx store.State) error {
		t, err := tx.Tokens().FindToken(ctx, tokenID)
		if err != nil {
			return err
		}
		if t.AccountID != id.Account.ID && !id.May(ManageAccounts) {
			return callpace.E(callpace.NotFound, "store.no_token")
		}
		if err := tx.Tokens().RevokeToken(ctx, tokenID, s.now()); err != nil {
			return err
		}
		return s.audit(ctx, tx, id.Entry(TokenRevoked, tokenID, nil))
	})
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return nil
}
