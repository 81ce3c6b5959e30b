package ingest

import (
	"context"
	"runtime/debug"
	"time"
)

// idle is how long nobody may read or write before memory is given back.
const idle = 20 * time.Second

// rest gives back what the engine below and the runtime hold for questions that
// nobody asks. Answers stay kept.
func (s *SharedFolder) rest(context.Context) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	default:
		return // who writes now rests later
	}
	if !s.whole.TryLock() {
		return
	}
	defer s.whole.Unlock()
	if s.folder == nil || s.folder.store == nil {
		return
	}
	_ = s.folder.store.Rest(context.Background()) // what cannot be given back is no loss
	debug.FreeOSMemory()
}
