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

// Told gives everything that was put and can be read, in order: a damaged entry
// is one that Verify names, and no reason to be without the others.
func (j *Journal) Told(ctx context.Context) ([][]byte, error) {
	log, err := j.Log(ctx, 0, KindTold)
	if err != nil {
		return nil, err
	}
	var texts [][]byte
	for _, e := range log {
		text, _, err := j.payloadOf(ctx, "seq = $1", e.Seq)
		if isDamaged(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}
