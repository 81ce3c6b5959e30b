package duck

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

// A stamp gives its moment back, and orders as its moments do.
func TestStampHoldsItsMoment(t *testing.T) {
	f := newFeed(t)
	moments := `(VALUES (1, TIMESTAMP '1899-12-31 23:59:59.999999', DATE '1900-01-01', 0), (2, TIMESTAMP '1969-12-31 23:00:00', DATE '1970-01-01', 0),
		(3, TIMESTAMP '1970-01-01 00:00:00', DATE '1969-12-31', 19), (4, TIMESTAMP '2026-11-22 11:00:00', DATE '2026-11-22', NULL),
		(5, TIMESTAMP '2026-11-22 22:59:59.000001', DATE '2026-11-22', 23), (6, TIMESTAMP '2199-12-31 12:00:00', DATE '2199-12-31', 12)) m(n, at_, day_, hour_)`
	stamps := "SELECT n, at_, day_, hour_, stamp(at_, day_, hour_::TINYINT, 18446744073709551615::UBIGINT, 'x') AS s FROM " + moments
	// Macros are the writer's own.
	ask := func(query string) (text string) {
		require.NoError(t, f.store.conn.QueryRowContext(context.Background(), query).Scan(&text))
		return text
	}
	require.Equal(t, "0", ask("SELECT count(*)::VARCHAR FROM ("+stamps+") WHERE stamped(s) IS DISTINCT FROM moment(at_, day_, hour_::TINYINT)"))
	require.Equal(t, "123456", ask("SELECT string_agg(n, '' ORDER BY s) FROM ("+stamps+")"))
	require.Equal(t, "{'at_': NULL, 'day_': NULL, 'hour_': NULL}",
		ask("SELECT stamped(stamp(NULL::TIMESTAMP, NULL::DATE, NULL::TINYINT, 7::UBIGINT, 'x'))::VARCHAR"))
}

// BenchmarkDerive derives the stories of 20,000 leads from 200,000 calls.
func BenchmarkDerive(b *testing.B) {
	ctx := context.Background()
	for range b.N {
		b.StopTimer()
		s, err := Open(filepath.Join(b.TempDir(), "facts"), "bench", testSettings, Options{})
		require.NoError(b, err)
		batch := benchBatch(0, 200_000)
		rows := batch.Rows(facts.Calls)
		for i := range rows.N {
			rows.SetText(i, facts.Calls.Col("lead_ref"), fmt.Sprint("L", i%20_000))
		}
		_, err = s.Apply(ctx, facts.Application{Input: 1, Stream: 1, Source: "bench", Batch: batch, Position: facts.Position{Offset: 1}})
		require.NoError(b, err)
		b.StartTimer()
		require.NoError(b, s.Derive(ctx))
		b.StopTimer()
		require.NoError(b, s.Close())
	}
}
