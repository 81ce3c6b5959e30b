package duck

import (
	"context"
	"strconv"
	"strings"
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

const metaReplay = "replay"

// Replay gives the source that was being projected anew when the store was
// left, and the input that was the cause; "" where none was. Until that is
// done the source's facts are in pieces, and no month may be compared.
func (s *Store) Replay(ctx context.Context) (source string, cause int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := s.meta(ctx, metaReplay)
	if err != nil || text == "" {
		return "", 0, err
	}
	number, source, _ := strings.Cut(text, " ")
	cause, err = strconv.Atoi(number)
	return source, cause, err
}

// SetReplay notes that a source is about to be projected anew; "" that it was.
func (s *Store) SetReplay(ctx context.Context, source string, cause int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inTransaction(ctx, func() error {
		if err := s.exec(ctx, "DELETE FROM meta WHERE key = ?", metaReplay); err != nil || source == "" {
			return err
		}
		return s.exec(ctx, "INSERT INTO meta VALUES (?, ?)", metaReplay, strconv.Itoa(cause)+" "+source)
	})
}
