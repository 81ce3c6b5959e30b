package main

import (
	"cmp"
	"context"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
)

type watchCommand struct {
	reading
	Folder string        `placeholder:"DIR" xor:"what" type:"existingdir"`
	Follow string        `placeholder:"FILE" xor:"what"`
	Every  time.Duration `default:"10s" placeholder:"TIME"`
	Settle time.Duration `default:"5s" placeholder:"TIME"`
	MoveTo string        `placeholder:"DIR"`
	Once   bool          ``
}

// Run takes files in, unattended, until it is interrupted.
func (c *watchCommand) Run(ctx context.Context, a *app) error {
	spec, err := c.spec()
	if err != nil {
		return err
	}
	if c.Folder == "" && c.Follow == "" {
		return usageError{callpace.E(callpace.Invalid, "watch.what")}
	}
	return a.write(ctx, func(f *ingest.Folder) error {
		if err := a.audited(ctx, auth.Imported, spec.Source, map[string]any{"watched": cmp.Or(c.Folder, c.Follow)}); err != nil {
			return err
		}
		w := ingest.Watch{Spec: spec, Drop: c.Folder, Follow: c.Follow, Every: c.Every, Settle: c.Settle, MoveTo: c.MoveTo, Once: c.Once}
		return f.Watch(ctx, w, func(r ingest.Report, err error) {
			a.endProgress()
			switch {
			case err != nil:
				a.fail(err, exitError)
			case a.Output == "json":
				_ = writeJSON(a.stdout, r)
			case !r.Recognised:
				a.line("watch.took", "file", r.Name, "input", r.Input, "count", r.Read, "new", r.New, "updated", r.Updated, "rejected", r.Rejected)
			}
		})
	})
}
