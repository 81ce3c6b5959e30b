package duck

import (
	"context"
	"errors"
	"fmt"

	"github.com/duckdb/duckdb-go/v2"
)

// deriveMB is what DuckDB may hold while deriving, when no batches wait in
// memory beside it, and where a batch or a question does not fit into less.
const deriveMB = 480

// restMB is what DuckDB may hold while nobody asks.
const restMB = 16

// memoryMB is what DuckDB may hold in memory.
func (s *Store) memoryMB() int {
	if s.options.MemoryMB == 0 {
		return 256
	}
	return s.options.MemoryMB
}

// Rest has DuckDB let go of what it holds in memory, at a time when nobody asks
// or writes.
func (s *Store) Rest(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.limitMemory(ctx, restMB)
	if outOfMemory(err) { // more cannot leave memory; all else did
		err = nil
	}
	return errors.Join(err, s.narrowMemory(ctx))
}

// widenMemory allows what a derivation may hold, until narrowMemory.
//
// TRICKY: of every 2048 rows of which one was deleted DuckDB keeps 16 KiB that
// cannot leave memory while the file is open. Corrections of any time leave
// that much of the calls and of the ledger: 160 MB in ten million.
func (s *Store) widenMemory(ctx context.Context) error {
	return s.limitMemory(ctx, max(deriveMB, s.memoryMB()))
}

// narrowMemory takes back what widenMemory allowed, unless what cannot leave
// memory needs it.
func (s *Store) narrowMemory(ctx context.Context) error {
	if err := s.limitMemory(ctx, s.memoryMB()); !outOfMemory(err) {
		return err
	}
	return nil
}

func (s *Store) limitMemory(ctx context.Context, mb int) error {
	return s.exec(ctx, fmt.Sprintf("SET memory_limit = '%dMB'", mb))
}

func outOfMemory(err error) bool {
	var d *duckdb.Error
	return errors.As(err, &d) && d.Type == duckdb.ErrorTypeOutOfMemory
}
