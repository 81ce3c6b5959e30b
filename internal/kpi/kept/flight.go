package kept

import (
	"context"
	"errors"
	"sync"

	"github.com/callpace/callpace/internal/kpi"
)

// flights answers the same question once for all who ask it at the same time. A
// question goes on as long as anybody waits for it, whoever asked first.
type flights struct {
	mu  sync.Mutex
	now map[string]*flight
}

type flight struct {
	waits  int
	cancel context.CancelFunc
	groups []kpi.Group
	err    error
	done   chan struct{} // closed when groups or err is set
}

var errFlight = errors.New("the question ended without an answer")

// do has work answer a question, or waits for the answer that is being found.
// Who asked first stays until work has ended: it works on their state of the facts.
func (f *flights) do(ctx context.Context, question string, work func(context.Context) ([]kpi.Group, error)) ([]kpi.Group, error) {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	f.mu.Lock()
	x := f.now[question]
	first := x == nil
	if first {
		x = &flight{cancel: cancel, err: errFlight, done: make(chan struct{})}
		if f.now == nil {
			f.now = map[string]*flight{}
		}
		f.now[question] = x
	}
	x.waits++
	f.mu.Unlock()
	if !first {
		select {
		case <-x.done:
			return x.groups, x.err
		case <-ctx.Done():
			f.leave(question, x)
			return nil, ctx.Err()
		}
	}
	stop := context.AfterFunc(ctx, func() { f.leave(question, x) })
	defer func() {
		stop()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.end(question, x)
		close(x.done)
	}()
	x.groups, x.err = work(own)
	return x.groups, x.err
}

// leave ends a question that nobody waits for any longer.
func (f *flights) leave(question string, x *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if x.waits--; x.waits == 0 {
		f.end(question, x)
		x.cancel()
	}
}

// end lets nobody join any longer. f.mu is held.
func (f *flights) end(question string, x *flight) {
	if f.now[question] == x {
		delete(f.now, question)
	}
}
