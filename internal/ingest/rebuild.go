package ingest

import (
	"context"
	"errors"

	"github.com/callpace/callpace/internal/facts/duck"
)

// Rebuild makes the facts anew from the journal, beside the old file, and
// swaps them when they are complete.
func (f *Folder) Rebuild(ctx context.Context) error {
	if f.store != nil {
		err := f.store.Close()
		f.store = nil
		if err != nil {
			return err
		}
	}
	return f.rebuild(ctx)
}

func (f *Folder) rebuild(ctx context.Context) error {
	built := f.factsPath() + ".new"
	if err := duck.Remove(built); err != nil {
		return err
	}
	store, err := duck.Open(built, decodersVersion, f.settings, duck.Options{})
	if err != nil {
		return err
	}
	live, err := f.liveInputs(ctx)
	if err == nil {
		err = f.projectAll(ctx, store, live, "rebuilding")
	}
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	if _, err := duck.SetAside(f.factsPath()); err != nil {
		return err
	}
	if err := duck.Swap(built, f.factsPath()); err != nil {
		return err
	}
	f.store, err = duck.Open(f.factsPath(), decodersVersion, f.settings, duck.Options{})
	return err
}
