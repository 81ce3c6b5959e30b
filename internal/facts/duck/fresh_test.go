package duck

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStoriesHearOfCallsOfAnyTime(t *testing.T) {
	f := newFeed(t)
	stories := func() string {
		f.derive()
		return f.rows("SELECT lead, calls, first_call_day, CAST(last_call_at AS DATE) FROM lead_story ORDER BY 1")
	}
	f.apply("pbx", `
		calls: id | lead_ref | phone | started
		       c1 | a        |       | 2026-03-10 10:00
		       c2 | b        |       | 2026-03-11 10:00
		       c3 |          | +1    | 2025-06-01 10:00`)
	require.Equal(t, "+1 1 2025-06-01 2025-06-01\na 1 2026-03-10 2026-03-10\nb 1 2026-03-11 2026-03-11", stories())

	for _, step := range []struct{ name, batch, want string }{
		{"long before", "calls: id | lead_ref | started\n c4 | a | 2026-01-02 10:00", "a 2 2026-01-02 2026-03-10"},
		{"long after", "calls: id | lead_ref | started\n c5 | a | 2026-06-01 10:00", "a 3 2026-01-02 2026-06-01"},
		{"moved to another day", "calls: id | v | lead_ref | started\n c5 | 2 | a | 2026-07-01 10:00", "a 3 2026-01-02 2026-07-01"},
		{"only a day", "calls: id | lead_ref | started\n c6 | a | 2026-08-01", "a 4 2026-01-02 2026-08-01"},
		{"undated", "calls: id | lead_ref | started\n c7 | a |", "a 5 - 2026-08-01"},
		{"beside undated ones", "calls: id | lead_ref | started\n c8 | a | 2026-02-01 10:00", "a 6 - 2026-08-01"},
	} {
		f.apply("pbx", step.batch)
		require.Equal(t, "+1 1 2025-06-01 2025-06-01\n"+step.want+"\nb 1 2026-03-11 2026-03-11", stories(), step.name)
	}

	// A lead that has the phone gets its calls, whenever they were.
	f.apply("crm", "leads: id | lead_ref | phone\n l1 | b | +1")
	require.Equal(t, "a 6 - 2026-08-01\nb 2 2025-06-01 2026-03-11", stories())

	// Nobody remembers what came before the file was opened again.
	f.apply("pbx", "calls: id | lead_ref | started\n c9 | b | 2024-01-01 10:00")
	require.NoError(t, f.store.load(context.Background()))
	require.Equal(t, "a 6 - 2026-08-01\nb 3 2024-01-01 2026-03-11", stories())
}

func TestRowsLieInTheOrderOfTime(t *testing.T) {
	f := newFeed(t)
	f.apply("pbx", `
		calls: id | v | lead_ref | started
		       c1 | 0 | a        | 2026-03-10 10:00
		       c2 | 0 | a        | 2025-06-01 10:00
		       c3 | 0 | a        |
		       c4 | 0 | a        | 2026-03-10 09:00
		       c2 | 1 | b        | 2025-06-01 10:00
		       c5 | 0 | a        | 2026-03-10 10:00`)
	require.Equal(t, unindented(`
		c3 a -
		c2 b 2025-06-01T10:00
		c4 a 2026-03-10T09:00
		c1 a 2026-03-10T10:00
		c5 a 2026-03-10T10:00`), f.rows("SELECT source_id, lead, started_at FROM calls ORDER BY rowid"))
}
