package backup

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
)

// target is where a backup is written to.
type target interface {
	scratch() string                                        // path of a file that may be used meanwhile
	add(path string, size int64, r io.Reader) error         // writes a file
	check(ctx context.Context, m Manifest, o Options) error // reads again what was written
	finish(m Manifest) error                                // makes the backup whole, durably
	discard()                                               // removes what was written, as far as that can be done
}

// newTarget begins a backup. Conflict: something is there already.
func newTarget(path string, disk journal.FS) (target, error) {
	if strings.HasSuffix(path, ".tar") {
		return newArchive(path, disk)
	}
	return newFolder(path, disk)
}

// folder is a backup of single files.
type folder struct {
	path string
	disk journal.FS
	made bool // by us
}

func newFolder(path string, disk journal.FS) (*folder, error) {
	f := &folder{path: path, disk: disk}
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		f.made = true
	case err != nil:
		return nil, err
	default:
		for _, e := range entries {
			if e.Name() != "lost+found" {
				return nil, notEmpty(path, e.Name())
			}
		}
	}
	return f, os.MkdirAll(filepath.Join(path, journalDir), 0o700)
}

func notEmpty(path, name string) error {
	if _, err := os.Stat(filepath.Join(path, manifestName)); err != nil && (name == journalDir || strings.HasSuffix(name, partial)) {
		return callpace.E(callpace.Conflict, "backup.target_interrupted", "path", path)
	}
	return callpace.E(callpace.Conflict, "backup.target_not_empty", "path", path)
}

func (f *folder) scratch() string { return filepath.Join(f.path, "state"+partial) }

func (f *folder) add(path string, size int64, r io.Reader) error {
	file, err := f.disk.Open(filepath.Join(f.path, filepath.FromSlash(path)), os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.NewOffsetWriter(file, 0), r)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func (f *folder) check(ctx context.Context, m Manifest, o Options) error {
	return compare(ctx, m, f.path, o, func(each eachFile) error { return f.each(m, each) })
}

// each reads the files of a manifest.
func (f *folder) each(m Manifest, fn eachFile) error {
	for _, x := range m.Files {
		file, err := os.Open(filepath.Join(f.path, filepath.FromSlash(x.Path)))
		if errors.Is(err, os.ErrNotExist) {
			return callpace.E(callpace.Damaged, "backup.missing_file", "path", f.path, "file", x.Path)
		}
		if err != nil {
			return err
		}
		if err := errors.Join(fn(x.Path, file), file.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) finish(m Manifest) error {
	if err := os.Remove(f.scratch()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	temp := filepath.Join(f.path, manifestName+partial)
	if err := writeWhole(f.disk, temp, m.encode()); err != nil {
		return err
	}
	for _, dir := range []string{filepath.Join(f.path, journalDir), f.path} {
		if err := f.disk.SyncDir(dir); err != nil {
			return err
		}
	}
	if err := f.disk.Rename(temp, filepath.Join(f.path, manifestName)); err != nil {
		return err
	}
	return errors.Join(f.disk.SyncDir(f.path), f.disk.SyncDir(filepath.Dir(f.path)))
}

func (f *folder) discard() {
	_ = os.RemoveAll(filepath.Join(f.path, journalDir)) // it was empty when we began
	for _, name := range []string{manifestName, manifestName + partial, "state.db", "state" + partial} {
		_ = os.Remove(filepath.Join(f.path, name))
	}
	if f.made {
		_ = os.Remove(f.path)
	}
}

// writeWhole writes a small file durably.
func writeWhole(disk journal.FS, path string, text []byte) error {
	file, err := disk.Open(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if _, err = file.WriteAt(text, 0); err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// archive is a backup in one file. Its manifest stands at the end.
type archive struct {
	path string
	disk journal.FS
	file journal.File
	out  *tar.Writer
}

func newArchive(path string, disk journal.FS) (*archive, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, callpace.E(callpace.Conflict, "backup.target_exists", "path", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := disk.Open(path+partial, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, err
	}
	return &archive{path, disk, file, tar.NewWriter(io.NewOffsetWriter(file, 0))}, nil
}

func (a *archive) scratch() string { return a.path + ".state" + partial }

func (a *archive) add(path string, size int64, r io.Reader) error {
	if err := a.out.WriteHeader(&tar.Header{Name: path, Size: size, Mode: 0o600, Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err := io.Copy(a.out, r)
	return err
}

func (a *archive) check(ctx context.Context, m Manifest, o Options) error {
	text := m.encode()
	if err := a.add(manifestName, int64(len(text)), strings.NewReader(string(text))); err != nil {
		return err
	}
	if err := errors.Join(a.out.Close(), a.file.Sync()); err != nil {
		return err
	}
	return compare(ctx, m, a.path, o, func(each eachFile) error {
		_, err := readArchive(a.path+partial, each)
		return err
	})
}

func (a *archive) finish(Manifest) error {
	err := a.file.Close()
	a.file = nil
	if err != nil {
		return err
	}
	if err := a.disk.Rename(a.path+partial, a.path); err != nil {
		return err
	}
	if err := a.disk.SyncDir(filepath.Dir(a.path)); err != nil {
		return errors.Join(err, os.Remove(a.path)) // it was told to have failed, and must not lie there as if whole
	}
	return nil
}

func (a *archive) discard() {
	if a.file != nil {
		_ = a.file.Close()
	}
	_ = os.Remove(a.path + partial)
}
