package ingest

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/callpace/callpace/internal/facts"
)

// rejects is an input's rejects file: line, reason and row of every record
// that could not be understood. It is made with the first of them.
type rejects struct {
	path     string
	sentence func(facts.Reject) string
	file     *os.File
	csv      *csv.Writer
}

// RejectsPath is where the rejects of an input are written.
func (f *Folder) RejectsPath(input int) string {
	return filepath.Join(f.dir, "rejects", strconv.Itoa(input)+".csv")
}

// openRejects prepares the rejects file of an input that is read from behind
// line on: what an interrupted run wrote of later lines is dropped.
func (f *Folder) openRejects(input int, line int64) (*rejects, error) {
	r := &rejects{path: f.RejectsPath(input), sentence: func(r facts.Reject) string {
		if f.deps.Sentence == nil {
			return r.Reason.Key
		}
		return f.deps.Sentence(r.Reason)
	}}
	some, err := cutRejects(r.path, line)
	if err != nil || !some {
		return r, err
	}
	if r.file, err = os.OpenFile(r.path, os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	r.csv = csv.NewWriter(r.file)
	return r, nil
}

// cutRejects drops the rows behind a line from a rejects file, and the file
// where none is left; some tells that there are. What an interrupted run wrote
// half goes, too.
func cutRejects(path string, line int64) (some bool, err error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("rejects: %w", err)
	}
	in := csv.NewReader(bufio.NewReader(file))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	end := int64(0)
	for rows := 0; ; rows++ {
		row, err := in.Read()
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, csv.ErrQuote) {
				return false, errors.Join(fmt.Errorf("rejects: %w", err), file.Close())
			}
			break
		}
		if n, err := strconv.ParseInt(row[0], 10, 64); rows > 0 && (err != nil || n > line) {
			break
		}
		end, some = in.InputOffset(), rows > 0
	}
	err = file.Close()
	if some {
		err = errors.Join(err, os.Truncate(path, end))
	} else {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return false, fmt.Errorf("rejects: %w", err)
	}
	return some, nil
}

func (r *rejects) open() error {
	if err := os.MkdirAll(filepath.Dir(r.path), 0o700); err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	file, err := os.OpenFile(r.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	r.file, r.csv = file, csv.NewWriter(file)
	return r.csv.Write([]string{"line", "reason", "row"})
}

func (r *rejects) write(list []facts.Reject) error {
	if len(list) == 0 {
		return nil
	}
	if r.csv == nil {
		if err := r.open(); err != nil {
			return err
		}
	}
	for _, x := range list {
		if err := r.csv.Write([]string{strconv.FormatInt(x.Line, 10), r.sentence(x), x.Raw}); err != nil {
			return fmt.Errorf("rejects: %w", err)
		}
	}
	r.csv.Flush()
	return r.csv.Error()
}

func (r *rejects) close() error {
	if r.file == nil {
		return nil
	}
	r.csv.Flush()
	return errors.Join(r.csv.Error(), r.file.Close())
}
