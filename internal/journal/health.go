package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/callpace/callpace"
)

// Fault tells why nothing can be taken in since the last write; nil: the last
// one worked. What is in the journal can be read all the same.
func (j *Journal) Fault() error {
	if f := j.fault.Load(); f != nil {
		return f
	}
	return nil
}

// settle notes how a write ended, and gives its error as the user is to read it.
func (j *Journal) settle(err error) error {
	if err == nil {
		j.fault.Store(nil)
		return nil
	}
	if !j.failed {
		return err // of what was to be written; the journal is as it was
	}
	told := told(filepath.Dir(j.dir), err)
	j.fault.Store(told)
	return told
}

// told says in the user's words why the disk did not take something.
func told(dir string, err error) *callpace.Error {
	key := "journal.write_failed"
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), strings.Contains(err.Error(), "database or disk is full"):
		key = "journal.disk_full"
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission), strings.Contains(err.Error(), "readonly database"):
		key = "journal.read_only"
	}
	return callpace.E(callpace.Conflict, key, "path", dir).Because(err)
}

// probeBytes is what has to find room before a journal that failed is taken to
// work again: a block.
const probeBytes = 4 << 20

// Mend makes a journal whose last write failed ready again, if the disk takes
// what is written: without it, only the next delivery would find that out.
func (j *Journal) Mend(ctx context.Context) error {
	if j.Fault() == nil {
		return nil
	}
	return j.write(ctx, func() error {
		name := filepath.Join(j.dir, "probe"+newSuffix) // one that is left behind is removed when the journal opens
		f, err := j.fs.Open(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
		if err == nil {
			_, err = f.WriteAt(make([]byte, probeBytes), 0)
			if err == nil {
				err = f.Sync()
			}
			err = errors.Join(err, f.Close(), j.fs.Remove(name))
		}
		if err != nil {
			j.failed = true
			return fmt.Errorf("trying whether the journal can be written: %w", err)
		}
		return nil
	})
}
