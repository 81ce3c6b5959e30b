// Package journal is the truth of callpace: all that arrived, as it arrived,
// in append-only segment files. What it acknowledged is on disk. It knows
// inputs, streams and bytes; it does not know records, formats or facts.
//
// An input is one act of delivery. A stream is one growing file of one source:
// the bytes of its inputs follow each other without a gap, so the same file
// sent again, longer, adds only what is new.
//
// Positions come in two ways of counting. "Sent" counts bytes as they arrived
// and is what a file sent again is compared by. "Kept" counts bytes as they
// are stored now and is what readers use. They differ only after an erasure.
package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"

	"github.com/callpace/callpace"
)

// Options are the journal's settings; the zero value is right outside of tests.
type Options struct {
	FS           FS    //  nil: the machine's
	SegmentBytes int64 // where a segment is closed and the next one begun; 0: 256 MiB
	BlockBytes   int   // most raw bytes of one block; 0: 4 MiB
}

// inFlight is how many blocks are packed or unpacked at once.
const inFlight = 3

// Journal is an open journal. Its methods may be called by several goroutines;
// writers take turns.
type Journal struct {
	dir  string // the folder of the segments
	opts Options
	fs   FS
	held *Held
	idx  *index
	enc  *zstd.Encoder
	dec  *zstd.Decoder

	fault   atomic.Pointer[callpace.Error] // of the last write
	turn    chan struct{}                  // held by the one writer
	readers sync.RWMutex                   // read: somebody has a place in a segment; write: segments are being replaced

	// Of the writer:
	failed  bool // a write failed: what is on disk must be looked at again before the next one
	doubt   bool // it may have failed after the mark, so nothing behind the mark can be trusted
	seg     int  // the segment that is written
	f       File // nil until the first write
	off     int64
	pending []frame // written, neither synced nor indexed
	at      mark    // of the index
	seq     int64
	chain   Digest
	damage  []*callpace.Error
}

// Open opens the journal of a data folder, making it where there is none, and
// takes the folder's lock. A torn tail is cut off; an index that is missing,
// behind, foreign or damaged is made again. Damage does not keep a journal
// from opening: see Damage and Verify.
func Open(ctx context.Context, dir string, opts Options) (*Journal, error) {
	if opts.FS == nil {
		opts.FS = Disk
	}
	if opts.SegmentBytes == 0 {
		opts.SegmentBytes = 256 << 20
	}
	if opts.BlockBytes == 0 {
		opts.BlockBytes = 4 << 20
	}
	j := &Journal{dir: filepath.Join(dir, "journal"), opts: opts, fs: opts.FS, turn: make(chan struct{}, 1)}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the journal's folder: %w", err)
	}
	var err error
	if j.held, err = Lock(dir); err != nil {
		return nil, err
	}
	if j.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(inFlight)); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	if j.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(inFlight), zstd.WithDecoderMaxMemory(maxPayload)); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	err = j.attach(ctx)
	if err == nil {
		err = j.understood(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// understood refuses a journal in which a newer callpace has written what this
// one does not know: leaving it out would give other numbers than it meant.
func (j *Journal) understood(ctx context.Context) error {
	known, err := json.Marshal(kinds)
	if err != nil {
		return err
	}
	var kind string
	err = j.idx.db.QueryRowContext(ctx, "SELECT kind FROM entries WHERE kind NOT IN (SELECT value FROM json_each($1)) ORDER BY seq LIMIT 1", string(known)).Scan(&kind)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("reading the kinds of entries: %w", err)
	}
	return callpace.E(callpace.Unsupported, "journal.newer", "dir", filepath.Dir(j.dir), "kind", kind)
}

// Close ends the journal and lets the folder go. Nothing acknowledged waits for it.
func (j *Journal) Close() error {
	var errs []error
	if j.f != nil {
		errs = append(errs, j.f.Close())
		j.f = nil
	}
	if j.idx != nil {
		errs = append(errs, j.idx.close())
		j.idx = nil
	}
	if j.dec != nil {
		j.dec.Close()
	}
	if j.held != nil {
		errs = append(errs, j.held.Unlock())
		j.held = nil
	}
	return errors.Join(errs...)
}

// Damage lists what was found damaged while opening. Opening looks only at
// what the index does not know yet; Verify looks at everything.
func (j *Journal) Damage() []*callpace.Error { return j.damage }

// write runs fn as the one writer. After a failed write it first looks at what
// is really on disk.
func (j *Journal) write(ctx context.Context, fn func() error) error {
	select {
	case j.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-j.turn }()
	if j.failed {
		if err := j.attach(ctx); err != nil {
			return j.settle(err)
		}
	}
	return j.settle(fn())
}

func (j *Journal) segName(n int) string { return filepath.Join(j.dir, fmt.Sprintf("%08d.seg", n)) }
func (j *Journal) indexPath() string    { return filepath.Join(j.dir, "index.db") }
func (j *Journal) segments() ([]int, error) {
	names, err := j.fs.List(j.dir)
	if err != nil {
		return nil, fmt.Errorf("listing segments: %w", err)
	}
	var segs []int
	for _, name := range names {
		var n int
		if len(name) == len("00000001.seg") && filepath.Ext(name) == ".seg" {
			if _, err := fmt.Sscanf(name, "%08d.seg", &n); err == nil && n > 0 {
				segs = append(segs, n)
			}
		}
	}
	return segs, nil
}

// openSegment opens a segment for reading; a missing one is damage.
func (j *Journal) openSegment(n int) (File, error) {
	f, err := j.fs.Open(j.segName(n), os.O_RDONLY)
	if errors.Is(err, os.ErrNotExist) {
		return nil, callpace.E(callpace.Damaged, "journal.missing_segment", "segment", n).Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("opening segment %d: %w", n, err)
	}
	return f, nil
}

var _ io.Closer = (*Journal)(nil)
