package duck

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// logBytes is the size of the log from which a commit is followed by a
// checkpoint. DuckDB's own threshold is out of reach (see dsn), since what it
// does then would be the other kind of checkpoint.
const logBytes = 256 << 20

// trimLog writes the log into the file where it has grown to a size, in bytes.
//
// TRICKY: DuckDB refuses a checkpoint while somebody holds a state from before an
// update or a new column, which readers of a frozen one do. That is no fault: what
// is committed stands in the log, and the next commit, or Rest, tries again.
func (s *Store) trimLog(ctx context.Context, size int64) error {
	info, err := os.Stat(s.path + walSuffix)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() < size {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.checkpoint(ctx); err != nil && !strings.Contains(err.Error(), "Cannot CHECKPOINT: there are other write transactions active") {
		return err
	}
	return nil
}

// checkpoint writes the log into the file.
//
// TRICKY: a checkpoint that finds no other transaction joins neighbouring row
// groups wherever deletions left room, and after some corrections everywhere
// that means compressing nearly the whole table again, for a file that is larger
// than before. One that finds a reader leaves them alone. So there is a reader,
// unless so much was deleted that scans would feel it.
func (s *Store) checkpoint(ctx context.Context) error {
	rows, err := s.storedRows(ctx)
	if err != nil {
		return err
	}
	joins := 2*s.removed >= rows
	if joins {
		if err := s.trimLedger(ctx); err != nil {
			return err
		}
	} else {
		reader, err := s.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = reader.Rollback() }()
		var n int64 // a transaction begins with its first query
		if err := reader.QueryRowContext(ctx, "SELECT count(*) FROM meta").Scan(&n); err != nil {
			return err
		}
		// It counts only as one that needs the state before some commit.
		if err := s.exec(ctx, "UPDATE meta SET value = value WHERE key = 'application'"); err != nil {
			return err
		}
	}
	if err := s.exec(ctx, "CHECKPOINT"); err != nil || !joins {
		return err
	}
	s.removed = 0
	return nil
}

// storedRows counts the rows of the facts that the file holds, those among them
// that were removed.
func (s *Store) storedRows(ctx context.Context) (n int64, err error) {
	var names []string
	for _, t := range facts.Tables {
		names = append(names, quote(t.Name))
	}
	err = s.conn.QueryRowContext(ctx, "SELECT coalesce(sum(estimated_size), 0)::BIGINT FROM duckdb_tables() WHERE NOT temporary AND table_name IN ("+
		strings.Join(names, ", ")+")").Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count rows of facts: %w", err)
	}
	return n, nil
}
