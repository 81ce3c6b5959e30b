package store

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// The purposes of a link.
const (
	LinkSetup      = "setup"
	LinkInvitation = "invitation"
	LinkReset      = "reset"
)

// Link is a link that works once. Its token is nowhere, only its hash.
type Link struct {
	Hash      string
	Purpose   string
	AccountID string // "" for set-up
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time
}

// Links is the repository of one-time links.
type Links struct{ s State }

// Links gives the repository of one-time links.
func (s State) Links() Links { return Links{s} }

const linkColumns = "hash, purpose, coalesce(account_id, ''), created_at, expires_at, used_at"

func readLink(r row) (l Link, err error) {
	err = r.Scan(&l.Hash, &l.Purpose, &l.AccountID, instant{&l.CreatedAt}, instant{&l.ExpiresAt}, instant{&l.UsedAt})
	return l, err
}

// CreateLink adds a link.
func (r Links) CreateLink(ctx context.Context, l Link) error {
	_, err := change(ctx, r.s.write, "INSERT INTO links (hash, purpose, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
		l.Hash, l.Purpose, text(l.AccountID), at(l.CreatedAt), at(l.ExpiresAt))
	if err != nil {
		return fmt.Errorf("create link: %w", err)
	}
	return nil
}

// FindLink gives a link by its token's hash, used or expired ones included.
func (r Links) FindLink(ctx context.Context, hash string) (Link, error) {
	l, err := find(ctx, r.s.read, "store.no_link", readLink, "SELECT "+linkColumns+" FROM links WHERE hash = $1", hash)
	if err != nil {
		return Link{}, fmt.Errorf("find link: %w", err)
	}
	return l, nil
}

// UseLink marks a link as used; one used before, or expired, is NotFound.
func (r Links) UseLink(ctx context.Context, hash string, now time.Time) error {
	err := must(ctx, r.s.write, callpace.NotFound, "store.no_link",
		"UPDATE links SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2", hash, at(now))
	if err != nil {
		return fmt.Errorf("use link: %w", err)
	}
	return nil
}

// DeleteSetupLinks removes set-up links, used or not.
func (r Links) DeleteSetupLinks(ctx context.Context) error {
	if _, err := change(ctx, r.s.write, "DELETE FROM links WHERE purpose = $1", LinkSetup); err != nil {
		return fmt.Errorf("delete set-up links: %w", err)
	}
	return nil
}

// DeleteLinks removes the links of an account, used or not.
func (r Links) DeleteLinks(ctx context.Context, accountID string) error {
	if _, err := change(ctx, r.s.write, "DELETE FROM links WHERE account_id = $1", accountID); err != nil {
		return fmt.Errorf("delete links of %s: %w", accountID, err)
	}
	return nil
}

// DeleteExpiredLinks removes links that expired before now.
func (r Links) DeleteExpiredLinks(ctx context.Context, now time.Time) error {
	if _, err := change(ctx, r.s.write, "DELETE FROM links WHERE expires_at < $1", at(now)); err != nil {
		return fmt.Errorf("delete expired links: %w", err)
	}
	return nil
}
