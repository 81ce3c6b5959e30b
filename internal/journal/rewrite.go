package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/callpace/callpace"
)

// Erasure says how a person is to be taken out of what is stored.
type Erasure struct {
	At      time.Time
	Streams []int // nil: all

	// Blank reads a stream's bytes, those of withdrawn and unfinished inputs
	// included, and emits runs that replace them: consumed bytes of r by data
	// (the same bytes where nothing changes). Together the runs consume all of
	// r. Where a run lies across the end of an input and changes in length, its
	// data is divided there by position, so runs there should be single records.
	// It runs beside Blank of other streams and must not use the journal.
	Blank func(ctx context.Context, s Stream, r io.Reader, emit func(consumed int, data []byte) error) error

	// Sure, called when all is prepared, does what is to happen with the erasure
	// or not at all: nothing stands in its way any more, and nothing has been
	// changed yet. Its error ends the erasure. It must not write to the journal.
	// May be nil.
	Sure func() error

	// Note, called at the end, gives what the proof is to say beyond digests:
	// JSON without anything personal. May be nil.
	Note func() json.RawMessage
}

// Proof tells of an erasure what changed, without telling what it was.
type Proof struct {
	Seq    int64           `json:"-"` // of its entry in the journal
	At     time.Time       `json:"at"`
	Blocks []ErasedBlock   `json:"blocks"`
	Note   json.RawMessage `json:"note,omitempty"`
}

// ErasedBlock is a block that was rewritten.
type ErasedBlock struct {
	Seq   int64  `json:"seq"`
	Input int    `json:"input"`
	Was   Digest `json:"was"` // digests of the raw bytes kept before and since
	Is    Digest `json:"is"`
}

// Rewrite replaces bytes of streams, for an erasure. Each block keeps its
// entry: number, range and digest as it was sent, so the chain holds and the
// unerased file sent again is known. Segments with changed blocks are written
// anew beside the old ones and put in their place together; a crash leaves all
// of it done or none. Afterwards the old bytes are in no file of the journal.
// Bytes of dropped inputs go altogether. Conflict: readers are open; Damaged: a
// segment cannot be read whole, so nothing could be promised.
func (j *Journal) Rewrite(ctx context.Context, e Erasure) (p Proof, err error) {
	err = j.write(ctx, func() error {
		if !j.readers.TryLock() {
			return callpace.E(callpace.Conflict, "journal.busy")
		}
		defer j.readers.Unlock()
		p, err = j.rewrite(ctx, e)
		return err
	})
	return p, err
}

func (j *Journal) rewrite(ctx context.Context, e Erasure) (Proof, error) {
	w, err := j.newRewriter(ctx, e)
	if err != nil {
		return Proof{}, err
	}
	defer w.stop()
	segs, err := j.segments()
	if err != nil {
		return Proof{}, err
	}
	m := manifest{Seq: j.seq, Proof: Proof{At: e.At.UTC()}}
	for _, n := range segs {
		changed, err := w.segment(n)
		if err != nil {
			return Proof{}, errors.Join(err, j.removeNew())
		}
		if changed {
			m.Segments = append(m.Segments, n)
		}
	}
	if err := w.finished(); err != nil {
		return Proof{}, errors.Join(err, j.removeNew())
	}
	m.Proof.Blocks = w.blocks
	if e.Note != nil {
		m.Proof.Note = e.Note()
	}
	if e.Sure != nil {
		if err := e.Sure(); err != nil {
			return Proof{}, errors.Join(err, j.removeNew())
		}
	}
	j.failed = true // from here on, attach decides what is true
	if err := j.writeManifest(&m); err != nil {
		return Proof{}, err
	}
	if err := j.attach(context.WithoutCancel(ctx)); err != nil {
		return Proof{}, err
	}
	m.Proof.Seq = m.Seq + 1
	return m.Proof, nil
}

// Erasures lists the proofs of all erasures, in order.
func (j *Journal) Erasures(ctx context.Context) ([]Proof, error) {
	log, err := j.Log(ctx, 0, KindErase)
	if err != nil {
		return nil, err
	}
	proofs := make([]Proof, len(log))
	for i, e := range log {
		raw, _, err := j.payloadOf(ctx, "seq = $1", e.Seq)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(raw, &proofs[i]); err != nil {
			return nil, fmt.Errorf("reading the proof of erasure %d: %w", e.Seq, err)
		}
		proofs[i].Seq = e.Seq
	}
	return proofs, nil
}
