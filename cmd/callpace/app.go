package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/alecthomas/kong"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/asterisk"
	"github.com/callpace/callpace/internal/source/mapping"
)

// app is one run of the program.
type app struct {
	process
	globals
	texts  *i18n.Catalogue
	lang   string
	say    i18n.Localizer
	bar    *progressbar.ProgressBar
	stage  string
	helped bool // help was printed, and that was all
}

// formats wires the formats of inputs: a new one is one line here.
func formats() *source.Registry {
	var r source.Registry
	r.Register("mapping", mapping.New())
	r.Register(asterisk.CDRName, asterisk.CDR{})
	r.Register(asterisk.QueueLogName, asterisk.QueueLog{})
	return &r
}

// open opens the data folder; the reader's dates are its calendar's from then on.
func (a *app) open(ctx context.Context) (*ingest.Folder, error) {
	f, err := ingest.Open(ctx, a.Data, ingest.Deps{
		Formats: formats(), Now: a.now, Progress: a.progress, Sentence: a.say.Message,
		Notice: func(key string, args ...any) { a.warn(callpace.M(key, args...)) },
	})
	a.endProgress()
	if err != nil {
		return nil, err
	}
	s := f.Settings()
	a.say = a.texts.Localizer(a.lang, calendar.New(s.Calendar, s.WeekStart))
	return f, nil
}

// with runs fn on the open data folder and closes it. Where the facts are
// behind the journal, the reason is the answer.
func (a *app) with(ctx context.Context, fn func(*ingest.Folder) error) error {
	return a.withJournal(ctx, func(f *ingest.Folder) error {
		if err := f.Ready(); err != nil {
			return err
		}
		return fn(f)
	})
}

// withJournal is with for commands that can mend what keeps the facts behind.
func (a *app) withJournal(ctx context.Context, fn func(*ingest.Folder) error) error {
	f, err := a.open(ctx)
	if err != nil {
		return err
	}
	err = fn(f)
	a.endProgress()
	return errors.Join(err, f.Close())
}

// fail tells the user what went wrong and gives the exit code.
func (a *app) fail(err error, code int) int {
	a.endProgress()
	fmt.Fprintln(a.stderr, printable(a.say.T("error.line", map[string]any{"text": a.say.Error(unusage(err))}), '\n'))
	return code
}

func unusage(err error) error {
	var u usageError
	if errors.As(err, &u) {
		return u.error
	}
	return err
}

// usage tells what the parser made of the command line.
func (a *app) usage(err error) int {
	command := "callpace"
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		if node := parse.Context.Selected(); node != nil {
			command = node.FullPath()
		}
	}
	a.fail(callpace.E(callpace.Invalid, "error.usage", "detail", usageDetail(err.Error()), "command", command), exitUsage)
	return exitUsage
}

// warn tells the user something on the side.
func (a *app) warn(m callpace.Message) {
	a.endProgress()
	fmt.Fprintln(a.stderr, printable(a.say.Message(m), '\n'))
}

// line prints one line of the command's answer.
func (a *app) line(key string, args ...any) {
	fmt.Fprintln(a.stdout, printable(a.say.Message(callpace.M(key, args...)), '\n'))
}

// progress shows how far long work has come, on a terminal only.
func (a *app) progress(stage string, done, total int64) {
	if a.Quiet || !isTerminal(a.stderr) || total <= 0 {
		return
	}
	if a.bar == nil || a.stage != stage {
		a.endProgress()
		a.stage = stage
		a.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(a.stderr), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(a.say.T("progress."+stage, nil)), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetWidth(28), progressbar.OptionThrottle(100_000_000))
	}
	if done > total {
		done = total
	}
	_ = a.bar.Set64(done)
}

func (a *app) endProgress() {
	if a.bar != nil {
		_ = a.bar.Clear()
		a.bar = nil
	}
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
