package backup_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/backup"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/store"
)

func (h *house) copier(target string) *backup.Copier {
	return &backup.Copier{Dir: h.dir, Target: target, State: h.db, Now: func() time.Time { return h.now },
		Beside: func(fn func(*journal.Journal) error) error { return fn(h.j) }}
}

// equals checks that a copy restores to where the journal is now.
func (h *house) equals(target string) {
	h.t.Helper()
	want, err := h.j.Position(ctx)
	require.NoError(h.t, err)
	is, _ := restored(h.t, target)
	require.Equal(h.t, want.Chain, is.Chain)
	segs, err := filepath.Glob(filepath.Join(h.dir, "journal", "*.seg"))
	require.NoError(h.t, err)
	for _, seg := range segs {
		a, err := os.ReadFile(seg)
		require.NoError(h.t, err)
		b, err := os.ReadFile(filepath.Join(target, "journal", filepath.Base(seg)))
		require.NoError(h.t, err)
		require.Equal(h.t, len(a), len(b), seg)
		require.True(h.t, string(a) == string(b), seg)
	}
}

func TestCopyFollowsTheJournal(t *testing.T) {
	h := newHouse(t)
	target := t.TempDir()
	c := h.copier(target)
	require.NoError(t, c.Round(ctx))
	for range 5 {
		h.receives(3)
		h.now = h.now.Add(time.Hour) // the state is due
		require.NoError(t, c.Round(ctx))
		require.Zero(t, c.Lag().Bytes)
		h.equals(target)
	}
	c = h.copier(target) // another process
	h.receives(3)
	require.NoError(t, c.Round(ctx))
	h.equals(target)
	require.NoError(t, c.Round(ctx))
}

// What fails, and whenever, is made good by the next round, also of a process
// that knows nothing of it.
func TestCopyGoesOnAfterFaults(t *testing.T) {
	for k := int64(1); ; k++ {
		h := newHouse(t)
		target := t.TempDir()
		h.receives(2)
		require.NoError(t, h.copier(target).Round(ctx))
		h.receives(6)
		c := h.copier(target)
		disk := &failing{FS: journal.Disk, at: k, err: syscall.ENOSPC}
		c.FS = disk
		err := c.Round(ctx)
		if !disk.hit() {
			require.NoError(t, err)
			h.equals(target)
			break
		}
		require.Equal(t, "backup.target_full", keyOf(err), "call %d", k)
		require.Equal(t, "backup.target_full", keyOf(c.Lag().Fault))
		again := c
		if k%2 == 0 {
			again = h.copier(target)
		}
		h.receives(1)
		h.now = h.now.Add(time.Hour)
		require.NoError(t, again.Round(ctx))
		require.NoError(t, again.Lag().Fault)
		h.equals(target)
	}
}

// Until the first look nothing is known, and a copy that never became complete
// counts from the start.
func TestCopyIsNotCompleteUnlooked(t *testing.T) {
	h := newHouse(t)
	c := h.copier(t.TempDir())
	start := h.now
	c.Now = func() time.Time { return start }
	looked := make(chan struct{}, 100)
	c.Beside = func(func(*journal.Journal) error) error { looked <- struct{}{}; return nil } // the folder is being opened
	life, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); c.Run(life) }()
	<-looked
	require.Zero(t, c.Lag().Equal)
	require.Equal(t, time.Minute, c.Lag().Behind(start.Add(time.Minute)))
	stop()
	<-done
	c.Beside = func(fn func(*journal.Journal) error) error { return fn(h.j) }
	require.NoError(t, c.Round(ctx))
	require.Equal(t, start, c.Lag().Equal)
	require.Zero(t, c.Lag().Behind(start.Add(time.Minute)))
}

// The disk of the copy goes away and comes back.
func TestCopyOutage(t *testing.T) {
	h := newHouse(t)
	target := filepath.Join(t.TempDir(), "mounted")
	require.NoError(t, os.Mkdir(target, 0o700))
	c := h.copier(target)
	var told []bool
	c.Changed = func(l backup.Lag) { told = append(told, l.Fault != nil) }
	h.receives(3)
	require.NoError(t, c.Round(ctx))
	require.NoError(t, os.Rename(target, target+".away"))
	h.receives(3)
	h.now = h.now.Add(time.Minute)
	for range 2 {
		require.Equal(t, "copy.gone", keyOf(c.Round(ctx)))
	}
	require.Equal(t, time.Minute, c.Lag().Behind(h.now))
	require.NoError(t, os.Mkdir(target, 0o700)) // the mount point itself
	require.Equal(t, "copy.gone", keyOf(c.Round(ctx)))
	entries, err := os.ReadDir(target)
	require.NoError(t, err)
	require.Empty(t, entries, "nothing is written where the disk should be")
	require.NoError(t, os.Remove(target))
	require.NoError(t, os.Rename(target+".away", target))
	require.NoError(t, c.Round(ctx))
	require.Zero(t, c.Lag().Behind(h.now))
	require.Equal(t, []bool{true, false}, told)
	h.equals(target)

	require.NoError(t, os.Rename(target, target+".away")) // and the machine starts again without it
	require.NoError(t, os.Mkdir(target, 0o700))
	c = h.copier(target)
	require.Equal(t, "copy.gone", keyOf(c.Round(ctx)))
	require.NoError(t, os.Remove(filepath.Join(h.dir, "copied-to"))) // a new disk, on purpose
	require.NoError(t, c.Round(ctx))
	h.equals(target)
}

// A folder that holds something else is never touched.
func TestCopyOfAnotherJournal(t *testing.T) {
	h, other := newHouse(t), newHouse(t)
	h.receives(3)
	other.now = other.now.Add(time.Second)
	other.receives(6)
	target := t.TempDir()
	require.NoError(t, other.copier(target).Round(ctx))
	require.Equal(t, "copy.other_journal", keyOf(h.copier(target).Round(ctx)))
	other.equals(target)

	back := filepath.Join(t.TempDir(), "b") // and not by an earlier state of the same journal
	_, err := backup.Create(ctx, h.source(), back, options())
	require.NoError(t, err)
	mine := t.TempDir()
	h.receives(3)
	require.NoError(t, h.copier(mine).Round(ctx))
	old := &house{t: t, dir: filepath.Join(t.TempDir(), "old"), now: h.now}
	_, err = backup.Restore(ctx, back, old.dir, options())
	require.NoError(t, err)
	old.open()
	defer old.close()
	require.Equal(t, "copy.other_journal", keyOf(old.copier(mine).Round(ctx)))
	h.equals(mine)

	full := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "photo.jpg"), nil, 0o600))
	require.Equal(t, "backup.target_not_empty", keyOf(h.copier(full).Round(ctx)))
	inside := h.copier(filepath.Join(h.dir, "copy"))
	require.Equal(t, "backup.target_inside", keyOf(inside.Check()))
}

// Who is erased is erased in the copy, too.
func TestCopyFollowsErasures(t *testing.T) {
	h := newHouse(t)
	h.receives(12)
	target := t.TempDir()
	c := h.copier(target)
	require.NoError(t, c.Round(ctx))
	for round, again := range []bool{false, true} { // by the same process, and by the next one
		require.NoError(t, h.db.Settings().UpdateSetting(ctx, "erasures", round+1, "", h.now)) // the state forgets, too
		_, err := h.j.Rewrite(ctx, journal.Erasure{At: h.now, Streams: []int{round + 1, round + 6, round + 11}, Blank: blankAll})
		require.NoError(t, err)
		h.receives(1)
		if again {
			c = h.copier(target)
		}
		require.NoError(t, c.Round(ctx))
		h.equals(target)
		require.Equal(t, round+1, erasures(t, target), "the state is not copied only when it is due")
	}
}

// erasures reads from a copied state how many it knows of.
func erasures(t *testing.T, target string) (n int) {
	t.Helper()
	dir := t.TempDir()
	state, err := os.ReadFile(filepath.Join(target, store.Name))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, store.Name), state, 0o600))
	db, err := store.Open(ctx, dir)
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.Settings().FindSetting(ctx, "erasures", &n))
	return n
}

// blankAll puts one sign in the place of every piece of a stream.
func blankAll(_ context.Context, _ journal.Stream, r io.Reader, emit func(int, []byte) error) error {
	for b := make([]byte, 512); ; {
		n, err := io.ReadFull(r, b)
		if n > 0 {
			if err := emit(n, []byte("*")); err != nil {
				return err
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// stalled is a disk that does not answer from a moment on, until it is let go.
type stalled struct {
	journal.FS
	from atomic.Bool
	met  chan struct{}
	let  chan struct{}
}

func (s *stalled) Open(name string, flag int) (journal.File, error) {
	if s.from.Load() {
		select {
		case s.met <- struct{}{}:
		default:
		}
		<-s.let
	}
	return s.FS.Open(name, flag)
}

// A target that does not answer is told, and holds up neither an erasure nor
// the end of the folder, the state or the server.
func TestCopyToATargetThatHangs(t *testing.T) {
	h := newHouse(t)
	h.receives(12)
	target := t.TempDir()
	c := h.copier(target)
	disk := &stalled{FS: journal.Disk, met: make(chan struct{}, 1), let: make(chan struct{})}
	c.FS, c.Patience = disk, 100*time.Millisecond
	start := h.now
	var clock atomic.Int64
	c.Now = func() time.Time { return start.Add(time.Duration(clock.Load())) }
	folder := make(chan struct{}, 1) // as the served folder: closing waits for who is at the journal
	c.Beside = func(fn func(*journal.Journal) error) error {
		folder <- struct{}{}
		defer func() { <-folder }()
		return fn(h.j)
	}
	told := make(chan bool, 9)
	c.Changed = func(l backup.Lag) { told <- l.Fault != nil }
	require.NoError(t, c.Round(ctx))
	h.receives(1)
	disk.from.Store(true)
	life, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); c.Run(life) }()
	<-disk.met
	require.True(t, <-told)
	require.Equal(t, "copy.hangs", keyOf(c.Lag().Fault))
	clock.Store(int64(time.Hour))
	require.Equal(t, time.Hour, c.Lag().Behind(c.Now()))

	_, err := h.j.Rewrite(ctx, journal.Erasure{At: h.now, Streams: []int{1}, Blank: blankAll})
	require.NoError(t, err, "an erasure has its turn")
	select {
	case folder <- struct{}{}: // nobody is at the journal
		<-folder
	default:
		require.Fail(t, "the journal is held")
	}
	disk.from.Store(false)
	close(disk.let)
	require.False(t, <-told)
	now, err := h.j.Position(ctx)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return c.Lag().Seq == now.Seq }, time.Minute, time.Millisecond)
	h.equals(target)

	disk.let = make(chan struct{})
	t.Cleanup(func() { close(disk.let) })
	disk.from.Store(true)
	h.receives(1)
	<-disk.met
	stop()
	<-ended // though the disk does not answer
	h.close()
}
