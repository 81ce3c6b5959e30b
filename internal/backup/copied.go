package backup

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/store"
)

// copyName is what the copy of a journal says of itself.
const copyName = "copy.json"

// Copied says how far the copy of a journal has come.
type Copied struct {
	Format   int              `json:"format"`
	At       time.Time        `json:"at"`
	Position journal.Position `json:"position"` // Seq and Chain: where it was complete last; Segment and Offset: how far it is now
}

// isCopy tells a copy from a backup.
func isCopy(path string) bool {
	_, err := os.Stat(filepath.Join(path, copyName))
	return err == nil
}

// decodeCopied reads what a copy says of itself.
func decodeCopied(path string) (c Copied, err error) {
	text, err := os.ReadFile(filepath.Join(path, copyName))
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c); err != nil || c.Format < 1 {
		return c, callpace.E(callpace.Damaged, "backup.bad_manifest", "path", path).Because(err)
	}
	if c.Format > Format {
		return c, callpace.E(callpace.Unsupported, "backup.newer", "path", path, "version", fmt.Sprint(c.Format))
	}
	return c, nil
}

// readCopy hands over the files of a copy. It has no digests of files, since it
// goes on growing: each entry of the journal has its own.
func readCopy(ctx context.Context, path string, o Options, fn eachFile) (m Manifest, err error) {
	c, err := decodeCopied(path)
	if err != nil {
		return m, err
	}
	m = Manifest{Format: c.Format, At: c.At, Position: c.Position}
	names, err := journal.Disk.List(filepath.Join(path, journalDir))
	if err != nil {
		return m, err
	}
	m.Files = []File{{Path: store.Name}}
	for _, name := range names {
		if rel := journalDir + "/" + name; known(rel) {
			m.Files = append(m.Files, File{Path: rel})
		}
	}
	done := int64(0)
	return m, (&folder{path: path}).each(m, func(rel string, r io.Reader) error {
		done++
		o.progress("reading_backup", done, int64(len(m.Files)))
		return fn(rel, &waiting{ctx, r})
	})
}
