package duck

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Readers see the facts before a write until it is done, all of them the same,
// and those that began before its end to their own end.
func TestFrozenReaders(t *testing.T) {
	ctx := t.Context()
	f := newFeed(t)
	s := f.store
	calls := func(e *Engine) (n int64) {
		n, err := e.Count(ctx, kpi.RowsSpec{Select: kpi.Select{Fact: facts.Calls, Date: "started", Undated: true, Scope: kpi.Everything()}})
		require.NoError(t, err)
		return n
	}
	one := `calls: id | started
	       c1 | 2026-05-01 10:00`
	two := `calls: id | started
	       c2 | 2026-05-02 10:00`
	f.apply("pbx", one)
	require.EqualValues(t, 1, calls(s.Engine()))

	require.NoError(t, s.Freeze(ctx))
	release := s.Hold()
	during := s.Engine()
	f.apply("pbx", two)
	require.EqualValues(t, 1, calls(during))
	require.EqualValues(t, 1, calls(s.Engine()))

	require.NoError(t, s.Thaw(ctx))
	require.EqualValues(t, 2, calls(s.Engine()), "what comes after sees the new state")
	require.EqualValues(t, 1, calls(during), "what began before goes on with its own")
	require.NoError(t, release())

	// More readers than connections wait their turn, and a reader that gives up is let go.
	require.NoError(t, s.Freeze(ctx))
	e := s.Engine()
	rows, done, err := e.query(ctx, "SELECT 1")
	require.NoError(t, err)
	for range viewers - 1 {
		_, _, err := e.query(ctx, "SELECT 1")
		require.NoError(t, err)
	}
	late, cancel := context.WithCancel(ctx)
	cancel()
	_, _, err = e.query(late, "SELECT 1")
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, rows.Close())
	done(nil)
	_, _, err = e.query(ctx, "SELECT 1")
	require.NoError(t, err)
}

// A question that failed within a frozen state leaves its transaction aborted,
// and a rollback may fail as well: neither is anybody else's trouble.
func TestConnectionsThatFailedAreNotUsedAgain(t *testing.T) {
	ctx := context.Background()
	s := testStore(t)
	c, err := s.DB().Conn(ctx)
	require.NoError(t, err)
	_, err = c.ExecContext(ctx, "BEGIN TRANSACTION READ ONLY")
	require.NoError(t, err)
	_, err = c.ExecContext(ctx, "SELECT CAST(key AS INTEGER) FROM meta") // ends the transaction, but for its rollback
	require.Error(t, err)
	require.NoError(t, giveBack(c, err))
	for range viewers + 1 {
		require.NoError(t, s.Freeze(ctx))
		require.NoError(t, s.Thaw(ctx))
	}
}

// Who gives up waiting for an answer of a frozen state takes nothing away from
// the others.
func TestFrozenStateOutlivesWhoGivesUp(t *testing.T) {
	s := testStore(t)
	require.NoError(t, s.Freeze(context.Background()))
	e := s.Engine()
	var n int64
	for range 2 * viewers {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		_ = e.one(ctx, "SELECT count(*) FROM range(3_000) a, range(20_000) b WHERE (a.range * b.range) % 7 = 3", nil, &n)
		cancel()
	}
	require.NoError(t, e.one(context.Background(), "SELECT count(*) FROM meta", nil, &n))
	require.NoError(t, s.Thaw(context.Background()))
}

// An error ends the transaction of who asks a frozen state. The others see it
// through theirs, and when none is left, that is told in words.
func TestFrozenStateOutlivesErrors(t *testing.T) {
	ctx := context.Background()
	s := testStore(t)
	require.NoError(t, s.Freeze(ctx))
	require.NoError(t, s.fill(ctx, 10_000))
	ask := func(e *Engine, what string) (n int64, err error) {
		err = e.one(ctx, what, nil, &n)
		return n, err
	}
	const count = "SELECT count(*) FROM calls"
	e := s.Engine()
	for range viewers {
		n, err := ask(e, count)
		require.NoError(t, err)
		require.Zero(t, n, "what came later is not seen")
		_, err = ask(e, "SELECT CAST(key AS INTEGER) FROM meta")
		require.Error(t, err)
	}
	_, err := ask(e, count)
	require.Equal(t, callpace.Conflict, callpace.CodeOf(err))
	require.NoError(t, s.Thaw(ctx))
	n, err := ask(s.Engine(), count)
	require.NoError(t, err)
	require.Positive(t, n)
}
