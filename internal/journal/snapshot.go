package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
)

// Position is how far the journal reached at a moment: all before it is on
// disk, and nothing behind it was acknowledged then. Two journals with the same
// Chain hold the same entries.
type Position struct {
	Segment int    `json:"segment"`
	Offset  int64  `json:"offset"` // bytes of that segment
	Seq     int64  `json:"seq"`    // of the last entry; 0: there is none
	Chain   Digest `json:"chain"`
	Erased  int64  `json:"erased"` // of the last erasure: bytes before it may have been replaced; 0: none
}

// Position gives how far the journal reaches now.
func (j *Journal) Position(ctx context.Context) (p Position, err error) {
	err = j.idx.db.QueryRowContext(ctx, "SELECT seg, off, seq, chain, (SELECT coalesce(max(seq), 0) FROM entries WHERE kind = $1) FROM mark", KindErase).
		Scan(&p.Segment, &p.Offset, &p.Seq, &digestColumn{&p.Chain}, &p.Erased)
	if err != nil {
		return p, fmt.Errorf("reading the journal's position: %w", err)
	}
	return p, nil
}

// digestColumn reads a digest out of the index.
type digestColumn struct{ into *Digest }

// Scan takes the column's bytes.
func (d digestColumn) Scan(v any) error {
	b, ok := v.([]byte)
	if !ok || len(b) != len(d.into) {
		return errors.New("no digest in the journal's index")
	}
	copy(d.into[:], b)
	return nil
}

// Segment is a file of the journal as far as a Position reaches.
type Segment struct {
	No   int
	Name string // of the file
	Size int64
	j    *Journal
}

// Read gives the segment's bytes from an offset to its size.
func (s Segment) Read(from int64) (io.ReadCloser, error) {
	f, err := s.j.openSegment(s.No)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(f, from, max(s.Size-from, 0)), f}, nil
}

// Snapshot runs fn on the segments up to a position that at fixes; nil: where
// the journal ends now. What is appended meanwhile is not seen, and an erasure
// finds the journal busy: bytes stay as they are while at and fn run. A segment
// that is missing or too short, which Damage and Verify tell, is given as it is.
func (j *Journal) Snapshot(ctx context.Context, at func(context.Context) (Position, error), fn func(Position, []Segment) error) error {
	if at == nil {
		at = j.Position
	}
	j.readers.RLock()
	defer j.readers.RUnlock()
	p, err := at(ctx)
	if err != nil {
		return err
	}
	segs, err := j.segmentsUpTo(p)
	if err != nil {
		return err
	}
	return fn(p, segs)
}

func (j *Journal) segmentsUpTo(p Position) (segs []Segment, err error) {
	numbers, err := j.segments()
	if err != nil {
		return nil, err
	}
	for _, n := range numbers {
		if n > p.Segment {
			continue
		}
		f, err := j.openSegment(n)
		if err != nil {
			return nil, err
		}
		size, err := f.Size()
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("measuring segment %d: %w", n, err)
		}
		if n == p.Segment {
			size = min(size, p.Offset)
		}
		if size > 0 {
			segs = append(segs, Segment{No: n, Name: filepath.Base(j.segName(n)), Size: size, j: j})
		}
	}
	return segs, nil
}

// Rewritten lists the segments that erasures behind an entry have written anew.
func (j *Journal) Rewritten(ctx context.Context, after int64) ([]int, error) {
	proofs, err := j.Erasures(ctx)
	if err != nil {
		return nil, err
	}
	var segs []int
	for _, p := range proofs {
		if p.Seq <= after {
			continue
		}
		for _, b := range p.Blocks {
			var seg int
			if err := j.idx.db.QueryRowContext(ctx, "SELECT seg FROM blocks WHERE seq = $1", b.Seq).Scan(&seg); err != nil {
				return nil, fmt.Errorf("looking for block %d: %w", b.Seq, err)
			}
			segs = append(segs, seg)
		}
	}
	slices.Sort(segs)
	return slices.Compact(segs), nil
}
