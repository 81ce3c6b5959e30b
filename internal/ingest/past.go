package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/journal"
)

// changesOfPast are the journal's entries after which facts made before are
// wrong. The store remembers how far it has followed them, so that one that
// was interrupted is finished when the folder is opened again.
var changesOfPast = []journal.Kind{journal.KindWithdraw, journal.KindRespec, journal.KindErase}

// mendPast brings the facts in line with what the journal says of the past
// now: the sources concerned are projected again, after an erasure everything.
func (f *Folder) mendPast(ctx context.Context) error {
	if f.store == nil { // a rebuild failed: what is made or opened now follows
		return f.Mend(ctx)
	}
	mark, err := f.store.Mark(ctx)
	if err != nil {
		return err
	}
	events, err := f.journal.Log(ctx, mark, changesOfPast...)
	if err != nil || len(events) == 0 {
		return err
	}
	if slices.ContainsFunc(events, func(e journal.Event) bool { return e.Kind == journal.KindErase }) {
		return f.forget(ctx)
	}
	var sources []string
	cause := map[string]int{}
	for _, e := range events {
		in, err := f.journal.Input(ctx, e.Input)
		if err != nil {
			return err
		}
		if _, known := cause[in.Source]; !known {
			sources = append(sources, in.Source)
		}
		cause[in.Source] = e.Input
	}
	for _, name := range sources {
		if err := f.replay(ctx, f.store, name, cause[name]); err != nil {
			return err
		}
	}
	return f.store.SetMark(ctx, events[len(events)-1].Seq)
}

// markPast notes in a store that was filled from the journal as it is now that
// it has seen all of its past.
func (f *Folder) markPast(ctx context.Context, store *duck.Store) error {
	events, err := f.journal.Log(ctx, 0, changesOfPast...)
	if err != nil || len(events) == 0 {
		return err
	}
	return store.SetMark(ctx, events[len(events)-1].Seq)
}

// forget makes the facts anew after an erasure and removes whatever was made
// before it.
func (f *Folder) forget(ctx context.Context) error {
	if err := os.RemoveAll(filepath.Join(f.dir, "rejects")); err != nil {
		return fmt.Errorf("remove rejects: %w", err)
	}
	if err := f.Rebuild(ctx); err != nil {
		return err
	}
	return errors.Join(duck.RemoveAside(f.factsPath()), f.removeLeftovers())
}

// removeLeftovers removes what an interrupted rebuild or trial left behind.
func (f *Folder) removeLeftovers() error {
	trial := f.trialPath()
	return errors.Join(duck.Remove(f.factsPath()+".new"), duck.Remove(trial), os.RemoveAll(trial+".d"))
}

func (f *Folder) trialPath() string { return f.factsPath() + ".trial" }
