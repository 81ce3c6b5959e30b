// Bench prints side by side how long callpace and bare DuckDB need for the
// same work on a generated call log: taking it in, and twelve KPIs by agent.
// It is a program and no test, since nothing here is right or wrong.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

// options are the flags.
type options struct {
	calls    int
	seed     uint64
	runs     int
	callpace string // path of the command
	write    string // page to write, "" for none
	keep     string // folder to work in, "" for a temporary one
	profile  string // only import, in this process, and write a profile here
}

func main() {
	var o options
	flag.IntVar(&o.calls, "calls", 5_000_000, "rows of the call log")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the call log")
	flag.IntVar(&o.runs, "runs", 3, "how often each side runs; the median counts")
	flag.StringVar(&o.callpace, "callpace", "./callpace", "the command to measure")
	flag.StringVar(&o.write, "write", "", "also write the figures to this page")
	flag.StringVar(&o.keep, "dir", "", "work here and leave everything behind")
	flag.StringVar(&o.profile, "profile", "", "only import, in this process, and write a CPU profile here")
	var other side
	flag.StringVar(&other.ask, "ask", "", "only put the KPIs' SQL to this fact file (the other side of callpace kpi)")
	flag.StringVar(&other.load, "load", "", "only read this call log into bare DuckDB (the other side of callpace import)")
	flag.StringVar(&other.into, "into", "", "the file that -load makes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := start(ctx, o, other); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// side is what a process does that stands in for the other side.
type side struct{ ask, load, into string }

func start(ctx context.Context, o options, other side) error {
	switch {
	case other.ask != "":
		return askCold(ctx, other.ask)
	case other.load != "":
		return load(ctx, other.load, other.into)
	}
	dir := o.keep
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "callpace-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	return run(ctx, o, dir)
}

func run(ctx context.Context, o options, dir string) error {
	command, err := filepath.Abs(o.callpace)
	if err != nil {
		return err
	}
	w := work{options: o, command: command, csv: filepath.Join(dir, "calls.csv"), mapping: filepath.Join(dir, "calls.yaml"),
		data: filepath.Join(dir, "data"), bare: filepath.Join(dir, "bare.duckdb")}
	if err := w.prepare(); err != nil {
		return err
	}
	if o.profile != "" {
		return w.profileImport(ctx, o.profile)
	}
	r := report{options: o}
	if err := r.describe(ctx, w); err != nil {
		return err
	}
	if err := w.compareImport(ctx, &r); err != nil {
		return err
	}
	if err := w.compareKPIs(ctx, &r); err != nil {
		return err
	}
	fmt.Print(r.table())
	if o.write == "" {
		return nil
	}
	return os.WriteFile(o.write, []byte(r.page()), 0o644)
}
