package kept

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/callpace/callpace/internal/kpi"
)

// mostRecent is how many questions are asked again after a write: those of
// some dozen pages.
const mostRecent = 400

// recent is a question that was asked not long ago.
type recent struct {
	s    kpi.Select
	used int64
}

// note remembers a question for Refresh. k.mu is held.
func (k *Keep) note(q question, s kpi.Select) {
	if q.needs.now { // nobody asks as of then again
		return
	}
	k.clock++
	k.recent[q.whole] = recent{s, k.clock}
	if len(k.recent) < 2*mostRecent {
		return
	}
	for _, id := range k.lately()[mostRecent:] {
		delete(k.recent, id)
	}
}

// lately lists the recent questions, the latest first. k.mu is held.
func (k *Keep) lately() []string {
	return slices.SortedFunc(maps.Keys(k.recent), func(a, b string) int { return cmp.Compare(k.recent[b].used, k.recent[a].used) })
}

// Refresh asks recent questions again whose answers no longer hold, so that
// the first reader after a write need not wait. It steps aside for whoever
// asks meanwhile, and ends with ctx or the first error.
func (k *Keep) Refresh(ctx context.Context, st State) error {
	k.mu.Lock()
	var again []kpi.Select
	for _, id := range k.lately()[:min(mostRecent, len(k.recent))] {
		again = append(again, k.recent[id].s)
	}
	k.mu.Unlock()
	for _, s := range again {
		for k.askers.Load() > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := k.answer(ctx, st, s, ask(&s)); err != nil {
			return err
		}
	}
	return nil
}

// pause is how long Refresh leaves to others at a time.
const pause = 5 * time.Millisecond
