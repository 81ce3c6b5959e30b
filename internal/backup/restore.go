package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/store"
)

// restoring is where a folder holds what is not whole yet.
const restoring = "restore" + partial

// Restored says what a data folder was restored to.
type Restored struct {
	Manifest Manifest
	Report   journal.Report // of reading the journal as a whole
	Folder   bool           // from the copy that a server kept, not from a backup
}

// Restore puts a backup, or the copy that a server kept, into an empty data
// folder, and checks the journal there from its first byte to its last. The
// facts are not made: opening the folder does that. The folder is either as a
// whole there or not at all: one that an interrupted Restore left is begun anew.
// Conflict: the folder holds something. Damaged: the backup does.
func Restore(ctx context.Context, from, dir string, o Options) (r Restored, err error) {
	if err := makeEmpty(dir); err != nil {
		return r, err
	}
	held, err := journal.Lock(dir)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, held.Unlock()) }()
	part := filepath.Join(dir, restoring)
	if err := os.MkdirAll(filepath.Join(part, journalDir), 0o700); err != nil {
		return r, targetFault(dir, err)
	}
	write := func(name string, in io.Reader) error {
		return writeFile(filepath.Join(part, filepath.FromSlash(name)), in)
	}
	if r.Folder = isCopy(from); r.Folder {
		r.Manifest, err = readCopy(ctx, from, o, write)
	} else {
		r.Manifest, err = read(ctx, from, o, write)
	}
	if err == nil {
		r.Report, err = r.prove(ctx, part, from, o)
	}
	if err == nil {
		err = putInPlace(part, dir)
	}
	if err != nil {
		return r, targetFault(dir, errors.Join(err, os.RemoveAll(part)))
	}
	return r, nil
}

// makeEmpty makes the folder where there is none, and removes what an
// interrupted Restore left.
func makeEmpty(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return targetFault(dir, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(dir, restoring))
	begun := err == nil
	for _, e := range entries {
		switch name := e.Name(); {
		case name == "lock", name == "lost+found", name == restoring, name == store.Name && begun:
		default:
			return callpace.E(callpace.Conflict, "restore.not_empty", "dir", dir)
		}
	}
	if !begun {
		return nil
	}
	err = os.Remove(filepath.Join(dir, store.Name))
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, os.RemoveAll(filepath.Join(dir, restoring)))
}

func writeFile(path string, r io.Reader) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// prove opens what was restored and compares where it ends with what the
// backup stated.
func (r *Restored) prove(ctx context.Context, dir, from string, o Options) (report journal.Report, err error) {
	j, err := journal.Open(ctx, dir, journal.Options{})
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	is, err := j.Position(ctx)
	if err != nil {
		return report, err
	}
	want := r.Manifest.Position
	if r.Folder && is.Seq >= want.Seq { // it may have gone on since it was stated
		r.Manifest.Position = is
	} else if is.Seq != want.Seq || is.Chain != want.Chain {
		return report, callpace.E(callpace.Damaged, "backup.other_position", "path", from, "stated", want.Seq, "found", is.Seq)
	}
	if report, err = j.Verify(ctx, func(done, total int64) { o.progress("verifying", done, total) }); err != nil {
		return report, err
	}
	state, err := store.Open(ctx, dir) // damage is told now, not at the first sign-in
	if err != nil {
		return report, fmt.Errorf("opening what was restored: %w", err)
	}
	return report, state.Close()
}

// putInPlace moves what is whole now into the data folder, the journal last:
// only with it the folder is one.
func putInPlace(part, dir string) error {
	for _, leave := range []string{"lock", store.Name + "-wal", store.Name + "-shm"} {
		if err := os.Remove(filepath.Join(part, leave)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := journal.Disk.SyncDir(filepath.Join(part, journalDir)); err != nil {
		return err
	}
	for _, name := range []string{store.Name, journalDir} {
		if err := os.Rename(filepath.Join(part, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := journal.Disk.SyncDir(dir); err != nil {
		return err
	}
	return os.RemoveAll(part)
}
