package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/callpace/callpace"
)

// Held is the exclusive hold of one process on a data folder.
type Held struct{ f *os.File }

// Lock takes the data folder for this process. Where another process has it,
// the error is a Conflict that names its pid. The hold ends with Unlock or with
// the process, however it ends.
func Lock(dir string) (*Held, error) {
	name := filepath.Join(dir, "lock")
	f, err := os.OpenFile(filepath.Clean(name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock file: %w", err)
	}
	if err := lockFile(f); err != nil {
		holder, _ := os.ReadFile(filepath.Clean(name))
		_ = f.Close()
		pid := strings.TrimSpace(string(holder))
		if pid == "" {
			pid = "?"
		}
		return nil, callpace.E(callpace.Conflict, "journal.locked", "pid", pid, "dir", dir)
	}
	if err := f.Truncate(0); err == nil {
		_, err = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
		if err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("writing the lock file: %w", err)
		}
	}
	return &Held{f}, nil
}

// Unlock lets the folder go. The file stays: removing it would let two
// processes lock two files of one name.
func (h *Held) Unlock() error {
	_ = h.f.Truncate(0)
	return h.f.Close()
}
