// Package faulty is a file system on which chosen calls fail, as disks do when
// they are full or dying. It is for tests and for the torture of the program.
package faulty

import (
	"errors"
	"os"
	"sync"
	"syscall"

	"github.com/callpace/callpace/internal/journal/disk"
)

// Fault is how a call fails.
type Fault int

// The faults.
const (
	EIO    Fault = iota // the call does nothing and says so
	ENOSPC              // the same, with another word
	Short               // half of a write gets through
	Sync                // only syncing fails, once; what was to be synced is gone after the next power cut
	Crash               // nothing works from that call on
)

// String names the fault for a report.
func (f Fault) String() string {
	return [...]string{"EIO", "ENOSPC", "short write", "failed fsync", "crash"}[f]
}

// ErrCrash is the error of every call from a crash on.
var ErrCrash = errors.New("crashed")

// Disk fails at one call, or from one call on. The calls that are counted are
// those that change something.
type Disk struct {
	Quick bool // do not wait for the real disk: only a real power failure would tell

	fs    disk.Machine
	mu    sync.Mutex
	calls int
	at    int
	how   Fault
	fired bool

	synced map[string][]byte // what is on disk for sure, where FailAt was called with Sync
}

// FailAt lets the k-th call from now on fail; 0: none.
func (d *Disk) FailAt(k int, how Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls, d.at, d.how, d.fired = 0, k, how, false
	if d.synced = nil; how == Sync && k > 0 {
		d.synced = map[string][]byte{}
	}
}

// Heal lets every call work from now on. What was lost stays lost.
func (d *Disk) Heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at, d.fired = 0, false
}

// Hit tells whether a call has failed.
func (d *Disk) Hit() bool { d.mu.Lock(); defer d.mu.Unlock(); return d.fired }

// PowerCut leaves of every file what was synced. Nobody may have one open.
func (d *Disk) PowerCut() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, text := range d.synced {
		if _, err := os.Stat(name); err != nil {
			continue
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// fails counts a call.
func (d *Disk) fails(sync bool) (Fault, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.how == Sync && !sync {
		return d.how, nil
	}
	d.calls++
	if d.at == 0 || d.calls != d.at && !(d.how == Crash && d.calls > d.at) {
		return d.how, nil
	}
	d.fired = true
	switch d.how {
	case ENOSPC, Short:
		return d.how, syscall.ENOSPC
	case Crash:
		return d.how, ErrCrash
	}
	return d.how, syscall.EIO
}

// Open opens a file; opening one to write counts.
func (d *Disk) Open(name string, flag int) (disk.File, error) {
	if flag != 0 {
		if _, err := d.fails(false); err != nil {
			return nil, err
		}
	}
	f, err := d.fs.Open(name, flag)
	if err != nil {
		return nil, err
	}
	if flag != 0 {
		if err := d.remember(name, false); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return &file{f, d, name}, nil
}

// remember notes what of a file is on disk for sure.
func (d *Disk) remember(name string, again bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.synced[name]; d.synced == nil || known && !again {
		return nil
	}
	text, err := os.ReadFile(name)
	d.synced[name] = text
	return err
}

// Rename counts.
func (d *Disk) Rename(from, to string) error {
	if _, err := d.fails(false); err != nil {
		return err
	}
	return d.fs.Rename(from, to)
}

// Remove counts.
func (d *Disk) Remove(name string) error {
	if _, err := d.fails(false); err != nil {
		return err
	}
	return d.fs.Remove(name)
}

// List works always.
func (d *Disk) List(dir string) ([]string, error) { return d.fs.List(dir) }

// SyncDir counts.
func (d *Disk) SyncDir(dir string) error {
	if _, err := d.fails(true); err != nil {
		return err
	}
	if d.Quick {
		return nil
	}
	return d.fs.SyncDir(dir)
}

type file struct {
	disk.File
	disk *Disk
	name string
}

// WriteAt counts.
func (f *file) WriteAt(b []byte, off int64) (int, error) {
	if how, err := f.disk.fails(false); err != nil {
		n := 0
		if how == Short || how == Crash {
			n, _ = f.File.WriteAt(b[:len(b)/2], off)
		}
		return n, err
	}
	return f.File.WriteAt(b, off)
}

// Truncate counts.
func (f *file) Truncate(n int64) error {
	if _, err := f.disk.fails(false); err != nil {
		return err
	}
	return f.File.Truncate(n)
}

// Sync counts.
func (f *file) Sync() error {
	if _, err := f.disk.fails(true); err != nil {
		return err
	}
	if !f.disk.Quick {
		if err := f.File.Sync(); err != nil {
			return err
		}
	}
	return f.disk.remember(f.name, true)
}
