package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

// Bounds of what waits, and how long what came of it can be asked.
const (
	maxWaiting = 20
	Memory     = 30 * 24 * time.Hour
)

// Queue has jobs done. It is safe for concurrent use.
type Queue struct {
	State store.State
	Now   func() time.Time
	Log   *slog.Logger
	// Begin runs work until it is done or the server stops; nil: nothing stops it.
	Begin func(func(context.Context))

	adding sync.Mutex // held from the look at who waits until the new one is in line

	mu   sync.Mutex
	live []*Run
	last <-chan struct{} // closed when the last one in line has had its turn
}

// Go runs work beside requests until it is done or the server stops.
func (q *Queue) Go(fn func(context.Context)) {
	if q.Begin == nil {
		go fn(context.Background())
		return
	}
	q.Begin(fn)
}

// Work is what a job does. Do is given a context that ends when the job is
// cancelled or the server stops.
type Work struct {
	Do func(context.Context, *Run) error
	// Named hears the id before the job stands in line; its error keeps it out.
	// nil: nobody has to know.
	Named func(id string) error
	// Ended hears what became of the job before that is noted, also of one that
	// never had its turn, and gives the error that is noted. nil: nobody has to.
	Ended func(ctx context.Context, err error) error
}

// Add has a job done when it is its turn, and keeps what becomes of it; see Work.
func (q *Queue) Add(ctx context.Context, j Job, do func(context.Context, *Run) error) (*Run, error) {
	return q.AddWork(ctx, j, Work{Do: do})
}

// AddWork is Add where something has to know of the job's beginning and end.
// Limit: too many wait. Conflict: the same one waits.
func (q *Queue) AddWork(ctx context.Context, j Job, w Work) (*Run, error) {
	q.adding.Lock()
	defer q.adding.Unlock()
	j.Began = q.Now()
	waiting := slices.DeleteFunc(q.UnderWay(), func(j Job) bool { return j.ID == "" })
	if len(waiting) >= maxWaiting {
		return nil, callpace.E(callpace.Limit, "job.too_many", "limit", maxWaiting)
	}
	if slices.ContainsFunc(waiting, func(w Job) bool { return w.Kind == j.Kind && w.Subject == j.Subject && w.Draft == j.Draft }) {
		return nil, callpace.E(callpace.Conflict, "job.twice")
	}
	var err error
	if j.ID, err = q.State.Jobs().CreateJob(ctx, j); err != nil {
		return nil, err
	}
	if w.Named != nil {
		if err := w.Named(j.ID); err != nil {
			j.Ended, j.Fault = q.Now(), keep(err)
			return nil, errors.Join(err, q.State.Jobs().UpdateJob(ctx, j.ID, j, j.Ended))
		}
	}
	return q.line(j, w), nil
}

// Resume goes on with a job that a stop of the server interrupted: whoever
// waits for it finds it under its address. NotFound: it was not kept.
func (q *Queue) Resume(ctx context.Context, id string, w Work) (*Run, error) {
	q.adding.Lock()
	defer q.adding.Unlock()
	j, err := q.Find(ctx, id)
	if err != nil {
		return nil, err
	}
	j.Ended, j.Err, j.Fault, j.Result = time.Time{}, nil, nil, nil
	if err := q.State.Jobs().UpdateJob(ctx, id, j, j.Ended); err != nil {
		return nil, err
	}
	return q.line(j, w), nil
}

// nobody is who stands before the first one in line.
var nobody = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// line puts a job at the end of the line.
func (q *Queue) line(j Job, w Work) *Run {
	r := &Run{q: q, job: j, kept: true, over: make(chan struct{})}
	stands := make(chan struct{})
	q.Go(func(ctx context.Context) {
		ctx, r.cancel = context.WithCancelCause(ctx) // before anybody can find the job and cancel it
		defer r.cancel(nil)
		before, had := q.stand(r)
		defer close(had)
		close(stands)
		var err error
		select {
		case <-before:
			err = callpace.Caught(func() error { return w.Do(ctx, r) })
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err = ended(ctx, err); w.Ended != nil {
			err = w.Ended(ctx, err)
		}
		q.end(r, err)
		<-before // cancelled out of turn, it still keeps its place
	})
	<-stands
	return r
}

// stand makes a job the last one in line and gives the end of the turn before
// it and that of its own.
func (q *Queue) stand(r *Run) (before <-chan struct{}, had chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if before = q.last; before == nil {
		before = nobody
	}
	had = make(chan struct{})
	q.last, q.live = had, append(q.live, r)
	return before, had
}

// end notes how a job ended.
func (q *Queue) end(r *Run, err error) {
	if err != nil {
		log := q.Log.With("job", r.job.ID, "kind", r.job.Kind, "subject", r.job.Subject)
		if p := new(callpace.Panic); errors.As(err, &p) {
			log = log.With("stack", string(p.Stack))
		}
		log.Error("job failed", "error", err)
	}
	r.change(func(j *Job) { j.Ended, j.Err, j.Fault = q.Now(), err, keep(err) })
	if r.kept {
		j := r.Job()
		if err := q.State.Jobs().UpdateJob(context.Background(), j.ID, j, j.Ended); err != nil {
			q.Log.Error("keep what became of a job", "job", j.ID, "error", err)
		}
	}
	q.mu.Lock()
	q.live = slices.DeleteFunc(q.live, func(x *Run) bool { return x == r })
	q.mu.Unlock()
	close(r.over)
}

// Do does a job for whoever waits for it in a request or a command: it is seen
// among those under way, and nothing of it is kept.
func (q *Queue) Do(ctx context.Context, j Job, do func(context.Context, *Run) error) error {
	j.Began, j.Fixed = q.Now(), true
	r := &Run{q: q, job: j, over: make(chan struct{})}
	q.mu.Lock()
	q.live = append(q.live, r)
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.live = slices.DeleteFunc(q.live, func(x *Run) bool { return x == r })
		close(r.over)
	}()
	return do(ctx, r)
}

// Beside does a job at once, beside the line, and keeps what becomes of it:
// one that has no turn at the folder, such as a morning's mails. An error tells
// that it could not be begun.
func (q *Queue) Beside(ctx context.Context, j Job, do func(context.Context, *Run) error) (err error) {
	j.Began, j.Fixed = q.Now(), true
	if j.ID, err = q.State.Jobs().CreateJob(ctx, j); err != nil {
		return err
	}
	r := &Run{q: q, job: j, kept: true, over: make(chan struct{})}
	q.mu.Lock()
	q.live = append(q.live, r)
	q.mu.Unlock()
	q.end(r, ended(ctx, callpace.Caught(func() error { return do(ctx, r) })))
	return nil
}

// Aside does what nobody waits for, such as a mail, at once.
func (q *Queue) Aside(j Job, do func(context.Context) error) {
	q.Go(func(ctx context.Context) {
		err := q.Do(ctx, j, func(ctx context.Context, _ *Run) error { return do(ctx) })
		if err != nil {
			q.Log.Error("job failed", "kind", j.Kind, "subject", j.Subject, "error", err)
		}
	})
}

// UnderWay lists the jobs that have not ended, in the order in which they began.
func (q *Queue) UnderWay() []Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := make([]Job, len(q.live))
	for i, r := range q.live {
		out[i] = r.job
	}
	return out
}

// Find gives a job that is under way, or what became of it.
func (q *Queue) Find(ctx context.Context, id string) (Job, error) {
	if r := q.running(id); r != nil {
		return r.Job(), nil
	}
	kept, err := q.State.Jobs().FindJob(ctx, id)
	if err != nil {
		return Job{}, err
	}
	return decode(kept)
}

func decode(kept store.Job) (j Job, err error) {
	if err := json.Unmarshal(kept.Document, &j); err != nil {
		return j, fmt.Errorf("read job %s: %w", kept.ID, err)
	}
	j.ID = kept.ID
	j.Err = j.Fault.error()
	return j, nil
}

func (q *Queue) running(id string) *Run {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range q.live {
		if r.job.ID == id && id != "" {
			return r
		}
	}
	return nil
}

// Ended lists what became of the jobs of a kind, the latest first.
func (q *Queue) Ended(ctx context.Context, kind string) (out []Job, err error) {
	kept, err := q.State.Jobs().FindJobsEnded(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range kept {
		j, err := decode(k)
		if err != nil {
			return nil, err
		}
		if j.Kind == kind {
			out = append(out, j)
		}
	}
	return out, nil
}

// Cancel ends a job that waits, or that can still be ended. Conflict: it is too
// late for that.
func (q *Queue) Cancel(id string) error {
	r := q.running(id)
	if r == nil || r.Job().Fixed {
		return callpace.E(callpace.Conflict, "job.too_late")
	}
	r.cancel(errCancelled)
	return nil
}

// Forget forgets what ended longer ago than Memory.
func (q *Queue) Forget(ctx context.Context) error {
	return q.State.Jobs().DeleteJobs(ctx, q.Now().Add(-Memory))
}

// Recover notes of the jobs that a stop interrupted that they were: at the
// start, before anything is begun or resumed.
func (q *Queue) Recover(ctx context.Context) error {
	left, err := q.State.Jobs().FindJobsUnderWay(ctx)
	if err != nil {
		return err
	}
	for _, kept := range left {
		j, err := decode(kept)
		if err != nil {
			return err
		}
		j.Ended = q.Now()
		j.Fault = keep(callpace.E(callpace.Conflict, "job.stopped"))
		if err := q.State.Jobs().UpdateJob(ctx, j.ID, j, j.Ended); err != nil {
			return err
		}
	}
	return nil
}
