package duck

import (
	"context"

	"github.com/callpace/callpace/internal/facts"
)

// orderContent tells whether an order is still the same, as far as the change
// log counts it.
const orderContent = "hash(placed_day, amount, currency, share, cancelled_day)"

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
			cancelled_day IS NOT NULL, `+orderContent+` FROM orders WHERE `+where+" ORDER BY origin, source_id, agent")
	case facts.Calls:
		return s.exec(ctx, "INSERT INTO replaced SELECT 'calls', origin, source_id, started_day, false, NULL FROM calls WHERE "+where)
	}
	return nil
}
