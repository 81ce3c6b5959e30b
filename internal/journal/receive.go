package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

// Arrival is what is being delivered.
type Arrival struct {
	Source string
	Name   string                        // of the file
	Spec   []byte                        // how to read it; stored once per content
	Open   func() (io.ReadCloser, error) // from the beginning; may be called more than once and must give the same bytes
	Size   int64                         // of the file, for progress only; 0: not known
	At     time.Time

	// ContinueStream says that the bytes follow the end of this stream, as
	// when a growing log is watched. 0: a stream is found by its content.
	ContinueStream int
}

// Receipt is the acknowledgement: what it tells is on disk.
type Receipt struct {
	Input      int // recognised: the input that had brought the last of these bytes; 0: there were none
	Stream     int
	Kept       Range // the input's bytes in the stream, as Read counts them; empty where recognised
	Recognised bool  // nothing was new
	AddedBytes int64
}

// Receive stores what is new of an arrival as an input and acknowledges it.
// The source's stream that the content continues is found by comparing
// digests; bytes that are there are not stored again. An input that a crash
// left unfinished is gone on with. Bytes of withdrawn inputs do not count as
// there: a withdrawn file sent again, or a file that holds more than what is
// left of its stream, is a new stream. Files packed with gzip or zstd are
// unpacked. On an error nothing is acknowledged, and sending the same again
// finishes the input.
func (j *Journal) Receive(ctx context.Context, a Arrival, progress func(done, total int64)) (r Receipt, err error) {
	err = j.write(ctx, func() error {
		r, err = j.receive(ctx, a, progress)
		return err
	})
	return r, err
}

func (j *Journal) receive(ctx context.Context, a Arrival, progress func(done, total int64)) (Receipt, error) {
	var report func(int64)
	if progress != nil {
		report = func(done int64) { progress(done, max(done, a.Size)) }
	}
	c, err := openContent(ctx, a, report)
	if err != nil {
		return Receipt{}, err
	}
	defer func() { _ = c.Close() }()
	spec := digestOf(a.Spec)
	cands, err := j.candidates(ctx, a, spec)
	if err != nil {
		return Receipt{}, err
	}
	f, err := j.match(ctx, a, c, cands)
	if err != nil {
		return Receipt{}, err
	}
	if f.recognised {
		return Receipt{Input: f.input, Stream: f.stream, Recognised: true}, nil
	}
	if c.pos != f.from { // comparing has read on
		_ = c.Close()
		if c, err = openContent(ctx, a, report); err != nil {
			return Receipt{}, err
		}
		if err := c.skipTo(f.from); err != nil {
			return Receipt{}, fmt.Errorf("reading %s again: %w", a.Name, err)
		}
	}
	if _, err := c.r.Peek(1); err != nil && (f.resume == 0 || f.bare) {
		if err == io.EOF {
			return Receipt{Input: f.input, Stream: f.stream, Recognised: true}, nil
		}
		return Receipt{}, c.unpackError(err)
	}
	return j.take(ctx, a, spec, c, f)
}

// take writes the new input: its spec, its beginning, its blocks, its end.
func (j *Journal) take(ctx context.Context, a Arrival, spec Digest, c *content, f found) (Receipt, error) {
	e, err := j.begin(ctx, a, spec, f)
	if err != nil {
		return Receipt{}, err
	}
	if err := j.takeBlocks(ctx, c, e, f.base+f.from); err != nil {
		if !j.failed { // what has come so far stays, to be gone on with
			err = errors.Join(err, j.flush(ctx))
		}
		return Receipt{}, err
	}
	end := entry{Kind: KindCommit, At: a.At, Input: e.Input, Stream: e.Stream, From: e.From, Length: f.base + c.pos - e.From, File: c.fileDigest()}
	if _, err := j.append(ctx, end, kept{}, nil); err != nil {
		return Receipt{}, err
	}
	if err := j.flush(ctx); err != nil {
		return Receipt{}, err
	}
	in, err := j.Input(context.WithoutCancel(ctx), e.Input)
	return Receipt{Input: in.No, Stream: in.Stream, Kept: in.Kept, AddedBytes: in.Sent.Length()}, err
}

// begin writes what stands before the blocks and gives the input's numbers.
func (j *Journal) begin(ctx context.Context, a Arrival, spec Digest, f found) (entry, error) {
	if f.resume > 0 {
		in, err := j.Input(ctx, f.resume)
		return entry{Input: in.No, Stream: in.Stream, From: in.Sent.From}, err
	}
	if f.drop > 0 {
		if _, err := j.append(ctx, entry{Kind: KindWithdraw, At: a.At, Input: f.drop}, kept{}, nil); err != nil {
			return entry{}, err
		}
	}
	if err := j.keepSpec(ctx, spec, a.Spec, a.At); err != nil {
		return entry{}, err
	}
	input, stream, err := j.idx.numbers(ctx)
	if err != nil {
		return entry{}, err
	}
	e := entry{Kind: KindBegin, At: a.At, Input: input + 1, Stream: stream + 1, From: f.base + f.from, Source: a.Source, Name: a.Name, Spec: spec}
	if f.stream > 0 {
		e.Stream = f.stream
	}
	_, err = j.append(ctx, e, kept{}, nil)
	return e, err
}

// packedBlock is a block ready to be written.
type packedBlock struct {
	from    int64
	length  int
	digest  Digest
	payload []byte
}

// takeBlocks packs the rest of the content, several blocks at once, and
// appends the blocks in order.
func (j *Journal) takeBlocks(ctx context.Context, c *content, e entry, from int64) error {
	type job struct {
		from int64
		raw  []byte
	}
	raws, payloads := newBuffers(j.opts.BlockBytes), newBuffers(j.opts.BlockBytes)
	var jobs iter.Seq2[job, error] = func(yield func(job, error) bool) {
		for {
			raw := raws.get()[:j.opts.BlockBytes]
			n, err := io.ReadFull(c, raw)
			if n > 0 && (err == nil || err == io.ErrUnexpectedEOF) && !yield(job{from, raw[:n]}, nil) {
				return
			}
			from += int64(n)
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return
			}
			if err != nil {
				yield(job{}, err)
				return
			}
		}
	}
	pack := func(w job) (packedBlock, error) {
		b := packedBlock{from: w.from, length: len(w.raw), digest: digestOf(w.raw), payload: j.enc.EncodeAll(w.raw, payloads.get())}
		raws.put(w.raw)
		return b, nil
	}
	return inOrder(ctx, inFlight, jobs, pack, func(b packedBlock) error {
		_, err := j.append(ctx, entry{Kind: KindBlock, Input: e.Input, Stream: e.Stream, From: b.from, Length: int64(b.length), SHA256: b.digest},
			kept{Length: int64(b.length), SHA256: b.digest}, b.payload)
		payloads.put(b.payload)
		return err
	})
}

// buffers is a free list of a few buffers.
type buffers struct {
	free chan []byte
	size int
}

func newBuffers(size int) *buffers { return &buffers{make(chan []byte, 2*inFlight), size} }

func (b *buffers) get() []byte {
	select {
	case buf := <-b.free:
		return buf[:0]
	default:
		return make([]byte, 0, b.size)
	}
}

func (b *buffers) put(buf []byte) {
	select {
	case b.free <- buf:
	default:
	}
}
