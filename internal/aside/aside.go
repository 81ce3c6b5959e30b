// Package aside has work that nobody waits for give way to people who ask.
package aside

import (
	"context"
	"sync"
)

// most is how often one piece of work is given up for somebody, before it is done
// to its end whoever asks.
const most = 3

// Work is done when nobody asks. It is safe for concurrent use.
type Work struct {
	mu    sync.Mutex
	doing map[context.Context]context.CancelFunc // pieces under way, and what gives them up
}

// GiveWay ends what is being done, because somebody asks for something else.
func (w *Work) GiveWay() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, giveUp := range w.doing {
		giveUp()
	}
}

// Do does a piece of work when quiet has returned, and again from its beginning
// where it gave way. It ends with ctx.
func (w *Work) Do(ctx context.Context, quiet, do func(context.Context)) {
	own := context.WithValue(ctx, within{}, true)
	for times := 0; ctx.Err() == nil; times++ {
		quiet(ctx)
		if times == most {
			do(own)
			return
		}
		if !w.gaveWay(own, do) {
			return
		}
	}
}

func (w *Work) gaveWay(ctx context.Context, do func(context.Context)) bool {
	inside, end := context.WithCancel(ctx)
	defer end()
	w.begin(inside, end)
	defer w.done(inside)
	do(inside)
	return inside.Err() != nil
}

func (w *Work) begin(piece context.Context, giveUp context.CancelFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.doing == nil {
		w.doing = map[context.Context]context.CancelFunc{}
	}
	w.doing[piece] = giveUp
}

func (w *Work) done(piece context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.doing, piece)
}

// within is the key of what a piece of work is known by.
type within struct{}

// Within tells whether who asks with ctx is a piece of such work.
func Within(ctx context.Context) bool { return ctx.Value(within{}) != nil }
