package web

import (
	"context"
	"sync"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
)

// work is long work beside requests, one at a time, that a page shows until
// its end was seen.
type work struct {
	mu   sync.Mutex
	task *task
}

// task is one piece of work. Name is part of its messages' keys.
type task struct {
	name, stage string
	done, total int64
	over        bool
	err         error
}

// start begins work and tells when it is over; while there is some already,
// that is a Conflict.
func (s *Server) start(name string, fn func(context.Context, ingest.Progress) error) (over <-chan struct{}, err error) {
	s.work.mu.Lock()
	defer s.work.mu.Unlock()
	if s.work.task != nil && !s.work.task.over {
		return nil, callpace.E(callpace.Conflict, "work.busy")
	}
	ended := make(chan struct{})
	j := &task{name: name}
	s.work.task = j
	run := func(ctx context.Context) {
		err := fn(ctx, func(stage string, done, total int64) {
			s.work.change(func() { j.stage, j.done, j.total = stage, done, total })
		})
		if err != nil {
			s.Log.Error("work failed", "work", name, "error", err)
		}
		s.work.change(func() { j.over, j.err = true, err })
		close(ended)
	}
	if s.Go == nil {
		go run(context.Background())
	} else {
		s.Go(run)
	}
	return ended, nil
}

// shortWork is how long a request waits for what mostly takes no time.
const shortWork = 2 * time.Second

// awaitWork goes on to a page when the work is over, or shows how far it is.
func (r *request) awaitWork(over <-chan struct{}, then string) error {
	select {
	case <-over:
		if j, _ := r.s.work.look(); j.err != nil {
			return j.err
		}
		return r.redirect(then)
	case <-time.After(shortWork):
		return r.redirect(workPath)
	}
}

func (w *work) change(fn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fn()
}

// look gives the work that there is or was; ok is false where there was none.
func (w *work) look() (j task, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.task == nil {
		return task{}, false
	}
	return *w.task, true
}

// workPage shows how far the work has come.
type workPage struct {
	shell
	Text, Stage string
	Done, Total int64
	Running     bool
	Fault       string
	Percent     string
}

const workPath = "/settings/work"

func (r *request) workPage() error {
	j, ok := r.s.work.look()
	if !ok {
		return r.redirect("/settings/organisation")
	}
	p := workPage{shell: r.shell("work.title", "settings"), Running: !j.over, Done: j.done, Total: j.total}
	switch {
	case j.err != nil:
		p.Fault, p.Text = r.reader.Error(j.err), r.reader.Text("work.failed")
	case j.over:
		p.Text = r.reader.Text("work." + j.name + ".done")
	default:
		p.Text = r.reader.Text("work." + j.name)
	}
	if key := "progress." + j.stage; p.Running && r.reader.Has(key) {
		p.Stage = r.reader.Text(key)
	}
	if j.total > 0 {
		p.Percent = r.reader.Percent(float64(j.done)/float64(j.total), 0)
	}
	return r.page("settings_work", p)
}
