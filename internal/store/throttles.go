package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Throttle counts failures of one kind from one place or for one login.
type Throttle struct {
	ID           string
	Failures     int
	LastAt       time.Time
	BlockedUntil time.Time
}

// Throttles is the repository of counters that slow down guessing.
type Throttles struct{ s State }

// Throttles gives the repository of counters that slow down guessing.
func (s State) Throttles() Throttles { return Throttles{s} }

// FindThrottle gives a counter; one that is not there is at zero.
func (r Throttles) FindThrottle(ctx context.Context, id string) (Throttle, error) {
	t := Throttle{ID: id}
	err := r.s.read.QueryRowContext(ctx, "SELECT failures, last_at, blocked_at FROM throttles WHERE id = $1", id).
		Scan(&t.Failures, instant{&t.LastAt}, instant{&t.BlockedUntil})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Throttle{}, fmt.Errorf("find throttle: %w", err)
	}
	return t, nil
}

// UpdateThrottle writes a counter; one without failures is removed.
func (r Throttles) UpdateThrottle(ctx context.Context, t Throttle) error {
	query, args := "DELETE FROM throttles WHERE id = $1", []any{t.ID}
	if t.Failures > 0 {
		query = `INSERT INTO throttles (id, failures, last_at, blocked_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, blocked_at = excluded.blocked_at`
		args = append(args, t.Failures, at(t.LastAt), t.BlockedUntil.UnixMicro())
	}
	if _, err := change(ctx, r.s.write, query, args...); err != nil {
		return fmt.Errorf("update throttle: %w", err)
	}
	return nil
}

// DeleteThrottles forgets counters that last counted before a time.
func (r Throttles) DeleteThrottles(ctx context.Context, before time.Time) error {
	if _, err := change(ctx, r.s.write, "DELETE FROM throttles WHERE last_at < $1", at(before)); err != nil {
		return fmt.Errorf("delete throttles: %w", err)
	}
	return nil
}
