//go:build !windows

package disk

import "os"

// SyncDir makes names in a directory durable: a new file whose directory was
// not synced can be gone after a power failure, with all that is in it.
func (Machine) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
