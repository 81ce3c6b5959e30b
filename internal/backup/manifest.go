// Package backup copies what cannot be made again: the journal and the
// application's state, of one moment, to a folder or a file, and back into an
// empty data folder. The facts are made from the journal and are left out. It
// knows nothing of what it copies, and never changes a data folder that holds
// something.
package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/store"
)

// Format is the newest form of backups that this program knows.
const Format = 1

// Names in a backup. The manifest is written last: without it a backup is not whole.
const (
	manifestName = "backup.json"
	journalDir   = "journal"
	partial      = ".partial" // what is not whole yet
)

// Manifest is what a backup says of itself.
type Manifest struct {
	Format   int              `json:"format"`
	Program  string           `json:"callpace"` // the version that made it
	At       time.Time        `json:"at"`
	Position journal.Position `json:"position"` // of the journal
	Files    []File           `json:"files"`
}

// File is one file of a backup. Path has slashes.
type File struct {
	Path   string         `json:"path"`
	Size   int64          `json:"size"`
	SHA256 journal.Digest `json:"sha256"`
}

// Bytes is the size of all files.
func (m Manifest) Bytes() (n int64) {
	for _, f := range m.Files {
		n += f.Size
	}
	return n
}

// encode writes the manifest with its own digest.
func (m Manifest) encode() []byte {
	own := newDigesting()
	_, _ = own.Write(indented(m))
	return append(indented(struct {
		Manifest
		Own journal.Digest `json:"manifest_sha256"`
	}{m, journal.Digest(own.sums.Sum(nil))}), '\n')
}

func indented(v any) []byte {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // it holds nothing that JSON could refuse
	}
	return text
}

// mostManifest bounds a manifest: a hundred bytes a segment.
const mostManifest = 16 << 20

// decodeManifest reads a manifest. Unsupported: a newer callpace made it.
func decodeManifest(r io.Reader, path string) (m Manifest, err error) {
	bad := callpace.E(callpace.Damaged, "backup.bad_manifest", "path", path)
	text, err := io.ReadAll(io.LimitReader(r, mostManifest))
	if err != nil {
		return m, err
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&m); err != nil {
		return m, bad.Because(err)
	}
	if m.Format > Format {
		return m, callpace.E(callpace.Unsupported, "backup.newer", "path", path, "version", m.Program)
	}
	for _, f := range m.Files {
		if !known(f.Path) {
			return m, bad.Because(fmt.Errorf("file %q", f.Path))
		}
	}
	if m.Format < 1 || !bytes.Equal(text, m.encode()) { // with its digest: each byte is as it was written
		return m, bad
	}
	return m, nil
}

// known tells whether a path is one of a backup: the state or a segment.
func known(path string) bool {
	dir, name := filepath.Split(filepath.FromSlash(path))
	return path == store.Name || dir == journalDir+string(filepath.Separator) && len(name) == len("00000001.seg") && strings.HasSuffix(name, ".seg")
}

// digesting counts and digests what passes.
type digesting struct {
	n    int64
	sums interface {
		io.Writer
		Sum([]byte) []byte
	}
}

func newDigesting() *digesting { return &digesting{sums: sha256.New()} }

// Write takes bytes in.
func (d *digesting) Write(b []byte) (int, error) {
	d.n += int64(len(b))
	return d.sums.Write(b)
}

func (d *digesting) file(path string) File {
	return File{path, d.n, journal.Digest(d.sums.Sum(nil))}
}

// targetFault says in the user's words why a target could not be written.
func targetFault(path string, err error) error {
	var e *callpace.Error
	switch {
	case err == nil || errors.As(err, &e):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG), strings.Contains(err.Error(), "database or disk is full"):
		return callpace.E(callpace.Conflict, "backup.target_full", "path", path).Because(err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return callpace.E(callpace.Conflict, "backup.target_closed", "path", path).Because(err)
	}
	return err
}
