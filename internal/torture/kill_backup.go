package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/torture/older"
)

// killMoves kills what moves a folder as a whole: to a backup, from one, and
// from an earlier version. from is a folder that nobody has open.
func (l *lab) killMoves(ctx context.Context, home, from string) error {
	want, err := stateOf(ctx, from)
	if err != nil {
		return err
	}
	backup := filepath.Join(home, "backup.tar")
	began := time.Now()
	if _, err := l.run(ctx, from, "backup", backup); err != nil {
		return err
	}
	backing := time.Since(began)
	began = time.Now()
	if _, err := l.run(ctx, filepath.Join(home, "restored"), "restore", backup); err != nil {
		return err
	}
	restoring := time.Since(began)
	old := filepath.Join(home, "older")
	if err := errors.Join(copyFolder(from, old), older.Make(ctx, old)); err != nil {
		return err
	}
	audited, err := l.run(ctx, from, "audit", "-o", "csv")
	if err != nil {
		return err
	}
	l.killMove(ctx, "backup", "whole, and restores to every fact; or no backup", func(ctx context.Context, what string, i int) error {
		return l.killBackup(ctx, home, from, what, i, backing, want)
	})
	l.killMove(ctx, "restore", "a folder with every fact, or none, and done again", func(ctx context.Context, what string, i int) error {
		return l.killRestore(ctx, home, backup, what, i, restoring, want)
	})
	l.killMove(ctx, "upgrade of an earlier version's folder", "same inputs, facts and audit; the earlier state kept aside", func(ctx context.Context, what string, i int) error {
		return l.killUpgrade(ctx, old, audited, what, i, restoring, want)
	})
	return nil
}

// moves is how many times each of them is killed.
const moves = 9

func (l *lab) killMove(ctx context.Context, what, checked string, fn func(ctx context.Context, what string, i int) error) {
	if !l.wants(what) {
		return
	}
	kills := l.times(moves)
	found := l.cases(ctx, kills/inRow, func(ctx context.Context, i int) error { return fn(ctx, what, i) })
	l.report.add(row{Part: "kill", What: what, Cases: kills, Checked: checked, Found: found})
}

func (l *lab) killBackup(ctx context.Context, home, from, what string, i int, whole time.Duration, want state) error {
	dir, to := filepath.Join(home, fmt.Sprint("backup-", i)), filepath.Join(home, fmt.Sprint("backup-to-", i))
	if err := errors.Join(copyFolder(from, dir), os.MkdirAll(to, 0o700)); err != nil {
		return err
	}
	r := l.random(what, i)
	for k := range inRow {
		target := filepath.Join(to, fmt.Sprint(k, []string{".tar", ""}[k%2]))
		if err := l.killed(ctx, dir, time.Duration(r.Int64N(int64(whole))), step{args: []string{"backup", target}}); err != nil {
			return err
		}
		if _, err := l.run(ctx, dir, "restore", "--check", target); err != nil {
			continue // none: what is there does not pass for one
		}
		if err := l.restores(ctx, filepath.Join(to, fmt.Sprint("restored-", k)), target, want); err != nil {
			return fmt.Errorf("killed, and taken for whole: %w", err)
		}
	}
	last := filepath.Join(to, "last.tar")
	if _, err := l.run(ctx, dir, "backup", last); err != nil {
		return err
	}
	if err := l.restores(ctx, filepath.Join(to, "restored"), last, want); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(to), os.RemoveAll(dir))
}

func (l *lab) restores(ctx context.Context, dir, from string, want state) error {
	if _, err := l.run(ctx, dir, "restore", from); err != nil {
		return err
	}
	return equals(ctx, dir, want)
}

// equals tells that a folder holds something else than it must.
func equals(ctx context.Context, dir string, want state) error {
	got, err := stateOf(ctx, dir)
	if err == nil && got != want {
		err = fmt.Errorf("%w: %s, not %s", errLost, got.inputs, want.inputs)
	}
	return err
}

func (l *lab) killRestore(ctx context.Context, home, backup, what string, i int, whole time.Duration, want state) error {
	dir := filepath.Join(home, fmt.Sprint("restore-", i))
	r := l.random(what, i)
	for range inRow {
		if ingest.Exists(dir) { // the journal is there: the facts follow
			break
		}
		if err := l.killed(ctx, dir, time.Duration(r.Int64N(int64(whole))), step{args: []string{"restore", backup}}); err != nil {
			return err
		}
	}
	if !ingest.Exists(dir) {
		if _, err := l.run(ctx, dir, "restore", backup); err != nil {
			return err
		}
	}
	return done(dir, equals(ctx, dir, want))
}

func (l *lab) killUpgrade(ctx context.Context, old, audited, what string, i int, whole time.Duration, want state) error {
	dir := fmt.Sprint(old, "-", i)
	if err := copyFolder(old, dir); err != nil {
		return err
	}
	r := l.random(what, i)
	for k := range inRow {
		args := [][]string{{"audit", "-o", "csv"}, {"kpi", "calls"}}[k%2] // the state; the facts and the index
		if err := l.killed(ctx, dir, time.Duration(r.Int64N(int64(whole))), step{args: args}); err != nil {
			return err
		}
	}
	is, err := l.run(ctx, dir, "audit", "-o", "csv")
	if err != nil {
		return err
	}
	if is != audited {
		err = fmt.Errorf("%w: of the audit", errLost)
	}
	if aside, _ := filepath.Glob(filepath.Join(dir, "state.db.v*")); len(aside) != 1 {
		err = errors.Join(err, fmt.Errorf("the earlier state is kept as %v", aside))
	}
	return done(dir, errors.Join(err, equals(ctx, dir, want)))
}
