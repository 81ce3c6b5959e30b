package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"github.com/callpace/callpace"
)

//go:embed migrations/*.sql
var migrations embed.FS

// provider knows the migrations of the state.
func provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("reading migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("reading migrations: %w", err)
	}
	return p, nil
}

// migrate brings the tables up to date. There is no way down: an older
// callpace refuses the file. The way back is the copy of what was there, which
// is whole before the first table changes; each step is a transaction, so an
// interrupted one is gone on with.
func migrate(ctx context.Context, db *sql.DB, path string) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	has, knows, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("asking for the version of %s: %w", Name, err)
	}
	if has > knows {
		return callpace.E(callpace.Unsupported, "store.newer", "version", has, "known", knows)
	}
	if has > 0 && has < knows {
		if err := keepAside(ctx, db, fmt.Sprintf("%s.v%d", path, has)); err != nil {
			return err
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bringing %s up to date: %w", Name, err)
	}
	return nil
}

// keepAside copies the state before it is changed. A copy that is there already
// is of a start that was interrupted behind it, and stays.
func keepAside(ctx context.Context, db *sql.DB, aside string) error {
	if _, err := os.Stat(aside); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temp := aside + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := keepPrivate(temp); err != nil {
		return err
	}
	if err := copyTo(ctx, db, temp, nil); err != nil {
		return err
	}
	if err := os.Rename(temp, aside); err != nil {
		return fmt.Errorf("keeping a copy of %s: %w", Name, err)
	}
	d, err := os.Open(filepath.Dir(aside))
	if err != nil {
		return err
	}
	_ = d.Sync() // not every system can
	return d.Close()
}
