package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"github.com/callpace/callpace"
)

// While something is taken in, what was committed so far is not yet derived:
// calls without their team, leads without their story. So readers go on seeing
// the state before, all of them the same, until the writer is done.

// viewers is how many questions are put to a frozen state at a time.
const viewers = 4

// view is a frozen state: connections with a transaction each that began at the
// same commit.
type view struct {
	conns   chan *sql.Conn
	version int64   // as attributeCache counts
	stamps  *stamps // as they were
	users   int     // who holds it
	past    bool    // thawed: closed by the last user

	mu    sync.Mutex
	left  int           // connections; an error can end a transaction, and its state with it
	none  chan struct{} // closed when none is left
	ended bool          // see views.end
}

// views is the frozen state of a Store, if there is one, and those before it
// that are still held.
type views struct {
	mu   sync.Mutex
	now  *view
	open map[*view]bool
}

// end gives up all frozen states, as their file is about to be opened a second
// time: who asks one is told so, and answers on their way end as they would.
func (vs *views) end() {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for v := range vs.open {
		v.end()
	}
}

// Freeze has every Engine that is made until Thaw answer from the facts as they
// are now. The caller writes nothing before it has returned. Who writes and who
// asks share the memory of a derivation meanwhile, which the derivation takes back.
func (s *Store) Freeze(ctx context.Context) error {
	s.mu.Lock()
	err := s.widenMemory(ctx)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.freeze(ctx)
}

func (s *Store) freeze(ctx context.Context) error {
	version, stamps := s.cache.commits.Load(), s.stamps.frozen()
	v, err := newView(ctx, s.db)
	if err != nil {
		return fmt.Errorf("freeze facts: %w", err)
	}
	v.version, v.stamps = version, stamps
	s.views.mu.Lock()
	defer s.views.mu.Unlock()
	if s.views.open == nil {
		s.views.open = map[*view]bool{}
	}
	s.views.now, s.views.open[v] = v, true
	return nil
}

// newView begins some transactions that see what is committed now.
func newView(ctx context.Context, db *sql.DB) (*view, error) {
	v := &view{conns: make(chan *sql.Conn, viewers), none: make(chan struct{}), left: viewers}
	for range viewers {
		c, err := db.Conn(ctx)
		if err != nil {
			return nil, errors.Join(err, v.close(ctx))
		}
		v.conns <- c
		var n int64 // a transaction begins with its first query
		if _, err = c.ExecContext(ctx, "BEGIN TRANSACTION READ ONLY"); err == nil {
			err = c.QueryRowContext(ctx, "SELECT count(*) FROM meta").Scan(&n)
		}
		if err != nil {
			return nil, errors.Join(err, v.close(ctx))
		}
	}
	return v, nil
}

// Thaw has Engines made from now on answer from the facts as they are.
func (s *Store) Thaw(ctx context.Context) error {
	s.views.mu.Lock()
	v := s.views.now
	s.views.now = nil
	last := v != nil && s.views.last(v, true)
	s.views.mu.Unlock()
	if !last {
		return nil
	}
	return v.close(ctx)
}

// last tells whether nobody needs a state any more, and forgets it then.
func (vs *views) last(v *view, past bool) bool {
	v.past = v.past || past
	if !v.past || v.users > 0 {
		return false
	}
	delete(vs.open, v)
	return true
}

// Hold keeps the state that Engines answer from until release is called, also
// past a Thaw.
func (s *Store) Hold() (release func() error) {
	s.views.mu.Lock()
	defer s.views.mu.Unlock()
	v := s.views.now
	if v == nil {
		return func() error { return nil }
	}
	v.users++
	return func() error {
		s.views.mu.Lock()
		v.users--
		last := s.views.last(v, false)
		s.views.mu.Unlock()
		if !last {
			return nil
		}
		return v.close(context.Background())
	}
}

// close ends the transactions of a view that nobody uses.
func (v *view) close(ctx context.Context) (err error) {
	close(v.conns)
	for c := range v.conns {
		_, e := c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, e, giveBack(c, e))
	}
	return err
}

// giveBack returns a connection after a rollback. One that could not be rolled
// back, for want of memory say, would refuse every question from then on: it is
// ended instead.
func giveBack(c *sql.Conn, rollback error) error {
	if rollback == nil {
		return c.Close()
	}
	_ = c.Raw(func(any) error { return driver.ErrBadConn }) // the error is what we tell it
	return nil
}

// query runs a statement on one of the view's connections, or on any of the
// database's where nothing is frozen. done gives the connection back, and is told
// what went wrong.
func (e *Engine) query(ctx context.Context, text string, args ...any) (rows *sql.Rows, done func(error), err error) {
	if e.view == nil {
		rows, err = e.db.QueryContext(ctx, text, args...)
		return rows, func(error) {}, err
	}
	select {
	case c := <-e.view.conns:
		// TRICKY: to interrupt a statement ends its transaction, and with it the state
		// that it sees. So it goes on to its end, though nobody waits for it.
		rows, err = c.QueryContext(context.WithoutCancel(ctx), text, args...)
		return rows, func(err error) { e.view.putBack(c, err) }, err
	case <-e.view.none:
		return nil, func(error) {}, callpace.E(callpace.Conflict, "folder.replacing")
	case <-ctx.Done():
		return nil, func(error) {}, ctx.Err()
	}
}

// putBack lets others use a connection. An error, as of too little memory, can
// have ended its transaction: then nobody sees the state through it any more.
func (v *view) putBack(c *sql.Conn, err error) {
	if err != nil {
		_, err = c.ExecContext(context.Background(), "SELECT 1")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err != nil || v.ended {
		v.drop(c)
		return
	}
	v.conns <- c
}

// end drops the connections that nobody uses; putBack does so with the others.
func (v *view) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ended = true
	for {
		select {
		case c := <-v.conns:
			v.drop(c)
		default:
			return
		}
	}
}

// drop closes a connection for good.
func (v *view) drop(c *sql.Conn) {
	_ = giveBack(c, driver.ErrBadConn)
	v.left--
	if v.left == 0 {
		close(v.none)
	}
}

// version counts the states of the facts since the file was opened.
func (e *Engine) version() int64 {
	if e.view != nil {
		return e.view.version
	}
	return e.cache.commits.Load()
}
