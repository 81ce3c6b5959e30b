package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal/disk"
)

// MarkName is the file that tells which state file belongs to the folder, and
// after a stop how it was left. By it a state file that is gone, another
// folder's or changed meanwhile is told from one that was never there: it is in
// no journal and must not be begun anew in silence. SQLite itself has no
// checksums: of a page whose form is right it believes every word.
const MarkName = "state.id"

const markSetting = "state.id"

// left is what the mark tells: the id of the state file and, where it was
// closed as it should, the digest it had.
type left struct{ id, digest string }

// checkMark refuses a folder that had a state file and has none, or another
// than was left there.
func checkMark(dir string) error {
	mark, path := filepath.Join(dir, MarkName), filepath.Join(dir, Name)
	known, err := readMark(mark)
	if err != nil || known.id == "" {
		return err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return callpace.E(callpace.Damaged, "store.lost", "path", path, "mark", mark)
	}
	if err != nil || known.digest == "" {
		return err
	}
	is, err := digestOf(path)
	if err == nil && is != known.digest {
		return callpace.E(callpace.Damaged, "store.changed", "path", path, "mark", mark)
	}
	return err
}

func readMark(path string) (known left, err error) {
	text, err := os.ReadFile(filepath.Clean(path))
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	_, _ = fmt.Sscan(string(text), &known.id, &known.digest)
	return known, err
}

func digestOf(path string) (string, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}

// leave notes how the closed state file was left. While somebody else has it
// open, as its log tells, there is nothing to note.
func leave(dir string) error {
	mark, path := filepath.Join(dir, MarkName), filepath.Join(dir, Name)
	known, err := readMark(mark)
	if err != nil || known.id == "" {
		return err
	}
	if _, err := os.Stat(path + "-wal"); err == nil {
		return nil
	}
	if known.digest, err = digestOf(path); err != nil {
		return nil // it is gone: the next to open it will say so
	}
	return writeMark(mark, known)
}

// mark binds the state file and the folder to each other, or tells that they
// are bound to others.
func (db *DB) mark(ctx context.Context, dir string) error {
	mark := filepath.Join(dir, MarkName)
	known, err := readMark(mark)
	if err != nil {
		return err
	}
	var is string
	if err := db.Settings().FindSetting(ctx, markSetting, &is); err != nil {
		return err
	}
	switch {
	case known.id != "" && known.id == is:
	case known.id != "":
		return callpace.E(callpace.Damaged, "store.foreign", "path", filepath.Join(dir, Name), "mark", mark)
	case is == "":
		is = rand.Text()
		if _, err := change(ctx, db.State.write, "INSERT INTO settings (id, value, updated_at, updated_by) VALUES ($1, $2, 0, '')", markSetting, `"`+is+`"`); err != nil {
			return fmt.Errorf("marking %s: %w", Name, err)
		}
	}
	return writeMark(mark, left{id: is}) // from here on it may change
}

var syncDir = disk.Machine{}.SyncDir // a test looks on

// writeMark writes the mark whole or not at all.
func writeMark(path string, is left) error {
	f, err := os.OpenFile(filepath.Clean(path+".new"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("marking %s: %w", Name, err)
	}
	_, err = fmt.Fprintln(f, is.id, is.digest)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil { // else a power failure could leave the earlier mark beside a later state
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("marking %s: %w", Name, err)
	}
	return nil
}
