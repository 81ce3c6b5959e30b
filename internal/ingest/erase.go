package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// Person names somebody by a phone number, as anybody writes it, or by the id
// of a lead; the other is "".
type Person struct{ Phone, Lead string }

// Erased tells what an erasure did; the journal keeps it as a proof.
type Erased struct {
	Records int `json:"records"` // input records that were changed
	Blocks  int `json:"blocks"`  // blocks of the journal that were written anew
	Streams int `json:"streams"`
}

// Erase takes a person out of everything that the folder holds: the records
// that name them keep their place and their numbers, so that the counts of the
// past stay, but say no longer who it was. The facts are rebuilt from that, and
// what was derived before (facts, rejects, files set aside) is removed.
func (f *Folder) Erase(ctx context.Context, p Person) (Erased, error) {
	match, err := f.matcher(ctx, p)
	if err != nil {
		return Erased{}, err
	}
	eraser, err := f.newEraser(ctx, match)
	if err != nil {
		return Erased{}, err
	}
	proof, err := f.journal.Rewrite(ctx, journal.Erasure{At: f.deps.Now(), Blank: eraser.blank, Note: func() json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"records":%d}`, eraser.records.Load()))
	}})
	if err != nil {
		return Erased{}, err
	}
	if err := f.mendPast(ctx); err != nil {
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
	done := Erased{Records: int(eraser.records.Load()), Blocks: len(proof.Blocks), Streams: len(streams)}
	return done, nil
}

// matcher finds every number and lead id of the person.
func (f *Folder) matcher(ctx context.Context, p Person) (source.Person, error) {
	phone := ""
	if p.Phone != "" {
		if phone = source.Phone(p.Phone, f.settings.Country); phone == "" {
			return source.Person{}, callpace.E(callpace.Invalid, "erase.bad_phone", "phone", p.Phone, "country", f.settings.Country)
		}
	}
	known, err := f.store.FindPerson(ctx, phone, p.Lead)
	if err != nil {
		return source.Person{}, err
	}
	earlier, err := f.journal.Log(ctx, 0, journal.KindErase)
	if err != nil {
		return source.Person{}, err
	}
	return source.Person{
		Phone: func(raw string) bool {
			return raw != "" && slices.Contains(known.Phones, source.Phone(raw, f.settings.Country))
		},
		Lead:  func(id string) bool { return slices.Contains(known.Leads, id) },
		Token: fmt.Sprintf("erased-%d", len(earlier)+1),
	}, nil
}
