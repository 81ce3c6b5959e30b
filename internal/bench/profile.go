package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"time"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/source"
	format "github.com/callpace/callpace/internal/source/mapping"
)

// profileImport imports in this process, writes a CPU profile to path, and prints
// how long each stage took: what comes after the last byte is derivation.
func (b *bench) profileImport(ctx context.Context, path string) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	settings := facts.Settings{Zone: "Africa/Tunis", Currency: "EUR", Country: "HR", WeekStart: time.Monday, Calendar: facts.Gregorian,
		AnsweredSeconds: 1, CreditDays: 30, CallbackMinutes: 30}
	if err := errors.Join(os.RemoveAll(b.product.dir), ingest.Init(ctx, b.product.dir, settings, time.Now())); err != nil {
		return err
	}
	var formats source.Registry
	formats.Register("mapping", format.New())
	began, stage := time.Now(), ""
	lap := func(next string) {
		if next != stage {
			fmt.Printf("%8.2fs of %.2fs of processors: %s\n", time.Since(began).Seconds(), processorTime().Seconds(), next)
			stage = next
		}
	}
	f, err := ingest.Open(ctx, b.product.dir, ingest.Deps{Formats: &formats, Now: time.Now, Progress: func(s string, done, total int64) {
		if lap(s); s == "importing" && done >= total {
			lap("deriving")
		}
	}})
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return errors.Join(err, f.Close())
	}
	defer pprof.StopCPUProfile()
	_, err = f.Import(ctx, ingest.Delivery{Spec: source.Spec{Source: "bench", Format: "mapping", Mapping: string(mapping)}, Name: "calls.csv",
		Open: func() (io.ReadCloser, error) { return os.Open(b.files.calls) }})
	lap("import done")
	err = errors.Join(err, f.Close())
	lap("closed")
	return err
}
