package duck

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func (f *feed) derive() {
	f.t.Helper()
	require.NoError(f.t, f.store.Derive(context.Background()))
	require.Empty(f.t, f.store.flags)
	require.Equal(f.t, "0", f.rows("SELECT (SELECT count(*) FROM dirty_leads) + (SELECT count(*) FROM dirty_phones)"))
}

func TestRosterMovesHistory(t *testing.T) {
	f := newFeed(t)
	f.apply("pbx", `
		calls: id | started    | agent_alias
		       c1 | 2026-01-10 | 101
		       c2 | 2026-03-10 | 101
		       c3 |            | 101
		       c4 | 2026-03-10 | ANA  horvat
		       c5 | 2026-03-10 | 999`)
	f.derive()
	f.apply("roster", `
		roster: id | agent_alias | team  | alias | alias_source | from_day   | to_day
		        r1 | Ana Horvat  | East  |       |              |            | 2026-02-01
		        r2 | Ana Horvat  | West  |       |              | 2026-02-01 |
		        r3 | Ana Horvat  |       | 101   | pbx          |            | 2026-03-01
		        r4 | Ivo         | North | 101   | pbx          | 2026-03-01 |`)
	f.derive()
	calls := "SELECT source_id, agent, team FROM calls ORDER BY 1"
	require.Equal(t, unindented(`
		c1 Ana Horvat East
		c2 Ivo North
		c3 Ivo North
		c4 Ana Horvat West
		c5 999 -`), f.rows(calls))
	// Calls that come later are resolved at once; a late correction moves the old ones.
	f.apply("pbx", "calls: id | started | agent_alias\nc6 | 2026-01-11 | 101")
	f.apply("roster", "roster: id | agent_alias | team | to_day\nr1 | Ana Horvat | South | 2026-02-01")
	f.derive()
	require.Equal(t, unindented(`
		c1 Ana Horvat South
		c2 Ivo North
		c3 Ivo North
		c4 Ana Horvat West
		c5 999 -
		c6 Ana Horvat South`), f.rows(calls))
}

func TestLeadsMeetOverPhones(t *testing.T) {
	f := newFeed(t)
	f.apply("pbx", `
		calls: id | started    | phone | lead_ref
		       c1 | 2026-01-10 | +1    |
		       c2 | 2026-01-10 | +2    |
		       c3 | 2026-01-10 | +9    |
		       c4 | 2026-01-10 | +1    | L7`)
	f.derive()
	calls := "SELECT source_id, lead FROM calls ORDER BY 1"
	require.Equal(t, "c1 +1\nc2 +2\nc3 +9\nc4 L7", f.rows(calls))
	f.apply("crm", `
		leads: id | lead_ref | phone | phones | created
		       l1 | L1       | +1    | +2 +3  | 2026-01-01
		       l2 | L2       | +2    |        | 2026-01-02
		       l3 |          | +8    | +9     | 2026-01-02`)
	f.derive()
	require.Equal(t, "c1 L1\nc2 L2\nc3 +8\nc4 L7", f.rows(calls))
	f.apply("pbx", "calls: id | started | phone\nc5 | 2026-01-11 | +3")
	require.Equal(t, "c1 L1\nc2 L2\nc3 +8\nc4 L7\nc5 L1", f.rows(calls), "known owners hold at once")
	f.apply("crm", `
		leads: id | lead_ref | phone | created
		       l2 | L2       | +3    | 2026-01-02
		       l8 | L8       | +8    | 2026-01-02`)
	f.derive()
	require.Equal(t, "c1 L1\nc2 L1\nc3 L8\nc4 L7\nc5 L2", f.rows(calls))
	require.Equal(t, "L1 2\nL2 1\nL7 1\nL8 1", f.rows("SELECT lead, calls FROM lead_story ORDER BY 1"))
}

func TestOrderCredit(t *testing.T) {
	f := newFeed(t)
	f.apply("pbx", `
		calls: id | started          | lead_ref | agent_alias | outcome | reached
		       c1 | 2026-01-01 10:00 | L1       | ana         | sale    | yes
		       c2 | 2026-03-01 10:00 | L1       | ana         |         | no
		       c3 | 2026-03-02 10:00 | L1       | ivo         | sale    | yes
		       c4 | 2026-03-05 10:00 | L1       | eva         |         | yes
		       c5 | 2026-03-05 12:00 | L1       |             |         | yes`)
	f.apply("crm", `
		activities: id | done       | lead_ref
		            a1 | 2026-03-04 | L1
		orders: id | placed           | lead_ref | agent_alias
		        o1 | 2026-02-15       | L1       |
		        o2 | 2026-03-05 09:00 | L1       |
		        o3 | 2026-03-05       | L1       | kim
		        o4 | 2026-03-05       |          |
		roster: id | agent_alias | team
		        r1 | ivo         | East`)
	f.derive()
	require.Equal(t, unindented(`
		o1 - - - 1
		o2 ivo East c3 3
		o3 kim - c3 2
		o4 - - - -`), f.rows("SELECT source_id, agent, team, sale_call, touches FROM orders ORDER BY 1"))
	f.apply("pbx", "calls: id | started | lead_ref | agent_alias | reached\nc3 | 2026-03-02 10:00 | L1 | ivo | no")
	f.derive()
	require.Equal(t, unindented(`
		o1 - - - 1
		o2 - - - 3
		o3 kim - - 2
		o4 - - - -`), f.rows("SELECT source_id, agent, team, sale_call, touches FROM orders ORDER BY 1"))
}

func TestCallbacksKept(t *testing.T) {
	f := newFeed(t)
	f.apply("pbx", `
		calls: id | started          | phone | direction
		       c1 | 2026-01-01 10:00 | +1    | outbound
		       c2 | 2026-01-02 10:00 | +1    | inbound
		callbacks: id | due              | phone | kept_call
		           b1 | 2026-01-01 10:30 | +1    |
		           b2 | 2026-01-01 10:31 | +1    |
		           b3 | 2026-01-01       | +1    |
		           b4 | 2026-01-02 10:00 | +1    |
		           b5 | 2026-01-03       |       | c9
		           b6 | 2026-01-03       |       |`)
	f.derive()
	require.Equal(t, "b1 true\nb2 false\nb3 true\nb4 false\nb5 true\nb6 false", f.rows("SELECT source_id, kept FROM callbacks ORDER BY 1"))
	require.Equal(t, "4 2", f.rows("SELECT callbacks, callbacks_kept FROM lead_story"))
}

func TestMoney(t *testing.T) {
	f := newFeed(t)
	f.apply("crm", `
		orders: id | placed     | amount | margin | currency
		        o1 | 2026-01-01 | 10     | 1      | EUR
		        o2 | 2026-01-01 | 10     | 1      | USD
		        o3 | 2026-01-05 | 10     |        | USD
		        o4 | 2026-01-05 | 10     |        |
		rates: id | quoted     | from_currency | to_currency | rate
		       r1 | 2026-01-02 | USD           | EUR         | 0.5
		       r2 | 2026-01-03 | USD           | EUR         | 0.6
		       r3 | 2026-01-09 | USD           | EUR         | 0.7`)
	f.derive()
	money := "SELECT source_id, amount_org, margin_org FROM orders ORDER BY 1"
	require.Equal(t, "o1 10 1\no2 - -\no3 6 -\no4 10 -", f.rows(money))
	f.apply("crm", "rates: id | quoted | from_currency | to_currency | rate\nr1 | 2025-12-31 | USD | EUR | 0.123456")
	f.derive()
	require.Equal(t, "o1 10 1\no2 1.23456 0.123456\no3 6 -\no4 10 -", f.rows(money))
}

func TestDays(t *testing.T) {
	f := newFeed(t)
	f.apply("pbx", "calls: id | started\nc1 | 2026-11-22")
	f.derive()
	require.Equal(t, "2026-01-01 2026-12-31 365", f.rows("SELECT min(day), max(day), count(*) FROM days"))
	require.Equal(t, "2026-W47 2026-11 2026-Q4 2026 7 2026-11-16 2026-11-23 2026-12-01 2027-01-01",
		f.rows("SELECT week, month, quarter, year, weekday, week_start, week_end, month_end, quarter_end FROM days WHERE day = DATE '2026-11-22'"))
	f.apply("pbx", "calls: id | started\nc2 | 2024-02-29")
	f.derive()
	require.Equal(t, "2024-01-01 2026-12-31 1096", f.rows("SELECT min(day), max(day), count(*) FROM days"))
	f.apply("pbx", "calls: id | started\nc2 | 2028-02-29") // the days before stay
	f.derive()
	require.Equal(t, "2024-01-01 2028-12-31 1827", f.rows("SELECT min(day), max(day), count(*) FROM days"))
}

func TestDaysOfFaultsAlone(t *testing.T) {
	f := newFeed(t)
	f.apply("pbx", "calls: id | started\nc1 | 2500-01-01")
	f.derive()
	require.Equal(t, "2200-01-01 2200-12-31", f.rows("SELECT min(day), max(day) FROM days"))
	f.apply("pbx", "calls: id | started\nc2 | 2500-01-02")
	f.derive()
	require.Equal(t, "2200-01-01 2200-12-31", f.rows("SELECT min(day), max(day) FROM days"))
}
