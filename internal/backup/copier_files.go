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

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/store"
)

// copyState copies the state into a file of the target, by one beside it: a
// target that hangs must not keep the state from being closed.
func (c *Copier) copyState(ctx context.Context, fresh string) error {
	here := filepath.Join(c.Dir, store.Name+copying)
	defer os.Remove(here)
	if err := c.State.CopyTo(ctx, here, nil); err != nil {
		return err
	}
	from, err := os.Open(filepath.Clean(here))
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := c.FS.Open(fresh, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.NewOffsetWriter(to, 0), c.showing(ctx, from))
	if err == nil {
		err = to.Sync()
	}
	return errors.Join(err, to.Close())
}

// copying ends the name of the state's copy that is on its way.
const copying = ".copying"

// showing reads what is written to the target: each piece is a sign of it.
func (c *Copier) showing(ctx context.Context, r io.Reader) io.Reader {
	return io.TeeReader(&waiting{ctx, r}, writerFunc(func([]byte) { c.signs.Add(1) }))
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
	a, b := sha(io.LimitReader(s.Read(from), to-from)), sha(io.NewSectionReader(there, from, to-from))
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
	sent := newDigesting()
	if _, err := io.Copy(io.NewOffsetWriter(f, from), io.TeeReader(io.LimitReader(c.showing(ctx, s.Read(from)), n), sent)); err != nil {
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
