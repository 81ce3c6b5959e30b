package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// Watch says what is to be taken in unattended.
type Watch struct {
	Spec   source.Spec
	Drop   string        // folder in which finished files appear; "" for none
	Follow string        // log that grows and is rotated; "" for none
	Every  time.Duration // how often to look
	Settle time.Duration // how long a dropped file must have stayed the same to be finished
	MoveTo string        // where dropped files go when they are in; "" leaves them
	Once   bool          // look once and end: what stands there counts as finished
}

// Watch takes in what a folder or a log brings until ctx ends. What is there
// already is recognised by its content, so nothing is read twice, whatever was
// watched before and however the program ended. done hears of every file; one
// that fails is tried again when it changes.
func (f *Folder) Watch(ctx context.Context, w Watch, done func(Report, error)) error {
	var seen watched
	defer seen.close()
	for {
		if err := f.look(ctx, w, &seen, done); err != nil || w.Once {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(w.Every):
		}
	}
}

// Watch is Folder.Watch for a folder that others use, too: it takes its turn
// only when something has come, since every turn costs readers what was kept for
// them. what is asked before each look, and how before something is taken in, so
// that a source's newest mapping is used; looked hears of every look, with the
// error that ends it.
func (s *SharedFolder) Watch(ctx context.Context, every time.Duration, what func() (Watch, error), how func(*Folder) (source.Spec, error), done func(Report, error), looked func(error)) {
	var seen watched
	defer seen.close()
	for {
		w, err := what()
		due := false
		if err == nil {
			due, err = seen.due(w, s.deps.Now())
		}
		if due {
			err = s.Write(ctx, nil, func(f *Folder) (err error) {
				if w.Spec, err = how(f); err != nil {
					return err
				}
				return f.look(ctx, w, &seen, done)
			})
		}
		if ctx.Err() != nil {
			return
		}
		looked(err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
	}
}

// watched is what was seen so far of a folder and a log.
type watched struct {
	drop drop
	log  *followed
}

func (w *watched) close() { w.log.close() }

// due tells whether something may have come. A log is always read on.
func (w *watched) due(what Watch, now time.Time) (bool, error) {
	if what.Follow != "" {
		return true, nil
	}
	dropped, err := w.drop.finished(what, now)
	return len(dropped) > 0, err
}

// look takes in what is new.
func (f *Folder) look(ctx context.Context, w Watch, seen *watched, done func(Report, error)) error {
	if w.Drop != "" {
		if err := f.lookAtDrop(ctx, w, &seen.drop, done); err != nil {
			return err
		}
	}
	if w.Follow != "" {
		var err error
		if seen.log, err = f.lookAtLog(ctx, w, seen.log, done); err != nil {
			return err
		}
	}
	return nil
}

// fileState tells whether a file is still the one seen before.
type fileState struct {
	size     int64
	modified time.Time
}

func stateOf(i fs.FileInfo) fileState { return fileState{i.Size(), i.ModTime()} }

// drop remembers which dropped files were dealt with.
type drop struct{ seen map[string]fileState }

// unfinished are the names under which transfer programs write.
var unfinished = []string{".part", ".filepart", ".tmp", ".crdownload", "~"}

// finished lists the dropped files that are to be dealt with.
func (d *drop) finished(w Watch, now time.Time) ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(w.Drop)
	if err != nil {
		return nil, callpace.E(callpace.NotFound, "watch.no_folder", "path", w.Drop).Because(err)
	}
	var files []fs.FileInfo
	for _, e := range entries {
		name := e.Name()
		if !e.Type().IsRegular() || strings.HasPrefix(name, ".") || slices.ContainsFunc(unfinished, func(s string) bool { return strings.HasSuffix(name, s) }) {
			continue
		}
		info, err := e.Info()
		if err != nil { // gone since
			continue
		}
		if d.seen[filepath.Join(w.Drop, name)] != stateOf(info) && (w.Once || now.Sub(info.ModTime()) >= w.Settle) {
			files = append(files, info)
		}
	}
	return files, nil
}

func (f *Folder) lookAtDrop(ctx context.Context, w Watch, d *drop, done func(Report, error)) error {
	files, err := d.finished(w, f.deps.Now())
	if err != nil {
		return err
	}
	if d.seen == nil {
		d.seen = map[string]fileState{}
	}
	for _, info := range files {
		name, path, state := info.Name(), filepath.Join(w.Drop, info.Name()), stateOf(info)
		r, err := f.Import(ctx, Delivery{Spec: w.Spec, Name: name, Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(path) }})
		if ctx.Err() != nil {
			return nil
		}
		if r.Name = name; err == nil || ofFile(err) {
			d.seen[path] = state
		}
		if err == nil && w.MoveTo != "" {
			err = moveInto(w.MoveTo, path)
		}
		done(r, err)
	}
	return nil
}

// ofFile tells whether it is the file that cannot be read, and not the folder
// that cannot take it now: a full disk is no reason to forget a file.
func ofFile(err error) bool {
	switch callpace.CodeOf(err) {
	case callpace.Conflict, callpace.Internal:
		return false
	}
	return true
}

// moveInto moves a file into a folder, under a name that is free there.
func moveInto(dir, path string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("move %s: %w", path, err)
	}
	target := filepath.Join(dir, filepath.Base(path))
	for n := 2; ; n++ {
		if _, err := os.Lstat(target); errors.Is(err, fs.ErrNotExist) {
			break
		}
		target = filepath.Join(dir, fmt.Sprintf("%d-%s", n, filepath.Base(path)))
	}
	if err := os.Rename(path, target); err != nil {
		return fmt.Errorf("move %s: %w", path, err)
	}
	return nil
}

// followed is a log that is held open, so that its end can still be read when
// it has been rotated away.
type followed struct {
	file  *os.File
	input int    // the last one of it
	read  int64  // bytes taken in
	end   []byte // the last of them, up to 4 KiB
}

// same tells whether what was read still stands where it was read: a log that
// was copied away, cut and filled again may be longer than before.
func (l *followed) same() (bool, error) {
	now := make([]byte, len(l.end))
	_, err := l.file.ReadAt(now, l.read-int64(len(l.end)))
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return bytes.Equal(now, l.end), err
}

// keepEnd remembers the last bytes that were read.
func (l *followed) keepEnd() error {
	l.end = make([]byte, min(l.read, 4<<10))
	_, err := l.file.ReadAt(l.end, l.read-int64(len(l.end)))
	return err
}

func (l *followed) close() {
	if l != nil {
		_ = l.file.Close()
	}
}

// lookAtLog takes in what a log has grown by. A log that was replaced or cut
// is read to its end first, and then the new one from its beginning.
func (f *Folder) lookAtLog(ctx context.Context, w Watch, l *followed, done func(Report, error)) (*followed, error) {
	if l != nil {
		same, err := l.same()
		if err != nil {
			return l, fmt.Errorf("follow %s: %w", w.Follow, err)
		}
		if same {
			if err := f.readOn(ctx, w, l, done); err != nil {
				return l, err
			}
		}
		now, err := os.Stat(w.Follow)
		if errors.Is(err, fs.ErrNotExist) { // between two logs
			return l, nil
		}
		if err != nil {
			return l, fmt.Errorf("follow %s: %w", w.Follow, err)
		}
		held, err := l.file.Stat()
		if err != nil {
			return l, fmt.Errorf("follow %s: %w", w.Follow, err)
		}
		if same && os.SameFile(now, held) && now.Size() >= l.read {
			return l, nil
		}
		l.close()
	} else if err := f.rotated(ctx, w, done); err != nil {
		return nil, err
	}
	file, err := os.Open(w.Follow)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, callpace.E(callpace.NotFound, "watch.no_log", "path", w.Follow).Because(err)
	}
	l = &followed{file: file}
	return l, f.readOn(ctx, w, l, done)
}

// rotated takes in the logs that were rotated away while nobody watched,
// oldest first: of the one that was followed last, only its end is new.
func (f *Folder) rotated(ctx context.Context, w Watch, done func(Report, error)) error {
	paths, err := filepath.Glob(globEscape(w.Follow) + "?*")
	if err != nil {
		return fmt.Errorf("find rotated logs of %s: %w", w.Follow, err)
	}
	type old struct {
		path     string
		modified time.Time
	}
	var logs []old
	for _, p := range paths {
		info, err := os.Stat(p)
		rest := strings.TrimPrefix(p, w.Follow)
		if err == nil && info.Mode().IsRegular() && (rest[0] == '.' || rest[0] == '-') {
			logs = append(logs, old{p, info.ModTime()})
		}
	}
	slices.SortFunc(logs, func(a, b old) int { return a.modified.Compare(b.modified) })
	for _, o := range logs {
		r, err := f.Import(ctx, Delivery{Spec: w.Spec, Name: filepath.Base(o.path), Open: func() (io.ReadCloser, error) { return os.Open(o.path) }})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		done(r, err)
	}
	return nil
}

func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// readOn takes in the whole lines that a held log has gained.
func (f *Folder) readOn(ctx context.Context, w Watch, l *followed, done func(Report, error)) error {
	end, err := lastLine(l.file, l.read)
	if err != nil || end == l.read {
		return err
	}
	from := l.read
	d := Delivery{Spec: w.Spec, Name: filepath.Base(w.Follow), Size: end - from, Continue: l.input,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(l.file, from, end-from)), nil }}
	r, err := f.Import(ctx, d)
	if ctx.Err() != nil {
		return nil
	}
	if err == nil {
		l.input, l.read = r.Input, end
		if err := l.keepEnd(); err != nil {
			return fmt.Errorf("follow %s: %w", w.Follow, err)
		}
	}
	done(r, err)
	return nil
}

// lastLine gives the position behind the last line feed of a file, at least from.
func lastLine(file *os.File, from int64) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return from, fmt.Errorf("follow log: %w", err)
	}
	buf := make([]byte, 64<<10)
	for end := info.Size(); end > from; {
		start := max(from, end-int64(len(buf)))
		piece := buf[:end-start]
		if _, err := file.ReadAt(piece, start); err != nil {
			return from, fmt.Errorf("follow log: %w", err)
		}
		for i := len(piece) - 1; i >= 0; i-- {
			if piece[i] == '\n' {
				return start + int64(i) + 1, nil
			}
		}
		end = start
	}
	return from, nil
}
