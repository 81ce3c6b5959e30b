package duck

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"github.com/callpace/callpace/internal/facts"
)

// freshCalls bounds the calls that no story tells of yet. Calls lie in the
// order of their time, so who knows between which instants a lead's calls are
// need not read all others: a story tells it of those before.
type freshCalls struct {
	first, last int64 // microseconds as in facts.Instant; first > last: there are none
	anywhere    bool  // calls came to leads of which nobody noted when they were
}

func newFreshCalls() freshCalls { return freshCalls{first: math.MaxInt64, last: math.MinInt64} }

// add notes rows of calls that are appended; sel as in insert.
func (f *freshCalls) add(rows *facts.Rows, n int, sel []int32) {
	at := &rows.Cols[facts.Calls.Col("started_at")]
	for i := range n {
		row := i
		if sel != nil {
			row = int(sel[i])
		}
		if at.Has(row) {
			f.first, f.last = min(f.first, at.Int(row)), max(f.last, at.Int(row))
		}
	}
}

// loadFresh begins anew: what waits for a derivation since the file was opened,
// or since before a transaction failed, might be of any time.
func (s *Store) loadFresh(ctx context.Context) (err error) {
	s.fresh = newFreshCalls()
	s.fresh.anywhere, err = s.exists(ctx, "FROM dirty_leads")
	return err
}

// spanOfCalls gives a further condition that the calls of leads meet whose
// stories so far are named by a condition: "" where nobody knows one.
func (s *Store) spanOfCalls(ctx context.Context, stories string) (string, error) {
	if s.fresh.anywhere {
		return "", nil
	}
	var first, last sql.NullTime
	var timeless bool // undated calls come first, and hide when the first dated one was
	err := s.conn.QueryRowContext(ctx, "SELECT min(first_call_at), max(last_call_at), coalesce(bool_or(calls > 0 AND first_call_at IS NULL), false) FROM lead_story WHERE "+stories).Scan(&first, &last, &timeless)
	if err != nil {
		return "", fmt.Errorf("find the span of calls: %w", err)
	}
	if timeless {
		return "", nil
	}
	from, to := s.fresh.first, s.fresh.last
	if first.Valid {
		from, to = min(from, first.Time.UnixMicro()), max(to, last.Time.UnixMicro())
	}
	if from > to {
		return " AND started_at IS NULL", nil
	}
	instant := func(us int64) string { return dialect{}.Instant(time.UnixMicro(us)) }
	span := fmt.Sprintf("started_at BETWEEN %s AND %s", instant(from), instant(to))
	// To ask for undated calls beside the others costs twice as much, and mostly
	// there are none.
	undated, err := s.exists(ctx, "FROM calls WHERE started_at IS NULL")
	if undated {
		span = "(" + span + " OR started_at IS NULL)"
	}
	return " AND " + span, err
}
