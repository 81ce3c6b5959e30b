package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/journal"
)

// run runs the command on a data folder and gives what it prints.
func (l *lab) run(ctx context.Context, dir string, args ...string) (string, error) {
	var stderr bytes.Buffer
	cmd := l.process(ctx, dir, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("callpace %v: %w: %s", args, err, bytes.TrimSpace(stderr.Bytes()))
	}
	return string(out), err
}

// opened runs fn on a folder, opened in this process.
func opened(ctx context.Context, dir string, fn func(*ingest.Folder) error) error {
	f, err := ingest.Open(ctx, dir, ingest.Deps{Formats: formats.All(), Now: time.Now})
	if err != nil {
		return err
	}
	return errors.Join(fn(f), f.Close())
}

// state is all of a folder that must not depend on what happened to it on the way.
type state struct {
	facts  string // digest of every fact
	inputs string // what was acknowledged and counts
}

// stateOf opens a folder, which finishes whatever was interrupted, checks every
// digest of its journal, and reads its state.
func stateOf(ctx context.Context, dir string) (s state, err error) {
	err = opened(ctx, dir, func(f *ingest.Folder) error {
		if err := f.Ready(); err != nil {
			return err
		}
		if s.facts, err = f.Store().Digest(ctx); err != nil {
			return err
		}
		all, err := f.Inputs(ctx)
		if err != nil {
			return err
		}
		for _, in := range all {
			if in.Status != string(journal.Unfinished) {
				s.inputs += fmt.Sprintln(in.Source, in.Name, in.Status, in.Bytes)
			}
		}
		r, err := f.Verify(ctx)
		if err == nil && len(r.Damage) > 0 {
			err = fmt.Errorf("the journal is damaged: %w", r.Damage[0])
		}
		return err
	})
	return s, err
}

// copyFolder copies a data folder that nobody has open.
func copyFolder(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return os.CopyFS(to, os.DirFS(from))
}

// writeCalls writes a call log for the mapping calls.yaml: calls, versions of
// the same record, rejects and sales. More rows of the same seed begin with the
// same bytes.
func writeCalls(path string, seed uint64, first, rows int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "id,when,agent,phone,result,talk,amount,city,note")
	r := rand.New(rand.NewPCG(seed, 2))
	at := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	for i := first; i < first+rows; i++ {
		id, when := i, at.Add(time.Duration(i)*40*time.Second).Format(time.DateTime)
		switch r.IntN(100) {
		case 0:
			id = first + r.IntN(i-first+1) // another version of an earlier call
		case 1:
			when = "never"
		}
		result := []string{"none", "none", "no", "meeting", "sold"}[r.IntN(5)]
		fmt.Fprintf(w, "%d,%s,%d,09123%05d,%s,%d,%d.25,%s,%0100d\n", id, when, 200+r.IntN(40), r.IntN(4_000), result, r.IntN(400), r.IntN(90), []string{"Split", "Pula", ""}[r.IntN(3)], r.IntN(9))
	}
	return errors.Join(w.Flush(), file.Close())
}

// company makes a folder with a roster, some leads, and no calls yet.
func (l *lab) company(ctx context.Context, dir string) error {
	for _, args := range [][]string{
		{"init", "--zone", "Europe/Zagreb", "--currency", "EUR", "--country", "HR"},
		{"import", "--source", "staff", "--mapping", filepath.Join(l.files, "staff.yaml"), filepath.Join(l.files, "staff.csv")},
		{"import", "--source", "crm", "--mapping", filepath.Join(l.files, "leads.yaml"), filepath.Join(l.files, "leads.csv")},
	} {
		if _, err := l.run(ctx, dir, args...); err != nil {
			return err
		}
	}
	return nil
}
