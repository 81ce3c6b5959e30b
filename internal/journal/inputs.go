package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// Status says how far an input has come.
type Status string

// The statuses.
const (
	Unfinished Status = "unfinished" // it began to arrive; sending the same again finishes it
	Committed  Status = "committed"
	Withdrawn  Status = "withdrawn" // it counts no longer
)

// Range is the bytes from From up to, not including, To.
type Range struct{ From, To int64 }

// Length gives the bytes of the range.
func (r Range) Length() int64 { return r.To - r.From }

// Input is one act of delivery. An unfinished input that was withdrawn has
// empty ranges: it was never acknowledged, and the next one took its place.
type Input struct {
	No     int
	Stream int
	Source string
	Name   string // of the file
	At     time.Time
	Spec   Digest // see Journal.Spec
	Status Status
	Seq    int64  // position in the journal of its commit; 0: unfinished
	Kept   Range  // its bytes in the stream, as Journal.Read counts them
	Sent   Range  // the same as they were sent; differs from Kept only after an erasure
	File   Digest // of the packed file it came in; zero: it came unpacked
}

// Filter chooses inputs; zero fields choose all.
type Filter struct {
	Source string
	Stream int
	Status Status
}

const inputColumns = "input, stream, source, name, at, spec, status, committed, kept_from, kept_to, sent_from, sent_to, file"

// Inputs lists inputs by number.
func (j *Journal) Inputs(ctx context.Context, f Filter) ([]Input, error) {
	rows, err := j.idx.db.QueryContext(ctx, "SELECT "+inputColumns+` FROM inputs
		WHERE ($1 = '' OR source = $1) AND ($2 = 0 OR stream = $2) AND ($3 = '' OR status = $3) ORDER BY input`, f.Source, f.Stream, f.Status)
	if err != nil {
		return nil, fmt.Errorf("listing inputs: %w", err)
	}
	defer rows.Close()
	var ins []Input
	for rows.Next() {
		in, err := scanInput(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("listing inputs: %w", err)
		}
		ins = append(ins, in)
	}
	return ins, rows.Err()
}

// Input gives one input; NotFound where there is none of this number.
func (j *Journal) Input(ctx context.Context, no int) (Input, error) {
	in, err := scanInput(j.idx.db.QueryRowContext(ctx, "SELECT "+inputColumns+" FROM inputs WHERE input = $1", no).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Input{}, callpace.E(callpace.NotFound, "journal.no_input", "input", no)
	}
	return in, err
}

// Latest gives the last input of a source that is whole and was not withdrawn;
// found is false where there is none.
func (j *Journal) Latest(ctx context.Context, source string) (in Input, found bool, err error) {
	in, err = scanInput(j.idx.db.QueryRowContext(ctx, "SELECT "+inputColumns+" FROM inputs WHERE source = $1 AND status = $2 ORDER BY input DESC LIMIT 1",
		source, Committed).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Input{}, false, nil
	}
	return in, err == nil, err
}

func scanInput(scan func(...any) error) (in Input, err error) {
	var at int64
	var spec, file []byte
	err = scan(&in.No, &in.Stream, &in.Source, &in.Name, &at, &spec, &in.Status, &in.Seq,
		&in.Kept.From, &in.Kept.To, &in.Sent.From, &in.Sent.To, &file)
	in.At = time.Unix(0, at).UTC()
	copy(in.Spec[:], spec)
	copy(in.File[:], file)
	return in, err
}

// Stream is one growing file of a source.
type Stream struct {
	No     int
	Source string
	Kept   int64 // where its committed bytes end, as Journal.Read counts them
	Sent   int64 // where they end in the file as it was sent
	Inputs int   // committed and not withdrawn
}

const streamQuery = `SELECT stream, max(source), max(CASE status WHEN 'unfinished' THEN kept_from ELSE kept_to END),
	max(CASE status WHEN 'unfinished' THEN sent_from ELSE sent_to END), sum(status = 'committed') FROM inputs `

// Streams lists the streams of a source by number; "" is all sources.
func (j *Journal) Streams(ctx context.Context, source string) ([]Stream, error) {
	rows, err := j.idx.db.QueryContext(ctx, streamQuery+"WHERE $1 = '' OR source = $1 GROUP BY stream ORDER BY stream", source)
	if err != nil {
		return nil, fmt.Errorf("listing streams: %w", err)
	}
	defer rows.Close()
	var list []Stream
	for rows.Next() {
		var s Stream
		if err := rows.Scan(&s.No, &s.Source, &s.Kept, &s.Sent, &s.Inputs); err != nil {
			return nil, fmt.Errorf("listing streams: %w", err)
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// Stream gives one stream; NotFound where there is none of this number.
func (j *Journal) Stream(ctx context.Context, no int) (s Stream, err error) {
	err = j.idx.db.QueryRowContext(ctx, streamQuery+"WHERE stream = $1 GROUP BY stream", no).Scan(&s.No, &s.Source, &s.Kept, &s.Sent, &s.Inputs)
	if errors.Is(err, sql.ErrNoRows) {
		return Stream{}, callpace.E(callpace.NotFound, "journal.no_stream", "stream", no)
	}
	return s, err
}
