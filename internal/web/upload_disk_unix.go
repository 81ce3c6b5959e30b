//go:build linux || darwin || freebsd

package web

import "syscall"

// freeDisk gives the bytes that are free for us on a folder's disk.
func freeDisk(dir string) (free int64, known bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true //nolint:unconvert // the types differ by system
}
