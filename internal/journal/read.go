package journal

import (
	"context"
	"io"
	"iter"
	"sync"

	"github.com/callpace/callpace"
)

// Reader reads kept bytes of a stream. Blocks are unpacked and checked ahead,
// by goroutines that Close ends.
type Reader struct {
	Skipped []Range // parts of the range that were withdrawn: they are left out, in this order

	ahead  chan []byte
	end    error // why ahead was closed; nil at the end of the range
	cur    []byte
	err    error
	cancel context.CancelFunc
	all    sync.WaitGroup
	done   func()
	once   sync.Once
}

// Read opens a range of a stream, in kept positions; To < 0 is the end of what
// is committed. Bytes of withdrawn inputs are left out, see Reader.Skipped. A
// block that cannot be read ends the reading with a Damaged error whose
// arguments from and to tell its range; reading can go on in a new Reader
// behind it. A reader that is open keeps Rewrite waiting with an error.
func (j *Journal) Read(ctx context.Context, stream int, r Range) (*Reader, error) {
	j.readers.RLock()
	s, err := j.Stream(ctx, stream)
	if err == nil && r.To < 0 {
		r.To = s.Kept
	}
	if err == nil && (r.From < 0 || r.From > r.To || r.To > s.Kept) {
		err = callpace.E(callpace.Invalid, "journal.no_range", "stream", stream, "from", r.From, "to", r.To, "end", s.Kept)
	}
	var rd *Reader
	if err == nil {
		rd, err = j.open(ctx, stream, r)
	}
	if err != nil {
		j.readers.RUnlock()
		return nil, err
	}
	rd.done = j.readers.RUnlock
	return rd, nil
}

// ReadAll opens everything that is kept of a stream, withdrawn inputs
// included: what looks for a person has to see what nobody counts any longer.
func (j *Journal) ReadAll(ctx context.Context, stream int) (*Reader, error) {
	j.readers.RLock()
	blocks, err := j.blocks(ctx, "b.stream = $1", stream)
	if err != nil {
		j.readers.RUnlock()
		return nil, err
	}
	var all Range
	for i := range blocks {
		all.To = blocks[i].keptTo()
	}
	rd := &Reader{done: j.readers.RUnlock}
	rd.start(ctx, j, stream, blocks, all, inFlight)
	return rd, nil
}

// open makes a reader of what is committed or unfinished in the range.
func (j *Journal) open(ctx context.Context, stream int, r Range) (*Reader, error) {
	withdrawn, err := j.Inputs(ctx, Filter{Stream: stream, Status: Withdrawn})
	if err != nil {
		return nil, err
	}
	rd := &Reader{}
	for _, in := range withdrawn {
		if part := (Range{max(r.From, in.Kept.From), min(r.To, in.Kept.To)}); part.Length() > 0 {
			rd.Skipped = append(rd.Skipped, part)
		}
	}
	blocks, err := j.blocks(ctx, "b.stream = $1 AND b.kept_from < $3 AND b.kept_from + b.kept_length > $2 AND i.status <> $4",
		stream, r.From, r.To, Withdrawn)
	if err != nil {
		return nil, err
	}
	rd.start(ctx, j, stream, blocks, r, inFlight)
	return rd, nil
}

// start begins to read ahead.
func (rd *Reader) start(ctx context.Context, j *Journal, stream int, blocks []block, r Range, ahead int) {
	ctx, rd.cancel = context.WithCancel(ctx)
	rd.ahead = make(chan []byte, 1)
	type job struct {
		block  *block
		packed []byte
	}
	var jobs iter.Seq2[job, error] = func(yield func(job, error) bool) {
		files := segmentReader{j: j}
		defer files.Close()
		at := r.From
		for i := range blocks {
			b := &blocks[i]
			if gap := (Range{at, b.keptFrom}); gap.Length() > 0 && !covered(gap, rd.Skipped) {
				yield(job{}, callpace.E(callpace.Damaged, "journal.damaged_gap", "stream", stream, "from", gap.From, "to", gap.To))
				return
			}
			at = b.keptTo()
			packed, err := files.packed(b)
			if !yield(job{b, packed}, err) || err != nil {
				return
			}
		}
		if gap := (Range{at, r.To}); gap.Length() > 0 && !covered(gap, rd.Skipped) {
			yield(job{}, callpace.E(callpace.Damaged, "journal.damaged_gap", "stream", stream, "from", gap.From, "to", gap.To))
		}
	}
	unpack := func(w job) ([]byte, error) {
		raw, err := j.unpack(w.block, w.packed)
		if err != nil {
			return nil, err
		}
		from, to := max(r.From, w.block.keptFrom), min(r.To, w.block.keptTo())
		return raw[from-w.block.keptFrom : to-w.block.keptFrom], nil
	}
	rd.all.Go(func() {
		defer close(rd.ahead)
		rd.end = inOrder(ctx, ahead, jobs, unpack, func(data []byte) error {
			select {
			case rd.ahead <- data:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
}

// covered tells whether withdrawn ranges, in order, fill a gap.
func covered(gap Range, skipped []Range) bool {
	for _, s := range skipped {
		if s.From <= gap.From && s.To > gap.From {
			gap.From = s.To
		}
	}
	return gap.Length() <= 0
}

// Read gives the next bytes.
func (rd *Reader) Read(b []byte) (int, error) {
	for len(rd.cur) == 0 {
		data, err := rd.Next()
		if err != nil {
			return 0, err
		}
		rd.cur = data
	}
	n := copy(b, rd.cur)
	rd.cur = rd.cur[n:]
	return n, nil
}

// Next gives the next run of bytes without copying them, up to a block; io.EOF
// behind the last.
func (rd *Reader) Next() ([]byte, error) {
	if data := rd.cur; len(data) > 0 {
		rd.cur = nil
		return data, nil
	}
	if rd.err != nil {
		return nil, rd.err
	}
	data, ok := <-rd.ahead
	if !ok {
		rd.err = rd.end
		if rd.err == nil {
			rd.err = io.EOF
		}
	}
	return data, rd.err
}

// Close ends the reading and waits for what reads ahead.
func (rd *Reader) Close() error {
	rd.once.Do(func() {
		rd.cancel()
		rd.all.Wait()
		rd.err = io.ErrClosedPipe
		if rd.done != nil {
			rd.done()
		}
	})
	return nil
}

// segmentReader reads payloads of blocks that come mostly in order, keeping the last segment open.
type segmentReader struct {
	j   *Journal
	seg int
	f   File
}

func (s *segmentReader) packed(b *block) ([]byte, error) {
	if s.f == nil || s.seg != b.seg {
		s.Close()
		f, err := s.j.openSegment(b.seg)
		if isDamaged(err) {
			return nil, b.damaged(err)
		}
		if err != nil {
			return nil, err
		}
		s.f, s.seg = f, b.seg
	}
	return b.packedBytes(s.f, b.packed)
}

func (s *segmentReader) Close() {
	if s.f != nil {
		_ = s.f.Close()
		s.f = nil
	}
}
