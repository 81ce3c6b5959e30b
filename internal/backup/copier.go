package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/store"
)

// How often a Copier looks for what is new, copies the state, and tries again
// after a failure.
const (
	lookEvery  = time.Second
	stateEvery = 10 * time.Minute
	retryEvery = 15 * time.Second
	patience   = time.Minute
)

// Copier keeps a copy of the journal in another folder while the journal grows,
// and beside it one of the state. It only appends, but for erasures, which it
// follows: segments that one has written anew are replaced. Restore reads it.
//
// A target that does not answer (a network disk whose server is gone) holds up
// nobody but the copy: whatever is done there, is done without the folder.
type Copier struct {
	Dir     string // the data folder
	Target  string // the folder of the copy
	Beside  func(func(*journal.Journal) error) error
	State   *store.DB
	FS      journal.FS // of the target; nil: the machine's
	Now     func() time.Time
	Changed func(Lag) // hears when copying begins to fail and when it goes on again; may be nil

	Patience time.Duration // without a sign of the target, until it is said to hang; 0: a minute

	mu    sync.Mutex
	lag   Lag
	state time.Time    // of the copied state
	begun bool         // the target was found in order
	signs atomic.Int64 // of a target that answers
}

// Lag is how far a copy is behind.
type Lag struct {
	Target  string
	Bytes   int64     // of the journal, not copied yet
	Begun   time.Time // when copying began
	Equal   time.Time // when the copy was complete last; zero: not since then, or not looked at yet
	StateAt time.Time // of the state's copy; zero: none since the start
	Seq     int64     // of the last entry that is copied
	Fault   error     // why copying does not go on; nil: it does
	Since   time.Time // of the fault
}

// Behind is how long the copy has not been complete.
func (l Lag) Behind(now time.Time) time.Duration {
	since := l.Equal
	switch {
	case since.IsZero() && l.Begun.IsZero(), !since.IsZero() && l.Bytes == 0 && l.Fault == nil:
		return 0
	case since.IsZero():
		since = l.Begun
	}
	return max(now.Sub(since), 0)
}

// Lag tells how far the copy is behind.
func (c *Copier) Lag() Lag {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lag
}

// Check tells why the copy cannot be kept where it is to be.
func (c *Copier) Check() error { return outside(c.Dir, c.Target) }

// Run copies until ctx ends. What is wrong with the target is told by Lag and
// tried again; it never holds up who writes.
func (c *Copier) Run(ctx context.Context) {
	if c.FS == nil {
		c.FS = journal.Disk
	}
	if c.Patience == 0 {
		c.Patience = patience
	}
	c.set(func(l *Lag) { l.Target, l.Begun = c.Target, c.Now() })
	for {
		err, ended := c.watched(ctx, c.Round)
		if !ended {
			return
		}
		wait := lookEvery
		if notYet := (closed{}); err != nil && !errors.As(err, &notYet) {
			wait = retryEvery
		}
		select {
		case <-ctx.Done():
			c.watched(ctx, c.last)
			return
		case <-time.After(wait):
		}
	}
}

// watched runs a round and tells when the target hangs. Nothing ends a call of
// the system that does not: when ctx ends, such a round is left behind.
func (c *Copier) watched(ctx context.Context, round func(context.Context) error) (err error, ended bool) {
	done := make(chan error, 1)
	go func() { done <- round(ctx) }()
	stopping := ctx.Done()
	for signs := c.signs.Load(); ; signs = c.signs.Load() {
		wait := c.Patience
		if stopping == nil {
			wait = min(wait, lastTime)
		}
		select {
		case err := <-done:
			return err, true
		case <-stopping:
			stopping = nil
		case <-time.After(wait):
			if stopping == nil {
				return nil, false
			}
			if c.signs.Load() == signs {
				c.note(callpace.E(callpace.Conflict, "copy.hangs", "path", c.Target))
			}
		}
	}
}

// lastTime is how long stopping may take for what is new.
const lastTime = 10 * time.Second

// last copies what is new, the state included, when the server stops.
func (c *Copier) last(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTime)
	defer cancel()
	c.state = time.Time{}
	return c.Round(ctx) // the next start goes on
}

// closed is that the folder is being opened or replaced: no fault of the copy.
type closed struct{ error }

// look runs fn at the journal, if it can be looked at now.
func (c *Copier) look(fn func(*journal.Journal) error) error {
	open := false
	err := c.Beside(func(j *journal.Journal) error {
		open = true
		return fn(j)
	})
	if !open {
		return closed{err}
	}
	return err
}

// Round copies what is new, and notes how that went.
func (c *Copier) Round(ctx context.Context) error {
	if c.FS == nil {
		c.FS = journal.Disk
	}
	err := c.round(ctx)
	var not closed
	if errors.As(err, &not) {
		return err
	}
	err = targetFault(c.Target, err)
	if ctx.Err() != nil {
		return err
	}
	if err != nil {
		c.begun = false // what is there now is not known
	}
	c.note(err)
	return err
}

// note notes how copying goes; nil: well.
func (c *Copier) note(err error) {
	before := c.Lag().Fault
	c.set(func(l *Lag) {
		if l.Target = c.Target; err != nil && l.Fault == nil {
			l.Since = c.Now()
		}
		l.Fault = err
	})
	if c.Changed != nil && (before == nil) != (err == nil) {
		c.Changed(c.Lag())
	}
}

func (c *Copier) set(change func(*Lag)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.lag)
}

func (c *Copier) round(ctx context.Context) error {
	var now journal.Position
	err := c.look(func(j *journal.Journal) (err error) {
		now, err = j.Position(ctx)
		return err
	})
	if err != nil {
		return err
	}
	was, err := c.begin()
	if err != nil {
		return err
	}
	erased := was.Position.Erased // who is gone from the journal is to go from the copied state, too
	due := !c.begun || c.Now().Sub(c.state) >= stateEvery || erased != now.Erased
	if c.begun && was.Position == now && !due {
		c.set(func(l *Lag) { l.Bytes, l.Equal = 0, c.Now() })
		return nil
	}
	fresh := filepath.Join(c.Target, store.Name+partial)
	if due { // before the journal, so that it knows nothing that the copy does not hold
		if err := c.copyState(ctx, fresh); err != nil {
			return errors.Join(err, os.Remove(fresh))
		}
	}
	for complete := false; !complete; {
		if complete, err = c.some(ctx, &was); err != nil {
			return err
		}
	}
	c.begun = true
	since := was.Position.Erased != now.Erased // erased after the state was read
	if !due {
		if since {
			c.state = time.Time{}
		}
		return nil
	}
	if err := c.FS.Rename(fresh, filepath.Join(c.Target, store.Name)); err != nil {
		return err
	}
	at := c.Now()
	if c.state = at; since {
		c.state = time.Time{}
	}
	c.set(func(l *Lag) { l.StateAt = at })
	return c.FS.SyncDir(c.Target)
}

// begin reads how far the copy is. An empty folder begins one, but not where
// there was one before: then the disk is not there.
func (c *Copier) begin() (Copied, error) {
	was, err := decodeCopied(c.Target)
	if !errors.Is(err, os.ErrNotExist) {
		return was, err
	}
	entries, err := os.ReadDir(c.Target)
	if err != nil || c.marked() {
		return was, callpace.E(callpace.NotFound, "copy.gone", "path", c.Target, "mark", c.markPath()).Because(err)
	}
	for _, e := range entries {
		if n := e.Name(); n != "lost+found" && n != journalDir && n != store.Name+partial && n != copyName+partial {
			return was, callpace.E(callpace.Conflict, "backup.target_not_empty", "path", c.Target)
		}
	}
	if err := os.MkdirAll(filepath.Join(c.Target, journalDir), 0o700); err != nil {
		return was, err
	}
	was = Copied{Format: Format, Position: journal.Position{Segment: 1}}
	return was, c.keep(&was)
}

// markName is the file of the data folder that says where its copy is, so that
// a disk that is missing after a restart is not taken for a new one.
const markName = "copied-to"

func (c *Copier) markPath() string { return filepath.Join(c.Dir, markName) }

func (c *Copier) marked() bool {
	target, _ := os.ReadFile(c.markPath())
	return string(target) == c.Target
}

// mostAtOnce bounds what is copied before it is written down.
const mostAtOnce = 256 << 20

// some copies a good part of what is new; complete tells that it was all.
func (c *Copier) some(ctx context.Context, is *Copied) (complete bool, err error) {
	var p journal.Position
	var segs []journal.Segment
	var rewritten []int
	var done func()
	err = c.look(func(j *journal.Journal) (err error) {
		if p, segs, done, err = j.Snapshot(ctx, nil); err == nil { // an erasure in between is followed again
			rewritten, err = j.Rewritten(ctx, is.Position.Erased)
		}
		return err
	})
	if done != nil {
		defer done()
	}
	if err != nil {
		return false, err
	}
	c.set(func(l *Lag) { l.Bytes = behind(segs, is.Position) })
	if !c.begun {
		if err := c.belongs(segs, is.Position, rewritten); err != nil {
			return false, err
		}
		c.begun = true
	}
	if err := c.segments(ctx, segs, rewritten, &is.Position); err != nil {
		return false, err
	}
	is.Position.Erased = p.Erased
	left := behind(segs, is.Position)
	if complete = left == 0; complete {
		is.Position = p
	}
	if err := c.keep(is); err != nil {
		return false, err
	}
	if complete && !c.marked() {
		if err := os.WriteFile(c.markPath(), []byte(c.Target), 0o600); err != nil {
			return false, err
		}
	}
	c.set(func(l *Lag) {
		if l.Bytes = left; complete {
			l.Equal, l.Seq = c.Now(), p.Seq
		}
	})
	return complete, nil
}

// segments brings the copied segments forward from a place, which it moves.
func (c *Copier) segments(ctx context.Context, segs []journal.Segment, rewritten []int, at *journal.Position) error {
	left := int64(mostAtOnce)
	for _, seg := range segs {
		switch {
		case slices.Contains(rewritten, seg.No) && seg.No <= at.Segment:
			if err := c.replace(ctx, seg); err != nil {
				return err
			}
			if seg.No == at.Segment {
				at.Offset = seg.Size
			}
		case seg.No < at.Segment:
		case left > 0:
			if seg.No > at.Segment {
				at.Segment, at.Offset = seg.No, 0
			}
			n, err := c.append(ctx, seg, at.Offset, left)
			if err != nil {
				return err
			}
			left -= n
			at.Offset += n
		}
	}
	return nil
}

// behind counts the bytes that lie behind a place.
func behind(segs []journal.Segment, p journal.Position) (n int64) {
	for _, s := range segs {
		switch {
		case s.No == p.Segment:
			n += max(s.Size-p.Offset, 0)
		case s.No > p.Segment:
			n += s.Size
		}
	}
	return n
}
