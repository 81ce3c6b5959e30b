package journal

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/callpace/callpace"
)

// block is where a block stands and what it holds.
type block struct {
	seq                  int64
	input, stream        int
	status               Status // of its input
	seg                  int
	off, size            int64
	packed               int
	sentFrom, sentLength int64
	sent                 Digest
	keptFrom, keptLength int64
	kept                 Digest
}

func (b *block) sentTo() int64 { return b.sentFrom + b.sentLength }
func (b *block) keptTo() int64 { return b.keptFrom + b.keptLength }

// blocks gives the blocks that a condition chooses, in the order of their streams.
func (j *Journal) blocks(ctx context.Context, where string, args ...any) ([]block, error) {
	rows, err := j.idx.db.QueryContext(ctx, `SELECT b.seq, b.input, b.stream, i.status, b.seg, b.off, b.size, b.packed,
		b.sent_from, b.sent_length, b.sent_sha256, b.kept_from, b.kept_length, b.kept_sha256
		FROM blocks b JOIN inputs i ON i.input = b.input WHERE `+where+" ORDER BY b.seq", args...)
	if err != nil {
		return nil, fmt.Errorf("listing blocks: %w", err)
	}
	defer rows.Close()
	var list []block
	for rows.Next() {
		var b block
		var sent, kept []byte
		if err := rows.Scan(&b.seq, &b.input, &b.stream, &b.status, &b.seg, &b.off, &b.size, &b.packed,
			&b.sentFrom, &b.sentLength, &sent, &b.keptFrom, &b.keptLength, &kept); err != nil {
			return nil, fmt.Errorf("listing blocks: %w", err)
		}
		copy(b.sent[:], sent)
		copy(b.kept[:], kept)
		list = append(list, b)
	}
	return list, rows.Err()
}

// damaged is the error for a block that cannot be read. Its range lets the
// caller read on behind it.
func (b *block) damaged(cause error) *callpace.Error {
	return callpace.E(callpace.Damaged, "journal.damaged_block", "segment", b.seg, "frame", b.seq, "input", b.input,
		"from", b.keptFrom, "to", b.keptTo()).Because(cause)
}

// packedBytes reads n bytes of a block's payload.
func (b *block) packedBytes(f File, n int) ([]byte, error) {
	packed := make([]byte, n)
	if n == 0 {
		return packed, nil
	}
	if _, err := f.ReadAt(packed, b.off+b.size-int64(b.packed)); err != nil {
		return nil, b.damaged(err)
	}
	return packed, nil
}

// unpack gives the raw bytes of a payload, if they are what was stored.
func (j *Journal) unpack(b *block, packed []byte) ([]byte, error) {
	raw, err := j.dec.DecodeAll(packed, make([]byte, 0, b.keptLength))
	if err != nil {
		return nil, b.damaged(err)
	}
	if int64(len(raw)) != b.keptLength || digestOf(raw) != b.kept {
		return nil, b.damaged(nil)
	}
	return raw, nil
}

// load reads one block.
func (j *Journal) load(b *block) ([]byte, error) {
	f, err := j.openSegment(b.seg)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	packed, err := b.packedBytes(f, b.packed)
	if err != nil {
		return nil, err
	}
	return j.unpack(b, packed)
}

// loadFront gives about the first n raw bytes of a block, unchecked.
func (j *Journal) loadFront(b *block, n int) ([]byte, error) {
	f, err := j.openSegment(b.seg)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zstd.NewReader(io.NewSectionReader(f, b.off+b.size-int64(b.packed), int64(b.packed)),
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	front := make([]byte, n)
	n, err = io.ReadFull(z, front)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, b.damaged(err)
	}
	return front[:n], nil
}

func isDamaged(err error) bool {
	var e *callpace.Error
	return errors.As(err, &e) && e.Code == callpace.Damaged
}

// ignoreDamage lets only other errors through: what is damaged is not the same.
func ignoreDamage(err error) error {
	if isDamaged(err) {
		return nil
	}
	return err
}
