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
	f    File
}

// Read gives the segment's bytes from an offset to its size.
func (s Segment) Read(from int64) io.Reader {
	return io.NewSectionReader(s.f, from, max(s.Size-from, 0))
}

// Snapshot opens the segments up to a position that at fixes; nil: where the
// journal ends now. Until done is called their bytes stay as they are, without
// holding up anybody: what is appended is not seen, and an erasure puts other
// files in their places. While at runs, an erasure finds the journal busy. A
// segment that is missing or too short, which Damage and Verify tell, is given
// as it is.
func (j *Journal) Snapshot(ctx context.Context, at func(context.Context) (Position, error)) (p Position, segs []Segment, done func(), err error) {
	if at == nil {
		at = j.Position
	}
	j.readers.RLock()
	defer j.readers.RUnlock()
	if p, err = at(ctx); err != nil {
		return p, nil, nil, err
	}
	done = func() {
		for _, s := range segs {
			_ = s.f.Close()
		}
	}
	if segs, err = j.segmentsUpTo(p); err != nil {
		done()
		return p, nil, nil, err
	}
	return p, segs, done, nil
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
			return segs, err
		}
		s := Segment{No: n, Name: filepath.Base(j.segName(n)), f: f}
		if s.Size, err = f.Size(); err != nil {
			return segs, errors.Join(fmt.Errorf("measuring segment %d: %w", n, err), f.Close())
		}
		if n == p.Segment {
			s.Size = min(s.Size, p.Offset)
		}
		if s.Size == 0 {
			_ = f.Close()
			continue
		}
		segs = append(segs, s)
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
