package web

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
)

// jobs are the writes that run or have run since the server started. They take
// their turns at the folder one by one; what they did is in the journal, and
// here only how far they are.
type jobs struct {
	mu   sync.Mutex
	list []*job
	last int
}

// Bounds of what is kept of jobs.
const (
	maxWaiting  = 20
	maxFinished = 100
)

// job is one write. What it is about does not change; how far it is, state tells.
type job struct {
	ID      string
	Kind    string // import, withdraw, compare, apply: a message "job.<kind>"
	Source  string
	By      string // the name of the account
	Draft   string // that it is about, "" for none
	Back    string // address to go back to
	Started time.Time

	mu    sync.Mutex
	state jobState
}

// jobState is how far a job is.
type jobState struct {
	Stage       string // message "progress.<stage>"; "" while it waits for its turn
	Done, Total int64  // bytes, 0 where they are not known
	Ended       time.Time
	Err         error
	Reports     []ingest.Report // of an import
	Withdrawn   []int
	Diff        *ingest.Diff
}

// Over tells that the job has ended, well or not.
func (s jobState) Over() bool { return !s.Ended.IsZero() }

// Percent is how far the stage is, from 0 to 100; -1 where that is not known.
func (s jobState) Percent() int {
	if s.Total <= 0 {
		return -1
	}
	return int(min(100*s.Done/s.Total, 100))
}

func (j *job) now() jobState {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state
}

func (j *job) set(change func(*jobState)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.state)
}

// progress is told by the folder how far it is.
func (j *job) progress(stage string, done, total int64) {
	j.set(func(s *jobState) { s.Stage, s.Done, s.Total = stage, done, total })
}

// find gives a job; ones from before the last start are not known.
func (js *jobs) find(id string) (*job, error) {
	js.mu.Lock()
	defer js.mu.Unlock()
	for _, j := range js.list {
		if j.ID == id {
			return j, nil
		}
	}
	return nil, callpace.E(callpace.NotFound, "job.unknown")
}

// running lists the jobs that have not ended.
func (js *jobs) running() []*job {
	js.mu.Lock()
	defer js.mu.Unlock()
	var out []*job
	for _, j := range js.list {
		if !j.now().Over() {
			out = append(out, j)
		}
	}
	return out
}

// add takes a job in, and drops the oldest ones that have ended.
func (js *jobs) add(j *job) error {
	if len(js.running()) >= maxWaiting {
		return callpace.E(callpace.Limit, "job.too_many", "limit", maxWaiting)
	}
	js.mu.Lock()
	defer js.mu.Unlock()
	js.last++
	j.ID = strconv.Itoa(js.last)
	js.list = append(js.list, j)
	for over := len(js.list) - maxFinished; over > 0; over-- {
		i := slices.IndexFunc(js.list, func(j *job) bool { return j.now().Over() })
		if i < 0 {
			break
		}
		js.list = slices.Delete(js.list, i, i+1)
	}
	return nil
}

// begin has a job done beside requests. do is given a context that ends with
// the server, not with the request.
func (s *Server) begin(j *job, do func(context.Context, *job) error) (*job, error) {
	j.Started = s.Now()
	if err := s.jobs.add(j); err != nil {
		return nil, err
	}
	s.beside(func(ctx context.Context) {
		err := do(ctx, j)
		if err != nil {
			s.Log.Error("job failed", "job", j.ID, "kind", j.Kind, "source", j.Source, "error", err)
		}
		j.set(func(st *jobState) { st.Err, st.Ended = err, s.Now() })
	})
	return j, nil
}

// beside runs long work until it is done or the server stops.
func (s *Server) beside(fn func(context.Context)) {
	if s.Go != nil {
		s.Go(fn)
		return
	}
	go fn(context.Background())
}
