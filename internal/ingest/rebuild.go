package ingest

import (
	"context"
	"errors"

	"github.com/callpace/callpace/internal/facts/duck"
)

// Rebuild makes the facts anew from the journal, beside the old file, and
// swaps them when they are complete. The change log is what readers were told
// at the time; it comes from the journal, too.
func (f *Folder) Rebuild(ctx context.Context) error {
	if f.store != nil {
		_ = f.store.Close() // the file may be what is wrong
		f.store = nil
	}
	f.behind.Store(nil)
	if err := f.rebuild(ctx); err != nil {
		return f.fallBehind(err)
	}
	f.added.settled(0)
	return nil
}

// Rebuilt tells whether the facts have been made anew since the folder was opened.
func (f *Folder) Rebuilt() bool { return f.rebuilt }

func (f *Folder) rebuild(ctx context.Context) error {
	told, err := f.told(ctx)
	if err != nil {
		return err
	}
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
	if err == nil {
		err = store.Finish(ctx, 0, numbers(live)...)
	}
	if err == nil {
		err = store.RestoreChanges(ctx, told)
	}
	if err == nil {
		err = errors.Join(f.markPast(ctx, store), f.bind(ctx, store))
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
	f.rebuilt = true
	return f.openStore(ctx)
}
