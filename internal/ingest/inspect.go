package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// SpecOf gives by what an input is read.
func (f *Folder) SpecOf(ctx context.Context, input int) (source.Spec, error) {
	in, err := f.journal.Input(ctx, input)
	if err != nil {
		return source.Spec{}, err
	}
	return f.specOf(ctx, in)
}

// LatestSpec gives by what the last input of a source that counts is read; found
// is false where there is none.
func (f *Folder) LatestSpec(ctx context.Context, name string) (spec source.Spec, found bool, err error) {
	in, found, err := f.journal.Latest(ctx, name)
	if found {
		spec, err = f.specOf(ctx, in)
	}
	return spec, found, err
}

// Sample gives the beginning of the stream that an input is a part of, as it
// is read: HeadSize bytes, of a workbook all of it.
func (f *Folder) Sample(ctx context.Context, input int) ([]byte, error) {
	in, err := f.journal.Input(ctx, input)
	if err != nil {
		return nil, err
	}
	for limit := int64(source.HeadSize); ; limit = source.MaxWhole {
		r, err := f.journal.Read(ctx, in.Stream, journal.Range{To: min(in.Kept.To, limit)})
		if err != nil {
			return nil, err
		}
		head, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
		if limit == source.MaxWhole || !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
			return head, nil
		}
	}
}
