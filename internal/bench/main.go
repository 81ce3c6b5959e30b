// Bench prints side by side how long callpace, and what a user would otherwise
// run, need for the same work on a generated call log, and makes sure that all
// give the same numbers. It is a program and no test of speed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// options are the flags.
type options struct {
	calls    string
	seed     uint64
	rounds   int
	loads    int
	peers    string
	works    string
	callpace string // path of the command
	write    string // page to write, "" for none
	results  string // file that keeps what was measured
	packages string // folder for what npm installs
	keep     string // folder to work in, "" for a temporary one
	loaded   bool   // take what an earlier run loaded there
	profile  string // only import, in this process, and write a profile here
	sql      string // serve a file of bare DuckDB on standard input
}

func main() {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	cache = filepath.Join(cache, "callpace-bench")
	var o options
	flag.StringVar(&o.calls, "calls", "1M", "rows of the call logs, such as 1M,10M (none: only print what was measured before)")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the call logs")
	flag.IntVar(&o.rounds, "rounds", 5, "how often each side is asked, in turn; the median counts")
	flag.IntVar(&o.loads, "loads", 0, "how often each side loads the log, in turn (default: -rounds up to 1M calls, else 1)")
	flag.StringVar(&o.peers, "peers", "", "the peers to run, by parts of their names: duckdb,postgres (default: all; none: callpace alone)")
	flag.StringVar(&o.works, "works", "", "the works to measure, by id (default: all)")
	flag.StringVar(&o.callpace, "callpace", "./callpace", "the command to measure")
	flag.StringVar(&o.write, "write", "", "also write the tables into this page, between its marks")
	flag.StringVar(&o.results, "results", filepath.Join(cache, "results.json"), "file that keeps what was measured")
	flag.StringVar(&o.packages, "packages", cache, "folder for peers that come from npm")
	flag.StringVar(&o.keep, "dir", "", "work here and leave everything behind")
	flag.BoolVar(&o.loaded, "loaded", false, "with -dir: load nothing, take what an earlier run left there (one that corrected nothing: the peers do not get all of that)")
	flag.StringVar(&o.profile, "profile", "", "only import, in this process, and write a CPU profile here")
	flag.StringVar(&o.sql, "sql", "", "serve this file of bare DuckDB on standard input (a peer's other process)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := start(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func start(ctx context.Context, o options) error {
	if o.sql != "" {
		return answerSQL(ctx, o.sql, os.Stdin, os.Stdout)
	}
	dir := o.keep
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "callpace-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	// Servers that run as users of their own come in here, too.
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chmod(dir, 0o755), os.MkdirAll(filepath.Dir(o.results), 0o755)); err != nil {
		return err
	}
	kept, err := readResults(o.results)
	if err != nil {
		return err
	}
	sizes, err := counts(o.calls)
	if err != nil {
		return err
	}
	for _, calls := range sizes {
		if err := run(ctx, o, dir, calls, kept); err != nil {
			return err
		}
	}
	if o.profile != "" {
		return nil
	}
	fmt.Print(kept.page())
	if o.write == "" {
		return nil
	}
	return kept.writeInto(o.write)
}

// run measures one size.
func run(ctx context.Context, o options, dir string, calls int, kept *results) (err error) {
	b, err := newBench(ctx, o, dir, calls, kept)
	if err != nil {
		return err
	}
	if o.profile != "" {
		return b.profileImport(ctx, o.profile)
	}
	defer func() { err = errors.Join(err, b.end()) }()
	return b.measure(ctx)
}

// With fewer calls some team has a week without any.
const smallest = 100_000

// counts reads numbers of calls: 500k, 1M, 2000.
func counts(list string) ([]int, error) {
	var out []int
	if list == "" {
		return nil, nil
	}
	for _, word := range strings.Split(list, ",") {
		times := 1
		digits := strings.TrimSpace(word)
		for suffix, factor := range map[string]int{"k": 1_000, "M": 1_000_000} {
			if cut, ok := strings.CutSuffix(digits, suffix); ok {
				digits, times = cut, factor
			}
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n < smallest/times {
			return nil, fmt.Errorf("-calls: %q is no number of at least %d calls", word, smallest)
		}
		out = append(out, n*times)
	}
	return slices.Compact(out), nil
}

// chosen tells whether a name is asked for by a flag's list of parts of names.
func chosen(list, name string) bool {
	if list == "" {
		return true
	}
	for _, part := range strings.Split(list, ",") {
		if strings.Contains(strings.ToLower(name), strings.ToLower(strings.TrimSpace(part))) {
			return true
		}
	}
	return false
}
