// Package jobs does long work beside requests: imports, rebuilds, withdrawals,
// mails. One job at a time has its turn at the folder, in the order in which
// they were begun; each tells how far it is, can be cancelled as long as that
// leaves nothing half done, and ends with the server. What a user waits for is
// kept, also across a restart. What a job does, the package does not know.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/callpace/callpace"
)

// Job is a piece of long work as it stands at a moment.
type Job struct {
	ID      string    `json:"-"`
	Kind    string    `json:"kind"`              // its name in a language is the message job.<kind>
	Subject string    `json:"subject,omitempty"` // what it is about: a source; "" for none
	By      string    `json:"by,omitempty"`      // the name of who began it
	Draft   string    `json:"draft,omitempty"`   // the draft that it is about
	Back    string    `json:"back,omitempty"`    // address to go back to
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended,omitzero"`

	Stage string `json:"-"` // message progress.<stage>; "" while it waits for its turn
	Done  int64  `json:"-"` // of Total; bytes mostly
	Total int64  `json:"-"` // 0: not known
	Fixed bool   `json:"-"` // it cannot be cancelled any more

	Err    error           `json:"-"`
	Fault  *fault          `json:"fault,omitempty"` // Err as it is kept
	Result json.RawMessage `json:"result,omitempty"`
}

// Over tells that the job has ended, well or not.
func (j Job) Over() bool { return !j.Ended.IsZero() }

// Percent is how far the stage is, from 0 to 100; -1 where that is not known.
func (j Job) Percent() int {
	if j.Total <= 0 {
		return -1
	}
	return int(min(100*j.Done/j.Total, 100))
}

// Into reads the result into what into points to; where the job left none,
// that stays as it is.
func (j Job) Into(into any) error {
	if len(j.Result) == 0 {
		return nil
	}
	return json.Unmarshal(j.Result, into)
}

// Run is a job for whoever does it.
type Run struct {
	q      *Queue
	job    Job // guarded by q.mu
	kept   bool
	cancel context.CancelCauseFunc
	over   chan struct{}
}

// Job gives how the job stands.
func (r *Run) Job() Job {
	r.q.mu.Lock()
	defer r.q.mu.Unlock()
	return r.job
}

// ID is the job's id.
func (r *Run) ID() string { return r.job.ID }

// Over is closed when the job has ended and what became of it is kept.
func (r *Run) Over() <-chan struct{} { return r.over }

// Progress tells how far the job is.
func (r *Run) Progress(stage string, done, total int64) {
	r.change(func(j *Job) { j.Stage, j.Done, j.Total = stage, done, total })
}

// Fix says that from here on the job is done to its end: cancelled now, it
// would leave something half done.
func (r *Run) Fix() { r.change(func(j *Job) { j.Fixed = true }) }

// Keep sets what the job has brought so far.
func (r *Run) Keep(result any) {
	text, err := json.Marshal(result)
	if err != nil {
		r.q.Log.Error("result of a job", "job", r.job.ID, "error", err)
		return
	}
	r.change(func(j *Job) { j.Result = text })
}

func (r *Run) change(fn func(*Job)) {
	r.q.mu.Lock()
	defer r.q.mu.Unlock()
	fn(&r.job)
}

// errCancelled is why the context of a cancelled job ended.
var errCancelled = errors.New("cancelled")

// ended is how a job ended, for its reader: what it says of itself, or that it
// was cancelled, or that the server stopped.
func ended(ctx context.Context, err error) error {
	switch {
	case err == nil || ctx.Err() == nil:
		return err
	case Cancelled(ctx):
		return callpace.E(callpace.Conflict, "job.cancelled")
	}
	return callpace.E(callpace.Conflict, "job.stopped")
}

// Cancelled tells whether the job of a context was cancelled, rather than
// stopped with the server.
func Cancelled(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errCancelled) }
