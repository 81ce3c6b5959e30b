package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A step is a command that is killed. The steps follow each other: every one
// begins with the folder as an undisturbed run of those before left it, and
// must end with what an undisturbed run of it gives.
type step struct {
	what  string
	kills int
	args  []string
	once  bool // done already, it says no
}

// inRow is how often a step is killed before it is allowed to end.
const inRow = 3

const (
	killRows  = 6_000   // of the call log
	killStart = 2_000   // of them, there before
	killLarge = 100_000 // several blocks of the journal, and more than one transaction of the facts
)

// kill kills commands at random moments with SIGKILL, again and again, lets
// them finish, and compares with an undisturbed run.
func kill(ctx context.Context, l *lab) error {
	home := filepath.Join(l.dir, "kill")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	steps, err := l.steps(home)
	if err != nil {
		return err
	}
	before := filepath.Join(home, "0")
	if err := l.company(ctx, before); err != nil {
		return err
	}
	if _, err := l.run(ctx, before, "import", "--source", "dialler", "--mapping", filepath.Join(l.files, "calls.yaml"), filepath.Join(home, "start.csv")); err != nil {
		return err
	}
	for i, s := range steps {
		after := filepath.Join(home, fmt.Sprint(i+1))
		if err := l.killStep(ctx, s, before, after); err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
		if err := os.RemoveAll(before); err != nil {
			return err
		}
		before = after
	}
	return l.killMoves(ctx, home, before)
}

func (l *lab) steps(home string) ([]step, error) {
	mapping := filepath.Join(l.files, "calls.yaml")
	stricter := filepath.Join(home, "stricter.yaml")
	log, more, large := filepath.Join(home, "calls.csv"), filepath.Join(home, "more.csv"), filepath.Join(home, "large.csv")
	text, err := os.ReadFile(mapping)
	if err != nil {
		return nil, err
	}
	text = bytes.Replace(text, []byte(`result == "test"`), []byte(`result == "no"`), 1)
	if err := os.WriteFile(stricter, text, 0o600); err != nil {
		return nil, err
	}
	if err := writeCalls(log, 1, 0, killRows); err != nil {
		return nil, err
	}
	if err := writeCalls(more, 2, killRows/2, killRows/2); err != nil {
		return nil, err
	}
	if err := writeCalls(large, 3, killRows, killLarge); err != nil {
		return nil, err
	}
	whole, err := os.ReadFile(log)
	if err != nil {
		return nil, err
	}
	cut := len(whole) * killStart / killRows // in the middle of a record, as a growing log is
	if err := os.WriteFile(filepath.Join(home, "start.csv"), whole[:cut], 0o600); err != nil {
		return nil, err
	}
	return []step{
		{what: "import of a log that has grown", kills: 48, args: []string{"import", "--source", "dialler", "--mapping", mapping, log}},
		{what: "import that corrects", kills: 24, args: []string{"import", "--source", "dialler", "--mapping", mapping, more}},
		{what: "history read by another mapping", kills: 18, args: []string{"mapping", "apply", stricter, "--source", "dialler", "--all"}},
		{what: "rebuild", kills: 18, args: []string{"rebuild"}},
		{what: "settings changed, facts made anew", kills: 12, args: []string{"settings", "--currency", "USD"}},
		{what: "withdrawal", kills: 12, args: []string{"withdraw", "5"}, once: true},
		{what: "erasure of a person", kills: 12, args: []string{"erase", "--phone", "+385912341234", "--yes"}, once: true},
		{what: "export", kills: 6, args: []string{"rows", "calls", "-o", "csv"}},
		{what: "import of several transactions", kills: 9, args: []string{"import", "--source", "dialler", "--mapping", mapping, large}},
	}, nil
}

func (l *lab) killStep(ctx context.Context, s step, before, after string) error {
	if err := copyFolder(before, after); err != nil {
		return err
	}
	began := time.Now()
	if _, err := l.run(ctx, after, s.args...); err != nil {
		return err
	}
	whole := time.Since(began)
	want, err := stateOf(ctx, after)
	if err != nil || !l.wants(s.what) {
		return err
	}
	kills := l.times(s.kills)
	found := l.cases(ctx, kills/inRow, func(ctx context.Context, i int) error {
		dir := fmt.Sprintf("%s-case-%d", before, i)
		if err := copyFolder(before, dir); err != nil {
			return err
		}
		r := l.random(s.what, i)
		for range inRow {
			moment := time.Duration(r.Int64N(int64(whole)))
			if err := l.killed(ctx, dir, moment, s); err != nil {
				return fmt.Errorf("after %v: %w", moment, err)
			}
		}
		if _, err := l.run(ctx, dir, s.args...); err != nil && !s.once {
			return err
		}
		got, err := stateOf(ctx, dir)
		switch {
		case err != nil:
			return err
		case got.inputs != want.inputs:
			return fmt.Errorf("%w: inputs\n%s, not\n%s", errLost, got.inputs, want.inputs)
		case got.facts != want.facts:
			return fmt.Errorf("%w: facts differ", errLost)
		}
		return os.RemoveAll(dir)
	})
	l.report.add(row{Part: "kill", What: s.what, Cases: kills, Checked: "opens; inputs, every fact and digest as undisturbed", Found: found})
	return nil
}

// killed runs a step and kills it after a while; ending before is fine,
// failing is not.
func (l *lab) killed(ctx context.Context, dir string, after time.Duration, s step) error {
	var stderr bytes.Buffer
	cmd := l.process(ctx, dir, s.args...)
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	if timer.Stop() && err != nil && !s.once {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return nil
}
