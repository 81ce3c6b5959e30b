package duck

import (
	"context"
	"strconv"
	"strings"
)

// Note gives a text that SetNote left in the facts; "" where none is.
func (s *Store) Note(ctx context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meta(ctx, name)
}

// SetNote leaves a text in the facts under a name; "" removes it.
func (s *Store) SetNote(ctx context.Context, name, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inTransaction(ctx, func() error {
		if err := s.exec(ctx, "DELETE FROM meta WHERE key = ?", name); err != nil || text == "" {
			return err
		}
		return s.exec(ctx, "INSERT INTO meta VALUES (?, ?)", name, text)
	})
}

const metaMark = "journal_mark"

// Mark gives the position in the journal up to which what changed its past
// (withdrawals, new specifications, erasures) has been projected; 0: none.
func (s *Store) Mark(ctx context.Context) (int64, error) {
	text, err := s.Note(ctx, metaMark)
	if err != nil || text == "" {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

// SetMark notes that everything up to a position of the journal is projected.
func (s *Store) SetMark(ctx context.Context, seq int64) error {
	return s.SetNote(ctx, metaMark, strconv.FormatInt(seq, 10))
}

const metaReplay = "replay"

// Replay gives the source that was being projected anew when the store was
// left, and the input that was the cause; "" where none was. Until that is
// done the source's facts are in pieces, and no month may be compared.
func (s *Store) Replay(ctx context.Context) (source string, cause int, err error) {
	text, err := s.Note(ctx, metaReplay)
	if err != nil || text == "" {
		return "", 0, err
	}
	number, source, _ := strings.Cut(text, " ")
	cause, err = strconv.Atoi(number)
	return source, cause, err
}

// SetReplay notes that a source is about to be projected anew; "" that it was.
func (s *Store) SetReplay(ctx context.Context, source string, cause int) error {
	text := ""
	if source != "" {
		text = strconv.Itoa(cause) + " " + source
	}
	return s.SetNote(ctx, metaReplay, text)
}
