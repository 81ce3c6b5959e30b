package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"time"
)

// results are what was measured, by size. They are kept in a file, so that
// sizes can be measured one after the other and the page made of all of them.
type results struct {
	Machine  string
	Versions map[string]string // by side
	Missing  map[string]string // sides that could not be measured, with the reason
	Sizes    []*size
}

// size is what was measured on one call log.
type size struct {
	Calls int
	Bytes int64 // of the log
	When  string
	Load  string // on the machine, before and after
	Rows  []*row
}

// row is one work, by side.
type row struct {
	ID, Title string
	Times     map[string][]time.Duration `json:",omitempty"`
	Cold      map[string]time.Duration   `json:",omitempty"`
	Bytes     map[string]int64           `json:",omitempty"`
	// Spent is the time on processors, of the same rounds as Times.
	Spent map[string][]time.Duration `json:",omitempty"`
}

const us = "callpace"

func readResults(path string) (*results, error) {
	r := &results{Versions: map[string]string{}, Missing: map[string]string{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(text, r)
	}
	return r, err
}

func (r *results) write(path string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// of gives the results of a size, empty where there are none yet.
func (r *results) of(calls int) *size {
	i, found := slices.BinarySearchFunc(r.Sizes, calls, func(s *size, n int) int { return cmp.Compare(s.Calls, n) })
	if !found {
		r.Sizes = slices.Insert(r.Sizes, i, &size{Calls: calls})
	}
	return r.Sizes[i]
}

// begin gives a work's row, for sides to be measured anew.
func (s *size) begin(id, title string) *row {
	r := s.row(id)
	if r == nil {
		r = &row{ID: id}
		s.Rows = append(s.Rows, r)
	}
	*r = row{ID: id, Title: title, Times: map[string][]time.Duration{}, Cold: map[string]time.Duration{}, Bytes: map[string]int64{}, Spent: map[string][]time.Duration{}}
	return r
}

func (s *size) row(id string) *row {
	for _, r := range s.Rows {
		if r.ID == id {
			return r
		}
	}
	return nil
}

func (r *row) add(side string, passed, spent time.Duration) {
	r.Times[side] = append(r.Times[side], passed)
	if spent > 0 {
		r.Spent[side] = append(r.Spent[side], spent)
	}
}

// median is 0 where a side was not measured.
func (r *row) median(side string) time.Duration { return quantile(r.Times[side], 0.5) }

// processors is the median of the time on processors.
func (r *row) processors(side string) time.Duration { return quantile(r.Spent[side], 0.5) }

func quantile(times []time.Duration, q float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
