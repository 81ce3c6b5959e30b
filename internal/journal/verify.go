package journal

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"

	"github.com/callpace/callpace"
)

// Report is what Verify found. Without Damage, every byte is as it was written.
type Report struct {
	Segments int
	Frames   int64
	Bytes    int64 // raw bytes of blocks
	Stored   int64 // bytes of the segments
	Damage   []*callpace.Error
}

// Verify reads everything: every frame, its checksums and digests, the chain,
// and whether the index says what the headers say. No input is taken in
// meanwhile. progress is told bytes of the segments. The error is for what
// kept it from reading; damage is in the report.
func (j *Journal) Verify(ctx context.Context, progress func(done, total int64)) (r Report, err error) {
	err = j.write(ctx, func() error {
		j.readers.RLock()
		defer j.readers.RUnlock()
		v := verifier{j: j, progress: progress}
		err := v.run(ctx)
		r = v.Report
		return err
	})
	return r, err
}

type verifier struct {
	Report
	j        *Journal
	progress func(done, total int64)
	done     int64
	total    int64
	seq      int64
	chain    Digest
	lost     bool // a frame before could not be read
}

func (v *verifier) run(ctx context.Context) error {
	segs, err := v.j.segments()
	if err != nil {
		return err
	}
	again, _, err := openIndex(ctx, "")
	if err != nil {
		return err
	}
	defer again.db.Close()
	v.Segments = len(segs)
	for i, n := range segs {
		if i > 0 && n != segs[i-1]+1 || i == 0 && n != 1 {
			v.damage("journal.missing_segment", "segment", n-1)
			v.lost = true
		}
	}
	if v.j.at.seq > 0 && (len(segs) == 0 || segs[len(segs)-1] < v.j.at.seg) {
		v.damage("journal.missing_segment", "segment", v.j.at.seg)
	}
	for _, n := range segs {
		f, err := v.j.openSegment(n)
		if err != nil {
			return err
		}
		size, err := f.Size()
		v.total += size
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	v.Stored = v.total
	for _, n := range segs {
		if err := v.segment(ctx, n, again); err != nil {
			return err
		}
	}
	if len(v.Damage) > 0 { // the index is made of all frames, so it must differ
		return nil
	}
	same, err := v.j.idx.equal(ctx, again)
	if err == nil && !same {
		v.damage("journal.index_differs")
	}
	return err
}

func (v *verifier) damage(key string, args ...any) {
	v.Damage = append(v.Damage, callpace.E(callpace.Damaged, key, args...))
}

// checked is a frame with what was found wrong in its payload.
type checked struct {
	frame
	bad *callpace.Error
}

func (v *verifier) segment(ctx context.Context, n int, again *index) error {
	f, err := v.j.openSegment(n)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return err
	}
	type job struct {
		frame
		packed []byte
		fault  *fault
	}
	var jobs iter.Seq2[job, error] = func(yield func(job, error) bool) {
		s := scanner{f: f, seg: n, size: size}
		for {
			fr, err := s.next()
			if err == io.EOF {
				return
			}
			w := job{frame: fr}
			if errors.As(err, &w.fault) {
				err = s.skip(w.fault)
			} else if err == nil {
				w.packed, err = readPayload(f, &fr)
			}
			if !yield(w, err) || err != nil {
				return
			}
		}
	}
	check := func(w job) (checked, error) {
		if w.fault != nil {
			return checked{bad: damagedFrame(n, w.fault)}, nil
		}
		return checked{w.frame, v.j.checkPayload(&w.frame, w.packed)}, nil
	}
	var frames []frame
	err = inOrder(ctx, inFlight, jobs, check, func(c checked) error {
		if c.bad != nil {
			v.Damage = append(v.Damage, c.bad)
		}
		if c.Kind == "" {
			v.lost = true
			return nil
		}
		v.frame(&c.frame)
		c.Entry = nil
		frames = append(frames, c.frame)
		return nil
	})
	if err != nil || len(frames) == 0 {
		return err
	}
	end := frames[len(frames)-1]
	return again.add(ctx, frames, mark{n, end.off + end.size, end.off, end.Seq, end.Chain})
}

// frame checks a frame's place in the chain.
func (v *verifier) frame(f *frame) {
	if f.Seq <= v.seq || (!v.lost && (f.Seq != v.seq+1 || chainOf(v.chain, f.Entry) != f.Chain)) {
		v.damage("journal.damaged_chain", "segment", f.seg, "offset", f.off)
	}
	v.lost = false
	v.seq, v.chain = f.Seq, f.Chain
	v.Frames++
	if f.Kind == KindBlock {
		v.Bytes += f.Kept.Length
	}
	v.done += f.size
	if v.progress != nil {
		v.progress(v.done, v.total)
	}
}

// checkPayload unpacks a payload and compares it with its digest.
func (j *Journal) checkPayload(f *frame, packed []byte) *callpace.Error {
	bad := damagedBlock(f.seg, f.Seq, f.Input)
	if crc32.Checksum(packed, castagnoli) != f.Kept.CRC {
		return bad
	}
	if len(packed) == 0 && f.Kept.Length == 0 {
		return nil
	}
	raw, err := j.dec.DecodeAll(packed, make([]byte, 0, f.Kept.Length))
	if err != nil {
		return bad.Because(err)
	}
	if int64(len(raw)) != f.Kept.Length || digestOf(raw) != f.Kept.SHA256 {
		return bad
	}
	return nil
}

// equal compares two indexes row by row.
func (x *index) equal(ctx context.Context, y *index) (bool, error) {
	for _, query := range []string{"SELECT * FROM mark", "SELECT * FROM entries ORDER BY seq", "SELECT * FROM inputs ORDER BY input", "SELECT * FROM blocks ORDER BY seq"} {
		same, err := sameRows(ctx, x, y, query)
		if err != nil || !same {
			return false, err
		}
	}
	return true, nil
}

func sameRows(ctx context.Context, x, y *index, query string) (bool, error) {
	a, err := x.db.QueryContext(ctx, query)
	if err != nil {
		return false, fmt.Errorf("comparing the index: %w", err)
	}
	defer a.Close()
	b, err := y.db.QueryContext(ctx, query)
	if err != nil {
		return false, fmt.Errorf("comparing the index: %w", err)
	}
	defer b.Close()
	columns, err := a.Columns()
	if err != nil {
		return false, err
	}
	left, right := make([]any, len(columns)), make([]any, len(columns))
	for {
		more := a.Next()
		if more != b.Next() {
			return false, errors.Join(a.Err(), b.Err())
		}
		if !more {
			return true, errors.Join(a.Err(), b.Err())
		}
		if err := errors.Join(a.Scan(pointers(left)...), b.Scan(pointers(right)...)); err != nil {
			return false, err
		}
		if fmt.Sprint(left...) != fmt.Sprint(right...) {
			return false, nil
		}
	}
}

func pointers(values []any) []any {
	p := make([]any, len(values))
	for i := range values {
		p[i] = &values[i]
	}
	return p
}
