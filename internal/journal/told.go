package journal

import (
	"context"
	"time"
)

// PutTold keeps what readers are told of corrections. It shapes no facts and
// cannot be computed from them later: it compares what stood there before.
func (j *Journal) PutTold(ctx context.Context, text []byte, at time.Time) error {
	return j.write(ctx, func() error {
		if _, err := j.appendRaw(ctx, entry{Kind: KindTold, At: at}, text); err != nil {
			return err
		}
		return j.flush(ctx)
	})
}

// Told gives everything that was put, in order.
func (j *Journal) Told(ctx context.Context) ([][]byte, error) {
	log, err := j.Log(ctx, 0, KindTold)
	if err != nil {
		return nil, err
	}
	texts := make([][]byte, len(log))
	for i, e := range log {
		if texts[i], _, err = j.payloadOf(ctx, "seq = $1", e.Seq); err != nil {
			return nil, err
		}
	}
	return texts, nil
}
