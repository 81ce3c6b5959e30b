// Package duck keeps facts in a DuckDB file: a projection of the journal that
// can be thrown away and rebuilt at any time. It applies batches of decoded
// records, each in one transaction with the journal position that it reaches,
// and derives what depends on several facts (identity, credit, lead stories).
// It knows neither formats nor the journal, and no KPI.
package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi/kept"
)

// Store is an open fact file. Writing methods may be called from any
// goroutine and wait for one another; readers use DB.
type Store struct {
	// Fresh tells that Open found no file and made an empty one.
	Fresh bool

	path, fingerprint string
	settings          facts.Settings
	options           Options

	mu      sync.Mutex // the writer's
	db      *sql.DB
	pending pending
	conn    *sql.Conn // the writer's
	closed  bool

	// What the writer knows of the file's contents.
	attributes map[string]*attributeColumns // by fact
	sources    map[string]*sourceState
	directory  *Directory
	owned      bool // some phone has a lead
	flags      map[string]bool

	fresh   freshCalls
	removed int64 // rows of facts, since Open or since row groups were joined

	stored    atomic.Int64 // rows of facts, as last counted; those that were removed among them
	allowedMB int          // for DuckDB's work; see limitMB
	limitedMB int          // what its limit was set to last; 0: not since the file was opened

	touched  touched // by the open transaction
	few      bool    // the leads derived anew are few
	perSlice int64   // leads derived at a time

	cache  attributeCache // the readers'
	stamps stamps
	keep   *kept.Keep // nil: nothing is kept
	room   room
	views  views

	onChange func(from int64, changes []Change) error
}

// DB gives the readers' connections. Each query sees one committed state.
func (s *Store) DB() *sql.DB { return s.db }

// Settings gives the settings that the facts were made with.
func (s *Store) Settings() facts.Settings { return s.settings }

// Close writes out the log and closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	err := s.trimLog(context.Background(), 1) // nothing where nothing was written
	if err != nil {
		err = fmt.Errorf("checkpoint facts: %w", err)
	}
	return errors.Join(err, s.shut())
}

func (s *Store) shut() error {
	err := errors.Join(s.conn.Close(), s.db.Close())
	s.closed = true // the handles stay: whoever uses them yet gets an error
	if err != nil {
		return fmt.Errorf("close facts: %w", err)
	}
	return nil
}

// open connects and reads what the writer has to know.
func (s *Store) open(ctx context.Context) (err error) {
	s.limitedMB = 0
	connector, err := duckdb.NewConnector(s.dsn(), func(driver.ExecerContext) error { return nil })
	if err != nil {
		return openFault(s.path, err)
	}
	db := sql.OpenDB(connector)
	conn, err := db.Conn(ctx)
	if err != nil {
		return errors.Join(openFault(s.path, err), db.Close())
	}
	s.views.mu.Lock()
	s.db, s.conn, s.closed = db, conn, false
	s.views.mu.Unlock()
	defer func() {
		if err != nil {
			err = errors.Join(err, s.shut())
		}
	}()
	if err := s.registerRows(); err != nil {
		return err
	}
	if s.Fresh {
		if err := s.initialise(ctx); err != nil {
			return err
		}
	} else if err := s.checkFingerprint(ctx); err != nil {
		return err
	}
	for table := range scratch {
		if err := s.renew(ctx, table); err != nil {
			return err
		}
	}
	if err := s.exec(ctx, macros+keyMacro); err != nil {
		return err
	}
	if err := s.narrowMemory(ctx); err != nil {
		return err
	}
	return s.load(ctx)
}

// dsn names the file with its limits, which must hold already while a log is
// replayed.
//
// TRICKY: left to itself, DuckDB answers a file of another engine (and some
// functions) by fetching an extension from the internet, for an hour where the
// network swallows what is sent. Nothing is fetched: all that is needed is built in.
func (s *Store) dsn() string {
	o := s.options
	if o.TempDir == "" {
		o.TempDir = s.path + ".tmp"
	}
	config := url.Values{"memory_limit": {fmt.Sprintf("%dMB", s.openingMB())}, "temp_directory": {o.TempDir},
		"preserve_insertion_order": {"false"}, "checkpoint_threshold": {"64GB"},
		"autoinstall_known_extensions": {"false"}, "autoload_known_extensions": {"false"}}
	if o.Threads > 0 {
		config.Set("threads", strconv.Itoa(o.Threads))
	}
	return s.path + "?" + config.Encode()
}

func (s *Store) initialise(ctx context.Context) error {
	return s.transact(ctx, func() error { // while opening
		if err := s.createTables(ctx); err != nil {
			return err
		}
		return s.exec(ctx, "INSERT INTO meta VALUES ('application', 'callpace'), ('fingerprint', ?)", s.fingerprint)
	})
}

func (s *Store) checkFingerprint(ctx context.Context) error {
	var tables int
	err := s.conn.QueryRowContext(ctx, "SELECT count(*) FROM duckdb_tables() WHERE table_name IN ('meta', 'records')").Scan(&tables)
	if err != nil {
		return &FaultError{Damaged, s.path, err}
	}
	if tables != 2 {
		return &FaultError{Foreign, s.path, errors.New("its tables are not ours")}
	}
	application, err := s.meta(ctx, "application")
	if err != nil || application != "callpace" {
		return &FaultError{Foreign, s.path, errors.Join(err, errors.New("its mark is not ours"))}
	}
	stored, err := s.meta(ctx, "fingerprint")
	if err != nil {
		return &FaultError{Damaged, s.path, err}
	}
	if stored != s.fingerprint {
		return &FaultError{Stale, s.path, fmt.Errorf("fingerprint is %q, wanted %q", stored, s.fingerprint)}
	}
	return nil
}

// load reads what the writer keeps in memory; the file is the truth of it.
func (s *Store) load(ctx context.Context) error {
	if err := s.loadAttributes(ctx); err != nil {
		return err
	}
	if err := s.loadSources(ctx); err != nil {
		return err
	}
	if err := s.loadDirectory(ctx); err != nil {
		return err
	}
	if err := s.loadFlags(ctx); err != nil {
		return err
	}
	if err := s.loadFresh(ctx); err != nil {
		return err
	}
	err := s.conn.QueryRowContext(ctx, "SELECT EXISTS (FROM lead_phones)").Scan(&s.owned)
	if err != nil {
		return fmt.Errorf("load phone owners: %w", err)
	}
	return nil
}

// meta gives a value, "" where there is none.
func (s *Store) meta(ctx context.Context, key string) (string, error) {
	var v string
	err := s.conn.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", key).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read meta %s: %w", key, err)
	}
	return v, nil
}
