package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// Add takes rows of a source in: whole lines, read by the specification that how gives.
// They are on disk when it returns, and the facts follow soon after; see
// Counted. It gives the input that they are in, together with rows that others
// added. Where the facts are too far behind it is a Conflict: nothing was taken.
func (s *SharedFolder) Add(ctx context.Context, name string, how func(*Folder) (source.Spec, error), rows []byte) (in Added, err error) {
	if !s.look() {
		return in, replacing()
	}
	defer s.whole.RUnlock()
	if err := s.ready(); err != nil {
		return in, err
	}
	spec, known := s.added.spec(name)
	if !known {
		if spec, err = how(s.folder); err != nil {
			return in, err
		}
	}
	if in, err = s.folder.add(ctx, spec, rows); err == nil {
		s.follow()
	}
	return in, err
}

// Taken looks for rows that Add may have put on disk since a time though nobody
// was told, as before a crash, and gives the input that holds them. Rows of
// another Add that are the same to the byte pass for them.
func (s *SharedFolder) Taken(ctx context.Context, name string, rows []byte, since time.Time) (in Added, found bool, err error) {
	err = s.Beside(func(j *journal.Journal) error {
		inputs, err := j.Inputs(ctx, journal.Filter{Source: name, Status: journal.Committed})
		for i := len(inputs) - 1; err == nil && i >= 0 && !found; i-- {
			if found, err = holds(ctx, j, inputs[i], rows); found {
				in = Added{inputs[i].No, inputs[i].Name}
			}
			if inputs[i].At.Before(since) { // this one may have grown since, none before it
				break
			}
		}
		return err
	})
	return in, found, err
}

// holds tells whether rows stand in an input, from the beginning of a line on.
func holds(ctx context.Context, j *journal.Journal, in journal.Input, rows []byte) (bool, error) {
	r, err := j.Read(ctx, in.Stream, in.Kept)
	if err != nil {
		return false, err
	}
	defer r.Close()
	line := append([]byte{'\n'}, rows...)
	window := []byte{'\n'} // as if a line ended before the first
	for part := make([]byte, 1<<20); ; {
		n, err := r.Read(part)
		if window = append(window, part[:n]...); bytes.Contains(window, line) {
			return true, nil
		}
		window = append(window[:0], window[max(0, len(window)-len(line)+1):]...)
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// Counted waits until the facts have followed an input of added rows; false
// where they cannot for now, or ctx ended.
func (s *SharedFolder) Counted(ctx context.Context, input int) bool {
	for {
		waits, changed := s.added.waits(input)
		if !waits {
			return true
		}
		if s.Ready() != nil {
			return false
		}
		s.added.hurry()
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// Behind tells how far the facts are behind what was added.
func (s *SharedFolder) Behind() Lag { return s.added.lag() }

// follow has the facts follow what was added, unless somebody is at it.
func (s *SharedFolder) follow() {
	if s.following.CompareAndSwap(false, true) {
		go s.followOn()
	}
}

// The shortest and the longest pause between two times that the facts follow.
const (
	shortPause = time.Second
	longPause  = 3 * time.Second
)

// followOn lets the facts follow until nothing waits. Between two times it leaves
// the machine to others for as long as the one before took: many rows at once
// cost little more than few. What fails is tried again, as long as the folder is
// open and nothing else has to mend it.
func (s *SharedFolder) followOn() {
	for {
		began := time.Now()
		err := s.Write(s.closing, nil, func(*Folder) error { return nil })
		if err != nil && s.Ready() == nil && s.closing.Err() == nil {
			time.Sleep(healEvery)
			continue
		}
		s.following.Store(false)
		if err != nil || s.added.lag().Inputs == 0 || !s.following.CompareAndSwap(false, true) {
			return
		}
		s.added.pause(min(max(time.Since(began), shortPause), longPause))
	}
}
