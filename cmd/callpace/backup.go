package main

import (
	"context"
	"errors"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/backup"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/store"
)

type backupCommand struct {
	Target string `arg:"" name:"target" placeholder:"TARGET" type:"place"`
}

// Run backs the folder up, while others read and write where a server holds it.
func (c *backupCommand) Run(ctx context.Context, a *app) error {
	return a.withState(ctx, func(state *store.DB) error {
		return a.besides(ctx, func(j *journal.Journal) error {
			if err := a.audited(ctx, auth.BackedUp, c.Target, nil); err != nil {
				return err
			}
			m, err := backup.Create(ctx, backup.Source{Dir: a.Data, Journal: j, State: state}, c.Target, a.backupOptions())
			if err != nil {
				return err
			}
			a.endProgress()
			for _, d := range j.Damage() {
				a.warn(callpace.Message{Key: d.Key, Args: d.Args})
			}
			return a.printBackup("backup.done", c.Target, m)
		})
	})
}

// besides runs fn on the folder's journal. Facts are neither needed nor opened.
func (a *app) besides(ctx context.Context, fn func(*journal.Journal) error) error {
	if a.folder != nil {
		return a.folder.Beside(fn)
	}
	j, err := journal.Open(ctx, a.Data, journal.Options{})
	if err != nil {
		return err
	}
	return errors.Join(fn(j), j.Close())
}

func (a *app) backupOptions() backup.Options {
	return backup.Options{Program: version, Now: a.now, Progress: a.progress}
}

// printBackup tells what a backup holds.
func (a *app) printBackup(key, path string, m backup.Manifest) error {
	if a.Output == "json" {
		return writeJSON(a.stdout, m)
	}
	a.line(key, "path", path, "entry", m.Position.Seq, "at", a.say.Digits(m.At.UTC().Format(time.DateTime))+" UTC", "mib", a.say.Number(float64(m.Bytes())/(1<<20), 1))
	return nil
}

type restoreCommand struct {
	Check bool   ``
	From  string `arg:"" name:"from" placeholder:"BACKUP" type:"place"`
}

// Run restores a backup, or a server's copy, into an empty data folder, and
// makes the facts there; or only reads the backup.
func (c *restoreCommand) Run(ctx context.Context, a *app) error {
	if c.Check {
		m, err := backup.Check(ctx, c.From, a.backupOptions())
		if err != nil {
			return err
		}
		a.endProgress()
		return a.printBackup("restore.checked", c.From, m)
	}
	r, err := backup.Restore(ctx, c.From, a.Data, a.backupOptions())
	if err != nil {
		return err
	}
	a.endProgress()
	for _, d := range r.Report.Damage {
		a.warn(callpace.Message{Key: d.Key, Args: d.Args})
	}
	if err := a.audited(ctx, auth.Restored, c.From, map[string]any{"entry": r.Manifest.Position.Seq}); err != nil {
		return err
	}
	return a.opened(ctx, func(*ingest.Folder) error { return a.printBackup("restore.done", a.Data, r.Manifest) })
}
