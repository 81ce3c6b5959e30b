// Package aside has work that nobody waits for give way to people who ask.
package aside

import (
	"context"
	"sync"
)

// most is how often one piece of work is given up for somebody, before it is done
// to its end whoever asks.
const most = 3

// Work is done when nobody asks, one piece at a time. It is safe for concurrent use.
type Work struct {
	mu  sync.Mutex
	end context.CancelFunc // gives up what is being done; nil: nothing is
}

// GiveWay ends what is being done, because somebody asks.
func (w *Work) GiveWay() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.end != nil {
		w.end()
	}
}

// Do does a piece of work when quiet has returned, and again from its beginning
// where it gave way. It ends with ctx.
func (w *Work) Do(ctx context.Context, quiet, piece func(context.Context)) {
	for times := 0; ctx.Err() == nil; times++ {
		quiet(ctx)
		if times == most {
			piece(ctx)
			return
		}
		if !w.gaveWay(ctx, piece) {
			return
		}
	}
}

func (w *Work) gaveWay(ctx context.Context, piece func(context.Context)) bool {
	inside, end := context.WithCancel(ctx)
	defer end()
	w.set(end)
	defer w.set(nil)
	piece(inside)
	return inside.Err() != nil
}

func (w *Work) set(end context.CancelFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.end = end
}
