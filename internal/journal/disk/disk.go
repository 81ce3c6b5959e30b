// Package disk is what the journal asks of a file system: little enough that
// any single call can be made to fail (see disk/faulty).
package disk

import (
	"io"
	"os"
	"path/filepath"
	"sort"
)

// FS is a file system, or what stands in for one.
type FS interface {
	Open(name string, flag int) (File, error)
	Rename(from, to string) error
	Remove(name string) error
	List(dir string) ([]string, error) // names, sorted
	SyncDir(dir string) error
}

// File is one open file of an FS.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
	Size() (int64, error)
}

// Machine is the file system of the machine.
type Machine struct{}

type osFile struct{ *os.File }

// Size gives the length of the file in bytes.
func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Open opens a file; one that is made is the owner's alone.
func (Machine) Open(name string, flag int) (File, error) {
	f, err := os.OpenFile(filepath.Clean(name), flag, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// Rename puts a file in the place of another.
func (Machine) Rename(from, to string) error { return os.Rename(from, to) }

// Remove removes a file.
func (Machine) Remove(name string) error { return os.Remove(name) }

// List gives the names in a directory.
func (Machine) List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	sort.Strings(names)
	return names, nil
}
