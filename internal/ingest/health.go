package ingest

import (
	"context"
	"time"

	"github.com/callpace/callpace"
)

// Health tells what keeps the folder from its work: why questions cannot be
// answered, or why nothing can be taken in. nil: nothing does.
func (s *SharedFolder) Health() error {
	if err := s.Ready(); err != nil {
		return err
	}
	if !s.look() {
		return replacing()
	}
	defer s.whole.RUnlock()
	if s.folder == nil {
		return s.ready()
	}
	return s.folder.journal.Fault()
}

// healEvery is how often a folder that does not work is tried again.
const healEvery = 5 * time.Second

// Heal tries again, until ctx ends, what failed while the folder was open: a
// disk that was full has room again, facts that could not follow do.
func (s *SharedFolder) Heal(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(healEvery):
			_ = s.heal(ctx) // Health goes on telling what is wrong
		}
	}
}

func (s *SharedFolder) heal(ctx context.Context) error {
	if err := s.Health(); err == nil || callpace.CodeOf(err) == callpace.NotFound {
		return nil
	}
	if err := s.take(ctx); err != nil {
		return err
	}
	defer func() { <-s.turn }()
	if s.folder == nil {
		return nil // somebody opens it
	}
	if err := s.folder.journal.Mend(ctx); err != nil || s.folder.Ready() == nil {
		return err
	}
	s.whole.Lock()
	defer s.whole.Unlock()
	defer s.begin(nil)()
	return s.folder.Mend(ctx)
}
