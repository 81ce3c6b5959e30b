// Package store keeps the application's state in one SQLite file of the data
// folder: accounts, sessions, the audit log, settings, and what people wrote
// down. It knows no rules about them (internal/auth and the pages do), and
// holds nothing that shapes facts: that goes through the journal.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"

	"github.com/callpace/callpace"
)

// Name is the file in the data folder.
const Name = "state.db"

// DB is an open state file. It is safe for concurrent use.
type DB struct {
	State
	write, read *sql.DB
	dir         string
	marked      bool // it is this folder's
}

// State gives the repositories. That of a DB reads on several connections and
// writes each change durably by itself; that of a transaction (Update) sees and
// makes its own changes.
type State struct {
	db          *sql.DB // nil inside a transaction
	read, write querier
}

// Open opens the state file in a data folder, making it where there is none
// and bringing an older one up to date. A file that is no database or whose
// pages disagree is an Error with the code Damaged, one that a newer callpace
// wrote is Unsupported.
func Open(ctx context.Context, dir string) (*DB, error) {
	path := filepath.Join(dir, Name)
	if err := checkMark(dir); err != nil {
		return nil, err
	}
	if err := keepPrivate(path); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", source(path, "&_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", Name, err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", source(path, "&_pragma=query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", Name, err), write.Close())
	}
	read.SetMaxOpenConns(4)
	db := &DB{State: State{write, read, write}, write: write, read: read, dir: dir}
	err = db.prepare(ctx, path)
	if err == nil {
		err = db.mark(ctx, dir)
		db.marked = err == nil
	}
	if err != nil {
		err = errors.Join(err, db.Close())
		if isDamage(err) {
			return nil, callpace.E(callpace.Damaged, "store.damaged", "path", path).Because(err)
		}
		return nil, err
	}
	return db, nil
}

// Close waits for what is under way and closes the file.
func (db *DB) Close() error {
	err := errors.Join(db.read.Close(), db.write.Close())
	if err != nil || !db.marked {
		return err
	}
	return leave(db.dir)
}

// Update runs f in one transaction: all of its changes are kept, or, where f
// gives an error, none. Inside f only the State handed to it may be used: any
// other would wait for this one to end. Within a transaction Update joins it.
func (s State) Update(ctx context.Context, f func(State) error) error {
	if s.db == nil {
		return f(s)
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a change of state: %w", err)
	}
	defer tx.Rollback()
	if err := f(State{nil, tx, tx}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("keeping a change of state: %w", err)
	}
	return nil
}

// snapshot runs f on one unchanging view of the state.
func (s State) snapshot(ctx context.Context, f func(querier) error) error {
	readers, ok := s.read.(*sql.DB)
	if !ok {
		return f(s.read)
	}
	tx, err := readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("beginning to read the state: %w", err)
	}
	defer tx.Rollback()
	return f(tx)
}

// keepPrivate makes sure that the file is there and that nobody else reads it:
// it holds the secrets of second factors. SQLite gives its side files the same mode.
func keepPrivate(path string) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return callpace.E(callpace.NotFound, "store.no_folder", "path", filepath.Dir(path)).Because(err)
	}
	if err != nil {
		return fmt.Errorf("opening %s: %w", Name, err)
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return fmt.Errorf("keeping %s private: %w", Name, err)
	}
	return nil
}

func source(path, more string) string {
	const pragmas = "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)"
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + pragmas + more
}

func (db *DB) prepare(ctx context.Context, path string) error {
	var check string
	if err := db.write.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&check); err != nil {
		return fmt.Errorf("checking %s: %w", Name, err)
	}
	if check != "ok" {
		return damage(check)
	}
	var tables, ours int
	if err := db.write.QueryRowContext(ctx, "SELECT count(*), count(*) FILTER (WHERE name = 'goose_db_version') FROM sqlite_master").Scan(&tables, &ours); err != nil {
		return fmt.Errorf("checking %s: %w", Name, err)
	}
	if tables > 0 && ours == 0 {
		return damage("the tables of something else")
	}
	return migrate(ctx, db.write, path)
}

// damage is what SQLite found wrong.
type damage string

func (d damage) Error() string { return string(d) }

func isDamage(err error) bool {
	const corrupt, notADatabase = 11, 26 // SQLITE_CORRUPT, SQLITE_NOTADB
	var found damage
	var of *sqlite.Error
	if errors.As(err, &of) {
		primary := of.Code() & 0xff
		return primary == corrupt || primary == notADatabase
	}
	return errors.As(err, &found)
}
