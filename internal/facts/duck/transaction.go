package duck

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// errCommit marks an error of COMMIT. DuckDB may report one for a commit that
// is durable (seen on a full disk), so the file has to be asked what holds.
var errCommit = errors.New("commit facts")

// inTransaction runs f between BEGIN and COMMIT of the writer's connection. Where
// it cannot be told whether that was committed, the error is an errCommit, and
// the file was opened again: closed tells where that failed, too.
func (s *Store) inTransaction(ctx context.Context, f func() error) error {
	err := s.transact(ctx, f)
	if errors.Is(err, errCommit) {
		return errors.Join(err, s.reopen(context.WithoutCancel(ctx)))
	}
	return err
}

// transact is inTransaction without the opening again.
func (s *Store) transact(ctx context.Context, f func() error) error {
	if err := s.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	if err := f(); err != nil {
		// The caller's context may be what ended f.
		rollback := s.exec(context.WithoutCancel(ctx), "ROLLBACK")
		s.touched = touched{}
		return errors.Join(err, rollback, s.load(context.WithoutCancel(ctx)))
	}
	n := s.cache.begun.Add(1)
	if err := s.exec(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return errors.Join(errCommit, err)
	}
	s.committed(n)
	if err := s.trimLog(context.WithoutCancel(ctx), logBytes); err != nil {
		return errors.Join(errCommit, err)
	}
	return nil
}

// reopen closes and opens the file, after an error that leaves its state unknown.
//
// TRICKY: while somebody reads, DuckDB keeps the file open beside the new opening,
// and would write what it knows over what came since when the last of them is done.
// So it is told not to, and frozen states, which last longest, end here.
func (s *Store) reopen(ctx context.Context) error {
	if !s.closed {
		_ = s.exec(ctx, "PRAGMA disable_checkpoint_on_shutdown")
		s.views.end()
		_ = s.shut() // the error that brought us here is the one to tell
	}
	GiveUp() // after an error DuckDB may hold the file for good
	s.Fresh = false
	err := s.open(ctx)
	s.touched = touched{everything: true} // perhaps
	s.committed(s.cache.begun.Add(1))
	return err
}

// committed tells readers of commit n.
func (s *Store) committed(n int64) {
	s.stamps.raise(s.touched, n)
	s.touched = touched{}
	s.cache.commits.Store(n)
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	if _, err := s.conn.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", firstLine(query), err)
	}
	return nil
}

// execAll runs statements with the same arguments, one after the other.
func (s *Store) execAll(ctx context.Context, statements []string, args ...any) error {
	for _, statement := range statements {
		if err := s.exec(ctx, statement, args...); err != nil {
			return err
		}
	}
	return nil
}

// count runs a statement and gives the number of rows that it changed.
func (s *Store) count(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := s.conn.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", firstLine(query), err)
	}
	return r.RowsAffected()
}

// each runs a query and calls f for every row; scan reads the current one.
func (s *Store) each(ctx context.Context, query string, args []any, f func(scan func(...any) error) error) error {
	rows, err := s.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", firstLine(query), err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", firstLine(query), err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", firstLine(query), err)
	}
	return nil
}

func firstLine(query string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(query), "\n")
	return line
}

// quote makes a SQL text literal.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
