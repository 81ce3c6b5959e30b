//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// peakOf gives the largest resident set of an ended process in bytes.
func peakOf(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin": // counts bytes, the others KiB
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10
}

// processorTime is what this process has spent on all processors.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
