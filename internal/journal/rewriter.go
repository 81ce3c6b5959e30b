package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// rewriter goes through the segments and asks each stream's blanking, as its
// blocks come, for what is to stand there.
type rewriter struct {
	j       *Journal
	ctx     context.Context
	streams map[int]*blanking
	blocks  []ErasedBlock
}

func (j *Journal) newRewriter(ctx context.Context, e Erasure) (*rewriter, error) {
	streams, err := j.Streams(ctx, "")
	if err != nil {
		return nil, err
	}
	chosen := map[int]bool{}
	for _, no := range e.Streams {
		chosen[no] = true
	}
	w := &rewriter{j: j, ctx: ctx, streams: map[int]*blanking{}}
	for _, s := range streams {
		if e.Streams == nil || chosen[s.No] {
			w.streams[s.No] = &blanking{stream: s, blank: e.Blank}
		}
	}
	return w, nil
}

func (w *rewriter) stop() {
	for _, b := range w.streams {
		b.stop()
	}
}

// finished waits for every stream and checks that it was consumed as a whole.
func (w *rewriter) finished() error {
	for _, b := range w.streams {
		if err := b.finish(); err != nil {
			return err
		}
	}
	return nil
}

// segment writes a segment anew if a block in it changes.
func (w *rewriter) segment(n int) (changed bool, err error) {
	old, err := w.j.openSegment(n)
	if err != nil {
		return false, err
	}
	defer old.Close()
	size, err := old.Size()
	if err != nil {
		return false, err
	}
	var out *segmentWriter // nil until something changes
	defer func() {
		if out != nil {
			err = errors.Join(err, out.f.Close())
		}
	}()
	s := scanner{f: old, seg: n, size: size}
	for {
		f, err := s.next()
		if err == io.EOF {
			break
		}
		var bad *fault
		if errors.As(err, &bad) {
			return false, damagedFrame(n, bad)
		}
		if err != nil {
			return false, err
		}
		raw, change, err := w.replace(&f)
		if err != nil {
			return false, err
		}
		if change && out == nil {
			if out, err = w.j.newSegment(n); err == nil {
				err = out.copy(old, 0, f.off)
			}
			if err != nil {
				return false, err
			}
		}
		switch {
		case change:
			err = out.frame(&f, raw, w.j)
		case out != nil:
			err = out.copy(old, f.off, f.size)
		}
		if err != nil {
			return false, err
		}
	}
	if out == nil {
		return false, nil
	}
	if err := out.f.Sync(); err != nil {
		return false, fmt.Errorf("syncing segment %d: %w", n, err)
	}
	return true, nil
}

// replace gives what a frame's payload is to become.
func (w *rewriter) replace(f *frame) (raw []byte, change bool, err error) {
	b := w.streams[f.Stream]
	if f.Kind != KindBlock || b == nil {
		return nil, false, nil
	}
	if !b.started {
		if err := b.start(w.ctx, w.j); err != nil {
			return nil, false, err
		}
	}
	if b.dropped(f.Seq) {
		if f.Kept.Length == 0 {
			return nil, false, nil
		}
	} else if raw, err = b.take(f.Kept.Length); err != nil {
		return nil, false, err
	}
	is := digestOf(raw)
	if is == f.Kept.SHA256 {
		return nil, false, nil
	}
	w.blocks = append(w.blocks, ErasedBlock{Seq: f.Seq, Input: f.Input, Was: f.Kept.SHA256, Is: is})
	return raw, true, nil
}

// segmentWriter writes the new version of a segment.
type segmentWriter struct {
	f   File
	off int64
}

func (j *Journal) newSegment(n int) (*segmentWriter, error) {
	f, err := j.fs.Open(j.segName(n)+newSuffix, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, fmt.Errorf("opening a new segment %d: %w", n, err)
	}
	return &segmentWriter{f: f}, nil
}

func (w *segmentWriter) write(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	n, err := w.f.WriteAt(b, w.off)
	w.off += int64(n)
	return err
}

func (w *segmentWriter) copy(from File, off, n int64) error {
	buf := make([]byte, min(n, 1<<20))
	for n > 0 {
		part := buf[:min(n, int64(len(buf)))]
		if _, err := from.ReadAt(part, off); err != nil {
			return fmt.Errorf("copying a segment: %w", err)
		}
		if err := w.write(part); err != nil {
			return fmt.Errorf("copying a segment: %w", err)
		}
		off, n = off+int64(len(part)), n-int64(len(part))
	}
	return nil
}

// frame writes a frame with the same entry and another payload.
func (w *segmentWriter) frame(f *frame, raw []byte, j *Journal) error {
	payload := j.enc.EncodeAll(raw, nil)
	h := f.header
	h.Kept = kept{Length: int64(len(raw)), SHA256: digestOf(raw), Packed: len(payload), CRC: crc32.Checksum(payload, castagnoli)}
	front, err := encodeFrame(h)
	if err != nil {
		return err
	}
	if !bytes.Contains(front, h.Entry) { // its bytes are in the chain
		return fmt.Errorf("rewriting entry %d: it would not stay as it was", f.Seq)
	}
	if err := errors.Join(w.write(front), w.write(payload)); err != nil {
		return fmt.Errorf("writing a segment anew: %w", err)
	}
	return nil
}
