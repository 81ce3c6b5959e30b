package duck

import (
	"context"

	"github.com/callpace/callpace/internal/facts"
)

// noteReplaced keeps what the change log needs of calls and orders before
// their rows go, once there are months to compare with.
func (s *Store) noteReplaced(ctx context.Context, t *facts.Table, where string) error {
	compare, err := s.exists(ctx, "FROM months")
	if err != nil || !compare {
		return err
	}
	switch t {
	case facts.Orders:
		return s.exec(ctx, `INSERT INTO replaced SELECT DISTINCT ON (origin, source_id) 'orders', origin, source_id, placed_day,
			cancelled_day IS NOT NULL FROM orders WHERE `+where)
	case facts.Calls:
		return s.exec(ctx, "INSERT INTO replaced SELECT 'calls', origin, source_id, started_day, false FROM calls WHERE "+where)
	}
	return nil
}
