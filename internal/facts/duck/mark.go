package duck

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/duckdb/duckdb-go/v2"
)

const metaMark = "journal_mark"

// Mark gives the position in the journal up to which what changed its past
// (withdrawals, new specifications, erasures) has been projected; 0: none.
func (s *Store) Mark(ctx context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := s.meta(ctx, metaMark)
	if err != nil || text == "" {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

// SetMark notes that everything up to a position of the journal is projected.
func (s *Store) SetMark(ctx context.Context, seq int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inTransaction(ctx, func() error {
		if err := s.exec(ctx, "DELETE FROM meta WHERE key = ?", metaMark); err != nil {
			return err
		}
		return s.exec(ctx, "INSERT INTO meta VALUES (?, ?)", metaMark, strconv.FormatInt(seq, 10))
	})
}

// SalvageChanges reads the change log of a file that is about to be rebuilt,
// as far as that can be read: what readers were told should outlive the file.
func SalvageChanges(ctx context.Context, path string) []Change {
	connector, err := duckdb.NewConnector(path+"?access_mode=READ_ONLY", nil)
	if err != nil {
		return nil
	}
	db := sql.OpenDB(connector)
	changes, err := readChanges(ctx, db, ChangeFilter{})
	if errors.Join(err, db.Close()) != nil {
		return nil
	}
	return changes
}
