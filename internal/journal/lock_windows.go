package journal

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile locks a byte far behind the pid, so that the pid can be read by others.
func lockFile(f *os.File) error {
	at := windows.Overlapped{OffsetHigh: 1}
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
}
