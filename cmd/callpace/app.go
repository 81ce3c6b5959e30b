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
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/jobs"
)

// app is one run of the program.
type app struct {
	process
	globals
	command string // its words, without arguments
	texts   *i18n.Catalogue
	lang    string
	say     i18n.Localizer
	bar     *progressbar.ProgressBar
	stage   string
	helped  bool // help was printed, and that was all
}

// with runs fn, which only asks, on the data folder. Where the facts are behind
// the journal, the reason is the answer.
func (a *app) with(ctx context.Context, fn func(*ingest.Folder) error) error {
	if a.folder != nil {
		return a.folder.Read(a.localised(fn))
	}
	return a.opened(ctx, ready(fn))
}

// look is with for commands that show what keeps the facts behind.
func (a *app) look(ctx context.Context, fn func(*ingest.Folder) error) error {
	if a.folder != nil {
		return a.folder.Look(a.localised(fn))
	}
	return a.opened(ctx, fn)
}

// write is with for commands that take something in.
func (a *app) write(ctx context.Context, fn func(*ingest.Folder) error) error {
	return a.turn(ctx, ready(fn))
}

// turn is look for commands that have to wait until nobody writes.
func (a *app) turn(ctx context.Context, fn func(*ingest.Folder) error) error {
	if a.folder != nil {
		return a.seen(ctx, func(p ingest.Progress) error { return a.folder.Write(ctx, p, a.localised(fn)) })
	}
	return a.opened(ctx, fn)
}

// replace is for commands that change the past or the settings, and can mend
// what keeps the facts behind.
func (a *app) replace(ctx context.Context, fn func(*ingest.Folder) error) error {
	if a.folder != nil {
		return a.seen(ctx, func(p ingest.Progress) error { return a.folder.Replace(ctx, p, a.localised(fn)) })
	}
	return a.opened(ctx, fn)
}

// perhaps is with for commands that know something without a folder, too: fn
// is then given none.
func (a *app) perhaps(ctx context.Context, fn func(*ingest.Folder) error) error {
	if !ingest.Exists(a.Data) {
		return fn(nil)
	}
	return a.with(ctx, fn)
}

// seen runs what a command writes so that the server's pages show it.
func (a *app) seen(ctx context.Context, fn func(ingest.Progress) error) error {
	if a.jobs == nil {
		return fn(a.progress)
	}
	return a.jobs.Do(ctx, jobs.Job{Kind: "command", Subject: a.command, By: a.operator()}, func(_ context.Context, r *jobs.Run) error {
		return fn(func(stage string, done, total int64) {
			r.Progress(stage, done, total)
			a.progress(stage, done, total)
		})
	})
}

func ready(fn func(*ingest.Folder) error) func(*ingest.Folder) error {
	return func(f *ingest.Folder) error {
		if err := f.Ready(); err != nil {
			return err
		}
		return fn(f)
	}
}

// localised has the reader's dates be of the folder's calendar.
func (a *app) localised(fn func(*ingest.Folder) error) func(*ingest.Folder) error {
	return func(f *ingest.Folder) error {
		s := f.Settings()
		a.say = a.texts.Localizer(a.lang, calendar.New(s.Calendar, s.WeekStart)).Plain()
		if a.showsTomans(s.Currency) {
			a.say = a.say.InTomans()
		}
		return fn(f)
	}
}

// opened runs fn on the folder, opened for it and closed again.
func (a *app) opened(ctx context.Context, fn func(*ingest.Folder) error) error {
	f, err := ingest.Open(ctx, a.Data, ingest.Deps{
		Formats: formats.All(), Now: a.now, Progress: a.progress, Sentence: a.say.Message,
		Notice: func(key string, args ...any) { a.warn(callpace.M(key, args...)) }, Typed: typed{a},
	})
	a.endProgress()
	if err != nil {
		return err
	}
	err = a.localised(fn)(f)
	if f.Spoilt(err) { // the facts are made again, and asked again
		if err = f.Mend(ctx); err == nil {
			err = a.localised(fn)(f)
		}
	}
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
	a.fail(callpace.E(callpace.Invalid, "error.usage", "detail", usageDetail(err), "command", command), exitUsage)
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
	if a.watch != nil {
		a.watch(stage, done, total)
		return
	}
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
