package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/store"
)

// Source is what a backup is made of.
type Source struct {
	Dir     string // the data folder
	Journal *journal.Journal
	State   *store.DB
}

// Options are how a backup is made.
type Options struct {
	FS       journal.FS // of the target; nil: the machine's
	Program  string     // the version of this program
	Now      func() time.Time
	Progress func(stage string, done, total int64) // in bytes; nil: nobody watches
}

func (o Options) progress(stage string, done, total int64) {
	if o.Progress != nil {
		o.Progress(stage, done, total)
	}
}

// Create makes a backup, into a folder that is empty or not there yet, or,
// where the path ends in .tar, into one file. Journal and state are of one
// moment: the state knows nothing that the journal does not hold. What was
// written is read again and compared before the backup is made whole. On an
// error nothing is left behind that looks like a backup.
func Create(ctx context.Context, s Source, path string, o Options) (m Manifest, err error) {
	if o.FS == nil {
		o.FS = journal.Disk
	}
	if err := outside(s.Dir, path); err != nil {
		return m, err
	}
	t, err := newTarget(path, o.FS)
	if err != nil {
		return m, targetFault(path, err)
	}
	defer func() {
		if err != nil {
			t.discard()
			err = targetFault(path, err)
		}
	}()
	m = Manifest{Format: Format, Program: o.Program}
	state := t.scratch()
	defer os.Remove(state)
	var segs []journal.Segment
	var done func()
	m.Position, segs, done, err = s.Journal.Snapshot(ctx, func(ctx context.Context) (journal.Position, error) {
		m.At = o.Now().UTC()
		return moment(ctx, s, state)
	})
	if err != nil {
		return m, err
	}
	defer done()
	if err := fill(ctx, t, &m, state, segs, o); err != nil {
		return m, err
	}
	if err := t.check(ctx, m, o); err != nil {
		return m, err
	}
	return m, t.finish(m)
}

// mostTries bounds how often a moment is looked for in which nothing was
// written to the journal. After that the state's moment is the earlier one.
const mostTries = 200

// moment copies the state and gives the journal's position at that moment.
func moment(ctx context.Context, s Source, into string) (p journal.Position, err error) {
	before, err := s.Journal.Position(ctx)
	if err != nil {
		return p, err
	}
	tries := 0
	err = s.State.CopyTo(ctx, into, func() (bool, error) {
		if p, err = s.Journal.Position(ctx); err != nil {
			return false, err
		}
		same := p == before
		before = p
		tries++
		return same || tries == mostTries, nil
	})
	return p, err
}

// fill writes the files of a backup.
func fill(ctx context.Context, t target, m *Manifest, state string, segs []journal.Segment, o Options) error {
	type part struct {
		path string
		size int64
		open func() (io.ReadCloser, error)
	}
	info, err := os.Stat(state)
	if err != nil {
		return err
	}
	parts := []part{{store.Name, info.Size(), func() (io.ReadCloser, error) { return os.Open(filepath.Clean(state)) }}}
	total := info.Size()
	for _, seg := range segs {
		parts = append(parts, part{journalDir + "/" + seg.Name, seg.Size, func() (io.ReadCloser, error) { return io.NopCloser(seg.Read(0)), nil }})
		total += seg.Size
	}
	done := int64(0)
	for _, x := range parts {
		r, err := x.open()
		if err != nil {
			return err
		}
		sum := newDigesting()
		watched := io.TeeReader(&waiting{ctx, r}, io.MultiWriter(sum, writerFunc(func(b []byte) {
			done += int64(len(b))
			o.progress("backing_up", done, total)
		})))
		err = errors.Join(t.add(x.path, x.size, watched), r.Close())
		if err == nil && sum.n != x.size {
			err = fmt.Errorf("%s has %d bytes instead of %d", x.path, sum.n, x.size)
		}
		if err != nil {
			return err
		}
		m.Files = append(m.Files, sum.file(x.path))
	}
	return nil
}

// outside refuses a target in the data folder itself: what destroys the one
// would destroy the other, and the folder would grow into its own backup.
func outside(dir, path string) error {
	dir, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return err
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	real, rest := path, ""
	for { // the part of the path that is there
		r, err := filepath.EvalSymlinks(real)
		if err == nil {
			path = filepath.Join(r, rest)
			break
		}
		if up := filepath.Dir(real); up != real {
			real, rest = up, filepath.Join(filepath.Base(real), rest)
			continue
		}
		break
	}
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return callpace.E(callpace.Invalid, "backup.target_inside", "path", path, "dir", dir)
	}
	return nil
}

// waiting ends reading when its context does.
type waiting struct {
	ctx context.Context
	r   io.Reader
}

// Read reads on.
func (w *waiting) Read(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(b)
}

type writerFunc func([]byte)

// Write tells of bytes.
func (f writerFunc) Write(b []byte) (int, error) { f(b); return len(b), nil }
