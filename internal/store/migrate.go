package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/callpace/callpace"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. There is no way down: an older
// callpace refuses the file, and the backup taken before is the way back.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	has, knows, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("asking for the version of %s: %w", Name, err)
	}
	if has > knows {
		return callpace.E(callpace.Unsupported, "store.newer", "version", has, "known", knows)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bringing %s up to date: %w", Name, err)
	}
	return nil
}
