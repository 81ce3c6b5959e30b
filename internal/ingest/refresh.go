package ingest

import (
	"context"
	"sync"
	"time"
)

// calm is how long nobody may write before what was asked lately is asked again.
const calm = 100 * time.Millisecond

// due is work to be done some time after something last happened.
type due struct {
	mu     sync.Mutex
	timer  *time.Timer
	cancel context.CancelFunc
}

// after has work done when a while has passed without stop or another after.
func (r *due) after(d time.Duration, work func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end()
	r.cancel, r.timer = cancel, time.AfterFunc(d, func() { work(ctx) })
}

// stop ends what is due or under way, without waiting for it.
func (r *due) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end()
}

func (r *due) end() {
	if r.timer != nil {
		r.timer.Stop()
		r.cancel()
	}
	r.timer, r.cancel = nil, nil
}

// atOnce is how long readers go on seeing the state before a write while what
// they asked lately is asked anew. Who corrects a call wants to see it.
const atOnce = 300 * time.Millisecond

// renew has answers renewed that a write made untrue before readers see it, as
// many as there is time for, those asked last first: the first page after a
// write is made from them. refresh sees to the rest.
func (s *SharedFolder) renew(ctx context.Context) {
	if store := s.folder.store; store != nil && s.folder.Ready() == nil {
		ctx, cancel := context.WithTimeout(ctx, atOnce)
		defer cancel()
		_ = store.Written().Renew(ctx) // refresh goes on where there was no time
	}
}

// refresh has answers renewed that a write made untrue, so that readers find
// them. What goes wrong there goes wrong again for whoever asks, and is told then.
func (s *SharedFolder) refresh(ctx context.Context) {
	_ = s.Read(func(f *Folder) error { return f.store.Engine().Refresh(ctx) })
}
