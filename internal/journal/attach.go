package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/callpace/callpace"
)

// attach makes the journal's picture of itself agree with what is on disk:
// when it is opened, and again after a write failed.
func (j *Journal) attach(ctx context.Context) error {
	j.failed = true // until we are through
	if j.f != nil {
		_ = j.f.Close()
		j.f = nil
	}
	j.pending, j.damage = nil, nil
	if err := j.distrust(); err != nil {
		return err
	}
	finish, err := j.pendingRewrite()
	if err != nil {
		return err
	}
	if finish != nil {
		if err := j.finishRewrite(finish); err != nil {
			return err
		}
	}
	if err := j.index(ctx, finish != nil); err != nil {
		return err
	}
	j.failed = false
	if finish != nil {
		return j.proveRewrite(ctx, finish)
	}
	return nil
}

// distrust cuts off what a failed write left behind the mark. After a failed
// fsync the pages are marked clean and would be read back as if they were on
// disk, so reading cannot tell.
func (j *Journal) distrust() error {
	if !j.doubt {
		return nil
	}
	segs, err := j.segments()
	if err != nil {
		return err
	}
	for _, n := range segs {
		if n < j.at.seg {
			continue
		}
		f, err := j.fs.Open(j.segName(n), os.O_RDWR)
		if err != nil {
			return fmt.Errorf("opening segment %d: %w", n, err)
		}
		var keep int64
		if n == j.at.seg {
			keep = j.at.off
		}
		if err := errors.Join(f.Truncate(keep), f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("cutting segment %d: %w", n, err)
		}
	}
	j.doubt = false
	return nil
}

// index opens the index and brings it up to the journal's end. One that is open
// stays open, since others are reading it, unless it is to be made anew.
func (j *Journal) index(ctx context.Context, anew bool) error {
	fresh := false
	if anew && j.idx != nil {
		_ = j.idx.db.Close()
		j.idx = nil
	}
	if anew {
		if err := removeIndex(j.indexPath()); err != nil {
			return err
		}
	}
	if j.idx == nil {
		var err error
		if j.idx, fresh, err = openIndex(ctx, j.indexPath()); err != nil {
			return err
		}
	}
	var err error
	if j.at, err = j.idx.mark(ctx); err != nil {
		return fmt.Errorf("reading the index's mark: %w", err)
	}
	j.seg, j.off, j.seq, j.chain = j.at.seg, j.at.off, j.at.seq, j.at.chain
	segs, err := j.segments()
	if err != nil {
		return err
	}
	if !fresh {
		foreign, err := j.checkMark(ctx)
		if err != nil {
			return err
		}
		mended, err := j.knownDamage(ctx)
		if err != nil {
			return err
		}
		if foreign || mended {
			return j.index(ctx, true)
		}
	}
	return j.catchUp(ctx, segs, !fresh)
}

// knownDamage notes the damage that was met when the index was made: it lacks
// what stood there. Mended tells that the place can be read again, so that the
// index has to be made anew.
func (j *Journal) knownDamage(ctx context.Context) (mended bool, err error) {
	known, err := j.idx.damage(ctx)
	if err != nil {
		return false, err
	}
	for _, d := range known {
		if d.key == lost { // it cannot be told from the end
			j.damage = append(j.damage, callpace.E(callpace.Damaged, d.key, "segment", d.seg, "offset", d.off))
			continue
		}
		f, err := j.openSegment(d.seg)
		if isDamaged(err) { // and worse than before
			continue
		}
		if err != nil {
			return false, err
		}
		size, err := f.Size()
		s := scanner{f: f, seg: d.seg, off: d.off, size: size}
		if err == nil && d.off < size {
			_, err = s.next()
			mended = mended || err == nil
		}
		_ = f.Close()
		j.damage = append(j.damage, callpace.E(callpace.Damaged, d.key, "segment", d.seg, "offset", d.off))
	}
	if mended {
		j.damage = nil
	}
	return mended, nil
}

// checkMark looks at the last frame that the index knows: foreign tells that
// the index belongs to another journal. A damaged frame is no reason to throw
// an index away that still knows what was in it.
func (j *Journal) checkMark(ctx context.Context) (foreign bool, err error) {
	if j.at.seq == 0 {
		return false, nil
	}
	f, err := j.openSegment(j.at.seg)
	if err != nil {
		if foreign, err := j.foreign(ctx, 0); foreign || err != nil {
			return foreign, err
		}
		return false, j.note(err)
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return false, err
	}
	if size < j.at.off {
		if foreign, err := j.foreign(ctx, size); foreign || err != nil {
			return foreign, err
		}
		return false, j.note(callpace.E(callpace.Damaged, "journal.short_segment", "segment", j.at.seg, "count", size, "expected", j.at.off))
	}
	s := scanner{f: f, seg: j.at.seg, off: j.at.last, size: size}
	last, err := s.next()
	var bad *fault
	if errors.As(err, &bad) {
		if foreign, err := j.foreign(ctx, j.at.last); foreign || err != nil {
			return foreign, err
		}
		return false, j.note(damagedFrame(j.at.seg, bad))
	}
	if err != nil {
		return false, err
	}
	return last.Chain != j.at.chain || last.Seq != j.at.seq || s.off != j.at.off, nil
}

// foreign tells whether the index knows frames that are not in the segments,
// judged by those that must be there though the marked segment ends at size: the
// last ones, and the first ones. The first that can be read decides; where none
// can, the segments are damaged, and the index is all that knows what was in them.
func (j *Journal) foreign(ctx context.Context, size int64) (bool, error) {
	list, err := j.idx.someFrames(ctx, j.at.seg, size)
	if err != nil {
		return false, err
	}
	for _, k := range list {
		f, err := j.openSegment(k.seg)
		if isDamaged(err) {
			continue
		}
		if err != nil {
			return false, err
		}
		size, err := f.Size()
		s := scanner{f: f, seg: k.seg, off: k.off, size: size}
		var is frame
		if err == nil {
			is, err = s.next()
		}
		if err = errors.Join(err, f.Close()); err == nil {
			return is.Seq != k.seq || is.SHA256 != k.digest, nil
		}
	}
	if len(list) > 0 || size == 0 {
		return false, nil
	}
	return j.startsOtherwise()
}

// startsOtherwise tells that the marked segment begins with a whole frame,
// where the index knows none that is so short.
func (j *Journal) startsOtherwise() (bool, error) {
	f, err := j.openSegment(j.at.seg)
	if err != nil {
		return false, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return false, err
	}
	s := scanner{f: f, seg: j.at.seg, size: size}
	_, err = s.next()
	var bad *fault
	if errors.As(err, &bad) {
		return false, nil
	}
	return err == nil, err
}

// note keeps damage for Damage and lets every other error through.
func (j *Journal) note(err error) error {
	var e *callpace.Error
	if errors.As(err, &e) && e.Code == callpace.Damaged {
		j.damage = append(j.damage, e)
		return nil
	}
	return err
}

func damagedFrame(seg int, f *fault) *callpace.Error {
	return callpace.E(callpace.Damaged, f.key, "segment", seg, "offset", f.off)
}

// catchUp reads the frames behind the mark into the index, cuts off a torn
// tail, and decides where to write on.
func (j *Journal) catchUp(ctx context.Context, segs []int, marked bool) error {
	i, found := slices.BinarySearch(segs, j.at.seg)
	if !found && j.at.off > 0 { // the marked segment is gone: never write under its name again
		j.seg, j.off = j.at.seg+1, 0
	}
	clean := true
	for ; i < len(segs); i++ {
		var err error
		if clean, err = j.catchUpSegment(ctx, segs[i], i == len(segs)-1, marked); err != nil {
			return err
		}
	}
	if !clean { // never write behind what cannot be read
		j.seg, j.off = j.seg+1, 0
	}
	return nil
}

// catchUpSegment reads one segment from the mark or its beginning. Clean tells
// that it ends with a whole frame, so that more can be appended.
func (j *Journal) catchUpSegment(ctx context.Context, n int, last, marked bool) (clean bool, err error) {
	f, err := j.fs.Open(j.segName(n), os.O_RDWR)
	if err != nil {
		return false, fmt.Errorf("opening segment %d: %w", n, err)
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return false, err
	}
	s := scanner{f: f, seg: n, size: size}
	if n == j.at.seg {
		if size < j.at.off { // already noted: acknowledged bytes are missing
			j.seg, j.off = n, size
			return false, nil
		}
		s.off = j.at.off
	}
	t := tail{seq: j.seq, chain: j.chain, last: last, marked: marked}
	if err := t.read(ctx, &s); err != nil {
		return false, err
	}
	j.damage = append(j.damage, t.damage...)
	frames, torn := t.frames, t.torn
	if torn {
		if err := f.Truncate(s.off); err != nil {
			return false, fmt.Errorf("cutting off the torn tail of segment %d: %w", n, err)
		}
	}
	if torn || len(frames) > 0 { // only what is on disk may enter the index
		if err := f.Sync(); err != nil {
			return false, fmt.Errorf("syncing segment %d: %w", n, err)
		}
		if err := j.fs.SyncDir(j.dir); err != nil {
			return false, fmt.Errorf("syncing the journal's folder: %w", err)
		}
	}
	j.seg, j.off = n, s.off
	if err := j.idx.note(ctx, t.holes); err != nil {
		return false, err
	}
	if len(frames) == 0 {
		return t.clean, nil
	}
	end := frames[len(frames)-1]
	j.seq, j.chain = end.Seq, end.Chain
	j.at = mark{seg: n, off: s.off, last: end.off, seq: end.Seq, chain: end.Chain}
	return t.clean, j.idx.add(ctx, frames, j.at)
}

func damagedBlock(seg int, seq int64, input int) *callpace.Error {
	return callpace.E(callpace.Damaged, "journal.damaged_block", "segment", seg, "frame", seq, "input", input)
}
