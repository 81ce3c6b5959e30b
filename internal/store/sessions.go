package store

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// The stages of a session.
const (
	StageCode = "code" // the password was right, the second factor is awaited
	StageOpen = "open"
)

// Session is one sign-in. The token itself is nowhere, only its hash.
type Session struct {
	ID        string    `json:"id"`
	Hash      string    `json:"-"`
	AccountID string    `json:"account_id"`
	Stage     string    `json:"-"`
	Failures  int       `json:"-"` // wrong codes at this stage
	UserAgent string    `json:"user_agent"`
	Address   string    `json:"address"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Sessions is the repository of sessions.
type Sessions struct{ s State }

// Sessions gives the repository of sessions.
func (s State) Sessions() Sessions { return Sessions{s} }

const sessionColumns = "id, hash, account_id, stage, failures, user_agent, address, created_at, seen_at, expires_at"

func readSession(r row) (x Session, err error) {
	err = r.Scan(&x.ID, &x.Hash, &x.AccountID, &x.Stage, &x.Failures, &x.UserAgent, &x.Address,
		instant{&x.CreatedAt}, instant{&x.SeenAt}, instant{&x.ExpiresAt})
	return x, err
}

// CreateSession adds a session and gives it back with its id.
func (r Sessions) CreateSession(ctx context.Context, x Session) (Session, error) {
	id, err := newID()
	if err != nil {
		return Session{}, err
	}
	x.ID = id
	_, err = change(ctx, r.s.write, "INSERT INTO sessions ("+sessionColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		x.ID, x.Hash, x.AccountID, x.Stage, x.Failures, x.UserAgent, x.Address, at(x.CreatedAt), at(x.SeenAt), at(x.ExpiresAt))
	if err != nil {
		return Session{}, fmt.Errorf("create session: %w", err)
	}
	return x, nil
}

// FindSession gives the session of a token's hash.
func (r Sessions) FindSession(ctx context.Context, hash string) (Session, error) {
	x, err := find(ctx, r.s.read, "store.no_session", readSession, "SELECT "+sessionColumns+" FROM sessions WHERE hash = $1", hash)
	if err != nil {
		return Session{}, fmt.Errorf("find session: %w", err)
	}
	return x, nil
}

// FindSessions lists the sessions of an account, the one seen last first.
func (r Sessions) FindSessions(ctx context.Context, accountID string) ([]Session, error) {
	found, err := list(ctx, r.s.read, readSession,
		"SELECT "+sessionColumns+" FROM sessions WHERE account_id = $1 ORDER BY seen_at DESC, id", accountID)
	if err != nil {
		return nil, fmt.Errorf("find sessions of %s: %w", accountID, err)
	}
	return found, nil
}

// UpdateSession writes the hash, stage, failures, address, and times of a session. One that
// has ended meanwhile is NotFound.
func (r Sessions) UpdateSession(ctx context.Context, x Session) error {
	err := must(ctx, r.s.write, callpace.NotFound, "store.no_session",
		"UPDATE sessions SET hash = $2, stage = $3, failures = $4, address = $5, seen_at = $6, expires_at = $7 WHERE id = $1",
		x.ID, x.Hash, x.Stage, x.Failures, x.Address, at(x.SeenAt), at(x.ExpiresAt))
	if err != nil {
		return fmt.Errorf("update session %s: %w", x.ID, err)
	}
	return nil
}

// TouchSession notes that a session was used; one that has ended meanwhile is left alone.
func (r Sessions) TouchSession(ctx context.Context, id, address string, now time.Time) error {
	if _, err := change(ctx, r.s.write, "UPDATE sessions SET seen_at = $2, address = $3 WHERE id = $1", id, at(now), address); err != nil {
		return fmt.Errorf("touch session %s: %w", id, err)
	}
	return nil
}

// DeleteSession ends one session of an account.
func (r Sessions) DeleteSession(ctx context.Context, accountID, id string) error {
	err := must(ctx, r.s.write, callpace.NotFound, "store.no_session", "DELETE FROM sessions WHERE id = $1 AND account_id = $2", id, accountID)
	if err != nil {
		return fmt.Errorf("delete session %s: %w", id, err)
	}
	return nil
}

// DeleteSessions ends all sessions of an account but one ("" for none), and
// tells how many.
func (r Sessions) DeleteSessions(ctx context.Context, accountID, except string) (int, error) {
	n, err := change(ctx, r.s.write, "DELETE FROM sessions WHERE account_id = $1 AND id <> $2", accountID, except)
	if err != nil {
		return 0, fmt.Errorf("delete sessions of %s: %w", accountID, err)
	}
	return n, nil
}

// DeleteStaleSessions removes sessions that expired or were last seen before idle.
func (r Sessions) DeleteStaleSessions(ctx context.Context, idle, now time.Time) error {
	if _, err := change(ctx, r.s.write, "DELETE FROM sessions WHERE seen_at < $1 OR expires_at < $2", at(idle), at(now)); err != nil {
		return fmt.Errorf("delete stale sessions: %w", err)
	}
	return nil
}
