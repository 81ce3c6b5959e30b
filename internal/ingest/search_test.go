package ingest_test

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
)

// search lists where in a data folder one of the words stands, in any file: in
// its bytes and in every zstd frame within them, in capitals or not.
func search(t *testing.T, dir string, words ...string) (found []string) {
	t.Helper()
	unpack, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	require.NoError(t, err)
	defer unpack.Close()
	looked := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		look := func(where string, data []byte) {
			data = bytes.ToLower(data)
			for _, w := range words {
				if bytes.Contains(data, []byte(strings.ToLower(w))) {
					found = append(found, where+": "+w)
				}
			}
		}
		name, _ := filepath.Rel(dir, path)
		look(name, data)
		for at := 0; ; at++ {
			i := bytes.Index(data[at:], []byte{0x28, 0xb5, 0x2f, 0xfd})
			if i < 0 {
				return nil
			}
			at += i
			if unpack.Reset(bytes.NewReader(data[at:])) != nil {
				continue
			}
			inside, _ := io.ReadAll(unpack) // what follows the frame is none
			if len(inside) > 0 {
				looked++
				look(name+" (packed)", inside)
			}
		}
	}))
	require.NotZero(t, looked, "no packed block found: the search is blind")
	return found
}
