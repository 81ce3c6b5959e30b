package duck

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// wrongKeys counts the rows of which a key is not that of the text beside it.
func wrongKeys(t require.TestingT, s *Store) (wrong int) {
	for table, names := range keyed {
		for _, name := range names {
			n := 0
			query := fmt.Sprintf("SELECT count(*) FROM %s WHERE %s IS DISTINCT FROM key_of(%s)", table.Name, name+keySuffix, name)
			require.NoError(t, s.conn.QueryRowContext(context.Background(), query).Scan(&n))
			wrong += n
		}
	}
	return wrong
}

// TestKeysAreThoseOfSQL compares the keys of any texts, spoilt ones included.
func TestKeysAreThoseOfSQL(t *testing.T) {
	b := newBench(t, iso)
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
		var key int64
		require.NoError(t, b.db.QueryRow("SELECT key_of($1)", strings.ToValidUTF8(text, replacement)).Scan(&key))
		require.Equal(t, key, keyOf(text))
	})
}

// TestFindingIsReading looks for numbers and ids by their keys.
func TestFindingIsReading(t *testing.T) {
	f := newFeed(t)
	f.apply("crm", `
		calls: id | lead_ref | phone | started
		       c1 | L1       | +1    | 2026-01-01 09:00
		       c2 |          | +1    | 2026-01-02 09:00
		       c3 |          | +2    | 2026-01-02 10:00
		       c4 |          | +3    |
		       c5 | +3       |       | 2026-01-03 09:00`)
	f.derive()
	f.apply("crm", `
		leads: id | lead_ref | phone | created    | phones
		       l2 | L2       | +2    | 2026-01-01 | +3`)
	f.derive()
	find := func(column, text string) (ids string) {
		spec := kpi.RowsSpec{Columns: []string{"source_id"}, Select: kpi.Select{Fact: facts.Calls, Date: "started", Undated: true, Scope: kpi.Everything(),
			Where: []kpi.Expr{kpi.Op{Name: kpi.Eq, Args: []kpi.Expr{kpi.Field{Name: column, Kind: facts.Text}, kpi.String{Value: text}}}}}}
		set, err := f.store.Engine().Rows(context.Background(), spec)
		require.NoError(t, err)
		n, err := f.store.Engine().Count(context.Background(), spec)
		require.NoError(t, err)
		require.Len(t, set.Rows, int(n))
		for _, r := range set.Rows {
			ids += r.Cells[0].Text + " "
			require.Positive(t, r.Line, "where it was read")
		}
		return ids
	}
	require.Equal(t, "c1 c2 ", find("phone", "+1"))
	require.Equal(t, "c3 c4 ", find("lead", "L2"), "the lead that has the phones")
	require.Equal(t, "c5 ", find("lead", "+3"), "a lead called like the phone of another")
	require.Equal(t, "c4 ", find("phone", "+3"))
	require.Equal(t, "c2 ", find("source_id", "c2"))
	require.Empty(t, find("phone", ""))

	f.apply("crm", `
		calls: id | v | phone | started
		       c2 | 2 | +9    | 2026-01-02 09:00`)
	f.derive()
	require.Equal(t, "c1 ", find("phone", "+1"), "a correction has another number")
	require.Equal(t, "c2 ", find("phone", "+9"))

	require.NoError(t, f.store.exec(context.Background(), fmt.Sprintf("UPDATE calls SET phone_key = %d", keyOf("+1"))))
	require.Equal(t, "c1 ", find("phone", "+1"), "another number with the same key is another number")
}
