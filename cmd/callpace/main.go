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
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, process{args: os.Args[1:], getenv: os.Getenv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now})
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

	// Where a server runs the command for somebody else:
	dir    string               // that relative paths begin in; "": the process's own
	folder *ingest.SharedFolder // the folder that it serves
	state  *store.DB            // with its state
	jobs   *jobs.Queue          // where what it does is seen
	user   string               // who gave the command
	watch  ingest.Progress      // is told how far long work has come
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
	a.say = texts.Localizer(lang, calendar.Calendar{}).Plain()
	if langErr != nil {
		return a.fail(langErr, exitUsage)
	}
	var c cli
	parser, err := kong.New(&c, kong.Name("callpace"), kong.Writers(p.stdout, p.stderr), kong.Exit(func(int) {}),
		kong.Help(a.printHelp), kong.Bind(a), kong.BindTo(ctx, (*context.Context)(nil)), kong.Vars{"data": defaultData},
		kong.NamedMapper("existingfile", existing{p.dir, false}), kong.NamedMapper("existingdir", existing{p.dir, true}),
		kong.NamedMapper("place", place{p.dir}))
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
	switch {
	case p.folder != nil:
		a.Data = p.folder.Dir()
	case a.Data == "": // CALLPACE_DATA is set to nothing
		a.Data = defaultData
	}
	a.command, _, _ = strings.Cut(parsed.Command(), " <")
	if !atHome[parsed.Command()] {
		if status, ok, err := a.delegate(ctx); err != nil {
			return a.fail(err, exitError)
		} else if ok {
			return status
		}
	}
	if err := parsed.Run(); err != nil {
		if errors.Is(err, context.Canceled) {
			err = callpace.E(callpace.Conflict, "error.interrupted")
		}
		return a.fail(err, exitCode(err))
	}
	return exitOK
}

// atHome are the commands that need no folder, or one of their own.
var atHome = map[string]bool{"init": true, "serve": true, "demo": true, "version": true, "mapping schema": true, "watch": true, "restore <from>": true}

// exitCode tells wrong words from failed work. What the program itself defines
// (KPIs, dimensions, conditions, formats and their options) is known before any
// data is: a word for it that does not exist is a fault of the command line. An
// input, a source or a person that the folder does not hold is not.
func exitCode(err error) int {
	var u usageError
	var e *callpace.Error
	switch {
	case errors.As(err, &u):
		return exitUsage
	case errors.As(err, &e) && (e.Code == callpace.Invalid || e.Code == callpace.NotFound) && isWord(e.Key):
		return exitUsage
	}
	return exitError
}

// isWord tells the messages about words of the command line; those about a
// file with definitions are about its contents.
func isWord(key string) bool {
	switch key {
	case "kpi.in_file", "kpi.bad_yaml", "kpi.id_taken", "kpi.definitions_unreadable":
		return false
	}
	return strings.HasPrefix(key, "kpi.") || key == "import.unknown_format" || strings.HasPrefix(key, "asterisk.option.")
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
