package backup

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/callpace/callpace"
)

// eachFile is handed the files of a backup one after the other.
type eachFile func(path string, r io.Reader) error

// readArchive hands over the files of an archive and gives the manifest at its end.
func readArchive(path string, fn eachFile) (m Manifest, err error) {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return m, err
	}
	defer file.Close()
	for r := tar.NewReader(file); ; {
		h, err := r.Next()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return m, callpace.E(callpace.Damaged, "backup.not_whole", "path", path)
		case err != nil:
			return m, callpace.E(callpace.Damaged, "backup.not_a_backup", "path", path).Because(err)
		case h.Name == manifestName:
			return decodeManifest(r, path)
		case !known(h.Name):
			return m, callpace.E(callpace.Damaged, "backup.not_a_backup", "path", path)
		}
		if err := fn(h.Name, r); errors.Is(err, io.ErrUnexpectedEOF) {
			return m, callpace.E(callpace.Damaged, "backup.not_whole", "path", path).Because(err)
		} else if err != nil {
			return m, err
		}
	}
}

// readFolder is readArchive for a folder.
func readFolder(path string, fn eachFile) (m Manifest, err error) {
	file, err := os.Open(filepath.Join(path, manifestName))
	if errors.Is(err, os.ErrNotExist) {
		return m, callpace.E(callpace.Damaged, "backup.not_whole", "path", path)
	}
	if err != nil {
		return m, err
	}
	m, err = decodeManifest(file, path)
	if err := errors.Join(err, file.Close()); err != nil {
		return m, err
	}
	return m, (&folder{path: path}).each(m, fn)
}

// read hands over the files of a backup and compares each with its digest.
// Damaged: the backup is not whole, or not what was written.
func read(ctx context.Context, path string, o Options, fn eachFile) (Manifest, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return Manifest{}, callpace.E(callpace.NotFound, "backup.missing", "path", path)
	}
	if err != nil {
		return Manifest{}, err
	}
	from := readArchive
	if info.IsDir() {
		from = readFolder
	}
	var found []File
	done := int64(0)
	m, err := from(path, func(name string, r io.Reader) error {
		sum := newDigesting()
		passed := io.TeeReader(&waiting{ctx, r}, io.MultiWriter(sum, writerFunc(func(b []byte) {
			done += int64(len(b))
			o.progress("reading_backup", done, max(done, info.Size()))
		})))
		if err := fn(name, passed); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, passed)
		found = append(found, sum.file(name))
		return err
	})
	if err != nil {
		return m, err
	}
	return m, sameFiles(path, m.Files, found)
}

// Check reads a backup and compares it with its digests. Damaged: it is not
// whole, or not what was written.
func Check(ctx context.Context, path string, o Options) (Manifest, error) {
	return read(ctx, path, o, func(string, io.Reader) error { return nil })
}

// compare reads files again that were just written.
func compare(ctx context.Context, m Manifest, path string, o Options, each func(eachFile) error) error {
	var found []File
	done, total := int64(0), m.Bytes()
	err := each(func(name string, r io.Reader) error {
		sum := newDigesting()
		_, err := io.Copy(io.MultiWriter(sum, writerFunc(func(b []byte) {
			done += int64(len(b))
			o.progress("checking_backup", done, total)
		})), &waiting{ctx, r})
		found = append(found, sum.file(name))
		return err
	})
	if err != nil {
		return err
	}
	return sameFiles(path, m.Files, found)
}

// sameFiles compares what a manifest lists with what is there.
func sameFiles(path string, want, found []File) error {
	is := map[string]File{}
	for _, f := range found {
		is[f.Path] = f
	}
	for _, f := range want {
		if there, ok := is[f.Path]; !ok {
			return callpace.E(callpace.Damaged, "backup.missing_file", "path", path, "file", f.Path)
		} else if there != f {
			return callpace.E(callpace.Damaged, "backup.damaged_file", "path", path, "file", f.Path)
		}
	}
	if len(found) != len(want) {
		return callpace.E(callpace.Damaged, "backup.not_a_backup", "path", path)
	}
	return nil
}
