package backup_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/backup"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/store"
)

var ctx = context.Background()

// TestMain has the folders of tests in memory, where there is such a place: what
// waits for the disk there is thousands of syncs.
func TestMain(m *testing.M) {
	if dir, err := os.MkdirTemp("/dev/shm", "callpace-"); err == nil {
		defer os.RemoveAll(dir)
		_ = os.Setenv("TMPDIR", dir)
	}
	m.Run()
}

// house is a data folder with a journal of small segments and a state.
type house struct {
	t   *testing.T
	dir string
	j   *journal.Journal
	db  *store.DB
	now time.Time
	n   int
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: filepath.Join(t.TempDir(), "data"), now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	require.NoError(t, os.Mkdir(h.dir, 0o700))
	h.open()
	t.Cleanup(h.close)
	return h
}

func (h *house) open() {
	h.t.Helper()
	var err error
	h.j, err = journal.Open(ctx, h.dir, journal.Options{SegmentBytes: 8 << 10, BlockBytes: 1 << 10})
	require.NoError(h.t, err)
	h.db, err = store.Open(ctx, h.dir)
	require.NoError(h.t, err)
}

func (h *house) close() {
	require.NoError(h.t, h.db.Close())
	require.NoError(h.t, h.j.Close())
}

// receive takes in an input of its own and has the state tell of it.
func (h *house) receive() error {
	h.n++
	text := []byte(fmt.Sprintf("input %d\n", h.n))
	for i := range 300 {
		text = fmt.Appendf(text, "%d,%d\n", h.n, i*i*7919%(h.n+101))
	}
	r, err := h.j.Receive(ctx, journal.Arrival{Source: fmt.Sprint("s", h.n), Name: "x.csv", Spec: []byte("{}"), At: h.now,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}, nil)
	if err != nil {
		return err
	}
	return h.db.Settings().UpdateSetting(ctx, "last", r.Input, "", h.now)
}

func (h *house) receives(n int) {
	h.t.Helper()
	for range n {
		require.NoError(h.t, h.receive())
	}
}

func (h *house) source() backup.Source { return backup.Source{Dir: h.dir, Journal: h.j, State: h.db} }

func options() backup.Options {
	return backup.Options{Program: "1.2.3", Now: func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }}
}

// restored opens what a backup gives and checks that the state knows of no
// input that the journal does not hold.
func restored(t *testing.T, from string) (journal.Position, int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "restored")
	r, err := backup.Restore(ctx, from, dir, options())
	require.NoError(t, err)
	require.Empty(t, r.Report.Damage)
	j, err := journal.Open(ctx, dir, journal.Options{})
	require.NoError(t, err)
	defer j.Close()
	p, err := j.Position(ctx)
	require.NoError(t, err)
	require.Equal(t, r.Manifest.Position.Chain, p.Chain)
	inputs, err := j.Inputs(ctx, journal.Filter{})
	require.NoError(t, err)
	db, err := store.Open(ctx, dir)
	require.NoError(t, err)
	defer db.Close()
	last, committed := 0, 0
	require.NoError(t, db.Settings().FindSetting(ctx, "last", &last))
	for _, in := range inputs {
		if in.Status == journal.Committed {
			committed = in.No
		}
	}
	require.LessOrEqual(t, last, committed)
	require.GreaterOrEqual(t, last+1, committed, "the state is at most the one input behind that was being written")
	return p, last
}

// A backup that is made while somebody writes is of one moment.
func TestBackupUnderLoad(t *testing.T) {
	for _, name := range []string{"folder", "file.tar"} {
		h := newHouse(t)
		h.receives(3)
		stop, done := make(chan struct{}), make(chan error, 1)
		go func() {
			for {
				select {
				case <-stop:
					done <- nil
					return
				default:
					if err := h.receive(); err != nil {
						done <- err
						return
					}
				}
			}
		}()
		for i := range 4 {
			path := filepath.Join(t.TempDir(), fmt.Sprint(i), name)
			m, err := backup.Create(ctx, h.source(), path, options())
			require.NoError(t, err)
			checked, err := backup.Check(ctx, path, options())
			require.NoError(t, err)
			require.Equal(t, m, checked)
			p, last := restored(t, path)
			require.Equal(t, m.Position.Seq, p.Seq)
			require.GreaterOrEqual(t, last, 3)
		}
		close(stop)
		require.NoError(t, <-done)
	}
}

// Whatever fails while a backup is made, and whenever, nothing stays behind
// that reads as a backup, and the next one to the same place works where the
// program was still there to clean up.
func TestInterruptedBackupIsNotWhole(t *testing.T) {
	h := newHouse(t)
	h.receives(8)
	for _, name := range []string{"folder", "file.tar"} {
		for k := 1; ; k++ {
			path := filepath.Join(t.TempDir(), name)
			disk := &failing{FS: journal.Disk, at: int64(k), err: syscall.ENOSPC}
			o := options()
			o.FS = disk
			_, err := backup.Create(ctx, h.source(), path, o)
			if !disk.hit() {
				require.NoError(t, err)
				break
			}
			var e *callpace.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "backup.target_full", e.Key)
			_, err = backup.Check(ctx, path, options())
			require.Error(t, err, "call %d", k)
			_, err = backup.Create(ctx, h.source(), path, options())
			require.NoError(t, err, "call %d", k)
		}
	}
}

// Killed, nobody cleans up.
func TestKilledBackupIsNotWhole(t *testing.T) {
	h := newHouse(t)
	h.receives(8)
	whole := filepath.Join(t.TempDir(), "whole")
	m, err := backup.Create(ctx, h.source(), whole, options())
	require.NoError(t, err)
	killed := filepath.Join(t.TempDir(), "killed")
	require.NoError(t, os.MkdirAll(filepath.Join(killed, "journal"), 0o700))
	for _, f := range m.Files { // all that is written before the manifest
		text, err := os.ReadFile(filepath.Join(whole, f.Path))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(killed, f.Path), text, 0o600))
		_, err = backup.Check(ctx, killed, options())
		require.Equal(t, "backup.not_whole", keyOf(err))
	}
	_, err = backup.Create(ctx, h.source(), killed, options())
	require.Equal(t, "backup.target_interrupted", keyOf(err))
}

// Every byte of a manifest matters.
func TestDamagedManifest(t *testing.T) {
	h := newHouse(t)
	h.receives(2)
	folder := filepath.Join(t.TempDir(), "folder")
	_, err := backup.Create(ctx, h.source(), folder, options())
	require.NoError(t, err)
	path := filepath.Join(folder, "backup.json")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := range text {
		bad := bytes.Clone(text)
		bad[i] ^= 1
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		_, err = backup.Check(ctx, folder, options())
		require.Error(t, err, "byte %d", i)
	}
	for _, bad := range [][]byte{text[:len(text)-1], append(bytes.Clone(text), ' ')} {
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		_, err = backup.Check(ctx, folder, options())
		require.ErrorContains(t, err, "backup.bad_manifest")
	}
}

// A changed byte in each file, and each file cut or empty, is found.
func TestDamagedBackup(t *testing.T) {
	h := newHouse(t)
	h.receives(4)
	dir := t.TempDir()
	folder, file := filepath.Join(dir, "folder"), filepath.Join(dir, "file.tar")
	m, err := backup.Create(ctx, h.source(), folder, options())
	require.NoError(t, err)
	_, err = backup.Create(ctx, h.source(), file, options())
	require.NoError(t, err)
	damage := func(path, backed string) {
		t.Helper()
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		bad := bytes.Clone(text)
		bad[len(bad)*2/3] ^= 1
		for _, b := range [][]byte{bad, text[:len(text)/2], nil} {
			require.NoError(t, os.WriteFile(path, b, 0o600))
			_, err = backup.Check(ctx, backed, options())
			require.Equal(t, callpace.Damaged, callpace.CodeOf(err), "%v", err)
			to := filepath.Join(t.TempDir(), "to")
			_, err = backup.Restore(ctx, backed, to, options())
			require.Equal(t, callpace.Damaged, callpace.CodeOf(err), "%v", err)
			require.NoDirExists(t, filepath.Join(to, "journal"))
		}
		require.NoError(t, os.WriteFile(path, text, 0o600))
	}
	for _, f := range m.Files {
		damage(filepath.Join(folder, f.Path), folder)
	}
	damage(file, file)
	restored(t, folder)
	restored(t, file)
}

func TestTargets(t *testing.T) {
	h := newHouse(t)
	h.receives(1)
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "something"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(outside, "there.tar"), nil, 0o600))
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(h.dir, link))
	for path, key := range map[string]string{
		outside:                                 "backup.target_not_empty",
		filepath.Join(outside, "there.tar"):     "backup.target_exists",
		h.dir:                                   "backup.target_inside",
		filepath.Join(h.dir, "a", "b"):          "backup.target_inside",
		filepath.Join(h.dir, "x.tar"):           "backup.target_inside",
		filepath.Join(link, "journal", "x.tar"): "backup.target_inside",
	} {
		_, err := backup.Create(ctx, h.source(), path, options())
		require.Equal(t, key, keyOf(err), path)
	}
	for from, key := range map[string]string{filepath.Join(outside, "none"): "backup.missing", outside: "backup.not_whole", filepath.Join(outside, "there.tar"): "backup.not_whole"} {
		_, err := backup.Check(ctx, from, options())
		require.Equal(t, key, keyOf(err), from)
	}
}

// A restore goes into an empty folder only; interrupted, it is begun anew.
func TestRestoreInterrupted(t *testing.T) {
	h := newHouse(t)
	h.receives(8)
	from := filepath.Join(t.TempDir(), "b.tar")
	_, err := backup.Create(ctx, h.source(), from, options())
	require.NoError(t, err)
	_, err = backup.Restore(ctx, from, h.dir, options())
	require.Equal(t, "restore.not_empty", keyOf(err))

	dir := filepath.Join(t.TempDir(), "to")
	for stop := 1; ; stop++ {
		ctx, cancel := context.WithCancel(ctx)
		steps := 0
		o := options()
		o.Progress = func(string, int64, int64) {
			if steps++; steps == stop {
				cancel()
			}
		}
		_, err := backup.Restore(ctx, from, dir, o)
		cancel()
		if err == nil {
			break
		}
		require.ErrorIs(t, err, context.Canceled)
		require.NoDirExists(t, filepath.Join(dir, "journal"))
	}
	_, err = backup.Restore(ctx, from, dir, options())
	require.Equal(t, "restore.not_empty", keyOf(err))

	killed := filepath.Join(t.TempDir(), "killed") // as a restore leaves it that nobody ended
	require.NoError(t, os.MkdirAll(filepath.Join(killed, "restore.partial", "journal"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(killed, "state.db"), []byte("half"), 0o600))
	_, err = backup.Restore(ctx, from, killed, options())
	require.NoError(t, err)
	require.NoDirExists(t, filepath.Join(killed, "restore.partial"))
}

// A backup of a newer callpace is named, not guessed at.
func TestNewerBackup(t *testing.T) {
	h := newHouse(t)
	h.receives(1)
	path := filepath.Join(t.TempDir(), "b")
	m, err := backup.Create(ctx, h.source(), path, options())
	require.NoError(t, err)
	m.Format, m.Program = backup.Format+1, "9.0.0"
	text, err := json.Marshal(m)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(path, "backup.json"), text, 0o600))
	_, err = backup.Restore(ctx, path, filepath.Join(t.TempDir(), "to"), options())
	require.Equal(t, callpace.Unsupported, callpace.CodeOf(err))
}

func keyOf(err error) string {
	if e, ok := err.(*callpace.Error); ok {
		return e.Key
	}
	return fmt.Sprint(err)
}

// failing lets one call fail that changes something on disk.
type failing struct {
	journal.FS
	at, calls int64
	err       error
}

func (f *failing) fails() error {
	if atomic.AddInt64(&f.calls, 1) == f.at {
		return f.err
	}
	return nil
}

func (f *failing) hit() bool { return atomic.LoadInt64(&f.calls) >= f.at }

func (f *failing) Open(name string, flag int) (journal.File, error) {
	if flag != os.O_RDONLY {
		if err := f.fails(); err != nil {
			return nil, err
		}
	}
	file, err := f.FS.Open(name, flag)
	if err != nil {
		return nil, err
	}
	return failingFile{file, f}, nil
}

func (f *failing) Rename(from, to string) error {
	if err := f.fails(); err != nil {
		return err
	}
	return f.FS.Rename(from, to)
}

func (f *failing) SyncDir(dir string) error {
	if err := f.fails(); err != nil {
		return err
	}
	return f.FS.SyncDir(dir)
}

type failingFile struct {
	journal.File
	f *failing
}

func (f failingFile) WriteAt(b []byte, off int64) (int, error) {
	if err := f.f.fails(); err != nil {
		n, _ := f.File.WriteAt(b[:len(b)/2], off)
		return n, err
	}
	return f.File.WriteAt(b, off)
}

func (f failingFile) Sync() error {
	if err := f.f.fails(); err != nil {
		return err
	}
	return f.File.Sync()
}
