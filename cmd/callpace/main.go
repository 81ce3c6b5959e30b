// Callpace computes the KPIs of telesales teams from their call logs, CRM and
// cost data. This command is the whole program: see callpace --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/i18n"
)

func main() {
	// An import shares 1 GiB with DuckDB.
	debug.SetGCPercent(50)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, process{os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr, time.Now})
	stop()
	os.Exit(code)
}

// process is what the program gets from the system, so that tests can stand in for it.
type process struct {
	args           []string
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
}

// Exit codes.
const (
	exitOK    = 0
	exitError = 1 // the work failed
	exitUsage = 2 // the words of the command line are off
)

func run(ctx context.Context, p process) int {
	lang, langErr := i18n.Choose(askedLanguage(p.args), p.getenv)
	texts, err := i18n.Open(lang) // all six would take longer than most questions
	if err != nil {
		fmt.Fprintln(p.stderr, err)
		return exitError
	}
	a := &app{process: p, texts: texts, lang: lang}
	a.say = texts.Localizer(lang, calendar.Calendar{})
	if langErr != nil {
		return a.fail(langErr, exitUsage)
	}
	var c cli
	parser, err := kong.New(&c, kong.Name("callpace"), kong.Writers(p.stdout, p.stderr), kong.Exit(func(int) {}),
		kong.Help(a.printHelp), kong.Bind(a), kong.BindTo(ctx, (*context.Context)(nil)), kong.Vars{"data": defaultData})
	if err != nil {
		return a.fail(err, exitError)
	}
	if len(p.args) == 0 {
		p.args = []string{"--help"}
	}
	parsed, err := parser.Parse(joinSort(p.args))
	switch {
	case a.helped:
		return exitOK
	case err != nil:
		return a.usage(err)
	}
	a.globals = c.globals
	if a.Data == "" { // CALLPACE_DATA is set to nothing
		a.Data = defaultData
	}
	if err := parsed.Run(); err != nil {
		if errors.Is(err, context.Canceled) {
			err = callpace.E(callpace.Conflict, "error.interrupted")
		}
		return a.fail(err, exitCode(err))
	}
	return exitOK
}

// exitCode tells wrong words from failed work.
func exitCode(err error) int {
	var u usageError
	if errors.As(err, &u) {
		return exitUsage
	}
	return exitError
}

// usageError marks an error of the command line's words.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// joinSort lets the column to sort by begin with a minus, which the parser
// would take for a flag.
func joinSort(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--sort" && i+1 < len(args) && strings.HasPrefix(args[i+1], "-") {
			out = append(out, args[i]+"="+args[i+1])
			i++
			continue
		}
		out = append(out, args[i])
	}
	return out
}

// askedLanguage finds --lang before anything is parsed, since help and errors
// of the parser are already to be in that language.
func askedLanguage(args []string) string {
	for i, arg := range args {
		if v, ok := strings.CutPrefix(arg, "--lang="); ok {
			return v
		}
		if arg == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}
