package duck

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

func TestInsertedTexts(t *testing.T) {
	f := newFeed(t)
	texts := []string{"", "a", strings.Repeat("b", 11), strings.Repeat("c", 12), strings.Repeat("d", 13), "ćčžšđ کپ",
		strings.Repeat("long ", 300_000), "torn \xc4"}
	require.NoError(t, f.store.insert(context.Background(), "temp.texts", []field{{"text", textColumn(texts)}}, len(texts), nil))
	got := map[string]bool{}
	err := f.store.each(context.Background(), "SELECT coalesce(text, '') FROM temp.texts", nil, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		got[s] = true
		return err
	})
	require.NoError(t, err)
	for _, want := range append(texts[:len(texts)-1], "torn \uFFFD") {
		require.True(t, got[want], "%.20q", want)
	}
	require.Len(t, got, len(texts))
}

// TestInsertManyRows checks that every selected row arrives once, whatever
// slices DuckDB's threads take.
func TestInsertManyRows(t *testing.T) {
	f := newFeed(t)
	for _, n := range []int{1, vectorRows, vectorRows + 1, 3*groupRows + 77} {
		var v facts.Vector
		texts := make([]string, n)
		var odd []int32
		for i := range n {
			if i%3 != 0 {
				v.SetInt(i, int64(i))
			}
			texts[i] = fmt.Sprintf("row number %d", i)
			if i%2 == 1 {
				odd = append(odd, int32(i))
			}
		}
		fields := []field{{"score", column{}}, {"version", textColumn(texts)}, {"passed", intColumn(facts.Bool, make([]int64, n))},
			{"evaluated_at", vectorColumn(facts.Instant, &v)}}
		for _, sel := range [][]int32{nil, odd} {
			want := n
			if sel != nil {
				want = len(sel)
			}
			require.NoError(t, f.store.exec(context.Background(), "DELETE FROM evaluations"))
			require.NoError(t, f.store.insert(context.Background(), "evaluations", fields, want, sel))
			require.Equal(t, fmt.Sprint(want, want, " false 0"), f.rows(`SELECT count(*), count(DISTINCT version), bool_or(passed), count(*) FILTER (
				coalesce(epoch_us(evaluated_at) <> version[12:]::BIGINT, version[12:]::BIGINT % 3 <> 0)) FROM evaluations`))
		}
	}
}

func TestFailedApplyLeavesNothing(t *testing.T) {
	f := newFeed(t)
	f.apply("pbx", "calls: id | started | agent_alias\nc1 | 2026-01-01 | ana")
	before, err := f.store.Dump(context.Background())
	require.NoError(t, err)
	b := partsOf("x a, y b")
	a := facts.Application{Input: 2, Stream: 2, Source: "pbx", Batch: b, Position: facts.Position{Offset: 1}}
	_, err = f.store.Apply(context.Background(), a)
	require.ErrorContains(t, err, "without an assembler")
	after, err := f.store.Dump(context.Background())
	require.NoError(t, err)
	require.Equal(t, before, after)
	a.Assembler = legs{}
	counts, err := f.store.Apply(context.Background(), a)
	require.NoError(t, err)
	require.Equal(t, int64(2), counts.New)
}

func TestDirtOutlivesTheProcess(t *testing.T) {
	ctx := context.Background()
	f := newFeed(t)
	f.apply("crm", "leads: id | lead_ref | phone\nl1 | L1 | +1")
	f.derive()
	f.apply("crm", "leads: id | lead_ref | phone\nl2 | L2 | +2")
	f.apply("crm", "calls: id | started | phone\nc2 | 2026-01-01 | +2")
	require.NoError(t, f.store.reopen(ctx))
	require.Equal(t, "+2\nL2", f.rows("SELECT DISTINCT lead FROM dirty_leads ORDER BY 1"))
	require.NoError(t, f.store.Derive(ctx))
	require.Equal(t, "L1 0\nL2 1", f.rows("SELECT lead, calls FROM lead_story ORDER BY 1"))
	// What was there before is known after opening again.
	require.Equal(t, facts.Counts{Read: 1, Unchanged: 1}, f.apply("crm", "leads: id | lead_ref | phone\nl2 | L2 | +2"))
}
