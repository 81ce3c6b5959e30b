package journal

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/callpace/callpace"
)

// candidates gives the streams of a source that content may begin with, each
// with its first block only, or the one stream that it is said to follow.
func (j *Journal) candidates(ctx context.Context, a Arrival, spec Digest) ([]*candidate, error) {
	if a.ContinueStream > 0 {
		c, err := j.continuation(ctx, a, spec)
		if err != nil {
			return nil, err
		}
		return []*candidate{c}, nil
	}
	rows, err := j.idx.db.QueryContext(ctx, `SELECT i.stream, i.input, i.status, i.spec, coalesce(b.seq, 0)
		FROM inputs i LEFT JOIN blocks b ON b.stream = i.stream AND b.sent_from = 0 AND b.input = i.input
		WHERE i.source = $1 AND i.sent_from = 0 AND i.status <> $2 ORDER BY i.stream`, a.Source, Withdrawn)
	if err != nil {
		return nil, fmt.Errorf("looking for streams of %s: %w", a.Source, err)
	}
	defer rows.Close()
	var cands []*candidate
	var firsts []int64
	for rows.Next() {
		c := &candidate{spec: spec}
		var input int
		var status Status
		var first int64
		var was []byte
		if err := rows.Scan(&c.stream, &input, &status, &was, &first); err != nil {
			return nil, err
		}
		if status == Unfinished {
			c.unfinished, c.resumable = input, Digest(was) == spec
		} else {
			c.committed = 1
		}
		cands, firsts = append(cands, c), append(firsts, first)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i, c := range cands {
		if firsts[i] == 0 {
			continue
		}
		if c.blocks, err = j.blocks(ctx, "b.seq = $1", firsts[i]); err != nil {
			return nil, err
		}
	}
	return cands, nil
}

// fill loads the blocks of a candidate whose first block matches.
func (j *Journal) fill(ctx context.Context, c *candidate) error {
	c.filled = true
	if c.continuing {
		return nil
	}
	blocks, err := j.blocks(ctx, "b.stream = $1", c.stream)
	if err != nil {
		return err
	}
	c.blocks, c.committed, c.unfinished = nil, 0, 0
	for i, b := range blocks {
		if b.status == Withdrawn || (i > 0 && b.sentFrom != blocks[i-1].sentTo()) {
			c.closed = true
			break
		}
		c.blocks = append(c.blocks, b)
		if b.status == Committed {
			c.committed = i + 1
		}
	}
	if c.closed {
		c.blocks = c.blocks[:c.committed]
		return nil
	}
	return c.open(ctx, j)
}

// open notes the unfinished input at the stream's end, if there is one.
func (c *candidate) open(ctx context.Context, j *Journal) error {
	err := j.idx.db.QueryRowContext(ctx, "SELECT input FROM inputs WHERE stream = $1 AND status = $2 ORDER BY input DESC LIMIT 1",
		c.stream, Unfinished).Scan(&c.unfinished)
	if err == sql.ErrNoRows {
		return nil
	}
	if err != nil {
		return err
	}
	in, err := j.Input(ctx, c.unfinished)
	c.resumable = err == nil && in.Spec == c.spec
	return err
}

// continuation gives the end of a stream as a candidate: only what an
// unfinished input left there can already be known.
func (j *Journal) continuation(ctx context.Context, a Arrival, spec Digest) (*candidate, error) {
	s, err := j.Stream(ctx, a.ContinueStream)
	if err != nil {
		return nil, err
	}
	if s.Source != a.Source {
		return nil, callpace.E(callpace.Conflict, "journal.stream_of_other_source", "stream", s.No, "source", s.Source)
	}
	c := &candidate{stream: s.No, base: s.Sent, continuing: true, filled: true, spec: spec}
	if err := c.open(ctx, j); err != nil || c.unfinished == 0 {
		return c, err
	}
	c.blocks, err = j.blocks(ctx, "b.input = $1", c.unfinished)
	return c, err
}
