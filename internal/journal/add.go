package journal

import "context"

// Add stores what comes piece by piece, as it happens, and acknowledges it:
// data is put at the end of input to, which an Add began, or begins an input
// and a stream of its own. 0 asks for a new input; one is also begun where to
// was withdrawn since, was made for another source or spec, or is no longer the
// last of its stream. What is here already is not looked for. data is held in
// memory. On an error nothing is acknowledged.
func (j *Journal) Add(ctx context.Context, a Arrival, to int, data []byte) (r Receipt, err error) {
	err = j.write(ctx, func() error {
		r, err = j.add(ctx, a, to, data)
		return err
	})
	return r, err
}

// add writes a piece as one block, so that a crash leaves all of it or nothing,
// with an end of the input behind it: what stands in front of an end is never
// taken for a torn write.
func (j *Journal) add(ctx context.Context, a Arrival, to int, data []byte) (Receipt, error) {
	spec := digestOf(a.Spec)
	in, grows, err := j.growing(ctx, a.Source, spec, to)
	if err != nil {
		return Receipt{}, err
	}
	e := entry{Input: in.No, Stream: in.Stream, From: in.Sent.From}
	if !grows {
		in = Input{}
		if e, err = j.begin(ctx, a, spec, found{}); err != nil {
			return Receipt{}, err
		}
	}
	b := entry{Kind: KindBlock, Input: e.Input, Stream: e.Stream, From: e.From + in.Sent.Length()}
	if _, err := j.appendRaw(ctx, b, data); err != nil {
		return Receipt{}, err
	}
	end := entry{Kind: KindCommit, At: a.At, Input: e.Input, Stream: e.Stream, From: e.From, Length: in.Sent.Length() + int64(len(data))}
	if _, err := j.append(ctx, end, kept{}, nil); err != nil {
		return Receipt{}, err
	}
	if err := j.flush(ctx); err != nil {
		return Receipt{}, err
	}
	in, err = j.Input(context.WithoutCancel(ctx), e.Input)
	return Receipt{Input: in.No, Stream: in.Stream, Kept: in.Kept, AddedBytes: int64(len(data))}, err
}

// growing gives an input to which more can be added.
func (j *Journal) growing(ctx context.Context, source string, spec Digest, no int) (in Input, grows bool, err error) {
	if no == 0 {
		return in, false, nil
	}
	if in, err = j.Input(ctx, no); err != nil {
		return in, false, err
	}
	s, err := j.Stream(ctx, in.Stream)
	return in, err == nil && in.Status == Committed && in.Source == source && in.Spec == spec && s.Sent == in.Sent.To, err
}
