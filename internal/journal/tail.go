package journal

import (
	"context"
	"errors"
	"io"

	"github.com/callpace/callpace"
)

// tail is what stands in a segment behind the index's mark.
type tail struct {
	seq    int64 // of the frame before
	chain  Digest
	last   bool // the segment is the last one: a write may have been torn here
	marked bool // the index knew where acknowledged frames end

	frames []frame
	damage []*callpace.Error
	holes  []hole
	torn   bool // to be cut at the scanner's place
	clean  bool // ends with a whole frame: more can be written behind it
}

// read takes the frames from the scanner's place to the end of the segment.
func (t *tail) read(ctx context.Context, s *scanner) error {
	t.clean = true
	lost := false // the frame before could not be read, so the chain cannot be checked
	suspect := -1 // first block whose payload does not match: never synced, or damaged
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := s.next()
		if err == io.EOF {
			t.cutSuspect(s, suspect)
			return nil
		}
		var bad *fault
		if errors.As(err, &bad) {
			cut, err := t.fault(s, bad)
			if err != nil {
				return err
			}
			if cut {
				t.cutSuspect(s, suspect)
				return nil
			}
			lost = true
			continue
		}
		if err != nil {
			return err
		}
		if f.Seq <= t.seq || (!lost && chainOf(t.chain, f.Entry) != f.Chain) {
			t.damage = append(t.damage, damagedFrame(s.seg, &fault{off: f.off, key: "journal.damaged_chain"}))
			if f.Seq <= t.seq {
				continue
			}
		}
		if t.last && f.Kept.Packed > 0 {
			ok, err := s.intact(&f)
			if err != nil {
				return err
			}
			if !ok {
				t.damage = append(t.damage, damagedBlock(f.seg, f.Seq, f.Input))
				if suspect < 0 && f.Kind == KindBlock {
					suspect = len(t.frames)
				}
			}
		}
		lost, t.clean = false, true
		t.seq, t.chain = f.Seq, f.Chain
		f.Entry = nil // checked; it would only take memory
		t.frames = append(t.frames, f)
	}
}

// fault decides about a place that holds no frame. Only what a crash can have
// left is cut: an incomplete frame at the very end, or, where the index says
// that nothing there was acknowledged, an end without any whole frame.
func (t *tail) fault(s *scanner, bad *fault) (cut bool, err error) {
	if bad.torn && t.last {
		t.torn = true
		return true, nil
	}
	if t.last && t.marked {
		if err := s.skip(&fault{off: bad.off}); err != nil {
			return false, err
		}
		if s.off == s.size {
			s.off, t.torn = bad.off, true
			return true, nil
		}
	}
	if err := s.skip(bad); err != nil {
		return false, err
	}
	t.damage = append(t.damage, damagedFrame(s.seg, bad))
	t.holes = append(t.holes, hole{s.seg, bad.off, bad.key})
	t.clean = s.off < s.size
	return false, nil
}

// cutSuspect drops a block whose payload did not reach the disk, with all that
// stands behind it, unless something acknowledged does.
func (t *tail) cutSuspect(s *scanner, suspect int) {
	if suspect < 0 {
		return
	}
	for _, f := range t.frames[suspect:] {
		if f.Kind != KindBlock && f.Kind != KindBegin && f.Kind != KindSpec {
			return
		}
	}
	s.off, t.torn, t.clean = t.frames[suspect].off, true, true
	t.frames = t.frames[:suspect]
	t.damage, t.holes = nil, nil
}
