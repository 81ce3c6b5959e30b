package duck

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/duckdb/duckdb-go/v2"
)

// deriveMB is what DuckDB may hold while deriving, when no batches wait in
// memory beside it, and where a batch or a question does not fit into less.
const deriveMB = 480

// mostTimes is how many times that much a derivation may take that lacks memory.
const mostTimes = 4

// restMB is what DuckDB may hold while nobody asks.
const restMB = 16

// removedBytes is what each stored row of a fact may cost in memory that DuckDB
// does not give back while the file is open: of every 2048 rows of which one
// was removed it keeps 16 KiB, 8 bytes a row, and corrections come of any time.
// The rest is for sorting more rows.
const removedBytes = 12

// memoryMB is what DuckDB may hold in memory for its work.
func (s *Store) memoryMB() int {
	if s.options.MemoryMB == 0 {
		return 256
	}
	return s.options.MemoryMB
}

// openingMB is memoryMB for a file of which nobody knows yet how many rows it
// holds; those of the thinnest calls take some thirty bytes.
func (s *Store) openingMB() int {
	info, err := os.Stat(s.path)
	if err != nil { // opening tells
		return s.memoryMB()
	}
	return s.memoryMB() + int(info.Size()*removedBytes/30>>20)
}

// Rest has DuckDB let go of what it holds in memory, and write out the log, at a
// time when nobody asks or writes.
func (s *Store) Rest(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.trimLog(ctx, logBytes); err != nil {
		return err
	}
	err := s.limitMemory(ctx, restMB)
	if outOfMemory(err) { // more cannot leave memory; all else did
		err = nil
	}
	return errors.Join(err, s.narrowMemory(ctx))
}

// widenMemory allows what a derivation may hold, until narrowMemory.
func (s *Store) widenMemory(ctx context.Context) error {
	return s.allowMemory(ctx, max(deriveMB, s.memoryMB()))
}

// moreMemory allows half as much again, until narrowMemory; false where that
// would be too much.
func (s *Store) moreMemory(ctx context.Context) bool {
	more := s.allowedMB * 3 / 2
	return more <= mostTimes*max(deriveMB, s.memoryMB()) && s.allowMemory(ctx, more) == nil
}

// narrowMemory takes back what widenMemory allowed, unless what cannot leave
// memory needs it.
func (s *Store) narrowMemory(ctx context.Context) error {
	if err := s.allowMemory(ctx, s.memoryMB()); !outOfMemory(err) {
		return err
	}
	return nil
}

// allowMemory allows DuckDB so much for its work.
func (s *Store) allowMemory(ctx context.Context, mb int) error {
	s.allowedMB = mb
	if err := s.countStored(ctx); err != nil {
		return err
	}
	return s.limitMemory(ctx, s.limitMB(mb))
}

// limitMB is what DuckDB may hold where so much is allowed for its work, of which
// a third may be what it keeps of removed rows; more of those comes on top, in
// steps of 16 MB.
func (s *Store) limitMB(work int) int {
	return max(work, work*2/3+int(s.stored.Load()*removedBytes>>24)<<4)
}

func (s *Store) countStored(ctx context.Context) error {
	rows, err := s.storedRows(ctx)
	if outOfMemory(err) { // there is none to count in: what was counted last is near
		return nil
	}
	if err == nil {
		s.stored.Store(rows)
	}
	return err
}

// groupsLookedThrough is how many row groups are looked through for one that is
// applied, at most, by who keeps to RunTimes.
const groupsLookedThrough = 128

// RunTimes is how many row groups of records are worth applying at once. Each
// time the ledger and the calls are looked through for what the records replace,
// so that with runs of one size an import's time would grow with the square of
// its rows.
func (s *Store) RunTimes() int {
	return 1 + int(s.stored.Load()/(groupsLookedThrough*groupRows))
}

// limitMemory sets DuckDB's limit where it is another. To set it takes tens of
// milliseconds, since DuckDB gives memory back to the system then.
func (s *Store) limitMemory(ctx context.Context, mb int) error {
	if mb == s.limitedMB {
		return nil
	}
	err := s.exec(ctx, fmt.Sprintf("SET memory_limit = '%dMB'", mb))
	if err == nil {
		s.limitedMB = mb
	}
	return err
}

func outOfMemory(err error) bool {
	var d *duckdb.Error
	return errors.As(err, &d) && d.Type == duckdb.ErrorTypeOutOfMemory
}
