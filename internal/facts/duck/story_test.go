package duck

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

func TestLeadStory(t *testing.T) {
	f := newFeed(t)
	f.apply("crm", `
		leads: id | lead_ref | agent_alias | created          | list | product
		       a  | won      | ana         | 2026-01-01       | web  |
		       b  | lost     |             | 2026-01-01       |      |
		       c  | open     | ana         |                  |      | p1
		lead_stages: id | lead_ref | stage       | reached          | agent_alias | lost_reason
		             s1 | won      | contacted   | 2026-01-02       | ana         |
		             s2 | won      | lost        | 2026-01-03       | ivo         | price
		             s3 | lost     | won         | 2026-01-04       | ivo         |
		             s4 | lost     | lost        | 2026-01-05       | eva         | changed mind
		             s5 | open     | new         |                  | ana         |
		             s6 | open     | qualified   |                  | kim         |
		             s7 | undated  | won         |                  | ivo         |
		orders: id | lead_ref  | placed           | cancelled  | agent_alias
		        o1 | won       | 2026-01-06 10:00 |            | kim
		        o2 | cancelled | 2026-01-06       | 2026-01-07 | kim
		calls: id | lead_ref | started          | outcome      | reached | contacted | direction | kind | agent_alias
		       c1 | won      | 2026-01-02 08:00 | no_answer    | no      | no        | outbound  | cold | ana
		       c2 | won      | 2026-01-02 09:00 | callback     | yes     | yes       | outbound  |      | ana
		       c3 | won      | 2026-01-07 09:00 | answered     | yes     | no        | inbound   |      | eva
		       c4 | wrong    | 2026-01-02 09:00 | wrong_number | yes     | no        | outbound  | cold | eva
		       c5 | never    | 2026-01-02       | do_not_call  | yes     | yes       | outbound  | cold | eva
		       c6 | meet     | 2026-01-02 10:00 | appointment  | yes     | yes       | outbound  | cold | eva`)
	f.derive()
	require.Equal(t, unindented(`
		cancelled new  -        -    - -          -          -
		lost      lost -        eva  eva 0        2026-01-04 2026-01-05
		meet      appointment appointment - eva - - -
		never     contacted do_not_call - eva - - -
		open      qualified - kim ana - - -
		undated   won - ivo ivo - - -
		won       won callback - ana 2 2026-01-06T10:00 -
		wrong     new wrong_number - eva - - -`),
		f.rows("SELECT lead, stage, first_outcome, stage_by, agent, touches_before_won, "+
			"CASE WHEN won_hour IS NULL THEN CAST(won_day AS VARCHAR) ELSE strftime(won_at, '%Y-%m-%dT%H:%M') END, lost_day FROM lead_story ORDER BY 1"))
}

func TestFirstContactPrefersTheCallOfTheDay(t *testing.T) {
	f := newFeed(t)
	f.apply("crm", `
		lead_stages: id | lead_ref | stage       | reached
		             s1 | a        | contacted   | 2026-01-02
		             s2 | b        | contacted   | 2026-01-01
		calls: id | lead_ref | started          | contacted
		       c1 | a        | 2026-01-02 15:00 | yes
		       c2 | b        | 2026-01-02 15:00 | yes`)
	f.derive()
	require.Equal(t, "a 2026-01-02 15\nb 2026-01-01 -", f.rows("SELECT lead, first_contact_day, first_contact_hour FROM lead_story ORDER BY 1"))
}

func TestClosedTeamAndCloser(t *testing.T) {
	f := newFeed(t)
	f.apply("roster", `
		roster: id | agent_alias | team | from_day   | to_day
		        r1 | ana         | East |            | 2026-02-01
		        r2 | ana         | West | 2026-02-01 |
		        r3 | kim         | Close |           |`)
	f.apply("crm", `
		leads: id | lead_ref | agent_alias | created
		       a  | a        | ana         | 2026-01-01
		       b  | b        | ana         | 2026-01-01
		       c  | c        | ana         |
		orders: id | lead_ref | agent_alias | placed
		        o1 | a        | kim         | 2026-02-03`)
	f.derive()
	require.Equal(t, "a ana West kim Close\nb ana East - -\nc ana West - -",
		f.rows("SELECT lead, agent, team, closer, closer_team FROM lead_story ORDER BY 1"))
}

// Whoever talks with a lead later takes nothing from who brought it so far.
func TestBroughtBy(t *testing.T) {
	f := newFeed(t)
	f.apply("roster", `
		roster: id | agent_alias | team | from_day   | to_day
		        r1 | ana         | East |            | 2026-02-01
		        r2 | ana         | West | 2026-02-01 |
		        r3 | boris       | Far  |            |`)
	f.apply("pbx", `
		calls: id | lead_ref | started          | outcome       | reached | contacted | agent_alias
		       a1 | called   | 2026-01-05 10:00 | wrong_number  | yes     | no        | kim
		       a2 | called   | 2026-01-06 10:00 | appointment   | yes     | yes       | ana
		       a3 | called   | 2026-02-06 10:00 | lost          | yes     | yes       | ana
		       b1 | staged   | 2026-01-07 10:00 | qualified     | yes     | yes       | boris
		       c1 | owned    | 2026-01-08 10:00 | no_answer     | no      | no        | boris`)
	f.apply("crm", `
		leads: id | lead_ref | agent_alias | created
		       l3 | owned    | ana         | 2026-01-01
		lead_stages: id | lead_ref | stage       | reached    | agent_alias
		             s1 | staged   | contacted   | 2026-01-03 | ana
		             s2 | staged   | qualified   | 2026-01-09 | ana
		             s3 | staged   | appointment | 2026-02-10 | ana
		             s4 | owned    | appointment | 2026-01-10 |
		             s5 | owned    | lost        | 2026-02-11 |`)
	const query = "SELECT lead, reached_by, reached_team, approached_day, contacted_by, contacted_team, qualified_by, appointment_by, appointment_team, closer, closer_team FROM lead_story ORDER BY 1"
	want := unindented(`
		called kim - 2026-01-05 ana East - ana East ana West
		owned - - - - - - ana East ana West
		staged boris Far 2026-01-03 ana East boris ana West - -`)
	f.derive()
	require.Equal(t, want, f.rows(query))
	f.apply("pbx", `
		calls: id | lead_ref | started          | outcome  | reached | contacted | agent_alias
		       a9 | called   | 2026-03-01 10:00 | answered | yes     | yes       | boris
		       b9 | staged   | 2026-03-01 10:00 | answered | yes     | yes       | kim`)
	f.derive()
	require.Equal(t, want, f.rows(query))
}

func TestChangeLog(t *testing.T) {
	ctx := context.Background()
	f := newFeed(t)
	finish := func() {
		t.Helper()
		require.NoError(t, f.store.Finish(ctx, f.input, f.input))
	}
	f.apply("crm", `
		orders: id | placed     | amount | cancelled
		        o1 | 2026-05-01 | 10     |
		        o2 | 2026-05-02 | 20     |
		        o3 | 2026-06-02 | 30     |
		calls: id | started
		       c1 | 2026-06-01`)
	finish()
	total := func(n float64) callpace.Total {
		whole, _ := callpace.TotalOf(int64(n), 1).Add(callpace.Amount((n - math.Trunc(n)) * 1e6).Total())
		return whole
	}
	log := func(input int) []Change {
		t.Helper()
		changes, err := f.store.Changes(ctx, ChangeFilter{Input: input})
		require.NoError(t, err)
		return changes
	}
	require.Empty(t, log(0), "the first data corrects nothing")
	f.apply("crm", "orders: id | placed | amount\no4 | 2026-06-03 | 40")
	finish()
	require.Empty(t, log(0), "the latest month grows")
	f.apply("crm", `
		orders: id | placed     | amount | cancelled
		        o1 | 2026-05-01 | 10     | 2026-06-04
		        o2 | 2026-05-02 | 25     |
		        o5 | 2026-05-03 | 1.5    |`)
	finish()
	require.Equal(t, []Change{
		{3, "2026-05", "gross_sales", total(2), total(3), 1, 1, 1, 0},
		{3, "2026-05", "revenue", total(30), total(26.5), 1, 1, 1, 0},
	}, log(0), "sales stay at 2")
	require.NoError(t, f.store.RemoveSource(ctx, "crm"))
	f.input++
	finish()
	removed := log(4)
	require.Len(t, removed, 7)
	require.Equal(t, Change{4, "2026-05", "gross_sales", total(3), total(0), 0, 0, 0, 3}, removed[0])
	require.Equal(t, Change{4, "2026-06", "calls", total(1), total(0), 0, 0, 0, 1}, removed[3])
	// What is told of a company that reckons in rials is told, too.
	large := removed[0]
	large.Measure, large.Before, large.After = "revenue", total(1.5e15), total(-2e15)
	require.NoError(t, f.store.RestoreChanges(ctx, []Change{large}))
	require.Contains(t, log(4), large)
}
