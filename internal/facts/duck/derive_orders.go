package duck

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/callpace/callpace/internal/facts"
)

// touches are all calls to a lead and everything else done for it.
func touches(scope, calls string) string {
	return `SELECT lead, moment(started_at, started_day, started_hour) AS m FROM ` + calls + `
		UNION ALL SELECT lead, moment(done_at, done_day, done_hour) FROM activities WHERE ` + scope
}

// deriveOrders finds for every order the call that it came from, the touches
// since the lead's previous order, and, where it names no agent, the agent of
// the last reached call to the lead before it.
func (s *Store) deriveOrders(ctx context.Context, scope, calls string) error {
	query := fmt.Sprintf(`
CREATE OR REPLACE TEMP TABLE credits AS
WITH sold AS ( -- an order has a row for every agent credited
	SELECT DISTINCT ON (source, id) source, coalesce(source_id, origin::VARCHAR) AS id, lead, placed_at AS at_,
		moment(placed_at, placed_day, placed_hour) AS m
	FROM orders WHERE %[1]s ORDER BY source, id, placed_at, origin
), o AS (
	SELECT *, lag(m) OVER (PARTITION BY lead ORDER BY at_ NULLS LAST, source, id) AS previous FROM sold
), c AS (
	SELECT lead, moment(started_at, started_day, started_hour) AS m, place(started_at, origin, source_id) AS place,
		outcome, reached, agent, coalesce(source_id, origin::VARCHAR) AS id
	FROM %[4]s WHERE lead IN (SELECT lead FROM o)
), by_calls AS (
	SELECT o.source, o.id,
		arg_max(c.id, c.place) FILTER (outcome = 'sale') AS sale_call,
		arg_max(c.agent, c.place) FILTER (reached AND c.agent IS NOT NULL) AS agent
	FROM o JOIN c ON c.lead = o.lead AND up_to(c.m, o.m) AND c.m.day_ >= o.m.day_ - %[2]d GROUP BY ALL
), by_touches AS (
	SELECT o.source, o.id, count(*) AS touches FROM o JOIN (%[3]s) t ON t.lead = o.lead
		AND up_to(t.m, o.m) AND (o.previous IS NULL OR NOT coalesce(up_to(t.m, o.previous), false)) GROUP BY ALL
)
SELECT o.source, o.id, sale_call, by_calls.agent, team.team, CASE WHEN o.m.day_ IS NOT NULL THEN coalesce(touches, 0) END AS touches
FROM o LEFT JOIN by_calls USING (source, id) LEFT JOIN by_touches USING (source, id)
LEFT JOIN team_spans team ON team.agent = by_calls.agent AND o.m.day_ >= team.from_day AND o.m.day_ < team.to_day`,
		scope, s.settings.CreditDays, touches(scope, calls), calls)
	if err := s.exec(ctx, query); err != nil {
		return err
	}
	for _, update := range []string{
		`UPDATE orders SET sale_call = c.sale_call, touches = c.touches FROM temp.credits c
			WHERE orders.source = c.source AND coalesce(orders.source_id, orders.origin::VARCHAR) = c.id
			AND (orders.sale_call, orders.touches) IS DISTINCT FROM (c.sale_call, c.touches)`,
		`UPDATE orders SET agent = c.agent, team = c.team FROM temp.credits c
			WHERE orders.source = c.source AND coalesce(orders.source_id, orders.origin::VARCHAR) = c.id AND agent_alias IS NULL
			AND (orders.agent, orders.team) IS DISTINCT FROM (c.agent, c.team)`,
	} {
		n, err := s.count(ctx, update)
		if err != nil {
			return err
		}
		if err := s.touchIf(ctx, n, facts.Orders, scope, s.few); err != nil {
			return err
		}
	}
	return nil
}

// deriveCallbacks finds out whether promised calls were made: the source says
// so, or there is a call to the lead near the time that was promised.
func (s *Store) deriveCallbacks(ctx context.Context, scope, calls string) error {
	n, err := s.count(ctx, fmt.Sprintf(`
UPDATE callbacks SET kept = k.kept FROM (
	SELECT b.rowid AS id, b.kept_call IS NOT NULL OR coalesce(bool_or(
		CASE WHEN c.started_hour IS NULL OR b.due_hour IS NULL THEN c.started_day = b.due_day
			ELSE abs(epoch_us(c.started_at) - epoch_us(b.due_at)) <= %[1]d END), false) AS kept
	FROM (SELECT *, rowid FROM callbacks WHERE lead IS NULL OR (%[2]s)) b
	LEFT JOIN (FROM %[3]s WHERE direction IS DISTINCT FROM 'inbound') c ON c.lead = b.lead
		-- The call in which it was promised does not keep it.
		AND (b.requested_day IS NULL OR NOT up_to(moment(c.started_at, c.started_day, c.started_hour), moment(b.requested_at, b.requested_day, b.requested_hour)))
	GROUP BY b.rowid, b.kept_call
) k WHERE callbacks.rowid = k.id AND callbacks.kept IS DISTINCT FROM k.kept`, int64(s.settings.CallbackMinutes)*60_000_000, scope, calls))
	if err != nil {
		return err
	}
	return s.touchIf(ctx, n, facts.Callbacks, "lead IS NULL OR ("+scope+")", s.few)
}

// deriveMoney converts what is in foreign currencies by the latest rate on or
// before the day; where there is none the amount stays unknown.
func (s *Store) deriveMoney(ctx context.Context) error {
	if !s.flags[dirtyMoney] {
		return nil
	}
	for _, fact := range slices.Sorted(maps.Keys(money)) {
		for _, m := range money[fact] {
			n, err := s.count(ctx, fmt.Sprintf(`
UPDATE %[1]s SET %[2]s = n.org FROM (
	SELECT f.id, TRY_CAST(round(CAST(f.amount AS DECIMAL(38,6)) * r.rate, 6) AS DECIMAL(18,6)) AS org
	FROM (SELECT rowid AS id, %[3]s AS amount, %[4]s AS currency, %[5]s AS day FROM %[1]s
		WHERE %[4]s IS NOT NULL AND %[4]s <> $1) f
	ASOF LEFT JOIN (
		SELECT DISTINCT ON (from_currency, quoted_day) from_currency, quoted_day, rate FROM rates
		WHERE to_currency = $1 AND quoted_day IS NOT NULL
		ORDER BY from_currency, quoted_day, quoted_at DESC, source, source_id, rate) r
	ON r.from_currency = f.currency AND f.day >= r.quoted_day
) n WHERE %[1]s.rowid = n.id AND %[1]s.%[2]s IS DISTINCT FROM n.org`, fact, m.org, m.amount, m.currency, m.day), s.settings.Currency)
			if err != nil {
				return err
			}
			if n > 0 {
				s.touchAll(facts.TableByName(fact))
			}
		}
	}
	return nil
}
