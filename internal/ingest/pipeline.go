package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// chunkBytes is how much of an input is decoded at a time, by one goroutine.
const chunkBytes = 2 << 20

// What is applied at a time, in one transaction. A whole one of DuckDB's row
// groups is compressed straight into the file, where smaller pieces go through
// its log and are compressed again at a checkpoint. The bytes bound memory where
// rows are wide; two runs live at once. Both grow with the facts, see Store.RunTimes.
const (
	runRecords = 122_880 + 14_000 // some of them will be versions of one another
	runBytes   = 128 << 20
)

// frugal is by how many per cent the heap may grow until garbage is collected
// while a large input is read: it shares 1 GiB with DuckDB.
const frugal = 50

// decoded is the facts of a run of records and the place in the stream behind it.
type decoded struct {
	batch *facts.Batch
	after facts.Position
	tail  bool
}

// job is a chunk on its way.
type job struct {
	chunk source.Chunk
	after facts.Position
	done  chan *facts.Batch
}

// decode reads records from r, decodes them on several cores and hands them in
// large runs to apply, in the order of the input, while the next run is being
// put together. from is where in the stream r stands. It stops at the first
// error of r, of apply or of ctx. times tells how many times as large as usual a
// run is to be.
func decode(ctx context.Context, d source.Decoder, r io.Reader, from facts.Position, times func() int, apply func(decoded) error) error {
	workers := min(runtime.GOMAXPROCS(0), 4) // more than the one writer can follow
	pieces, whole := make(stock, 2*workers), make(stock, 2)
	todo := make(chan job)
	inOrder := make(chan job, workers)
	runs := make(chan decoded)

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(todo)
		defer close(inOrder)
		return callpace.Caught(func() error {
			return cut(d, r, from, func(c source.Chunk, after facts.Position) error {
				j := job{c, after, make(chan *facts.Batch, 1)}
				for _, to := range []chan job{inOrder, todo} {
					if err := send(ctx, to, j); err != nil {
						return err
					}
				}
				return nil
			})
		})
	})
	for range workers {
		g.Go(func() error {
			for j := range todo {
				b := pieces.get()
				if err := callpace.Caught(func() error { d.Decode(j.chunk, b); return nil }); err != nil {
					return err // one bad input must not end a server, and each start after it
				}
				j.done <- b
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(runs)
		return gather(ctx, inOrder, runs, pieces, whole, times)
	})
	large := false
	g.Go(func() error {
		for run := range runs {
			if err := apply(run); err != nil {
				return err
			}
			if !large && len(run.batch.Records) >= runRecords/2 {
				large = true
				defer debug.SetGCPercent(debug.SetGCPercent(frugal))
			}
			whole.put(run.batch)
		}
		return nil
	})
	err := g.Wait()
	if large { // what comes now needs the memory on DuckDB's side
		pieces, whole = nil, nil
		debug.FreeOSMemory()
	}
	return err
}

func send[T any](ctx context.Context, to chan<- T, v T) error {
	select {
	case to <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stock keeps batches to be used again: their vectors are most of the memory
// that an import needs.
type stock chan *facts.Batch

func (s stock) get() *facts.Batch {
	select {
	case b := <-s:
		return b
	default:
		return &facts.Batch{}
	}
}

func (s stock) put(b *facts.Batch) {
	b.Reset()
	select {
	case s <- b:
	default:
	}
}

// gather joins chunks to runs. A tail is a run of its own.
func gather(ctx context.Context, jobs <-chan job, runs chan<- decoded, pieces, whole stock, times func() int) error {
	var run decoded
	bytes := 0 // of the chunks, into which strings point
	flush := func() error {
		if run.batch == nil {
			return nil
		}
		full := run
		run, bytes = decoded{}, 0
		return send(ctx, runs, full)
	}
	for j := range jobs {
		var b *facts.Batch
		select {
		case b = <-j.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if j.chunk.Tail {
			if err := flush(); err != nil {
				return err
			}
		}
		if run.batch == nil {
			run.batch = whole.get()
		}
		run.batch.Append(b)
		run.after, run.tail = j.after, j.chunk.Tail
		pieces.put(b)
		n := times()
		if bytes += len(j.chunk.Data); run.tail || len(run.batch.Records) >= n*runRecords || bytes+run.batch.Memory() >= n*runBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
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
