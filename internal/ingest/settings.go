package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/kpi"
)

// organisation is the document that the journal keeps, in every version: what
// shapes facts, and what shapes answers only.
type organisation struct {
	facts.Settings
	kpi.Policy
}

// Policy gives what the organisation settled about its figures.
func (f *Folder) Policy() kpi.Policy { return f.policy }

// SetPolicy changes what shapes answers; the facts stay as they are.
func (f *Folder) SetPolicy(ctx context.Context, p kpi.Policy) error {
	if err := putSettings(ctx, f.journal, organisation{f.settings, p}, f.deps.Now()); err != nil {
		return err
	}
	f.setPolicy(p)
	return nil
}

// Catalogue gives the KPIs that the organisation can ask for, its own included.
func (f *Folder) Catalogue() *kpi.Catalogue { return f.defs() }

// setPolicy takes a policy over; the catalogue is made when it is first asked
// for, which takes as long as a question.
func (f *Folder) setPolicy(p kpi.Policy) {
	f.policy, f.defs = p, sync.OnceValue(func() *kpi.Catalogue {
		c, err := p.Catalogue()
		if err != nil { // no definition can cause that: those that are faulty are left out
			return kpi.Builtin()
		}
		return c
	})
}

func readSettings(ctx context.Context, j *journal.Journal) (o organisation, found bool, err error) {
	stored, err := j.Settings(ctx)
	if callpace.CodeOf(err) == callpace.NotFound {
		return o, false, nil
	}
	if err != nil {
		return o, false, err
	}
	if err := json.Unmarshal(stored.JSON, &o); err != nil {
		return o, false, fmt.Errorf("read settings: %w", err)
	}
	return o, true, nil
}

func putSettings(ctx context.Context, j *journal.Journal, o organisation, now time.Time) error {
	text, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	_, err = j.PutSettings(ctx, text, now)
	return err
}
