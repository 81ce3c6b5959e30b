package journal

import (
	"context"
	"time"

	"github.com/callpace/callpace"
)

// Withdraw takes an input out of what counts. What it added is left out of what
// Read gives, and Read says where; later inputs of its stream stay. Nothing is
// deleted. An unfinished input is dropped. NotFound: no such input; Conflict:
// it is withdrawn already.
func (j *Journal) Withdraw(ctx context.Context, input int, at time.Time) error {
	return j.write(ctx, func() error {
		in, err := j.Input(ctx, input)
		if err != nil {
			return err
		}
		if in.Status == Withdrawn {
			return callpace.E(callpace.Conflict, "journal.already_withdrawn", "input", input)
		}
		if _, err := j.append(ctx, entry{Kind: KindWithdraw, At: at, Input: input}, kept{}, nil); err != nil {
			return err
		}
		return j.flush(ctx)
	})
}
