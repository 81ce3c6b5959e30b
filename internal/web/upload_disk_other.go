//go:build !linux && !darwin && !freebsd

package web

// freeDisk is not known here; a full disk is told when writing fails.
func freeDisk(string) (free int64, known bool) { return 0, false }
