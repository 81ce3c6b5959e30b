package store

import (
	"context"
	"fmt"
	"time"
)

// KnowDevice remembers that an account signed in with a device (a hashed
// secret that its browser keeps).
func (r Accounts) KnowDevice(ctx context.Context, id, device string, now time.Time) error {
	_, err := change(ctx, r.s.write, `INSERT INTO devices (account_id, hash, seen_at) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, hash) DO UPDATE SET seen_at = excluded.seen_at`, id, device, at(now))
	if err != nil {
		return fmt.Errorf("remember a device of %s: %w", id, err)
	}
	return nil
}

// KnowsDevice tells whether the account with a login signed in with a device after since.
func (r Accounts) KnowsDevice(ctx context.Context, login, device string, since time.Time) (bool, error) {
	var n int
	err := r.s.read.QueryRowContext(ctx, `SELECT count(*) FROM devices JOIN accounts ON accounts.id = devices.account_id
		WHERE login = $1 AND hash = $2 AND seen_at > $3`, login, device, at(since)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look up a device: %w", err)
	}
	return n > 0, nil
}

// DeleteDevices forgets devices not seen since.
func (r Accounts) DeleteDevices(ctx context.Context, since time.Time) error {
	if _, err := change(ctx, r.s.write, "DELETE FROM devices WHERE seen_at < $1", at(since)); err != nil {
		return fmt.Errorf("forget devices: %w", err)
	}
	return nil
}
