package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
)

// found says how what arrives meets what is here. Positions are the content's.
type found struct {
	stream     int   // 0: a new one
	from       int64 // up to here the content is in the stream
	base       int64 // position in the stream of the content's first byte
	input      int   // of the last byte that is there
	recognised bool  // all of it is there
	resume     int   // the unfinished input to go on with
	bare       bool  // it has no bytes yet: without any to come it is not gone on with
	drop       int   // an unfinished input whose bytes are others: withdrawn before
}

// candidate is a stream whose bytes the content may begin with. It is compared
// block by block by the digests of the bytes as they were sent, so a stream
// is known again after an erasure.
type candidate struct {
	stream     int
	spec       Digest  // of what arrives
	blocks     []block // without a gap from the content's first byte on: committed ones, then those of the unfinished input
	committed  int     // how many of them are committed
	base       int64   // position in the stream where the content begins
	closed     bool    // a withdrawn input follows: nothing can be appended
	unfinished int     // the unfinished input at the stream's end
	resumable  bool    // it was begun with the same spec
	continuing bool    // the caller says that the content belongs here

	filled bool      // blocks holds all; before, only the first one
	next   int       // block being compared
	hash   hash.Hash // of its bytes so far; nil in the first block, whose hash all candidates share
	full   bool      // all blocks match, more content would not: closed
}

// end gives where block next ends in the content.
func (c *candidate) end() int64 { return c.blocks[c.next].sentTo() - c.base }

// upTo gives what is found where the content is in the first n blocks and goes on.
func (c *candidate) upTo(n int) *found {
	f := &found{stream: c.stream, base: c.base}
	if n > 0 {
		last := &c.blocks[n-1]
		f.from, f.input = last.sentTo()-c.base, last.input
	}
	return f
}

// extend gives what is found where the content goes on behind the committed
// blocks and differs from the unfinished ones; nil where nothing is in common.
func (c *candidate) extend() *found {
	if c.closed || (c.committed == 0 && !c.continuing) {
		return nil
	}
	f := c.upTo(c.committed)
	f.drop = c.unfinished
	return f
}

// complete gives what is found where all blocks match.
func (c *candidate) complete() *found {
	if c.unfinished > 0 && !c.resumable {
		f := c.upTo(c.committed)
		f.drop = c.unfinished
		return f
	}
	f := c.upTo(len(c.blocks))
	f.resume, f.bare = c.unfinished, len(c.blocks) == c.committed
	return f
}

// match reads the content as far as it must to find the stream that it
// continues: the one with which it has most bytes in common.
func (j *Journal) match(ctx context.Context, a Arrival, c *content, cands []*candidate) (found, error) {
	var best *found
	settle := func(f *found) {
		if f != nil && (best == nil || f.from > best.from || (f.from == best.from && f.stream < best.stream)) {
			best = f
		}
	}
	active := cands[:0:0]
	for _, cand := range cands {
		if len(cand.blocks) == 0 { // bytes that follow a stream's end
			settle(cand.complete())
			continue
		}
		active = append(active, cand)
	}
	shared := sha256.New()
	buf := make([]byte, 256<<10)
	for len(active) > 0 {
		to := c.pos + int64(len(buf))
		for _, cand := range active {
			if !cand.full {
				to = min(to, cand.end())
			}
		}
		n, err := io.ReadFull(c, buf[:to-c.pos])
		shared.Write(buf[:n])
		still := active[:0]
		for _, cand := range active {
			done, f, err := j.feed(ctx, cand, buf[:n], c.pos, shared)
			if err != nil {
				return found{}, err
			}
			settle(f)
			if !done {
				still = append(still, cand)
			}
		}
		active = still
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			for _, cand := range active {
				f, err := j.ended(ctx, a, cand, c.pos)
				if err != nil {
					return found{}, err
				}
				settle(f)
			}
			break
		}
		if err != nil {
			return found{}, err
		}
	}
	if best == nil {
		return found{}, nil
	}
	return *best, nil
}

// feed compares the content's next bytes, which end at pos.
func (j *Journal) feed(ctx context.Context, c *candidate, data []byte, pos int64, shared hash.Hash) (done bool, f *found, err error) {
	if len(data) == 0 {
		return false, nil, nil
	}
	if c.full {
		return true, nil, nil
	}
	h := shared
	if c.hash != nil {
		h = c.hash
		h.Write(data)
	}
	if pos < c.end() {
		return false, nil, nil
	}
	b := &c.blocks[c.next]
	same := Digest(h.Sum(nil)) == b.sent
	if same && c.next >= c.committed { // never go on behind bytes that did not reach the disk
		_, err := j.load(b)
		if same = err == nil; err != nil && !isDamaged(err) {
			return true, nil, err
		}
	}
	if !same {
		if c.next >= c.committed {
			f = c.extend()
		}
		return true, f, nil
	}
	if c.hash == nil {
		c.hash = sha256.New()
	} else {
		c.hash.Reset()
	}
	c.next++
	if !c.filled {
		if err := j.fill(ctx, c); err != nil {
			return true, nil, err
		}
	}
	if c.next < len(c.blocks) {
		return false, nil, nil
	}
	if c.closed {
		c.full = true
		return false, nil, nil
	}
	return true, c.complete(), nil
}

// ended decides for content that ends at pos, inside the candidate.
func (j *Journal) ended(ctx context.Context, a Arrival, c *candidate, pos int64) (*found, error) {
	start := int64(0)
	if c.next > 0 {
		start = c.blocks[c.next-1].sentTo() - c.base
	}
	last := c.next - 1 // the block that holds the content's last byte
	if pos > start {
		last = c.next
		same, err := j.samePart(ctx, a, &c.blocks[last], start, pos)
		if err != nil || !same {
			if c.next >= c.committed {
				return c.extend(), err
			}
			return nil, err
		}
	}
	if last >= c.committed {
		return c.extend(), nil
	}
	f := &found{stream: c.stream, base: c.base, from: pos, recognised: true}
	if last >= 0 {
		f.input = c.blocks[last].input
	}
	return f, nil
}

// samePart compares content from start to its end at pos with the front of a
// block. Where a person was erased from the block the original bytes are gone,
// and a part of it cannot be known again.
func (j *Journal) samePart(ctx context.Context, a Arrival, b *block, start, pos int64) (bool, error) {
	if b.sent != b.kept {
		return false, nil
	}
	c, err := openContent(ctx, a, nil)
	if err != nil {
		return false, err
	}
	defer c.Close()
	if err := c.skipTo(start); err != nil {
		return false, err
	}
	data := make([]byte, pos-start)
	if _, err := io.ReadFull(c, data); err != nil {
		return false, fmt.Errorf("comparing %s: %w", a.Name, err)
	}
	probe, err := j.loadFront(b, min(len(data), 16<<10)) // most streams differ early: do not unpack all
	if err != nil || !bytes.HasPrefix(data, probe) {
		return false, ignoreDamage(err)
	}
	raw, err := j.load(b)
	return err == nil && bytes.HasPrefix(raw, data), ignoreDamage(err)
}
