package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
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
)

// Copier keeps a copy of the journal in another folder while the journal grows,
// and beside it one of the state. It only appends, but for erasures, which it
// follows: segments that one has written anew are replaced. Restore reads it.
type Copier struct {
	Dir     string // the data folder
	Target  string // the folder of the copy
	Beside  func(func(*journal.Journal) error) error
	State   *store.DB
	FS      journal.FS // of the target; nil: the machine's
	Now     func() time.Time
	Changed func(Lag) // hears when copying begins to fail and when it goes on again; may be nil

	mu    sync.Mutex
	lag   Lag
	state time.Time // of the copied state
	begun bool      // the target was found in order
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
	c.set(func(l *Lag) { l.Target, l.Begun = c.Target, c.Now() })
	for {
		err := c.Round(ctx)
		wait := lookEvery
		if err != nil {
			wait = retryEvery
		}
		select {
		case <-ctx.Done():
			c.last(context.WithoutCancel(ctx))
			return
		case <-time.After(wait):
		}
	}
}

// lastTime is how long stopping may take for what is new.
const lastTime = 10 * time.Second

// last copies what is new, the state included, when the server stops.
func (c *Copier) last(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lastTime)
	defer cancel()
	c.state = time.Time{}
	_ = c.Round(ctx) // the next start goes on
}

// Round copies what is new, and notes how that went.
func (c *Copier) Round(ctx context.Context) error {
	if c.FS == nil {
		c.FS = journal.Disk
	}
	open := false
	err := targetFault(c.Target, c.Beside(func(j *journal.Journal) error {
		open = true
		return c.round(ctx, j)
	}))
	if ctx.Err() != nil || !open { // a folder that is being opened or replaced is no fault of the copy
		return err
	}
	if err != nil {
		c.begun = false // what is there now is not known
	}
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
	return err
}

func (c *Copier) set(change func(*Lag)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.lag)
}

func (c *Copier) round(ctx context.Context, j *journal.Journal) error {
	now, err := j.Position(ctx)
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
		if err := c.State.CopyTo(ctx, fresh, nil); err != nil {
			return errors.Join(err, os.Remove(fresh))
		}
	}
	for complete := false; !complete; {
		if complete, err = c.some(ctx, j, &was); err != nil {
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
	if err != nil || c.lag.Seq > 0 {
		return was, callpace.E(callpace.NotFound, "copy.gone", "path", c.Target).Because(err)
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

// mostAtOnce bounds what is copied before an erasure may have its turn.
const mostAtOnce = 256 << 20

// some copies a good part of what is new; complete tells that it was all.
func (c *Copier) some(ctx context.Context, j *journal.Journal, is *Copied) (complete bool, err error) {
	err = j.Snapshot(ctx, nil, func(p journal.Position, segs []journal.Segment) error {
		rewritten, err := j.Rewritten(ctx, is.Position.Erased)
		if err != nil {
			return err
		}
		if !c.begun {
			if err := c.belongs(segs, is.Position, rewritten); err != nil {
				return err
			}
			c.begun = true
		}
		left := int64(mostAtOnce)
		for _, seg := range segs {
			switch {
			case slices.Contains(rewritten, seg.No) && seg.No <= is.Position.Segment:
				if err := c.replace(ctx, seg); err != nil {
					return err
				}
				if seg.No == is.Position.Segment {
					is.Position.Offset = seg.Size
				}
			case seg.No < is.Position.Segment:
			case left > 0:
				if seg.No > is.Position.Segment {
					is.Position.Segment, is.Position.Offset = seg.No, 0
				}
				n, err := c.append(ctx, seg, is.Position.Offset, left)
				if err != nil {
					return err
				}
				left -= n
				is.Position.Offset += n
			}
		}
		is.Position.Erased = p.Erased
		behind := behind(segs, is.Position)
		if complete = behind == 0; complete {
			is.Position = p
		}
		if err := c.keep(is); err != nil {
			return err
		}
		c.set(func(l *Lag) {
			if l.Bytes = behind; complete {
				l.Equal, l.Seq = c.Now(), p.Seq
			}
		})
		return nil
	})
	return complete, err
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

func (c *Copier) path(s journal.Segment) string {
	return filepath.Join(c.Target, journalDir, s.Name)
}

// compared is how much is compared where a copy is gone on with.
const compared = 64 << 10

// belongs tells whether the copy is one of this journal: its segments are as
// long as they should be, and hold the same where it begins and where it ends.
func (c *Copier) belongs(segs []journal.Segment, p journal.Position, rewritten []int) error {
	other := callpace.E(callpace.Conflict, "copy.other_journal", "path", c.Target)
	for _, s := range segs {
		if s.No > p.Segment || slices.Contains(rewritten, s.No) {
			continue
		}
		want := s.Size
		if s.No == p.Segment {
			want = p.Offset
		}
		info, err := os.Stat(c.path(s))
		switch {
		case want == 0 && errors.Is(err, os.ErrNotExist):
			continue
		case errors.Is(err, os.ErrNotExist), err == nil && info.Size() < want:
			return callpace.E(callpace.Damaged, "copy.short", "path", c.path(s))
		case err != nil:
			return err
		case want > s.Size: // the copy is ahead of its journal
			return other
		}
		for _, from := range []int64{0, max(want-compared, 0)} {
			same, err := c.same(s, from, min(from+compared, want))
			if err != nil {
				return err
			}
			if !same {
				return other
			}
		}
	}
	if len(segs) == 0 && p.Seq > 0 || len(segs) > 0 && p.Segment > segs[len(segs)-1].No {
		return other
	}
	return nil
}

// same compares bytes of a segment with those of its copy.
func (c *Copier) same(s journal.Segment, from, to int64) (bool, error) {
	there, err := c.FS.Open(c.path(s), os.O_RDONLY)
	if err != nil {
		return false, err
	}
	defer there.Close()
	r, err := s.Read(from)
	if err != nil {
		return false, err
	}
	defer r.Close()
	a, b := sha(io.LimitReader(r, to-from)), sha(io.NewSectionReader(there, from, to-from))
	return a.err == nil && b.err == nil && bytes.Equal(a.sum, b.sum), errors.Join(a.err, b.err)
}

type summed struct {
	sum []byte
	err error
}

func sha(r io.Reader) summed {
	d := newDigesting()
	_, err := io.Copy(d, r)
	return summed{d.sums.Sum(nil), err}
}

// append copies at most most bytes of a segment from an offset on, and reads
// them again. What stands behind the offset was written by a round that failed.
func (c *Copier) append(ctx context.Context, s journal.Segment, from, most int64) (n int64, err error) {
	if n = min(s.Size-from, most); n <= 0 {
		return 0, nil
	}
	f, err := c.FS.Open(c.path(s), os.O_RDWR|os.O_CREATE)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.Truncate(from); err != nil {
		return 0, err
	}
	if err := c.write(ctx, f, s, from, n); err != nil {
		return 0, err
	}
	return n, c.FS.SyncDir(filepath.Dir(c.path(s)))
}

func (c *Copier) write(ctx context.Context, f journal.File, s journal.Segment, from, n int64) error {
	r, err := s.Read(from)
	if err != nil {
		return err
	}
	defer r.Close()
	sent := newDigesting()
	if _, err := io.Copy(io.NewOffsetWriter(f, from), io.TeeReader(io.LimitReader(&waiting{ctx, r}, n), sent)); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	got := sha(io.NewSectionReader(f, from, n))
	if got.err != nil {
		return got.err
	}
	if sent.n != n || !bytes.Equal(got.sum, sent.sums.Sum(nil)) {
		return callpace.E(callpace.Damaged, "copy.differs", "path", c.path(s))
	}
	return nil
}

// replace copies a segment that an erasure has written anew in place of the old one.
func (c *Copier) replace(ctx context.Context, s journal.Segment) error {
	temp := c.path(s) + partial
	f, err := c.FS.Open(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if err := errors.Join(c.write(ctx, f, s, 0, s.Size), f.Close()); err != nil {
		return errors.Join(err, c.FS.Remove(temp))
	}
	if err := c.FS.Rename(temp, c.path(s)); err != nil {
		return err
	}
	return c.FS.SyncDir(filepath.Dir(temp))
}

// keep writes down how far the copy is.
func (c *Copier) keep(is *Copied) error {
	is.At = c.Now().UTC()
	text, err := json.Marshal(is)
	if err != nil {
		return fmt.Errorf("writing %s: %w", copyName, err)
	}
	temp := filepath.Join(c.Target, copyName+partial)
	if err := writeWhole(c.FS, temp, text); err != nil {
		return err
	}
	if err := c.FS.Rename(temp, filepath.Join(c.Target, copyName)); err != nil {
		return err
	}
	return c.FS.SyncDir(c.Target)
}
