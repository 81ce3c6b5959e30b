package journal

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
)

// blanking is one stream going through Erasure.Blank while its blocks are
// being rewritten.
type blanking struct {
	stream  Stream
	blank   func(context.Context, Stream, io.Reader, func(int, []byte) error) error
	started bool
	seqs    []int64 // of the blocks that are read
	cancel  context.CancelFunc
	all     sync.WaitGroup
	runs    chan run
	err     error // of Blank, set before runs is closed
	cur     run
}

// run replaces consumed bytes by data.
type run struct {
	consumed int
	data     []byte
}

func (b *blanking) start(ctx context.Context, j *Journal) error {
	b.started = true
	ctx, b.cancel = context.WithCancel(ctx)
	b.runs = make(chan run)
	blocks, err := j.blocks(ctx, "b.stream = $1", b.stream.No)
	if err != nil {
		close(b.runs)
		return err
	}
	var all Range
	for i := range blocks {
		b.seqs = append(b.seqs, blocks[i].seq)
		all.To = blocks[i].keptTo()
	}
	b.all.Go(func() {
		defer close(b.runs)
		rd := &Reader{}
		rd.start(ctx, j, b.stream.No, blocks, all, 1)
		defer rd.Close()
		b.err = b.blank(ctx, b.stream, rd, func(consumed int, data []byte) error {
			select {
			case b.runs <- run{consumed, bytes.Clone(data)}:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	return nil
}

// dropped tells that a block belongs to a dropped input: nobody reads it.
func (b *blanking) dropped(seq int64) bool {
	_, found := slices.BinarySearch(b.seqs, seq)
	return !found
}

// take gives what replaces the next n bytes.
func (b *blanking) take(n int64) ([]byte, error) {
	out := []byte{}
	for need := int(n); need > 0; {
		if b.cur.consumed == 0 && len(b.cur.data) == 0 {
			next, ok := <-b.runs
			if !ok {
				if b.err != nil {
					return nil, fmt.Errorf("erasing in stream %d: %w", b.stream.No, b.err)
				}
				return nil, fmt.Errorf("erasing in stream %d: the runs do not consume all of it", b.stream.No)
			}
			b.cur = next
		}
		if b.cur.consumed <= need {
			out, need, b.cur = append(out, b.cur.data...), need-b.cur.consumed, run{}
			continue
		}
		cut := min(need, len(b.cur.data))
		out = append(out, b.cur.data[:cut]...)
		b.cur, need = run{b.cur.consumed - need, b.cur.data[cut:]}, 0
	}
	return out, nil
}

// finish waits for the end of Blank.
func (b *blanking) finish() error {
	if !b.started {
		return nil
	}
	extra, more := <-b.runs
	if more || b.cur.consumed > 0 || len(b.cur.data) > 0 {
		return fmt.Errorf("erasing in stream %d: the runs consume more than there is (%d)", b.stream.No, extra.consumed+b.cur.consumed)
	}
	if b.err != nil {
		return fmt.Errorf("erasing in stream %d: %w", b.stream.No, b.err)
	}
	return nil
}

func (b *blanking) stop() {
	if b.started {
		b.cancel()
		b.all.Wait()
	}
}
