package ingest

import (
	"context"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/kpi"
)

// Reconciliation walks from a source's records to its facts to what each
// measure counted. At every step what is left out has a name and a number.
type Reconciliation struct {
	Source    string          `json:"source"`
	Inputs    int             `json:"inputs"`
	Records   facts.Counts    `json:"records"` // of all inputs; the records in force are the new ones
	Facts     []duck.Meeting  `json:"facts"`
	Conflicts []duck.Conflict `json:"conflicts"` // of the source's leads with those of all sources
	Walks     []kpi.Walk      `json:"measures"`
}

// Reconcile computes the walk of a source; of the query, period, scope and
// clock count.
func (f *Folder) Reconcile(ctx context.Context, defs *kpi.Catalogue, q kpi.Query, name string) (*Reconciliation, error) {
	inputs, err := f.Inputs(ctx)
	if err != nil {
		return nil, err
	}
	r := &Reconciliation{Source: name}
	for _, in := range inputs {
		if in.Source == name && in.Status == string(journal.Committed) {
			r.Inputs++
			r.Records = r.Records.Add(in.Counts)
		}
	}
	if r.Inputs == 0 {
		return nil, callpace.E(callpace.NotFound, "reconcile.no_source", "source", name, "known", sourcesOf(inputs))
	}
	if r.Facts, err = f.store.Meetings(ctx, name); err != nil {
		return nil, err
	}
	if r.Conflicts, err = f.store.Conflicts(ctx, name); err != nil {
		return nil, err
	}
	r.Walks, err = defs.Walks(ctx, f.store.Engine(), q, name)
	return r, err
}

func sourcesOf(inputs []InputInfo) []string {
	var names []string
	seen := map[string]bool{}
	for _, in := range inputs {
		if !seen[in.Source] {
			seen[in.Source] = true
			names = append(names, in.Source)
		}
	}
	return names
}
