// Package older makes a data folder look as an earlier callpace left it, for
// those who try what becomes of such a folder.
package older

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	_ "github.com/callpace/callpace/internal/facts/duck" // the driver "duckdb"
	"github.com/callpace/callpace/internal/store"
)

// known is the version of the state that undo begins with.
const known = 7

// undo takes the state back to version 4: before divisions of goals and jobs.
var undo = []string{"ALTER TABLE goals DROP COLUMN division", "DROP TABLE jobs", "DELETE FROM goose_db_version WHERE version_id > 4"}

// Make takes a folder that nobody has open back: its state to an earlier
// version, its facts to other columns, the journal's index to another layout.
// What is in the journal is the same in all versions.
func Make(ctx context.Context, dir string) error {
	err := state(ctx, dir, func(db *sql.DB) error {
		var version int64
		if err := db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version); err != nil {
			return err
		}
		if version != known {
			return fmt.Errorf("the state is of version %d: undo it, too", version)
		}
		return each(ctx, db, undo...)
	})
	if err != nil {
		return fmt.Errorf("making the state older: %w", err)
	}
	if err := change("duckdb", filepath.Join(dir, "facts.duckdb"), func(db *sql.DB) error {
		return each(ctx, db, "UPDATE meta SET value = '0.' || value WHERE key = 'fingerprint'", "ALTER TABLE calls RENAME COLUMN talk_seconds TO seconds", "CHECKPOINT")
	}); err != nil {
		return fmt.Errorf("making the facts older: %w", err)
	}
	index := filepath.Join(dir, "journal", "index.db")
	if err := errors.Join(os.Remove(index+".sum"), change("sqlite", index, func(db *sql.DB) error {
		return each(ctx, db, "PRAGMA user_version = 1", "ALTER TABLE inputs DROP COLUMN committed")
	})); err != nil {
		return fmt.Errorf("making the index older: %w", err)
	}
	return nil
}

// Newer makes the state of a folder that of a callpace yet to come.
func Newer(ctx context.Context, dir string) error {
	return state(ctx, dir, func(db *sql.DB) error {
		return each(ctx, db, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
	})
}

// state changes the state and, as after a stop without a digest, the mark beside it.
func state(ctx context.Context, dir string, fn func(*sql.DB) error) error {
	if err := change("sqlite", filepath.Join(dir, store.Name), fn); err != nil {
		return err
	}
	mark := filepath.Join(dir, store.MarkName)
	text, err := os.ReadFile(filepath.Clean(mark))
	if err != nil {
		return err
	}
	id, _, _ := strings.Cut(string(text), " ")
	return os.WriteFile(mark, []byte(id+"\n"), 0o600)
}

func change(driver, path string, fn func(*sql.DB) error) error {
	db, err := sql.Open(driver, path)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	return errors.Join(fn(db), db.Close())
}

func each(ctx context.Context, db *sql.DB, statements ...string) error {
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
