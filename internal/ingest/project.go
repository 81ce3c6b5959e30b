package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// catchUp projects every input that the store has not finished.
func (f *Folder) catchUp(ctx context.Context, store *duck.Store) error {
	todo, err := f.unfinished(ctx, store)
	if err != nil {
		return err
	}
	return f.finishEach(ctx, store, todo, "catching_up")
}

// unfinished are the inputs that count and that the store has not finished.
func (f *Folder) unfinished(ctx context.Context, store *duck.Store) ([]journal.Input, error) {
	live, err := f.liveInputs(ctx)
	if err != nil {
		return nil, err
	}
	states, err := store.Inputs(ctx)
	if err != nil {
		return nil, err
	}
	done := make(map[int]bool, len(states))
	for _, s := range states {
		done[s.Input] = s.Done
	}
	return slices.DeleteFunc(live, func(in journal.Input) bool { return done[in.No] }), nil
}

// finishEach projects inputs that just came in their order, and finishes each:
// the change log tells them apart.
func (f *Folder) finishEach(ctx context.Context, store *duck.Store, inputs []journal.Input, stage string) error {
	for _, in := range inputs {
		if err := f.projectAll(ctx, store, []journal.Input{in}, stage); err != nil {
			return err
		}
		if err := store.Finish(ctx, in.No, in.No); err != nil {
			return err
		}
	}
	if len(inputs) == 0 {
		return nil
	}
	return f.bind(ctx, store)
}

// projectAll projects inputs in their order; finishing them is the caller's.
func (f *Folder) projectAll(ctx context.Context, store *duck.Store, inputs []journal.Input, stage string) error {
	var total, before int64
	for _, in := range inputs {
		total += in.Kept.Length()
	}
	for _, in := range inputs {
		progress := func(done int64) { f.progress(stage, before+done, total) }
		if err := f.stumble(ctx, store, in, f.project(ctx, store, in, progress)); err != nil {
			return err
		}
		before += in.Kept.Length()
	}
	return nil
}

// liveInputs are the inputs that count, in the order in which they came.
func (f *Folder) liveInputs(ctx context.Context) ([]journal.Input, error) {
	return f.journal.Inputs(ctx, journal.Filter{Status: journal.Committed})
}

// project turns an input's bytes into facts, from where the store stands. What
// the journal cannot give is left out, and remembered.
func (f *Folder) project(ctx context.Context, store *duck.Store, in journal.Input, progress func(done int64)) error {
	d, err := f.decoder(ctx, in)
	if isDamage(err) || in.Kept.Length() == 0 { // its beginning, or how it is to be read; or the journal lost all of it
		at, err := store.StreamPosition(ctx, in.Stream)
		if err == nil && at.Offset <= in.Kept.To {
			_, err = f.leaveOut(ctx, store, in, at, in.Kept.To, true)
		}
		return err
	}
	if err != nil {
		return err
	}
	// An input that goes on where another's last record stood open reads that
	// record again, as a whole.
	if err := store.RetractTail(ctx, in.Stream, assemblerOf(d)); err != nil {
		if errors.Is(err, duck.ErrReplay) {
			return f.replay(ctx, store, in.Source, in.No)
		}
		return err
	}
	for {
		bad, err := f.projectRest(ctx, store, in, d, progress)
		if bad.Length() == 0 || err != nil {
			return err
		}
		if err := f.projectAround(ctx, store, in, d, bad, progress); err != nil {
			return err
		}
		if d, err = f.decoder(ctx, in); err != nil { // cutting goes on elsewhere
			return err
		}
	}
}

// projectRest projects an input from where the store stands to its end, or up
// to what cannot be read.
func (f *Folder) projectRest(ctx context.Context, store *duck.Store, in journal.Input, d source.Decoder, progress func(done int64)) (bad journal.Range, err error) {
	at, err := store.StreamPosition(ctx, in.Stream)
	if err != nil {
		return bad, err
	}
	if err := f.cutRejectsBefore(ctx, in, at.Line); err != nil {
		return bad, err
	}
	if at, err = f.pastOpen(ctx, store, in, at); isDamage(err) {
		return damagedRange(err, in), nil
	} else if err != nil {
		return bad, err
	}
	if bytes, lines := d.Start(); at.Offset < bytes {
		at = facts.Position{Offset: bytes, Line: lines}
	}
	if at.Offset < in.Kept.To {
		if err = f.projectRange(ctx, store, in, d, at, in.Kept.To, progress); isDamage(err) {
			return damagedRange(err, in), nil
		}
		return bad, err
	}
	// Nothing but a header, or nothing that can be read: noted, so that it is not looked at again.
	_, err = store.Apply(ctx, facts.Application{Input: in.No, Stream: in.Stream, Source: in.Source, Batch: &facts.Batch{}, Position: at})
	return bad, err
}

// cutRejectsBefore drops from the rejects of the input before this one what is
// now to be read as a part of it: its last record, when that had no end.
func (f *Folder) cutRejectsBefore(ctx context.Context, in journal.Input, line int64) error {
	before, err := f.journal.Inputs(ctx, journal.Filter{Stream: in.Stream, Status: journal.Committed})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(before, func(x journal.Input) bool { return x.No >= in.No })
	if i <= 0 {
		return nil
	}
	_, err = cutRejects(f.RejectsPath(before[i-1].No), line)
	return err
}

// projectRange projects from a position, which no record crosses, up to another.
// A record that stands open at the end counts only where the input ends.
func (f *Folder) projectRange(ctx context.Context, store *duck.Store, in journal.Input, d source.Decoder, at facts.Position, to int64, progress func(done int64)) error {
	r, err := f.journal.Read(ctx, in.Stream, journal.Range{From: at.Offset, To: to})
	if err != nil {
		return err
	}
	defer r.Close()
	rejects, err := f.openRejects(in.No, at.Line)
	if err != nil {
		return err
	}
	err = decode(ctx, d, r, at, store.RunTimes, func(c decoded) error {
		if c.tail && to < in.Kept.To {
			return nil
		}
		if c.tail {
			if on, err := f.goesOn(ctx, in); on || err != nil {
				return err
			}
		}
		if err := rejects.write(c.batch.Rejects); err != nil {
			return err
		}
		f.warnings.add(in.No, c.batch.Warnings)
		_, err := store.Apply(ctx, facts.Application{Input: in.No, Stream: in.Stream, Source: in.Source, Batch: c.batch,
			Position: c.after, Tail: c.tail, Assembler: assemblerOf(d)})
		progress(c.after.Offset - in.Kept.From)
		return err
	})
	return errors.Join(err, rejects.close())
}

func numbers(inputs []journal.Input) []int {
	list := make([]int, len(inputs))
	for i, in := range inputs {
		list[i] = in.No
	}
	return list
}

// goesOn tells whether later inputs go on where this one ends: then its last
// record is theirs to read.
func (f *Folder) goesOn(ctx context.Context, in journal.Input) (bool, error) {
	all, err := f.journal.Inputs(ctx, journal.Filter{Stream: in.Stream, Status: journal.Committed})
	return len(all) > 0 && all[len(all)-1].No > in.No, err
}

func assemblerOf(d source.Decoder) facts.Assembler {
	if a, ok := d.(source.Assembling); ok {
		return a.Assembler()
	}
	return nil
}

// decoder opens the format of an input by its specification and the beginning
// of its stream.
func (f *Folder) decoder(ctx context.Context, in journal.Input) (source.Decoder, error) {
	spec, err := f.specOf(ctx, in)
	if err != nil {
		return nil, err
	}
	r, err := f.journal.Read(ctx, in.Stream, journal.Range{To: min(in.Kept.To, source.HeadSize)})
	if err != nil {
		return nil, err
	}
	head, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	return f.openFormat(spec, head)
}

// specOf reads how an input is to be read.
func (f *Folder) specOf(ctx context.Context, in journal.Input) (spec source.Spec, err error) {
	if f.respec != nil {
		if other := f.respec(in); other != nil {
			spec = *other
			spec.Settings = f.settings
			return spec, nil
		}
	}
	text, err := f.journal.Spec(ctx, in.Spec)
	if err != nil {
		return spec, err
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		return spec, fmt.Errorf("read specification of input %d: %w", in.No, err)
	}
	spec.Settings = f.settings
	return spec, nil
}

func (f *Folder) openFormat(spec source.Spec, head []byte) (source.Decoder, error) {
	format, ok := f.deps.Formats.Find(spec.Format)
	if !ok {
		return nil, callpace.E(callpace.Invalid, "import.unknown_format", "format", spec.Format, "known", f.deps.Formats.Names())
	}
	var d source.Decoder
	err := callpace.Caught(func() (err error) {
		d, err = format.Open(spec, head)
		return err
	})
	return d, err
}

// replay projects all of a source again, because of what an input did. It is
// noted before it begins, so that it is begun anew where it was interrupted.
func (f *Folder) replay(ctx context.Context, store *duck.Store, name string, cause int) error {
	if err := store.SetReplay(ctx, name, cause); err != nil {
		return err
	}
	if err := store.RemoveSource(ctx, name); err != nil {
		return err
	}
	own, err := f.journal.Inputs(ctx, journal.Filter{Source: name, Status: journal.Committed})
	if err != nil {
		return err
	}
	if err := f.projectAll(ctx, store, own, "replaying"); err != nil {
		return err
	}
	if err := store.Finish(ctx, cause, f.added.finished(numbers(own))...); err != nil {
		return err
	}
	return errors.Join(store.SetReplay(ctx, "", 0), f.bind(ctx, store))
}
