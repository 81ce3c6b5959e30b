package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/callpace/callpace"
)

// MarkName is the file that tells which state file belongs to the folder. By it
// a state file that is gone, or another folder's, is told from one that was
// never there: it is in no journal and must not be begun anew in silence.
const MarkName = "state.id"

const markSetting = "state.id"

// checkMark refuses a folder that had a state file and has none.
func checkMark(dir string) error {
	mark, path := filepath.Join(dir, MarkName), filepath.Join(dir, Name)
	known, err := readMark(mark)
	if err != nil || known == "" {
		return err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return callpace.E(callpace.Damaged, "store.lost", "path", path, "mark", mark)
	}
	return err
}

func readMark(path string) (string, error) {
	text, err := os.ReadFile(filepath.Clean(path))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
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
	case known != "" && known == is:
		return nil
	case known != "":
		return callpace.E(callpace.Damaged, "store.foreign", "path", filepath.Join(dir, Name), "mark", mark)
	case is == "":
		is = rand.Text()
		if _, err := change(ctx, db.State.write, "INSERT INTO settings (id, value, updated_at, updated_by) VALUES ($1, $2, 0, '')", markSetting, `"`+is+`"`); err != nil {
			return fmt.Errorf("marking %s: %w", Name, err)
		}
	}
	return writeMark(mark, is)
}

// writeMark writes the mark whole or not at all.
func writeMark(path, is string) error {
	f, err := os.OpenFile(filepath.Clean(path+".new"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("marking %s: %w", Name, err)
	}
	_, err = fmt.Fprintln(f, is)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("marking %s: %w", Name, err)
	}
	return nil
}
