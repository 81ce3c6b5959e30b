// Torture breaks callpace in every way that a machine, a disk and a file can,
// and looks whether what was acknowledged is still there, whether every damage
// is told, and whether a number was ever wrong. It prints a table of what was
// tried and found, and fails where something was found.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"sync"
	"syscall"
	"time"
)

// lab is where everything is tried.
type lab struct {
	command string // path of the callpace under test
	files   string // folder of the mappings and small files of the end-to-end tests
	dir     string // to work in
	seed    uint64
	long    bool
	what    string // only kinds whose names hold this
	say     io.Writer
	report  report
}

// parts are what can be tried, in the order of the report.
var parts = []struct {
	name string
	run  func(context.Context, *lab) error
}{
	{"kill", kill},
	{"events", killServer},
	{"damage", damage},
	{"disk", diskFaults},
	{"hostile", hostile},
	{"load", load},
}

func main() {
	var l lab
	var only, keep, write string
	flag.StringVar(&l.command, "callpace", "./callpace", "the command to torture")
	flag.StringVar(&l.files, "files", "e2e/testdata/files", "mappings and files of the end-to-end tests")
	flag.Uint64Var(&l.seed, "seed", 0, "seed of all that is random; 0: by the clock")
	flag.BoolVar(&l.long, "long", false, "the long version: 50 times as many cases")
	flag.StringVar(&only, "only", "", "parts to run, with commas: "+strings.Join(names(), ","))
	flag.StringVar(&l.what, "what", "", "kinds of these parts to run: those whose name in the table holds this")
	flag.StringVar(&keep, "dir", "", "work here and leave everything behind")
	flag.StringVar(&write, "write", "", "also write the table to this page, between its marks")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx, &l, only, keep, write); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func names() (list []string) {
	for _, p := range parts {
		list = append(list, p.name)
	}
	return list
}

func start(ctx context.Context, l *lab, only, keep, write string) (err error) {
	if l.seed == 0 {
		l.seed = uint64(time.Now().UnixNano())
	}
	if l.command, err = filepath.Abs(l.command); err != nil {
		return err
	}
	if l.files, err = filepath.Abs(l.files); err != nil {
		return err
	}
	if l.dir = keep; keep == "" {
		if l.dir, err = os.MkdirTemp("", "callpace-torture-"); err != nil {
			return err
		}
		defer os.RemoveAll(l.dir)
	}
	l.say = os.Stderr
	l.report.began = time.Now()
	for _, p := range parts {
		if only != "" && !strings.Contains(","+only+",", ","+p.name+",") {
			continue
		}
		began := time.Now()
		if err := p.run(ctx, l); err != nil {
			return fmt.Errorf("%s (seed %d): %w", p.name, l.seed, err)
		}
		fmt.Fprintf(l.say, "%s: %v\n", p.name, time.Since(began).Round(time.Second))
	}
	fmt.Print(l.report.table(l.seed))
	if write != "" {
		if err := l.report.write(write, l.seed); err != nil {
			return err
		}
	}
	if n := l.report.found(); n > 0 {
		return fmt.Errorf("%d cases failed; the same again: -seed %d", n, l.seed)
	}
	return nil
}

// random is a source of numbers that one case has for itself, so that a case
// is the same whatever runs beside it.
func (l *lab) random(part string, n int) *rand.Rand {
	var h uint64 = 14695981039346656037
	for _, b := range []byte(part) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(l.seed, h+uint64(n)))
}

// wants tells whether a kind is to be run.
func (l *lab) wants(what string) bool { return strings.Contains(what, l.what) }

// times is how often the bounded version does something n times.
func (l *lab) times(n int) int {
	if l.long {
		return 50 * n
	}
	return n
}

// cases runs n cases, two at a time, and gives what was found in the order of
// the cases. Only an error of ctx ends it early.
func (l *lab) cases(ctx context.Context, n int, fn func(ctx context.Context, i int) error) (found []string) {
	errs := make([]error, n)
	next := make(chan int)
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			for i := range next {
				errs[i] = l.watched(ctx, func(ctx context.Context) error { return fn(ctx, i) })
			}
		})
	}
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	all.Wait()
	for i, err := range errs {
		if err != nil {
			found = append(found, fmt.Sprintf("case %d: %v", i, err))
		}
	}
	if ctx.Err() != nil {
		found = append(found, "interrupted")
	}
	return found
}

// patience is how long a case may take. It is no measure of speed: a case takes
// seconds, and one that takes this long never ends.
const patience = 5 * time.Minute

var errHangs = fmt.Errorf("hangs: not ended after %v, see the stacks above", patience)

// watched runs a case and reports where it stands when it does not end. A case
// that does not end when told to is left behind.
func (l *lab) watched(ctx context.Context, fn func(context.Context) error) error {
	ctx, stop := context.WithTimeoutCause(ctx, patience, errHangs)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- fn(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	if errors.Is(context.Cause(ctx), errHangs) {
		_ = pprof.Lookup("goroutine").WriteTo(l.say, 2)
	}
	select {
	case err := <-done:
		return errors.Join(context.Cause(ctx), err)
	case <-time.After(time.Minute):
		return errors.Join(context.Cause(ctx), errors.New("nor when told to"))
	}
}

// process is a process of the command, which shows its stacks where ctx ends it.
func (l *lab) process(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, l.command, append(args, "--data", dir, "--lang", "en")...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// atOnce is how many cases run beside each other.
const atOnce = 2

var errLost = errors.New("acknowledged, and lost")
