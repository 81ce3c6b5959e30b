package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// eraser blanks a person in the bytes of streams.
type eraser struct {
	match   source.Person
	streams map[int][]brought
	open    func(source.Spec, []byte) (source.Decoder, error)
	records atomic.Int64
}

// brought is where the bytes of an input end in its stream, and how they are read.
type brought struct {
	input int
	to    int64
	spec  source.Spec
}

// section is the part of a stream that one input brought, with the decoder
// that reads it.
type section struct {
	to      int64 // its end in the stream
	decoder source.Decoder
	blanker source.Blanker
}

// newEraser looks up beforehand how every stream is read, since the journal
// cannot be asked while it is rewritten. What began to arrive and never did is
// dropped: nobody was told that it is kept, and it may end anywhere.
func (f *Folder) newEraser(ctx context.Context, match source.Person) (*eraser, error) {
	e := &eraser{match: match, streams: map[int][]brought{}, open: f.openFormat}
	inputs, err := f.journal.Inputs(ctx, journal.Filter{})
	if err != nil {
		return nil, err
	}
	for _, in := range inputs {
		if in.Status == journal.Unfinished {
			if err := f.journal.Withdraw(ctx, in.No, f.deps.Now()); err != nil {
				return nil, err
			}
			continue
		}
		if in.Kept.Length() == 0 {
			continue
		}
		spec, err := f.specOf(ctx, in)
		if err != nil {
			return nil, err
		}
		e.streams[in.Stream] = append(e.streams[in.Stream], brought{in.No, in.Kept.To, spec})
	}
	return e, nil
}

// sections opens the decoders of a stream, each on what its beginning was when
// the input came.
func (e *eraser) sections(stream int, head []byte) ([]section, error) {
	var list []section
	for _, x := range e.streams[stream] {
		d, err := e.open(x.spec, head[:min(int64(len(head)), x.to)])
		if err != nil {
			return nil, err
		}
		b, ok := d.(source.Blanker)
		if !ok {
			return nil, callpace.E(callpace.Unsupported, "erase.format", "input", x.input)
		}
		list = append(list, section{x.to, d, b})
	}
	return list, nil
}

// blank is journal.Erasure.Blank.
func (e *eraser) blank(_ context.Context, s journal.Stream, r io.Reader, emit func(consumed int, data []byte) error) error {
	if len(e.streams[s.No]) == 0 {
		return copyRuns(r, emit)
	}
	whole := bufio.NewReaderSize(r, source.HeadSize)
	head, err := whole.Peek(source.HeadSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read stream: %w", err)
	}
	sections, err := e.sections(s.No, head)
	if err != nil {
		return err
	}
	return e.blankStream(sections, whole, emit)
}

func (e *eraser) blankStream(sections []section, r io.Reader, emit func(consumed int, data []byte) error) error {
	put := func(c section, data []byte) error {
		changed, n := c.blanker.Blank(source.Chunk{Data: data}, e.match)
		e.records.Add(int64(n))
		return emit(len(data), changed)
	}
	if _, whole := sections[0].decoder.(source.Whole); whole {
		data, err := io.ReadAll(r)
		if err != nil || len(data) == 0 {
			return err
		}
		return put(sections[0], data)
	}
	var at int64
	if start, _ := sections[0].decoder.Start(); start > 0 {
		head := make([]byte, start)
		n, err := io.ReadFull(r, head)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("read stream: %w", err)
		}
		if err := emit(n, head[:n]); err != nil {
			return err
		}
		at = int64(n)
	}
	return e.blankRecords(sections, at, r, put)
}

// blankRecords goes through a stream in runs of whole records that end before
// the next input begins; a record that lies across two is a run of its own.
func (e *eraser) blankRecords(sections []section, at int64, r io.Reader, put func(section, []byte) error) error {
	var rest []byte
	for {
		data := make([]byte, len(rest)+chunkBytes)
		copy(data, rest)
		n, err := io.ReadFull(r, data[len(rest):])
		data = data[:len(rest)+n]
		atEnd := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !atEnd {
			return fmt.Errorf("read stream: %w", err)
		}
		for len(data) > 0 {
			for len(sections) > 1 && at >= sections[0].to {
				sections = sections[1:]
			}
			run := runLength(sections[0], at, data, atEnd)
			if run == 0 {
				break
			}
			if err := put(sections[0], data[:run]); err != nil {
				return err
			}
			at, data = at+int64(run), data[run:]
		}
		if atEnd {
			return nil
		}
		rest = data
	}
}

// runLength gives how much of data is to be blanked at once; 0 asks for more.
func runLength(s section, at int64, data []byte, atEnd bool) int {
	inside := data
	if left := s.to - at; int64(len(data)) > left {
		inside = data[:left]
	}
	if n, _ := s.decoder.Cut(inside, false); n > 0 {
		return n
	}
	// The record goes on behind the input's end: take it line by line.
	for end := 0; ; {
		i := bytes.IndexByte(data[end:], '\n')
		if i < 0 {
			break
		}
		end += i + 1
		if n, _ := s.decoder.Cut(data[:end], false); n > 0 {
			return n
		}
	}
	switch {
	case atEnd:
		return len(data)
	case len(data) >= source.MaxRecord:
		n, _ := s.decoder.Cut(data, true)
		return n
	}
	return 0
}

// copyRuns passes a stream through as it is.
func copyRuns(r io.Reader, emit func(int, []byte) error) error {
	buf := make([]byte, 1<<20)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if err := emit(n, buf[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read stream: %w", err)
		}
	}
}
