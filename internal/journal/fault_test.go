package journal

import (
	"errors"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// quickFS does not wait for the disk: only a power failure would tell.
type quickFS struct{ osFS }

type quickFile struct{ File }

func (quickFile) Sync() error        { return nil }
func (quickFS) SyncDir(string) error { return nil }

func (q quickFS) Open(name string, flag int) (File, error) {
	f, err := q.osFS.Open(name, flag)
	return quickFile{f}, err
}

// faultFS lets one call of the file system fail, or everything from one call on.
type faultFS struct {
	quickFS
	mu    sync.Mutex
	calls int
	at    int
	how   faultKind
	fired bool
}

type faultKind int

const (
	eio faultKind = iota
	enospc
	short // half of a write gets through
	crash // nothing works from here on
)

var errCrash = errors.New("crashed")

func (f *faultFS) failAt(k int, how faultKind) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.at, f.how, f.fired = 0, k, how, false
}

func (f *faultFS) heal()     { f.failAt(0, eio) }
func (f *faultFS) hit() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.fired }

// fails counts a call that changes something on disk.
func (f *faultFS) fails() (faultKind, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.at == 0 || f.calls != f.at && !(f.how == crash && f.calls > f.at) {
		return f.how, nil
	}
	f.fired = true
	switch f.how {
	case enospc, short:
		return f.how, syscall.ENOSPC
	case crash:
		return f.how, errCrash
	}
	return f.how, syscall.EIO
}

func (f *faultFS) Open(name string, flag int) (File, error) {
	if flag != 0 {
		if _, err := f.fails(); err != nil {
			return nil, err
		}
	}
	file, err := f.quickFS.Open(name, flag)
	if err != nil {
		return nil, err
	}
	return &faultFile{file, f}, nil
}

func (f *faultFS) Rename(from, to string) error {
	if _, err := f.fails(); err != nil {
		return err
	}
	return f.quickFS.Rename(from, to)
}

func (f *faultFS) Remove(name string) error {
	if _, err := f.fails(); err != nil {
		return err
	}
	return f.quickFS.Remove(name)
}

func (f *faultFS) SyncDir(dir string) error {
	if _, err := f.fails(); err != nil {
		return err
	}
	return f.quickFS.SyncDir(dir)
}

type faultFile struct {
	File
	fs *faultFS
}

func (f *faultFile) WriteAt(b []byte, off int64) (int, error) {
	if how, err := f.fs.fails(); err != nil {
		n := 0
		if how == short || how == crash {
			n, _ = f.File.WriteAt(b[:len(b)/2], off)
		}
		return n, err
	}
	return f.File.WriteAt(b, off)
}

func (f *faultFile) Truncate(n int64) error {
	if _, err := f.fs.fails(); err != nil {
		return err
	}
	return f.File.Truncate(n)
}

func (f *faultFile) Sync() error {
	if _, err := f.fs.fails(); err != nil {
		return err
	}
	return f.File.Sync()
}

// TestFaults lets every single call fail once, in every way. What was
// acknowledged is there; sending again completes; nothing is damaged.
func TestFaults(t *testing.T) {
	text := rows("a", 60)
	for _, how := range []faultKind{eio, enospc, short, crash} {
		for _, restart := range []bool{true, false} {
			for k := 1; ; k += stride {
				if !faultOnce(t, text, how, restart, k) {
					require.Greater(t, k, 15)
					break
				}
			}
		}
	}
}

func faultOnce(t *testing.T, text string, how faultKind, restart bool, k int) (hit bool) {
	dir := t.TempDir()
	fs := &faultFS{}
	o := small
	o.FS = fs
	j := open(t, dir, o)
	receive(t, j, text[:333])
	fs.failAt(k, how)
	_, err := j.Receive(ctx, arrival("calls.csv", text), nil)
	hit = fs.hit()
	fs.heal()
	if restart {
		require.NoError(t, j.Close())
		require.NoError(t, removeIndexSometimes(dir, k))
		j = open(t, dir, o)
	}
	want := Committed
	if err != nil {
		r := receive(t, j, text)
		require.False(t, r.Recognised && r.AddedBytes > 0)
	} else {
		in, err := j.Input(ctx, 2)
		require.NoError(t, err)
		require.Equal(t, want, in.Status, "acknowledged")
		require.True(t, receive(t, j, text).Recognised)
	}
	require.Equal(t, text, read(t, j, 1), "fault %d at call %d", how, k)
	sound(t, j)
	require.NoError(t, j.Close())
	return hit
}

// removeIndexSometimes makes every third opening depend on the headers alone.
func removeIndexSometimes(dir string, k int) error {
	if k%3 != 0 {
		return nil
	}
	return removeIndex(dir + "/journal/index.db")
}
