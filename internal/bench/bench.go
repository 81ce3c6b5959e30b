package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// bench measures one size.
type bench struct {
	options
	calls, loads int
	dir          string
	files        files
	more         [2]string // logs of further calls, a tenth as many
	generator    *generator
	product      *product
	rivals       []*rival
	kept         *results
	out          *size
}

// rival is a peer that is running.
type rival struct {
	peer
	dir string
	c   conn
}

func newBench(ctx context.Context, o options, dir string, calls int, kept *results) (*bench, error) {
	command, err := filepath.Abs(o.callpace)
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, calls: calls, loads: o.loads, dir: dir, generator: newGenerator(calls, o.seed), kept: kept,
		files: files{calls: filepath.Join(dir, fmt.Sprintf("calls-%d.csv", calls)), roster: filepath.Join(dir, "roster.csv")},
		more:  [2]string{filepath.Join(dir, "more-1.csv"), filepath.Join(dir, "more-2.csv")}}
	if b.loads == 0 {
		b.loads = 1
		if calls <= 1_000_000 {
			b.loads = o.rounds
		}
	}
	b.product = &product{command: command, dir: filepath.Join(dir, "callpace"), mapping: filepath.Join(dir, "calls.yaml")}
	if err := b.generate(); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *bench) generate() error {
	if err := writeRoster(b.files.roster); err != nil {
		return err
	}
	for i, path := range b.more {
		if err := b.generator.writeMore(path, i, b.calls/10); err != nil {
			return err
		}
	}
	if _, err := os.Stat(b.files.calls); err == nil && b.keep != "" { // of an earlier run
		return nil
	}
	b.say("generating %s", short(b.calls))
	return generate(b.files.calls, b.calls, b.seed)
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}

// work is a row of the table, or some that are measured together.
type work struct {
	id    string
	do    func(*bench, context.Context) error
	small bool // not for the large sizes, where it would tell nothing more
}

// works in their order: each leaves the data as the next one needs it.
var works = []work{
	{"import", (*bench).imports, false},
	{"start", (*bench).starts, false},
	{"questions", (*bench).asks, false},
	{"overview", (*bench).overviews, false},
	{"find", (*bench).finds, false},
	{"disk", (*bench).disks, false},
	{"correct", (*bench).corrections, false},
	{"together", (*bench).together, true},
	{"rebuild", (*bench).rebuilds, false},
}

// largest is the size up to which every work is measured.
const largest = 10_000_000

func (b *bench) measure(ctx context.Context) error {
	if err := b.install(ctx); err != nil {
		return err
	}
	b.out = b.kept.of(b.calls)
	info, err := os.Stat(b.files.calls)
	if err != nil {
		return err
	}
	b.out.Bytes, b.out.When = info.Size(), time.Now().Format(time.DateOnly)
	b.kept.Machine = machine()
	before := load()
	for _, w := range works {
		asked := chosen(b.works, w.id) || w.id == "import" || w.id == "questions" && len(b.questions()) > 0
		if !asked || w.small && b.calls > largest {
			continue
		}
		b.say("%s of %s", w.id, short(b.calls))
		if err := w.do(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", w.id, err)
		}
		b.out.Load = before + " → " + load()
		if err := b.kept.write(b.results); err != nil {
			return err
		}
	}
	return nil
}

// install gets the peers that are asked for; one that cannot be had is said.
func (b *bench) install(ctx context.Context) error {
	for _, p := range peers(b.options) {
		if !chosen(b.peers, p.name()) {
			continue
		}
		if err := p.install(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			b.miss(p.name(), err)
			continue
		}
		b.rivals = append(b.rivals, &rival{peer: p, dir: filepath.Join(b.dir, slug(p.name()))})
	}
	return nil
}

func (b *bench) miss(name string, err error) {
	b.say("without %s: %v", name, err)
	b.kept.Missing[name] = lastLine([]byte(err.Error()))
}

func slug(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
}

// begin starts a peer and connects to it.
func (r *rival) begin(ctx context.Context) error {
	err := r.start(ctx, r.dir)
	if err == nil {
		r.c, err = r.connect(ctx)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.name(), err)
	}
	return nil
}

func (r *rival) end() error {
	var err error
	if r.c != nil {
		err = r.c.close()
	}
	r.c = nil
	return errors.Join(err, r.stop())
}

// do runs statements and gives the time that they took together.
func (r *rival) do(ctx context.Context, statements []string) (time.Duration, error) {
	began := time.Now()
	for _, s := range statements {
		if _, err := r.c.run(ctx, s); err != nil {
			return 0, fmt.Errorf("%s: %w", r.name(), err)
		}
	}
	return time.Since(began), nil
}

// end stops what runs and, unless it is to be kept, removes the data.
func (b *bench) end() error {
	err := b.product.stop()
	for _, r := range b.rivals {
		err = errors.Join(err, r.end())
	}
	if b.keep != "" {
		return err
	}
	for _, r := range b.rivals {
		err = errors.Join(err, os.RemoveAll(r.dir))
	}
	return errors.Join(err, os.RemoveAll(b.product.dir), os.Remove(b.files.calls))
}
