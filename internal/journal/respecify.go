package journal

import (
	"context"
	"slices"
	"time"

	"github.com/callpace/callpace"
)

// Respecify lets inputs be read by another spec from now on; their bytes stay.
// NotFound: no such input.
func (j *Journal) Respecify(ctx context.Context, inputs []int, spec []byte, at time.Time) error {
	return j.write(ctx, func() error {
		digest := digestOf(spec)
		for _, no := range inputs {
			if _, err := j.Input(ctx, no); err != nil {
				return err
			}
		}
		if err := j.keepSpec(ctx, digest, spec, at); err != nil {
			return err
		}
		for _, no := range inputs {
			if _, err := j.append(ctx, entry{Kind: KindRespec, At: at, Input: no, Spec: digest}, kept{}, nil); err != nil {
				return err
			}
		}
		return j.flush(ctx)
	})
}

// keepSpec stores a spec unless it is there.
func (j *Journal) keepSpec(ctx context.Context, digest Digest, spec []byte, at time.Time) error {
	if slices.ContainsFunc(j.pending, func(f frame) bool { return f.Kind == KindSpec && f.SHA256 == digest }) {
		return nil
	}
	_, err := j.specEntry(ctx, digest)
	if callpace.CodeOf(err) == callpace.NotFound {
		_, err = j.appendRaw(ctx, entry{Kind: KindSpec, At: at}, spec)
	}
	return err
}
