package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// gap is a part of a stream that the journal could not give when it was
// projected, or over which the program stumbled. The facts lack it, remember
// that they do, and say so, until the journal can be read there again, or the
// facts are made anew (docs/adr/0021).
type gap struct {
	Input  int    `json:"input"`
	Stream int    `json:"stream"`
	Source string `json:"source"`
	File   string `json:"file"`
	From   int64  `json:"from"` // kept positions
	To     int64  `json:"to"`
	Fault  string `json:"fault,omitempty"` // the program's own, in its words; "": the journal is damaged
	Open   bool   `json:"open"`            // where it ends a record may go on: what comes next begins behind the next line end
}

const noteGaps = "gaps"

func gapsOf(ctx context.Context, store *duck.Store) (gaps []gap, err error) {
	text, err := store.Note(ctx, noteGaps)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &gaps)
	}
	return gaps, err
}

// noteGap remembers a gap, as one with the gap that it continues. What the
// folder's own facts lack is told from now on.
func (f *Folder) noteGap(ctx context.Context, store *duck.Store, g gap) error {
	gaps, err := gapsOf(ctx, store)
	if err != nil {
		return err
	}
	if n := len(gaps) - 1; n >= 0 && gaps[n].Input == g.Input && gaps[n].Stream == g.Stream && gaps[n].Fault == g.Fault && gaps[n].From <= g.From && gaps[n].To >= g.From {
		g.From = gaps[n].From
		gaps = gaps[:n]
	}
	gaps = append(gaps, g)
	text, err := json.Marshal(gaps)
	if err != nil {
		return err
	}
	if err := store.SetNote(ctx, noteGaps, string(text)); err != nil {
		return err
	}
	if store == f.store {
		f.gaps.Store(&gaps)
	}
	return nil
}

// isDamage tells whether an error is that the journal could not give what it was asked for.
func isDamage(err error) bool { return err != nil && callpace.CodeOf(err) == callpace.Damaged }

// damagedRange is where the journal cannot be read; the whole input where that is not known.
func damagedRange(err error, in journal.Input) journal.Range {
	var e *callpace.Error
	if errors.As(err, &e) {
		from, knows := e.Args["from"].(int64)
		to, ends := e.Args["to"].(int64)
		if knows && ends && from < in.Kept.To && to > in.Kept.From {
			return journal.Range{From: max(from, in.Kept.From), To: min(to, in.Kept.To)}
		}
	}
	return in.Kept
}

// leaveOut has the facts go on behind what cannot be read of an input: from
// where they stand up to a position.
func (f *Folder) leaveOut(ctx context.Context, store *duck.Store, in journal.Input, at facts.Position, to int64, open bool) (facts.Position, error) {
	return f.leaveOutFor(ctx, store, in, at, to, open, "")
}

func (f *Folder) leaveOutFor(ctx context.Context, store *duck.Store, in journal.Input, at facts.Position, to int64, open bool, fault string) (facts.Position, error) {
	g := gap{Input: in.No, Stream: in.Stream, Source: in.Source, File: in.Name, From: at.Offset, To: to, Open: open, Fault: fault}
	if err := f.noteGap(ctx, store, g); err != nil {
		return at, err
	}
	at.Offset = to
	_, err := store.Apply(ctx, facts.Application{Input: in.No, Stream: in.Stream, Source: in.Source, Batch: &facts.Batch{}, Position: at})
	return at, err
}

// stumble leaves out the rest of an input over which the program stumbled, so
// that what else there is goes on; any other error it gives on.
func (f *Folder) stumble(ctx context.Context, store *duck.Store, in journal.Input, err error) error {
	var p *callpace.Panic
	if !errors.As(err, &p) {
		return err
	}
	f.panics[in.No] = p
	at, err := store.StreamPosition(ctx, in.Stream)
	if err == nil {
		_, err = f.leaveOutFor(ctx, store, in, at, max(at.Offset, in.Kept.To), true, p.Error())
	}
	return err
}

// stumbled tells what kept an input from being read to its end.
func (f *Folder) stumbled(no int) error {
	if gaps := f.gaps.Load(); gaps != nil {
		for _, g := range *gaps {
			if g.Input == no && g.Fault != "" {
				m := g.message()
				told := &callpace.Error{Code: callpace.Unsupported, Key: m.Key, Args: m.Args}
				if p := f.panics[no]; p != nil {
					told.Err = p
				}
				return told
			}
		}
	}
	return nil
}

// message tells what the facts lack.
func (g gap) message() callpace.Message {
	if g.Fault != "" {
		return callpace.M("facts.stumbled", "input", g.Input, "file", g.File, "source", g.Source, "from", g.From, "reason", g.Fault)
	}
	return callpace.M("facts.gap", "input", g.Input, "file", g.File, "source", g.Source, "from", g.From, "to", g.To)
}

// projectAround projects what can be read of an input before and behind what
// cannot. Before it, whole records; behind it, from the next line on.
func (f *Folder) projectAround(ctx context.Context, store *duck.Store, in journal.Input, d source.Decoder, bad journal.Range, progress func(int64)) error {
	at, err := store.StreamPosition(ctx, in.Stream)
	if err != nil {
		return err
	}
	if _, whole := d.(source.Whole); whole {
		_, err := f.leaveOut(ctx, store, in, at, in.Kept.To, false)
		return err
	}
	if bad.From > at.Offset {
		if err := f.projectRange(ctx, store, in, d, at, bad.From, progress); err != nil {
			return err
		}
		if at, err = store.StreamPosition(ctx, in.Stream); err != nil {
			return err
		}
	}
	if bad.To <= at.Offset {
		return fmt.Errorf("input %d: what cannot be read lies behind position %d", in.No, at.Offset)
	}
	_, err = f.leaveOut(ctx, store, in, at, bad.To, true)
	return err
}

// pastOpen moves behind the record that a gap cut in two, where one ends here.
func (f *Folder) pastOpen(ctx context.Context, store *duck.Store, in journal.Input, at facts.Position) (facts.Position, error) {
	gaps, err := gapsOf(ctx, store)
	if err != nil || len(gaps) == 0 {
		return at, err
	}
	last := gaps[len(gaps)-1]
	for _, g := range gaps {
		if g.Stream == in.Stream && g.To == at.Offset {
			last = g
		}
	}
	if !last.Open || last.Stream != in.Stream || last.To != at.Offset {
		return at, nil
	}
	d, err := f.decoder(ctx, in) // one that has cut nothing yet
	if err != nil {
		return at, err
	}
	r, err := f.journal.Read(ctx, in.Stream, journal.Range{From: at.Offset, To: in.Kept.To})
	if err != nil {
		return at, err
	}
	defer r.Close()
	n, err := firstLine(d, io.LimitReader(r, source.MaxRecord))
	if err != nil {
		return at, err
	}
	if n == 0 { // no line ends in what is left
		return f.leaveOut(ctx, store, in, at, in.Kept.To, true)
	}
	return f.leaveOut(ctx, store, in, at, at.Offset+int64(n), false)
}

// firstLine gives the length of the first line, as the decoder cuts; 0: none ends.
func firstLine(d source.Decoder, r io.Reader) (int, error) {
	var data []byte
	piece := make([]byte, 64<<10)
	for looked := 0; ; {
		n, err := r.Read(piece)
		data = append(data, piece[:n]...)
		for ; looked < len(data); looked++ {
			if data[looked] != '\n' && data[looked] != '\r' && data[looked] != 0 { // a wide line end has a NUL behind it
				continue
			}
			if cut, _ := d.Cut(data[:looked+1], false); cut > 0 {
				return cut, nil
			}
		}
		if errors.Is(err, io.EOF) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// healed tells whether the journal can give again what the facts lack. What
// the program stumbled over it would stumble over again.
func (f *Folder) healed(ctx context.Context) (healed bool, err error) {
	gaps, err := gapsOf(ctx, f.store)
	if err != nil || len(gaps) == 0 {
		return false, err
	}
	for _, g := range gaps {
		in, err := f.journal.Input(ctx, g.Input)
		if err == nil && in.Status == journal.Committed {
			if in.Kept.Length() == 0 { // the journal does not know of it yet
				return false, nil
			}
			if _, err = f.decoder(ctx, in); err == nil && g.Fault == "" {
				err = f.readable(ctx, g)
			}
		}
		switch {
		case callpace.CodeOf(err) == callpace.NotFound, in.Status == journal.Withdrawn:
			return true, nil // nobody waits for it any longer
		case isDamage(err):
			return false, nil
		case err != nil && g.Fault == "":
			return false, err
		}
		healed = healed || g.Fault == ""
	}
	return healed, nil
}

func (f *Folder) readable(ctx context.Context, g gap) error {
	r, err := f.journal.Read(ctx, g.Stream, journal.Range{From: g.From, To: g.To})
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}
