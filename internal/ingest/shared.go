package ingest

import (
	"context"
	"sync"

	"github.com/callpace/callpace"
)

// Shared lets many read a folder while one writes: what a server does. Readers
// never wait for an import, only for the moment in which the facts are replaced
// as a whole.
type Shared struct {
	folder *Folder
	turn   chan struct{}
	whole  sync.RWMutex // held by whoever replaces the facts or the settings
}

// Share makes a folder fit for many. The folder is not to be used past it.
func Share(f *Folder) *Shared {
	return &Shared{folder: f, turn: make(chan struct{}, 1)}
}

// Read runs fn on the folder. fn must not write, and must not keep the folder.
// Where the facts are behind the journal, the reason is the answer.
func (s *Shared) Read(fn func(*Folder) error) error {
	s.whole.RLock()
	defer s.whole.RUnlock()
	if err := s.folder.Ready(); err != nil {
		return err
	}
	return fn(s.folder)
}

// Write runs fn when it is its turn: one at a time. progress is told how far
// fn has come; nil: nobody watches.
func (s *Shared) Write(ctx context.Context, progress Progress, fn func(*Folder) error) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer func() { <-s.turn }()
	s.folder.deps.Progress = progress
	return fn(s.folder)
}

// Replace is Write for what replaces the facts or the settings as a whole:
// readers wait until it is done.
func (s *Shared) Replace(ctx context.Context, progress Progress, fn func(*Folder) error) error {
	return s.Write(ctx, progress, func(f *Folder) error {
		s.whole.Lock()
		defer s.whole.Unlock()
		return fn(f)
	})
}

// Busy tells whether somebody writes.
func (s *Shared) Busy() bool { return len(s.turn) > 0 }

// Close waits for the writer and lets the folder go.
func (s *Shared) Close(ctx context.Context) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	s.whole.Lock()
	defer s.whole.Unlock()
	return s.folder.Close()
}

func (s *Shared) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return callpace.E(callpace.Conflict, "error.interrupted").Because(ctx.Err())
	}
}
