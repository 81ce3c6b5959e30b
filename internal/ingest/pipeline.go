package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// chunkBytes is how much of an input is decoded and applied at a time. Each
// chunk is one transaction, so larger ones save work and cost memory.
const chunkBytes = 16 << 20

// decoded is one chunk's facts and the place in the stream behind it.
type decoded struct {
	batch *facts.Batch
	after facts.Position
	tail  bool
}

// decode reads records from r, decodes them on every core and hands the
// batches to apply in the order of the input. from is where in the stream r
// stands. It stops at the first error of r, of apply or of ctx.
func decode(ctx context.Context, d source.Decoder, r io.Reader, from facts.Position, apply func(decoded) error) error {
	type job struct {
		chunk source.Chunk
		after facts.Position
		done  chan *facts.Batch
	}
	workers := runtime.GOMAXPROCS(0)
	todo := make(chan job)
	inOrder := make(chan job, workers)

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(todo)
		defer close(inOrder)
		return cut(d, r, from, func(c source.Chunk, after facts.Position) error {
			j := job{c, after, make(chan *facts.Batch, 1)}
			for _, to := range []chan job{inOrder, todo} {
				select {
				case to <- j:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	})
	for range workers {
		g.Go(func() error {
			for j := range todo {
				b := &facts.Batch{}
				d.Decode(j.chunk, b)
				j.done <- b
			}
			return nil
		})
	}
	g.Go(func() error {
		for j := range inOrder {
			select {
			case b := <-j.done:
				if err := apply(decoded{b, j.after, j.chunk.Tail}); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return g.Wait()
}

// cut splits r into chunks of whole records. What stands behind the last
// terminated record comes as a chunk of its own, marked Tail, whose position
// is that of its beginning: when the stream goes on it is read again.
func cut(d source.Decoder, r io.Reader, at facts.Position, yield func(source.Chunk, facts.Position) error) error {
	if _, ok := d.(source.Whole); ok {
		return cutWhole(r, at, yield)
	}
	var rest []byte
	for {
		// Every chunk gets memory of its own, since its facts point into it.
		data := make([]byte, len(rest), max(chunkBytes, len(rest)+chunkBytes/4))
		copy(data, rest)
		n, err := io.ReadFull(r, data[len(rest):cap(data)])
		data = data[:len(rest)+n]
		atEnd := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !atEnd {
			return fmt.Errorf("read input: %w", err)
		}
		for len(data) > 0 {
			whole, lines := d.Cut(data, false)
			if whole == 0 && len(data) >= source.MaxRecord {
				whole, lines = d.Cut(data, true)
			}
			if whole == 0 {
				break
			}
			after := facts.Position{Offset: at.Offset + int64(whole), Line: at.Line + lines}
			if err := yield(source.Chunk{Data: data[:whole:whole], Line: at.Line + 1}, after); err != nil {
				return err
			}
			at, data = after, data[whole:]
		}
		if atEnd {
			if len(data) == 0 {
				return nil
			}
			return yield(source.Chunk{Data: data, Line: at.Line + 1, Tail: true}, at)
		}
		rest = data
	}
}

// cutWhole reads everything into one chunk, for inputs that make sense only as
// a whole. They never grow, so there is no tail.
func cutWhole(r io.Reader, at facts.Position, yield func(source.Chunk, facts.Position) error) error {
	data, err := io.ReadAll(io.LimitReader(r, source.MaxWhole+1))
	if err != nil {
		return fmt.Errorf("read input: %w", err)
	}
	if len(data) > source.MaxWhole {
		return callpace.E(callpace.Limit, "import.too_large_whole", "limit_mib", source.MaxWhole>>20)
	}
	if len(data) == 0 {
		return nil
	}
	return yield(source.Chunk{Data: data, Line: at.Line + 1}, facts.Position{Offset: at.Offset + int64(len(data)), Line: at.Line})
}
