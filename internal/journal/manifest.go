package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// newSuffix marks a segment written anew that is not yet in its place.
const newSuffix = ".new"

// manifest makes a rewrite atomic: once it is on disk, the new segments named
// in it replace the old ones, whatever happens; before, they are rubbish.
type manifest struct {
	Segments []int `json:"segments"`
	Seq      int64 `json:"seq"` // last entry before the proof
	Proof    Proof `json:"proof"`
}

func (j *Journal) manifestName() string { return filepath.Join(j.dir, "rewrite.json") }

func (j *Journal) writeManifest(m *manifest) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	temp := j.manifestName() + newSuffix
	f, err := j.fs.Open(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return fmt.Errorf("writing the rewrite's manifest: %w", err)
	}
	_, err = f.WriteAt(text, 0)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing the rewrite's manifest: %w", err)
	}
	if err := j.fs.SyncDir(j.dir); err != nil { // the new segments' names, before the manifest's
		return fmt.Errorf("syncing the journal's folder: %w", err)
	}
	if err := j.fs.Rename(temp, j.manifestName()); err != nil {
		return fmt.Errorf("writing the rewrite's manifest: %w", err)
	}
	return j.fs.SyncDir(j.dir)
}

// pendingRewrite gives the rewrite that has to be finished, or removes what one left that never came to that.
func (j *Journal) pendingRewrite() (*manifest, error) {
	f, err := j.fs.Open(j.manifestName(), os.O_RDONLY)
	if errors.Is(err, os.ErrNotExist) {
		return nil, j.removeNew()
	}
	if err != nil {
		return nil, fmt.Errorf("reading the rewrite's manifest: %w", err)
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	text := make([]byte, size)
	if _, err := f.ReadAt(text, 0); err != nil {
		return nil, fmt.Errorf("reading the rewrite's manifest: %w", err)
	}
	m := &manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("reading the rewrite's manifest: %w", err)
	}
	return m, nil
}

func (j *Journal) removeNew() error {
	names, err := j.fs.List(j.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, newSuffix) {
			if err := j.fs.Remove(filepath.Join(j.dir, name)); err != nil {
				return fmt.Errorf("removing %s: %w", name, err)
			}
		}
	}
	return nil
}

// finishRewrite puts the new segments into their places.
func (j *Journal) finishRewrite(m *manifest) error {
	for _, n := range m.Segments {
		err := j.fs.Rename(j.segName(n)+newSuffix, j.segName(n))
		if err != nil && !errors.Is(err, os.ErrNotExist) { // not there: done before a crash
			return fmt.Errorf("replacing segment %d: %w", n, err)
		}
	}
	return j.fs.SyncDir(j.dir)
}

// proveRewrite writes the erasure's proof, unless that was done before a crash,
// and closes the rewrite.
func (j *Journal) proveRewrite(ctx context.Context, m *manifest) error {
	if j.seq == m.Seq {
		text, err := json.Marshal(m.Proof)
		if err != nil {
			return err
		}
		if _, err := j.appendRaw(ctx, entry{Kind: KindErase, At: m.Proof.At}, text); err != nil {
			return err
		}
		if err := j.flush(ctx); err != nil {
			return err
		}
	}
	if err := j.fs.Remove(j.manifestName()); err != nil {
		j.failed = true
		return fmt.Errorf("removing the rewrite's manifest: %w", err)
	}
	return j.fs.SyncDir(j.dir)
}
