package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/store"
)

type eraseCommand struct {
	Phone      string `placeholder:"NUMBER" xor:"who" required:""`
	Lead       string `placeholder:"ID" xor:"who" required:""`
	Shared     string `enum:",keep,erase" default:"" placeholder:"WAY"`
	SearchText bool   ``
	Yes        bool   `short:"y"`
}

// Run erases a person. Without --yes it says whom and how much, and no more.
func (c *eraseCommand) Run(ctx context.Context, a *app) error {
	return a.replace(ctx, func(f *ingest.Folder) error {
		person := ingest.Person{Phone: c.Phone, Lead: c.Lead, Shared: ingest.Sharing(c.Shared), SearchText: c.SearchText}
		if !c.Yes {
			found, err := f.FindPerson(ctx, person)
			if err != nil {
				return err
			}
			if err := a.printFound(found); err != nil {
				return err
			}
			return usageError{callpace.E(callpace.Invalid, "erase.confirm")}
		}
		if err := a.audited(ctx, auth.Erased, "", map[string]any{"search_text": c.SearchText}); err != nil { // not whom: that would have to be erased, too
			return err
		}
		proof, err := f.Erase(ctx, person)
		if err != nil {
			return err
		}
		if a.Output == "json" {
			return writeJSON(a.stdout, proof)
		}
		a.endProgress()
		done := "erase.done"
		switch {
		case proof.Records == 0 && proof.Typed == 0:
			a.line("erase.nobody")
			return nil
		case c.SearchText:
			done = "erase.done_everywhere"
		}
		a.line(done, "count", proof.Records, "streams", proof.Streams)
		if proof.Typed > 0 {
			a.line("erase.done_typed", "count", proof.Typed)
		}
		return nil
	})
}

// printFound tells by what a person is known, and what erasing would change.
func (a *app) printFound(found ingest.Found) error {
	if a.Output == "json" {
		return writeJSON(a.stdout, found)
	}
	a.endProgress()
	if found.Records == 0 && found.Typed == 0 {
		a.line("erase.nobody")
		return nil
	}
	a.line("erase.found")
	for _, x := range []struct {
		key    string
		values []string
	}{{"erase.found_phones", found.Phones}, {"erase.found_leads", found.Leads}, {"erase.found_customers", found.Customers},
		{"erase.found_firms", found.Firms}, {"erase.found_shared", found.Shared}} {
		if len(x.values) > 0 {
			fmt.Fprint(a.stdout, "  ")
			a.line(x.key, "values", x.values)
		}
	}
	a.line("erase.found_records", "count", found.Records)
	if found.Typed > 0 {
		a.line("erase.found_typed", "count", found.Typed)
	}
	if found.Mentions > 0 {
		a.line("erase.found_mentions", "count", found.Mentions)
		for _, text := range found.Samples {
			fmt.Fprintln(a.stdout, "  "+printable(text))
		}
	}
	return nil
}

// typed is what people typed on pages, opened where it is asked for.
type typed struct{ *app }

// EraseTyped is ingest.Typed. A folder that was never served has nothing of the kind.
func (t typed) EraseTyped(ctx context.Context, take func(string) (string, bool), own func(string) bool, dry bool) (changed int, err error) {
	if !t.hasState() {
		return 0, nil
	}
	err = t.stateful(ctx, func(s store.State) error {
		changed, err = s.EraseTyped(ctx, take, own, dry)
		return err
	})
	return changed, err
}

func (a *app) hasState() bool {
	_, err := os.Stat(filepath.Join(a.Data, store.Name))
	return err == nil
}
