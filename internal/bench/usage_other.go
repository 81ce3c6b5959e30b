//go:build !unix

package main

import (
	"os"
	"time"
)

func peakOf(*os.ProcessState) int64 { return 0 }

func processorTime() time.Duration { return 0 }
