package ingest

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/callpace/callpace/internal/facts/duck"
)

// tidings are changes on their way into the change log, behind its first From entries.
type tidings struct {
	From    int64         `json:"from"`
	Changes []duck.Change `json:"changes"`
}

// openStore opens the facts and has what they tell of corrections written into
// the journal first, since a fact file may be lost.
func (f *Folder) openStore(ctx context.Context) (err error) {
	f.store, err = duck.Open(f.factsPath(), decodersVersion, f.settings, duck.Options{KeepMB: f.deps.keepMB, MemoryMB: f.deps.MemoryMB, Aside: f.deps.aside})
	if err != nil {
		return err
	}
	gaps, err := gapsOf(ctx, f.store)
	if err != nil {
		return err
	}
	f.gaps.Store(&gaps)
	f.store.OnChange(func(from int64, changes []duck.Change) error {
		text, err := json.Marshal(tidings{from, changes})
		if err != nil {
			return fmt.Errorf("write what changed: %w", err)
		}
		return f.journal.PutTold(context.WithoutCancel(ctx), text, f.deps.Now())
	})
	return nil
}

// told gives the change log as the journal has it. What was told and, after a
// crash, told anew at the same place counts once.
func (f *Folder) told(ctx context.Context) ([]duck.Change, error) {
	texts, err := f.journal.Told(ctx)
	if err != nil {
		return nil, err
	}
	var log []duck.Change
	for _, text := range texts {
		var t tidings
		if err := json.Unmarshal(text, &t); err != nil {
			return nil, fmt.Errorf("read what changed: %w", err)
		}
		log = append(log[:min(max(t.From, 0), int64(len(log)))], t.Changes...)
	}
	return log, nil
}
