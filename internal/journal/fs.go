package journal

import "github.com/callpace/callpace/internal/journal/disk"

// The file system as the journal's callers name it.
type (
	FS   = disk.FS
	File = disk.File
)

// Disk is the file system of the machine.
var Disk FS = disk.Machine{}
