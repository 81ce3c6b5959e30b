package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// Diff is what another mapping makes of a source's history.
type Diff struct {
	Inputs  int               `json:"inputs"` // that are read anew
	Facts   []duck.FactDiff   `json:"facts"`
	Columns []duck.ColumnDiff `json:"columns"`
}

// ApplyMapping reads what a source sent, from an input on, with another
// specification: the inputs keep their bytes and get the new one in the
// journal. Inputs of streams that go on from earlier ones bring only their own
// part. The difference is found first, beside the facts in use; with dryRun
// that is all.
func (f *Folder) ApplyMapping(ctx context.Context, spec source.Spec, from int, dryRun bool) (Diff, error) {
	if f.store == nil { // a rebuild failed: there is nothing to compare with
		return Diff{}, f.Ready()
	}
	own, err := f.journal.Inputs(ctx, journal.Filter{Source: spec.Source, Status: journal.Committed})
	if err != nil {
		return Diff{}, err
	}
	var inputs []int
	for _, in := range own {
		if in.No >= from {
			inputs = append(inputs, in.No)
		}
	}
	if len(inputs) == 0 {
		return Diff{}, callpace.E(callpace.NotFound, "mapping.no_inputs", "source", spec.Source, "input", from)
	}
	text, err := json.Marshal(spec)
	if err != nil {
		return Diff{}, fmt.Errorf("write specification: %w", err)
	}
	diff, err := f.tryMapping(ctx, own, from, spec)
	if err != nil || dryRun {
		return diff, err
	}
	if err := f.journal.Respecify(ctx, inputs, text, f.deps.Now()); err != nil {
		return diff, err
	}
	return diff, f.fallBehind(f.mendPast(ctx))
}

// tryMapping projects the source into a store of its own and compares.
func (f *Folder) tryMapping(ctx context.Context, own []journal.Input, from int, spec source.Spec) (diff Diff, err error) {
	path := f.trialPath()
	if err := duck.Remove(path); err != nil {
		return diff, err
	}
	store, err := duck.Open(path, decodersVersion, f.settings, duck.Options{})
	if err != nil {
		return diff, err
	}
	trial := Folder{deps: f.deps, journal: f.journal, settings: f.settings, policy: f.policy, defs: f.defs, added: newAdded(),
		dir: path + ".d", // rejects of a trial are nobody's
		respec: func(in journal.Input) *source.Spec {
			if in.No >= from {
				return &spec
			}
			return nil
		}}
	err = trial.projectAll(ctx, store, own, "trying")
	if err == nil {
		err = store.Finish(ctx, 0, numbers(own)...)
	}
	if err = errors.Join(err, store.Close()); err == nil {
		diff.Facts, diff.Columns, err = f.store.CompareSource(ctx, path, spec.Source)
	}
	for _, in := range own {
		if in.No >= from {
			diff.Inputs++
		}
	}
	return diff, errors.Join(err, os.RemoveAll(trial.dir), duck.Remove(path))
}
