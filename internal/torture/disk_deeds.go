package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/journal/disk/faulty"
	"github.com/callpace/callpace/internal/source"
)

const callsOfTheJournal = "at calls of the journal"

// diskStride is how many calls of the journal lie between two that fail in the
// bounded version.
const diskStride = 7

// trial is what a folder is asked to do, one deed after the other, while a call
// of the journal fails. Each can be done again: what was done already is left as it is.
type trial struct {
	name, checked string
	before        string // the folder to begin with
	deeds         []func(context.Context, *ingest.Folder) error
	right         func(ctx context.Context, dir string) error
}

// diskTrials makes the folders and files of the trials: all that the journal
// keeps, and the one thing that changes what it kept.
func (l *lab) diskTrials(ctx context.Context, home string) ([]trial, error) {
	var paths []string
	for _, f := range []struct {
		name        string
		first, rows int
	}{{"whole", 0, 150}, {"grown", 0, 300}, {"other", 1000, 50}} {
		path := filepath.Join(home, f.name, "calls.csv")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), writeUnique(path, f.first, f.rows)); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	before, after := filepath.Join(home, "before"), filepath.Join(home, "after")
	if err := l.company(ctx, before); err != nil {
		return nil, err
	}
	work := trial{name: "imports, a file that grew, another mapping, settings, a withdrawal", before: before,
		checked: "no acknowledgement of what is not there after a power cut; done again: as undisturbed",
		deeds:   []func(context.Context, *ingest.Folder) error{importing("pbx", paths[0]), importing("pbx", paths[1]), importing("second", paths[2]), respecify, resettle, withdrawSecond}}
	if err := copyFolder(before, after); err != nil {
		return nil, err
	}
	if err := opened(ctx, after, func(f *ingest.Folder) error { return work.from(ctx, f, new(int)) }); err != nil {
		return nil, err
	}
	want, err := stateOf(ctx, after)
	if err != nil {
		return nil, err
	}
	work.right = func(ctx context.Context, dir string) error {
		got, err := stateOf(ctx, dir)
		if err == nil && got != want {
			err = fmt.Errorf("%w: %s, not %s", errLost, got.inputs, want.inputs)
		}
		return err
	}
	text, err := os.ReadFile(paths[1])
	if err != nil {
		return nil, err
	}
	somebody := ingest.Person{Phone: strings.Split(strings.Split(string(text), "\n")[1], ",")[3]} // of the first call
	erasing := func(ctx context.Context, f *ingest.Folder) error {
		_, err := f.Erase(ctx, somebody)
		return err
	}
	erased := filepath.Join(home, "erased")
	if err := copyFolder(after, erased); err != nil {
		return nil, err
	}
	if err := opened(ctx, erased, func(f *ingest.Folder) error { return erasing(ctx, f) }); err != nil {
		return nil, err
	}
	without, err := stateOf(ctx, erased)
	if err != nil {
		return nil, err
	}
	erasure := trial{name: "an erasure", before: after, deeds: []func(context.Context, *ingest.Folder) error{erasing},
		checked: "the person is gone, and all else as undisturbed but for random pseudonyms",
		right: func(ctx context.Context, dir string) error {
			got, err := stateOf(ctx, dir)
			if err == nil && got.inputs != without.inputs {
				err = fmt.Errorf("%w: %s, not %s", errLost, got.inputs, without.inputs)
			}
			return errors.Join(err, opened(ctx, dir, func(f *ingest.Folder) error {
				found, err := f.FindPerson(ctx, somebody)
				if err == nil && found.Records > 0 {
					err = fmt.Errorf("%d records name the person still", found.Records)
				}
				return err
			}))
		}}
	return []trial{work, erasure}, nil
}

func respecify(ctx context.Context, f *ingest.Folder) error {
	_, err := f.ApplyMapping(ctx, source.Spec{Source: "pbx", Format: "mapping", Mapping: strings.Replace(uniqueMapping, "sold: sale", "sold: appointment", 1)}, 0, false)
	return err
}

func resettle(ctx context.Context, f *ingest.Folder) error {
	s := f.Settings()
	s.CreditDays = 7
	return f.SetSettings(ctx, s)
}

func importing(name, path string) func(context.Context, *ingest.Folder) error {
	return func(ctx context.Context, f *ingest.Folder) error {
		_, err := f.Import(ctx, ingest.Delivery{Name: filepath.Base(path), Spec: source.Spec{Source: name, Format: "mapping", Mapping: uniqueMapping},
			Open: func() (io.ReadCloser, error) { return os.Open(path) }})
		return err
	}
}

// withdrawSecond takes back what the source "second" sent.
func withdrawSecond(ctx context.Context, f *ingest.Folder) error {
	sent, err := f.Journal().Inputs(ctx, journal.Filter{Source: "second", Status: journal.Committed})
	if err != nil || len(sent) == 0 {
		return err
	}
	_, err = f.Withdraw(ctx, sent[0].No, true)
	return err
}

// failing has calls of the journal fail in one way, and tells what was found.
func (l *lab) failing(ctx context.Context, t trial, dir string, how faulty.Fault) row {
	r := row{Part: "disk", What: how.String() + " " + callsOfTheJournal + ": " + t.name, Checked: t.checked}
	step := diskStride // of so many calls one, another one by the seed
	if l.long {
		step = 1
	}
	for k := 1 + int(l.seed%uint64(step)); ctx.Err() == nil; k += step {
		var hit bool
		err := l.watched(ctx, func(ctx context.Context) (err error) {
			hit, err = t.failOnce(ctx, dir, how, k)
			return err
		})
		if err != nil {
			r.Found = append(r.Found, fmt.Sprintf("call %d: %v", k, err))
		}
		if !hit {
			break
		}
		r.Cases++
	}
	return r
}

// from does the deeds from *next on, and leaves in *next the first that was refused.
func (t trial) from(ctx context.Context, f *ingest.Folder, next *int) error {
	for ; *next < len(t.deeds); *next++ {
		if err := f.Mend(ctx); err != nil { // of the deed before
			return err
		}
		if err := t.deeds[*next](ctx, f); err != nil {
			return fmt.Errorf("deed %d: %w", *next+1, err)
		}
	}
	return nil
}

// failOnce does the deeds while the k-th call of the journal fails. hit is false
// where there is no k-th call.
func (t trial) failOnce(ctx context.Context, dir string, how faulty.Fault, k int) (hit bool, err error) {
	if err := copyFolder(t.before, dir); err != nil {
		return true, err
	}
	disk := &faulty.Disk{Quick: true}
	f, err := ingest.Open(ctx, dir, ingest.Deps{Formats: formats.All(), Now: time.Now, Disk: disk})
	if err != nil {
		return true, err
	}
	disk.FailAt(k, how)
	next := 0
	refused := t.from(ctx, f, &next)
	hit = disk.Hit()
	if how != faulty.Crash {
		disk.Heal()
		if refused != nil && how != faulty.Sync { // it goes on in the same process
			if err := t.from(ctx, f, &next); err != nil {
				return hit, fmt.Errorf("after %w: the disk is well, and it is refused: %w", refused, err)
			}
		}
	}
	if err := f.Close(); err != nil && how != faulty.Crash {
		return hit, err
	}
	if refused != nil && how == faulty.Sync {
		if err := disk.PowerCut(); err != nil {
			return hit, err
		}
	}
	if err := opened(ctx, dir, func(f *ingest.Folder) error { return t.from(ctx, f, &next) }); err != nil {
		return hit, err
	}
	if err := t.right(ctx, dir); err != nil {
		return hit, fmt.Errorf("%w (%w)", err, refused)
	}
	return hit, nil
}
