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
	kept, err := rejectsBefore(r.path, line)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(r.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	if len(kept) == 0 {
		return r, nil
	}
	if err := r.open(); err != nil {
		return nil, err
	}
	return r, r.csv.WriteAll(kept)
}

// rejectsBefore reads the rows of a rejects file up to a line.
func rejectsBefore(path string, line int64) ([][]string, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	defer file.Close()
	in := csv.NewReader(bufio.NewReader(file))
	in.FieldsPerRecord = -1
	var kept [][]string
	for first := true; ; first = false {
		row, err := in.Read()
		if err != nil { // the end, or what an interrupted run wrote half
			if !errors.Is(err, io.EOF) && !errors.Is(err, csv.ErrQuote) {
				return nil, fmt.Errorf("rejects: %w", err)
			}
			return kept, nil
		}
		if first {
			continue
		}
		if n, err := strconv.ParseInt(row[0], 10, 64); err != nil || n > line {
			return kept, nil
		}
		kept = append(kept, row)
	}
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
