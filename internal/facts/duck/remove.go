package duck

import (
	"context"
	"fmt"
)

// RemoveSource takes everything of a source away, its positions included, so
// that its inputs can be projected anew.
func (s *Store) RemoveSource(ctx context.Context, source string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.inTransaction(ctx, func() error {
		for _, t := range s.tablesOf(source) {
			where := "source = " + quote(source)
			if some, err := s.exists(ctx, fmt.Sprintf("FROM %s WHERE %s", t.Name, where)); err != nil {
				return err
			} else if !some {
				continue
			}
			if err := s.markRows(ctx, t, where, false); err != nil {
				return err
			}
			n, err := s.count(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s", t.Name, where))
			if err != nil {
				return err
			}
			s.removed += n
		}
		return s.execAll(ctx, []string{
			"DELETE FROM tails WHERE input IN (SELECT input FROM inputs WHERE source = $1)",
			"DELETE FROM tail_counts WHERE input IN (SELECT input FROM inputs WHERE source = $1)",
			"DELETE FROM records WHERE source = $1",
			"DELETE FROM parts WHERE source = $1",
			"DELETE FROM streams WHERE source = $1",
			"DELETE FROM inputs WHERE source = $1",
			"DELETE FROM source_facts WHERE source = $1",
		}, source)
	})
	if err != nil {
		return fmt.Errorf("remove source %s from the facts: %w", source, err)
	}
	delete(s.sources, source)
	return nil
}
