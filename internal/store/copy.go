package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"modernc.org/sqlite"
)

// CopyTo writes the state of one moment into a new file, durably, while others
// go on writing. when is asked right after the moment was fixed whether it
// will do; if not, another one is taken. nil: any will do.
func (db *DB) CopyTo(ctx context.Context, path string, when func() (bool, error)) error {
	return copyTo(ctx, db.read, path, when)
}

func copyTo(ctx context.Context, from *sql.DB, path string, when func() (bool, error)) error {
	conn, err := from.Conn(ctx)
	if err != nil {
		return fmt.Errorf("copying %s: %w", Name, err)
	}
	defer conn.Close()
	for chosen := false; !chosen; {
		if _, err = conn.ExecContext(ctx, "BEGIN"); err == nil {
			_, err = conn.ExecContext(ctx, "SELECT count(*) FROM sqlite_schema") // only a read fixes the moment
		}
		if chosen = true; err == nil && when != nil {
			chosen, err = when()
		}
		if err == nil && chosen {
			err = conn.Raw(func(c any) error { return copyPages(c, path) })
		}
		if _, end := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err == nil {
			err = end
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("copying %s: %w", Name, err)
		}
	}
	return nil
}

// copyPages has SQLite copy a database as the connection sees it.
func copyPages(c any, path string) error {
	from, ok := c.(interface {
		NewBackup(uri string) (*sqlite.Backup, error)
	})
	if !ok {
		return errors.New("the driver has no online backup")
	}
	b, err := from.NewBackup("file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath())
	if err != nil {
		return err
	}
	for more := true; more && err == nil; {
		more, err = b.Step(-1)
	}
	return errors.Join(err, b.Finish())
}
