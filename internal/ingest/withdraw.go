package ingest

import (
	"context"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
)

// Withdraw takes an input out of what counts: the facts become what they would
// be had it never come, and what it had overwritten comes back. An input of a
// growing file that later ones go on from holds nothing that those do not hold
// too, so they have to go with it: withLater does that, else it is a Conflict.
// It gives the inputs withdrawn, the last one first.
func (f *Folder) Withdraw(ctx context.Context, input int, withLater bool) ([]int, error) {
	in, err := f.journal.Input(ctx, input)
	if err != nil {
		return nil, err
	}
	all, err := f.journal.Inputs(ctx, journal.Filter{Stream: in.Stream, Status: journal.Committed})
	if err != nil {
		return nil, err
	}
	gone := []int{}
	for i := len(all) - 1; i >= 0 && all[i].No > in.No; i-- {
		gone = append(gone, all[i].No)
	}
	if len(gone) > 0 && !withLater {
		return nil, callpace.E(callpace.Conflict, "withdraw.later", "input", input, "later", gone[len(gone)-1], "count", len(gone))
	}
	gone = append(gone, in.No)
	for _, no := range gone {
		if err := f.journal.Withdraw(ctx, no, f.deps.Now()); err != nil {
			return nil, err
		}
	}
	return gone, f.fallBehind(f.mendPast(ctx))
}
