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
	now  bool          // it depends on the time
	took time.Duration // to ask it again, of late
}

// note remembers a question for Refresh. k.mu is held.
func (k *Keep) note(q question, s kpi.Select) {
	if q.needs.now {
		if !s.Now.Equal(kpi.AsOf(s.Now)) { // nobody asks as of then again
			return
		}
		if s.Now.After(k.asOf) {
			k.asOf = s.Now
		}
	}
	k.clock++
	k.recent[q.whole] = recent{s, k.clock, q.needs.now, k.recent[q.whole].took}
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
// the first reader after a write need not wait. It gives way to whoever asks for
// something else meanwhile, and ends with ctx.
func (k *Keep) Refresh(ctx context.Context, st State) error {
	for _, r := range k.again() {
		k.own.Do(ctx, k.quiet, func(ctx context.Context) { k.renew(ctx, st, r) })
	}
	return ctx.Err()
}

// Renew is Refresh for who cannot give way, and has time until the deadline of
// ctx. What took longer than what is left of it is left to Refresh.
func (k *Keep) Renew(ctx context.Context, st State) error {
	deadline, bounded := ctx.Deadline()
	for _, r := range k.again() {
		if ctx.Err() != nil {
			break
		}
		if !bounded || r.took < deadline.Sub(k.now()) {
			k.renew(ctx, st, r)
		}
	}
	return ctx.Err()
}

// renew asks a recent question again. One that goes wrong is passed over: it goes
// wrong again for who asks, and is told then.
func (k *Keep) renew(ctx context.Context, st State, r recent) {
	began := k.now()
	q := ask(&r.s)
	_, _ = k.answer(ctx, st, r.s, q)
	k.mu.Lock()
	defer k.mu.Unlock()
	if now, known := k.recent[q.whole]; known {
		now.took = max(k.now().Sub(began), now.took*9/10) // no time, where no row of its changed
		k.recent[q.whole] = now
	}
}

// quiet waits until nobody asks.
func (k *Keep) quiet(ctx context.Context) {
	for k.askers.Load() > 0 && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// again lists what was asked lately, the latest first, but for what was asked
// as of a time that has passed.
func (k *Keep) again() (out []recent) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, id := range k.lately()[:min(mostRecent, len(k.recent))] {
		if r := k.recent[id]; !r.now || r.s.Now.Equal(k.asOf) {
			out = append(out, r)
		}
	}
	return out
}

// pause is how long Refresh leaves to others at a time.
const pause = 5 * time.Millisecond
