package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Settings is the repository of the organisation's settings for people and
// pages: a JSON value by name. Settings that shape facts are in the journal.
type Settings struct{ s State }

// Settings gives the repository of settings.
func (s State) Settings() Settings { return Settings{s} }

// FindSetting reads a setting into what into points to; where it was never
// set, that stays as it is: the caller puts the default there.
func (r Settings) FindSetting(ctx context.Context, name string, into any) error {
	err := r.s.read.QueryRowContext(ctx, "SELECT value FROM settings WHERE id = $1", name).Scan(decoded{into})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("find setting %s: %w", name, err)
	}
	return nil
}

// UpdateSetting writes a setting and who did.
func (r Settings) UpdateSetting(ctx context.Context, name string, value any, accountID string, now time.Time) error {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("update setting %s: %w", name, err)
	}
	_, err = change(ctx, r.s.write, `INSERT INTO settings (id, value, updated_at, updated_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
		name, string(b), at(now), accountID)
	if err != nil {
		return fmt.Errorf("update setting %s: %w", name, err)
	}
	return nil
}

// DeleteSetting brings a setting back to its default.
func (r Settings) DeleteSetting(ctx context.Context, name string) error {
	if _, err := change(ctx, r.s.write, "DELETE FROM settings WHERE id = $1", name); err != nil {
		return fmt.Errorf("delete setting %s: %w", name, err)
	}
	return nil
}
