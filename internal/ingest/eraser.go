package ingest

import (
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
	streams map[int][]section
	records atomic.Int64
}

// section is the part of a stream that one input brought, with the decoder
// that reads it.
type section struct {
	to      int64 // its end in the stream
	decoder source.Decoder
	blanker source.Blanker
}

// newEraser opens the decoders of every stream beforehand, since the journal
// cannot be asked while it is rewritten.
func (f *Folder) newEraser(ctx context.Context, match source.Person) (*eraser, error) {
	e := &eraser{match: match, streams: map[int][]section{}}
	inputs, err := f.journal.Inputs(ctx, journal.Filter{})
	if err != nil {
		return nil, err
	}
	for _, in := range inputs {
		if in.Kept.Length() == 0 {
			continue
		}
		d, err := f.decoder(ctx, in)
		if err != nil {
			return nil, err
		}
		b, ok := d.(source.Blanker)
		if !ok {
			return nil, callpace.E(callpace.Unsupported, "erase.format", "input", in.No)
		}
		e.streams[in.Stream] = append(e.streams[in.Stream], section{in.Kept.To, d, b})
	}
	return e, nil
}

// blank is journal.Erasure.Blank.
func (e *eraser) blank(_ context.Context, s journal.Stream, r io.Reader, emit func(consumed int, data []byte) error) error {
	sections := e.streams[s.No]
	if len(sections) == 0 {
		return copyRuns(r, emit)
	}
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
