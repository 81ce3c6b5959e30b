package duck

import (
	"context"
	"database/sql"
	"fmt"
	"math/big"
	"strings"

	"github.com/callpace/callpace"
)

// Change is a correction of a month that had data before: "sales of 2026-05
// from 412 to 405: 7 cancellations (input 31)". Revenue is in the
// organisation's currency. The counts are of orders (of calls for the measure
// calls); won and lost carry none.
type Change struct {
	Input         int
	Month         string // key of the organisation's calendar
	Measure       string // sales, gross_sales, revenue, calls, won, lost
	Before, After callpace.Total
	Cancelled     int64 // cancelled since
	Changed       int64 // changed otherwise
	Added         int64
	Removed       int64
}

// ChangeFilter limits Changes; zero fields do not.
type ChangeFilter struct {
	Input          int
	Measure, Month string
}

// Changes lists the change log, latest input first.
func (s *Store) Changes(ctx context.Context, f ChangeFilter) ([]Change, error) {
	return readChanges(ctx, s.db, "changes", f)
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readChanges(ctx context.Context, db querier, from string, f ChangeFilter) ([]Change, error) {
	where, args := []string{"true"}, []any{}
	if f.Input != 0 {
		where, args = append(where, "input = ?"), append(args, f.Input)
	}
	if f.Measure != "" {
		where, args = append(where, "measure = ?"), append(args, f.Measure)
	}
	if f.Month != "" {
		where, args = append(where, "month = ?"), append(args, f.Month)
	}
	rows, err := db.QueryContext(ctx, "SELECT input, month, measure, "+units("before", 6, "HUGEINT")+", "+units("after", 6, "HUGEINT")+", cancelled, changed, added, removed "+
		"FROM "+from+" WHERE "+strings.Join(where, " AND ")+" ORDER BY input DESC, month, measure", args...)
	if err != nil {
		return nil, fmt.Errorf("read the change log: %w", err)
	}
	defer rows.Close()
	var changes []Change
	for rows.Next() {
		var c Change
		var before, after *big.Int
		if err := rows.Scan(&c.Input, &c.Month, &c.Measure, &before, &after, &c.Cancelled, &c.Changed, &c.Added, &c.Removed); err != nil {
			return nil, fmt.Errorf("read the change log: %w", err)
		}
		var ok, ok2 bool
		c.Before, ok = callpace.BigTotal(before)
		c.After, ok2 = callpace.BigTotal(after)
		if !ok || !ok2 {
			return nil, fmt.Errorf("read the change log: %s of %s is too large", c.Measure, c.Month)
		}
		changes = append(changes, c)
	}
	return changes, rows.Err()
}

// RestoreChanges writes a change log that was kept elsewhere, since the log of
// a rebuilt file begins empty: what it tells are moments of the past.
func (s *Store) RestoreChanges(ctx context.Context, changes []Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inTransaction(ctx, func() error {
		for _, c := range changes {
			err := s.exec(ctx, "INSERT INTO changes VALUES (?, ?, ?, CAST(? AS DECIMAL(38,6)), CAST(? AS DECIMAL(38,6)), ?, ?, ?, ?)",
				c.Input, c.Month, c.Measure, c.Before.String(), c.After.String(), c.Cancelled, c.Changed, c.Added, c.Removed)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// monthTotals are the measures that the log watches, by month. order_rows and
// calls serve to tell how many rows were added.
const monthTotals = `
CREATE OR REPLACE TEMP TABLE months_now AS
WITH per_day AS (
	SELECT placed_day AS day, 'sales' AS measure, sum(coalesce(share, 1)) FILTER (cancelled_day IS NULL) AS value FROM orders GROUP BY ALL
	UNION ALL SELECT placed_day, 'gross_sales', sum(coalesce(share, 1)) FROM orders GROUP BY ALL
	UNION ALL SELECT placed_day, 'revenue', sum(CAST(CAST(amount_org AS DECIMAL(38,6)) * coalesce(share, 1) AS DECIMAL(38,6))) FILTER (cancelled_day IS NULL) FROM orders GROUP BY ALL
	UNION ALL SELECT placed_day, 'order_rows', count(*) FROM orders GROUP BY ALL
	UNION ALL SELECT started_day, 'calls', count(*) FROM calls GROUP BY ALL
	-- As the KPIs won and lost count them.
	UNION ALL SELECT won_day, 'won', count(*) FROM lead_story WHERE won_day IS NOT NULL GROUP BY ALL
	UNION ALL SELECT lost_day, 'lost', count(*) FROM lead_story
		WHERE won_day IS NULL AND coalesce(stage, '') <> 'won' AND lost_day IS NOT NULL GROUP BY ALL
)
SELECT month, measure, CAST(coalesce(sum(value), 0) AS DECIMAL(38,6)) AS value FROM per_day JOIN days USING (day) GROUP BY ALL`

// compareMonths writes the differences of months that had data of the fact,
// with what became of the rows replaced since. Growth of the latest month by
// new rows alone is no correction.
const compareMonths = `
INSERT INTO temp.told
WITH fates AS (
	SELECT 'orders' AS fact, d.month, r.origin,
		CASE WHEN o.origin IS NULL THEN 'removed' WHEN NOT r.cancelled AND o.cancelled THEN 'cancelled'
			WHEN o.content IS DISTINCT FROM r.content THEN 'changed' END AS fate
	FROM (SELECT DISTINCT ON (origin, source_id) * FROM replaced WHERE fact = 'orders' ORDER BY origin, source_id, cancelled) r
	JOIN days d ON d.day = r.day
	LEFT JOIN (SELECT DISTINCT ON (origin, source_id) origin, source_id, cancelled_day IS NOT NULL AS cancelled, ` + orderContent + ` AS content FROM orders
		WHERE origin IN (SELECT origin FROM replaced) ORDER BY origin, source_id, agent) o ON o.origin = r.origin AND o.source_id IS NOT DISTINCT FROM r.source_id
	UNION ALL
	-- A call that is still there on its day was not corrected as far as its number goes: another leg came in.
	SELECT 'calls', d.month, r.origin, CASE WHEN c.origin IS NULL THEN 'removed' WHEN c.day IS DISTINCT FROM r.day THEN 'changed' END
	FROM (SELECT DISTINCT ON (origin, source_id) * FROM replaced WHERE fact = 'calls' ORDER BY origin, source_id) r
	JOIN days d ON d.day = r.day
	LEFT JOIN (SELECT origin, min(started_day) AS day FROM calls WHERE origin IN (SELECT origin FROM replaced) GROUP BY origin) c ON c.origin = r.origin
), counts AS (
	SELECT fact, month, count(*) FILTER (fate = 'cancelled') AS cancelled, count(*) FILTER (fate = 'changed') AS changed,
		count(*) FILTER (fate = 'removed') AS removed FROM fates GROUP BY ALL
), grown AS (
	SELECT CASE measure WHEN 'calls' THEN 'calls' ELSE 'orders' END AS fact, month, coalesce(n.value, 0) - coalesce(m.value, 0) AS rows
	FROM months m FULL JOIN months_now n USING (month, measure) WHERE measure IN ('calls', 'order_rows')
), compared AS (
	SELECT month, measure, coalesce(m.value, 0) AS before, coalesce(n.value, 0) AS after, fact_of(measure) AS fact
	FROM months m FULL JOIN months_now n USING (month, measure)
	WHERE measure <> 'order_rows' AND coalesce(m.value, 0) <> coalesce(n.value, 0)
		AND (month, fact_of(measure)) IN (SELECT (month, fact_of(measure)) FROM months WHERE value <> 0)
)
SELECT $1, c.month, c.measure, c.before, c.after, coalesce(cancelled, 0), coalesce(changed, 0),
	greatest(0, coalesce(g.rows, 0) + coalesce(removed, 0))::BIGINT AS added, coalesce(removed, 0)
FROM compared c LEFT JOIN counts USING (fact, month) LEFT JOIN grown g USING (fact, month)
WHERE coalesce(cancelled, 0) + coalesce(changed, 0) + coalesce(removed, 0) > 0
	OR c.month < (SELECT max(month) FROM months)
	OR c.after < c.before`

// logChanges compares the months with how they stood and keeps them for the next time.
func (s *Store) logChanges(ctx context.Context, input int) error {
	if err := s.exec(ctx, monthTotals); err != nil {
		return err
	}
	const differ = "FROM (FROM months EXCEPT SELECT month, measure, value FROM temp.months_now) UNION ALL (SELECT month, measure, value FROM temp.months_now EXCEPT FROM months)"
	if some, err := s.exists(ctx, differ); err != nil {
		return err
	} else if !some { // most corrections change no count
		return s.exec(ctx, "DELETE FROM replaced")
	}
	if err := s.renew(ctx, "told"); err != nil {
		return err
	}
	if err := s.exec(ctx, compareMonths, input); err != nil {
		return err
	}
	if err := s.tell(ctx); err != nil {
		return err
	}
	return s.execAll(ctx, []string{"INSERT INTO changes FROM temp.told", "DELETE FROM months", "INSERT INTO months SELECT month, measure, value FROM temp.months_now", "DELETE FROM replaced"})
}
