package kept_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kept"
)

func TestRefreshAsksWhatPeopleAskedLately(t *testing.T) {
	st, k := newState(), keep(1000)
	ctx := context.Background()
	lately := calls(1, 10, by("agent"))
	answer(t, k, st, lately)
	asOf := calls(1, 10)
	asOf.Where = []kpi.Expr{kpi.Op{Name: kpi.Le, Args: []kpi.Expr{kpi.MomentField{Name: "started"}, kpi.Now{}}}}
	asOf.Now = facts.DateOf(first + 20).Add(7 * time.Minute)
	answer(t, k, st, asOf)
	st.took()
	require.NoError(t, k.Refresh(ctx, st))
	require.Empty(t, st.took(), "nothing changed")
	st.call(3, "ana", "east", "L1")
	require.NoError(t, k.Refresh(ctx, st))
	require.Equal(t, "1 to 10", st.took())
	require.Equal(t, "ana: 11, bob: 10", answer(t, k, st, lately))
	require.Empty(t, st.took(), "it was there already")
	ended, end := context.WithCancel(ctx)
	end()
	st.call(3, "ana", "east", "L1")
	require.ErrorIs(t, k.Refresh(ended, st), context.Canceled)
	require.Empty(t, st.took())
}

func TestRefreshAsksAsOfTheLatestTime(t *testing.T) {
	st, k := newState(), keep(1000)
	ctx := context.Background()
	for i, days := range []int64{8, 9} {
		s := calls(1, days)
		s.Where = []kpi.Expr{kpi.Op{Name: kpi.Le, Args: []kpi.Expr{kpi.MomentField{Name: "started"}, kpi.Now{}}}}
		s.Now = facts.DateOf(first + 20).Add(time.Duration(i) * 15 * time.Minute)
		answer(t, k, st, s)
	}
	st.took()
	st.call(3, "ana", "east", "L1")
	require.NoError(t, k.Refresh(ctx, st))
	require.Equal(t, "1 to 9", st.took(), "nobody asks as of the time before any more")
	st.call(3, "ana", "east", "L1")
	late, end := context.WithDeadline(ctx, time.Now().Add(-time.Second))
	defer end()
	require.ErrorIs(t, k.Renew(late, st), context.DeadlineExceeded)
	require.Empty(t, st.took(), "there was no time")
	require.NoError(t, k.Renew(ctx, st))
	require.Equal(t, "1 to 9", st.took())
}

// sick is a state of which questions about teams go wrong, and which is waited
// for as long as there is time for what is asked by agent.
type sick struct{ *state }

func (s sick) Each(ctx context.Context, q kpi.Select, take func(int, kpi.Group) error) error {
	for _, d := range q.Dims {
		switch d.Name {
		case "team":
			_ = s.state.Each(ctx, q, take)
			return callpace.E(callpace.Limit, "kpi.too_many_groups")
		case "agent":
			<-ctx.Done()
			return ctx.Err()
		}
	}
	return s.state.Each(ctx, q, take)
}

func TestOneQuestionDoesNotKeepOthersFromBeingRenewed(t *testing.T) {
	st, k := newState(), keep(1000)
	ctx := context.Background()
	answer(t, k, st, calls(1, 10))
	answer(t, k, st, calls(1, 9, by("team")))
	_, err := k.Aggregate(ctx, sick{st}, calls(1, 5, by("team")))
	require.Error(t, err)
	for _, renew := range []func(context.Context, kept.State) error{k.Refresh, k.Renew} {
		st.call(3, "ana", "east", "L1")
		st.took()
		require.NoError(t, renew(ctx, sick{st}))
		asked := st.took()
		require.Contains(t, asked, "1 to 9", "it went right before")
		require.NotContains(t, asked, "1 to 5", "what went wrong for who asked is not asked again")
		answer(t, k, st, calls(1, 10))
		require.Empty(t, st.took(), "renewed behind one that went wrong")
	}
}

// slow is a state that answers what is asked by agent only when somebody gave up
// waiting for it once.
type slow struct {
	*state
	asked chan struct{}
}

func (s *slow) Each(ctx context.Context, q kpi.Select, take func(int, kpi.Group) error) error {
	if len(q.Dims) > 0 && s.asked != nil {
		close(s.asked)
		s.asked = nil
		<-ctx.Done()
		return ctx.Err()
	}
	return s.state.Each(ctx, q, take)
}

// A question that Refresh asks is given up for somebody's, and asked again when
// nobody asks.
func TestRefreshGivesWay(t *testing.T) {
	st, k := newState(), keep(1000)
	answer(t, k, st, calls(1, 10, by("agent")))
	st.call(3, "ana", "east", "L1")
	waiting := make(chan struct{})
	refreshed := make(chan error)
	go func() { refreshed <- k.Refresh(context.Background(), &slow{st, waiting}) }()
	<-waiting
	require.Equal(t, "21", answer(t, k, st, calls(1, 10)))
	require.NoError(t, <-refreshed)
	st.took()
	require.Equal(t, "ana: 11, bob: 10", answer(t, k, st, calls(1, 10, by("agent"))))
	require.Empty(t, st.took())
}

// Who asks what Refresh is asking gets that answer, and it is not begun anew.
func TestWhoAsksTheSameJoins(t *testing.T) {
	st, k := newState(), keep(1000)
	answer(t, k, st, calls(1, 10, by("agent")))
	st.call(3, "ana", "east", "L1")
	waiting, release := make(chan struct{}), make(chan struct{})
	held := &holding{state: st, asked: waiting, release: release}
	refreshed := make(chan error)
	go func() { refreshed <- k.Refresh(context.Background(), held) }()
	<-waiting
	answered := make(chan error, 1)
	go func() {
		_, err := k.Aggregate(context.Background(), held, calls(1, 10, by("agent")))
		answered <- err
	}()
	require.Never(t, func() bool { return held.times.Load() > 1 }, 50*time.Millisecond, 5*time.Millisecond)
	close(release)
	require.NoError(t, <-refreshed)
	require.NoError(t, <-answered)
	require.EqualValues(t, 1, held.times.Load())
}

// holding is a state that answers when it may.
type holding struct {
	*state
	asked   chan struct{}
	release chan struct{}
	times   atomic.Int32
}

func (h *holding) Each(ctx context.Context, q kpi.Select, take func(int, kpi.Group) error) error {
	if h.times.Add(1) == 1 {
		close(h.asked)
	}
	select {
	case <-h.release:
	case <-ctx.Done():
		return ctx.Err()
	}
	return h.state.Each(ctx, q, take)
}

// A question that takes longer than there is time for is given up.
func TestRenewalIsBounded(t *testing.T) {
	st, k := newState(), keep(1000)
	answer(t, k, st, calls(1, 10, by("agent")))
	st.call(3, "ana", "east", "L1")
	short, end := context.WithTimeout(context.Background(), time.Millisecond)
	defer end()
	require.ErrorIs(t, k.Renew(short, sick{st}), context.DeadlineExceeded)
	require.Equal(t, "ana: 11, bob: 10", answer(t, k, st, calls(1, 10, by("agent"))))
}

// What took too long the last time does not keep the others from being renewed.
func TestWhatTakesLongIsRenewedLater(t *testing.T) {
	st, k := newState(), keep(1000)
	answer(t, k, st, calls(1, 10))
	answer(t, k, st, calls(1, 10, by("agent"))) // asked last, renewed first
	for i, want := range []string{"21", "22"} {
		st.call(3, "ana", "east", "L1")
		short, end := context.WithTimeout(context.Background(), 500*time.Millisecond)
		err := k.Renew(short, sick{st})
		end()
		st.took()
		require.Equal(t, want, answer(t, k, st, calls(1, 10)))
		if i == 0 {
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotEmpty(t, st.took(), "there was no time left")
			answer(t, k, st, calls(1, 10, by("agent")))
			continue
		}
		require.NoError(t, err)
		require.Empty(t, st.took())
	}
	require.NoError(t, k.Refresh(context.Background(), st))
	st.took()
	require.Equal(t, "ana: 12, bob: 10", answer(t, k, st, calls(1, 10, by("agent"))))
	require.Empty(t, st.took())
}
