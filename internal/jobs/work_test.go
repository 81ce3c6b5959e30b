package jobs_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/jobs"
)

func nothing(context.Context, *jobs.Run) error { return nil }

// untilOver ends with the server.
func untilOver(ctx context.Context, _ *jobs.Run) error { <-ctx.Done(); return ctx.Err() }

// However many click at once, one job is begun.
func TestManyClicksBeginOneJob(t *testing.T) {
	s := start(t, open(t))
	var clicks sync.WaitGroup
	told := make(chan error, 8)
	for range cap(told) {
		clicks.Go(func() {
			_, err := s.Add(ctx, jobs.Job{Kind: "import", Subject: "crm"}, untilOver)
			told <- err
		})
	}
	clicks.Wait()
	close(told)
	begun := 0
	for err := range told {
		if err == nil {
			begun++
			continue
		}
		require.Equal(t, "job.twice", err.(*callpace.Error).Key)
	}
	require.Equal(t, 1, begun)
}

// A job can be cancelled as soon as it can be found, however late its goroutine begins.
func TestCancelledWhileItBegins(t *testing.T) {
	s := start(t, open(t))
	begin := s.Begin
	s.Begin = func(fn func(context.Context)) {
		begin(func(life context.Context) { time.Sleep(50 * time.Millisecond); fn(life) })
	}
	added := make(chan *jobs.Run)
	go func() {
		r, _ := s.Add(ctx, jobs.Job{Kind: "import", Subject: "crm"}, untilOver)
		added <- r
	}()
	require.Eventually(t, func() bool { return len(s.UnderWay()) == 1 }, time.Minute, time.Millisecond)
	require.NoError(t, s.Cancel(s.UnderWay()[0].ID))
	r := <-added
	<-r.Over()
	require.Equal(t, "job.cancelled", r.Job().Err.(*callpace.Error).Key)
}

// A panic is the end of its job, not of the server, and whoever waits behind it
// has their turn.
func TestPanicOfAJob(t *testing.T) {
	db := open(t)
	s := start(t, db)
	var heard error
	broken, err := s.AddWork(ctx, jobs.Job{Kind: "import", Subject: "a"}, jobs.Work{
		Do:    func(context.Context, *jobs.Run) error { panic("a fault of ours") },
		Ended: func(_ context.Context, err error) error { heard = err; return err },
	})
	require.NoError(t, err)
	next, err := s.Add(ctx, jobs.Job{Kind: "import", Subject: "b"}, nothing)
	require.NoError(t, err)
	<-next.Over()
	require.NoError(t, next.Job().Err)
	var p *callpace.Panic
	require.ErrorAs(t, heard, &p)
	require.Contains(t, string(p.Stack), "TestPanicOfAJob")
	s.stop()
	j, err := start(t, db).Find(ctx, broken.ID())
	require.NoError(t, err)
	require.EqualError(t, j.Err, "panic: a fault of ours")
}

// Work knows its id before it stands in line, and hears of its end also where
// it never had its turn.
func TestWorkHearsOfItsJob(t *testing.T) {
	s := start(t, open(t))
	before, err := s.Add(ctx, jobs.Job{Kind: "import", Subject: "a"}, untilOver)
	require.NoError(t, err)
	var named string
	var heard error
	w := jobs.Work{Do: nothing, Named: func(id string) error { named = id; return nil }, Ended: func(_ context.Context, err error) error {
		heard = err
		return errors.Join(err, errors.New("and the draft"))
	}}
	waits, err := s.AddWork(ctx, jobs.Job{Kind: "import", Subject: "b"}, w)
	require.NoError(t, err)
	require.Equal(t, named, waits.ID())
	require.NoError(t, s.Cancel(named))
	<-waits.Over()
	require.Equal(t, "job.cancelled", heard.(*callpace.Error).Key)
	require.ErrorContains(t, waits.Job().Err, "and the draft")

	w.Named = func(id string) error { named = id; return errors.New("no room") }
	_, err = s.AddWork(ctx, jobs.Job{Kind: "import", Subject: "c"}, w)
	require.EqualError(t, err, "no room")
	require.Len(t, s.UnderWay(), 1)
	j, err := s.Find(ctx, named)
	require.NoError(t, err)
	require.True(t, j.Over())
	require.NoError(t, s.Cancel(before.ID()))
}

// A server that stays up forgets, too.
func TestForget(t *testing.T) {
	s := start(t, open(t))
	r, err := s.Add(ctx, jobs.Job{Kind: "import"}, nothing)
	require.NoError(t, err)
	<-r.Over()
	for _, c := range []struct {
		after time.Duration
		code  callpace.Code
	}{{jobs.Memory - time.Hour, ""}, {jobs.Memory + time.Hour, callpace.NotFound}} {
		s.Now = func() time.Time { return time.Now().Add(c.after) }
		require.NoError(t, s.Forget(ctx))
		if _, err = s.Find(ctx, r.ID()); c.code == "" {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, c.code, callpace.CodeOf(err))
	}
}
