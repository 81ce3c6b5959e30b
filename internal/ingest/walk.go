package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// history is how every stream of the journal is read, withdrawn inputs
// included. It is looked up beforehand, since the journal cannot be asked
// while it is rewritten.
type history struct {
	streams map[int][]brought
	open    func(source.Spec, []byte) (source.Decoder, error)
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
	source  string
	to      int64 // its end in the stream
	decoder source.Decoder
	blanker source.Blanker
}

// history lists what has arrived. Inputs that never arrived whole are left out.
func (f *Folder) history(ctx context.Context) (*history, error) {
	h := &history{streams: map[int][]brought{}, open: f.openFormat}
	inputs, err := f.journal.Inputs(ctx, journal.Filter{})
	if err != nil {
		return nil, err
	}
	for _, in := range inputs {
		if in.Status == journal.Unfinished || in.Kept.Length() == 0 {
			continue
		}
		spec, err := f.specOf(ctx, in)
		if err != nil {
			return nil, err
		}
		h.streams[in.Stream] = append(h.streams[in.Stream], brought{in.No, in.Kept.To, spec})
	}
	return h, nil
}

// numbers lists the streams in order.
func (h *history) numbers() []int {
	var list []int
	for no := range h.streams {
		list = append(list, no)
	}
	slices.Sort(list)
	return list
}

// sections opens the decoders of a stream, each on what its beginning was when
// the input came.
func (h *history) sections(stream int, head []byte) ([]section, error) {
	var list []section
	for _, x := range h.streams[stream] {
		d, err := h.open(x.spec, head[:min(int64(len(head)), x.to)])
		if err != nil {
			return nil, err
		}
		b, ok := d.(source.Blanker)
		if !ok {
			return nil, callpace.E(callpace.Unsupported, "erase.format", "input", x.input)
		}
		list = append(list, section{x.spec.Source, x.to, d, b})
	}
	return list, nil
}

// walk goes through a stream: front is given what stands before the first
// record, visit runs of whole records that end before the next input begins; a
// record that lies across two is a run of its own. The bytes are theirs to keep.
func (h *history) walk(stream int, r io.Reader, front func([]byte) error, visit func(section, []byte) error) error {
	whole := bufio.NewReaderSize(r, source.HeadSize)
	head, err := whole.Peek(source.HeadSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read stream: %w", err)
	}
	sections, err := h.sections(stream, head)
	if err != nil || len(sections) == 0 {
		return err
	}
	if _, all := sections[0].decoder.(source.Whole); all {
		data, err := io.ReadAll(whole)
		if err != nil || len(data) == 0 {
			return err
		}
		return visit(sections[0], data)
	}
	var at int64
	if start, _ := sections[0].decoder.Start(); start > 0 {
		head := make([]byte, start)
		n, err := io.ReadFull(whole, head)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read stream: %w", err)
		}
		if err := front(head[:n]); err != nil {
			return err
		}
		at = int64(n)
	}
	return walkRecords(sections, at, whole, visit)
}

func walkRecords(sections []section, at int64, r io.Reader, visit func(section, []byte) error) error {
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
			if err := visit(sections[0], data[:run:run]); err != nil {
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

// runLength gives how much of data is to be visited at once; 0 asks for more.
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
