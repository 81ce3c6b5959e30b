package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/store"
)

var ctx = context.Background()

// server is a process with a queue; stop ends it as a server is ended.
type server struct {
	*jobs.Queue
	stop func()
}

func start(t *testing.T, db *store.DB) *server {
	t.Helper()
	var work sync.WaitGroup
	life, end := context.WithCancel(ctx)
	s := &server{Queue: &jobs.Queue{State: db.State, Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Begin: func(fn func(context.Context)) { work.Go(func() { fn(life) }) }}}
	s.stop = func() { end(); work.Wait() }
	t.Cleanup(s.stop)
	require.NoError(t, s.Recover(ctx))
	return s
}

func open(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(ctx, t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestOneAfterTheOther(t *testing.T) {
	s := start(t, open(t))
	var mu sync.Mutex
	var order []int
	running, most := 0, 0
	var all []*jobs.Run
	for i := range 10 {
		r, err := s.Add(ctx, jobs.Job{Kind: "import", Subject: fmt.Sprint(i)}, func(_ context.Context, r *jobs.Run) error {
			mu.Lock()
			running++
			most = max(most, running)
			order = append(order, i)
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			running--
			mu.Unlock()
			r.Keep([]int{i})
			return nil
		})
		require.NoError(t, err)
		all = append(all, r)
	}
	for i, r := range all {
		<-r.Over()
		j, err := s.Find(ctx, r.ID())
		require.NoError(t, err)
		var result []int
		require.NoError(t, j.Into(&result))
		require.Equal(t, []int{i}, result)
	}
	require.Equal(t, 1, most)
	require.True(t, slices.IsSorted(order), "%v", order)
	require.Empty(t, s.UnderWay())
}

func TestCancel(t *testing.T) {
	s := start(t, open(t))
	first, err := s.Add(ctx, jobs.Job{Kind: "import", Subject: "a"}, func(ctx context.Context, r *jobs.Run) error {
		r.Progress("journalling", 1, 4)
		<-ctx.Done()
		return fmt.Errorf("read: %w", ctx.Err())
	})
	require.NoError(t, err)
	did := false
	second, err := s.Add(ctx, jobs.Job{Kind: "import", Subject: "b"}, func(context.Context, *jobs.Run) error { did = true; return nil })
	require.NoError(t, err)
	third, err := s.Add(ctx, jobs.Job{Kind: "withdraw", Subject: "b"}, func(_ context.Context, r *jobs.Run) error {
		r.Fix()
		if err := s.Cancel(r.ID()); callpace.CodeOf(err) != callpace.Conflict {
			return errors.New("it was cancelled when it was too late")
		}
		return nil
	})
	require.NoError(t, err)
	_, err = s.Add(ctx, jobs.Job{Kind: "import", Subject: "b"}, nil)
	require.Equal(t, "job.twice", err.(*callpace.Error).Key)

	require.NoError(t, s.Cancel(second.ID())) // out of turn
	<-second.Over()
	require.Equal(t, "job.cancelled", second.Job().Err.(*callpace.Error).Key)
	require.Eventually(t, func() bool { return first.Job().Percent() == 25 }, time.Minute, time.Millisecond)
	select {
	case <-third.Over():
		t.Fatal("the third one had its turn before the first one was over")
	default:
	}
	require.NoError(t, s.Cancel(first.ID()))
	<-third.Over()
	require.NoError(t, third.Job().Err)
	require.False(t, did)
	require.Error(t, s.Cancel(first.ID()))
	j, err := s.Find(ctx, first.ID())
	require.NoError(t, err)
	require.Equal(t, "job.cancelled", j.Err.(*callpace.Error).Key)
}

// A stop is told, what can go on does so under its address, and results outlive
// the process.
func TestAcrossRestarts(t *testing.T) {
	db := open(t)
	s := start(t, db)
	done, err := s.Add(ctx, jobs.Job{Kind: "compare", Subject: "crm"}, func(_ context.Context, r *jobs.Run) error {
		r.Keep(map[string]int{"rows": 7})
		return callpace.E(callpace.Conflict, "job.file", "file", "x.csv").Because(callpace.E(callpace.Invalid, "job.rows", "count", 1234))
	})
	require.NoError(t, err)
	<-done.Over()
	going := make(chan struct{})
	wait := func(ctx context.Context, _ *jobs.Run) error { close(going); <-ctx.Done(); return ctx.Err() }
	stopped, err := s.Add(ctx, jobs.Job{Kind: "import", Subject: "crm", Draft: "d"}, wait)
	require.NoError(t, err)
	waiting, err := s.Add(ctx, jobs.Job{Kind: "withdraw"}, func(context.Context, *jobs.Run) error { return nil })
	require.NoError(t, err)
	<-going
	s.stop()

	s = start(t, db)
	j, err := s.Find(ctx, done.ID())
	require.NoError(t, err)
	var result map[string]int
	require.NoError(t, j.Into(&result))
	require.Equal(t, 7, result["rows"])
	texts, err := i18n.Open("en", "hr")
	require.NoError(t, err)
	for _, lang := range []string{"en", "hr"} { // told in the language of whoever reads it
		l := texts.Localizer(lang, calendar.Calendar{})
		require.Equal(t, l.Error(done.Job().Err), l.Error(j.Err))
	}
	for _, id := range []string{stopped.ID(), waiting.ID()} {
		j, err := s.Find(ctx, id)
		require.NoError(t, err)
		require.Equal(t, "job.stopped", j.Err.(*callpace.Error).Key)
	}
	again, err := s.Resume(ctx, stopped.ID(), jobs.Work{Do: func(context.Context, *jobs.Run) error { return nil }})
	require.NoError(t, err)
	<-again.Over()
	j, err = s.Find(ctx, stopped.ID())
	require.NoError(t, err)
	require.NoError(t, j.Err)
	require.True(t, j.Over())
	_, err = s.Find(ctx, "nonsense")
	require.Equal(t, callpace.NotFound, callpace.CodeOf(err))
}

// Killed, nobody noted the end: the next start does.
func TestAfterAKill(t *testing.T) {
	db := open(t)
	id, err := db.Jobs().CreateJob(ctx, jobs.Job{Kind: "import", Subject: "crm", Began: time.Now()})
	require.NoError(t, err)
	s := start(t, db)
	j, err := s.Find(ctx, id)
	require.NoError(t, err)
	require.True(t, j.Over())
	require.Equal(t, "job.stopped", j.Err.(*callpace.Error).Key)
	require.Empty(t, s.UnderWay())
}

func TestTooManyWait(t *testing.T) {
	s := start(t, open(t))
	var err error
	for i := 0; err == nil && i < 100; i++ {
		_, err = s.Add(ctx, jobs.Job{Kind: "import", Subject: fmt.Sprint(i)}, func(ctx context.Context, _ *jobs.Run) error { <-ctx.Done(); return ctx.Err() })
	}
	require.Equal(t, callpace.Limit, callpace.CodeOf(err))
}

// What is done for a command or a request is seen while it is under way.
func TestDo(t *testing.T) {
	s := start(t, open(t))
	err := s.Do(ctx, jobs.Job{Kind: "erase", By: "root"}, func(context.Context, *jobs.Run) error {
		all := s.UnderWay()
		require.Len(t, all, 1)
		require.Equal(t, "root", all[0].By)
		require.True(t, all[0].Fixed)
		return errors.New("no")
	})
	require.EqualError(t, err, "no")
	require.Empty(t, s.UnderWay())
}
