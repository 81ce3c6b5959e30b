package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/callpace/callpace/internal/demo"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/source"
)

// importDemo brings one file of the demo company in like anybody's.
func importDemo(ctx context.Context, f *ingest.Folder, file demo.File) (ingest.Report, error) {
	r, err := f.Import(ctx, ingest.Delivery{Name: file.Name, Size: int64(len(file.Data)),
		Spec: source.Spec{Source: file.Source, Format: "mapping", Mapping: file.Mapping},
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Data)), nil }})
	if err != nil {
		return r, fmt.Errorf("%s: %w", file.Name, err)
	}
	return r, nil
}

// sample brings the demo company into the folder that is served, a file at a
// time, so that other inputs can come between.
func (s *server) sample(ctx context.Context, progress ingest.Progress) error {
	progress("sample", 0, 0)
	files, err := demo.Make(1, s.app.now())
	if err != nil {
		return err
	}
	for i, file := range files {
		progress("sample", int64(i), int64(len(files)))
		err := s.folder.Write(ctx, nil, func(f *ingest.Folder) error {
			_, err := importDemo(ctx, f, file)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
