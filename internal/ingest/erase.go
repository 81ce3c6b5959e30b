package ingest

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/callpace/callpace/internal/journal"
)

// Person names somebody by a phone number, as anybody writes it, or by the id
// of a lead; the other is "".
type Person struct {
	Phone, Lead string
	Shared      Sharing // what becomes of numbers and ids that many have
	SearchText  bool    // take the numbers and ids out of free text of other people's records, too
}

// Typed is what people typed on pages beside the facts: notes, disputes,
// requests, annotations. EraseTyped takes a person out of it, as store.State says.
type Typed interface {
	EraseTyped(ctx context.Context, take func(text string) (rest string, found bool), own func(subject string) bool, dry bool) (changed int, err error)
}

// Erased tells what an erasure did; the journal keeps it as a proof.
type Erased struct {
	Records int `json:"records"` // input records that were changed
	Blocks  int `json:"blocks"`  // blocks of the journal that were written anew
	Streams int `json:"streams"`
	Typed   int `json:"typed"` // texts that people typed on pages
}

// Found tells of a person before anything is erased.
type Found struct {
	Traced
	Records  int      `json:"records"`           // input records that would change
	Mentions int      `json:"mentions"`          // texts of other people's records among them
	Samples  []string `json:"samples,omitempty"` // some of these texts
	Typed    int      `json:"typed"`             // texts typed on pages that would change
}

// FindPerson tells under which numbers and ids the journal knows a person, and
// what Erase would change. Nothing is changed.
func (f *Folder) FindPerson(ctx context.Context, p Person) (Found, error) {
	if err := f.Ready(); err != nil {
		return Found{}, err
	}
	e, who, err := f.seek(ctx, p)
	if err != nil {
		return Found{}, err
	}
	if err := e.preview(ctx, f.journal); err != nil {
		return Found{}, fmt.Errorf("look for a person: %w", err)
	}
	found := Found{Traced: who, Records: int(e.records.Load())}
	if e.mentions != nil {
		found.Mentions, found.Samples = e.mentions.count, e.mentions.samples
	}
	found.Typed, err = f.eraseTyped(ctx, who, true)
	return found, err
}

// eraseTyped takes a person out of what people typed: their numbers and ids out
// of every text, and all that was written about their calls.
func (f *Folder) eraseTyped(ctx context.Context, who Traced, dry bool) (int, error) {
	if f.deps.Typed == nil {
		return 0, nil
	}
	calls, err := f.store.CallsOf(ctx, who.Phones, who.Leads)
	if err != nil {
		return 0, err
	}
	own := map[string]bool{}
	for _, c := range calls {
		own[CallSubject(CallKey(c.Source, c.ID))] = true
	}
	return f.deps.Typed.EraseTyped(ctx, newMentions(who, f.settings.Country).take, func(subject string) bool { return own[subject] }, dry)
}

func (f *Folder) seek(ctx context.Context, p Person) (*eraser, Traced, error) {
	h, err := f.history(ctx)
	if err != nil {
		return nil, Traced{}, err
	}
	t, err := f.trace(ctx, h, p)
	if err != nil {
		return nil, Traced{}, err
	}
	e, err := f.newEraser(ctx, h, t.found(), p)
	return e, t.found(), err
}

// Erase takes a person out of everything that the folder holds: the records
// that name them keep their place and their numbers, so that the counts of the
// past stay, but say no longer who it was, nor does what people typed. The facts are rebuilt from that, and
// what was derived before (facts, rejects, files set aside) is removed.
// What began to arrive and never did goes as well: nobody was told that it is
// kept, and it may end anywhere.
func (f *Folder) Erase(ctx context.Context, p Person) (Erased, error) {
	if err := f.Mend(ctx); err != nil { // without the facts nobody knows all that is theirs
		return Erased{}, err
	}
	eraser, who, err := f.seek(ctx, p)
	if err != nil {
		return Erased{}, err
	}
	if err := f.dropUnfinished(ctx); err != nil {
		return Erased{}, err
	}
	typed := 0
	forget := func() (err error) { // before the journal is rewritten, since nothing leads to it then
		typed, err = f.eraseTyped(ctx, who, false)
		return err
	}
	proof, err := f.journal.Rewrite(ctx, journal.Erasure{At: f.deps.Now(), Blank: eraser.blank, Sure: forget, Note: func() json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"records":%d}`, eraser.records.Load()))
	}})
	if err != nil {
		return Erased{}, err
	}
	if err := f.fallBehind(f.mendPast(ctx)); err != nil {
		return Erased{}, err
	}
	streams := map[int]bool{}
	for _, b := range proof.Blocks {
		in, err := f.journal.Input(ctx, b.Input)
		if err != nil {
			return Erased{}, err
		}
		streams[in.Stream] = true
	}
	return Erased{Records: int(eraser.records.Load()), Blocks: len(proof.Blocks), Streams: len(streams), Typed: typed}, nil
}

func (f *Folder) dropUnfinished(ctx context.Context) error {
	inputs, err := f.journal.Inputs(ctx, journal.Filter{Status: journal.Unfinished})
	if err != nil {
		return err
	}
	for _, in := range inputs {
		if err := f.journal.Withdraw(ctx, in.No, f.deps.Now()); err != nil {
			return err
		}
	}
	return nil
}
