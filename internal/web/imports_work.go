package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/source/mapping"
)

// startImport imports a draft's files beside requests. What is wrong with the
// mapping is told by the editor instead.
func (r *request) startImport(d *draft) error {
	if d.Again() || d.By != "" {
		return callpace.E(callpace.Conflict, "upload.no_draft")
	}
	if v := r.previewDraft(d); v.Fault != "" {
		return r.redirect("/imports/draft/" + d.ID)
	}
	if err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.Imported, d.Source, map[string]any{"files": len(d.Files)})); err != nil {
		return err
	}
	d.By = r.who.Account.Name
	id, err := r.s.addImport(r.Context(), d)
	if err != nil {
		return err
	}
	return r.redirect(jobPath(id))
}

func (s *Server) addImport(ctx context.Context, d *draft) (id string, err error) {
	j, err := s.Jobs.AddWork(ctx, jobs.Job{Kind: "import", Subject: d.Source, By: d.By, Draft: d.ID, Back: "/imports"}, s.importing(d))
	if err != nil {
		return "", err
	}
	return j.ID(), nil
}

// importing imports a draft's files. The draft goes when they are in; a server
// that stops before goes on with it, under the same id, when it starts again.
func (s *Server) importing(d *draft) jobs.Work {
	return jobs.Work{Named: func(id string) error {
		d.Job = id
		return s.drafts.save(d)
	}, Do: func(ctx context.Context, j *jobs.Run) error {
		var reports []ingest.Report
		return s.Folder.Write(ctx, func(stage string, done, total int64) {
			if stage != "journalling" {
				j.Fix() // it is stored: now it is to count, too
			}
			j.Progress(stage, done, total)
		}, func(f *ingest.Folder) error {
			for _, file := range d.Files {
				rep, err := f.Import(ctx, d.delivery(file))
				if err != nil {
					return importFault(file.Name, err)
				}
				if err := s.keepWarnings(ctx, rep); err != nil {
					return err
				}
				reports = append(reports, rep)
				j.Keep(reports)
			}
			return nil
		})
	}, Ended: func(ctx context.Context, err error) error {
		switch {
		case err == nil:
			return s.drafts.remove(d.ID)
		case ctx.Err() != nil && !jobs.Cancelled(ctx):
			return err
		}
		d.By, d.Job = "", "" // it can be mended and tried again
		return errors.Join(err, s.drafts.save(d))
	}}
}

// importFault says which file it was.
func importFault(name string, err error) error {
	return callpace.E(callpace.CodeOf(err), "job.file", "file", name).Because(err)
}

// startApply reads what a source sent anew, or with dry only finds what would
// be different.
func (r *request) startApply(d *draft, dry bool) error {
	if !d.Again() {
		return callpace.E(callpace.Conflict, "upload.no_draft")
	}
	if d.Format == "mapping" {
		if _, err := mapping.Parse(d.Mapping); err != nil {
			return r.redirect("/imports/draft/" + d.ID)
		}
	}
	kind := "compare"
	if !dry {
		kind = "apply"
		if err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.MappingApplied, d.Source, map[string]any{"from": d.From})); err != nil {
			return err
		}
	}
	j, err := r.s.Jobs.Add(r.Context(), jobs.Job{Kind: kind, Subject: d.Source, By: r.who.Account.Name, Draft: d.ID, Back: "/imports/draft/" + d.ID}, func(ctx context.Context, j *jobs.Run) error {
		turn := r.s.Folder.Write // finding the difference leaves the facts as they are
		if !dry {
			turn = r.s.Folder.Replace
		}
		err := turn(ctx, j.Progress, func(f *ingest.Folder) error {
			if !dry {
				j.Fix()
			}
			diff, err := f.ApplyMapping(ctx, d.spec(), d.From, dry)
			if err == nil {
				j.Keep(diff)
			}
			return err
		})
		if err == nil && !dry {
			err = r.s.drafts.remove(d.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.redirect(jobPath(j.ID()))
}

// startWithdraw takes an input back, with those that go on from it.
func (r *request) startWithdraw() error {
	no, err := strconv.Atoi(r.PathValue("input"))
	if err != nil {
		return callpace.E(callpace.NotFound, "input.unknown", "input", r.PathValue("input"))
	}
	in, later, err := r.inputAndLater(no)
	if err != nil {
		return err
	}
	if in.Status == "withdrawn" {
		return r.redirect("/imports/" + strconv.Itoa(no))
	}
	if err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.Withdrawn, strconv.Itoa(no), map[string]any{"source": in.Source, "later": len(later)})); err != nil {
		return err
	}
	j, err := r.s.Jobs.Add(r.Context(), jobs.Job{Kind: "withdraw", Subject: in.Source, By: r.who.Account.Name, Back: "/imports"}, func(ctx context.Context, j *jobs.Run) error {
		return r.s.Folder.Replace(ctx, j.Progress, func(f *ingest.Folder) error {
			j.Fix()
			gone, err := f.Withdraw(ctx, no, len(later) > 0)
			j.Keep(gone)
			return err
		})
	})
	if err != nil {
		return err
	}
	return r.redirect(jobPath(j.ID()))
}

// warningsSetting names where the warnings of an input are kept: the folder
// knows them only while it reads.
func warningsSetting(input int) string { return fmt.Sprintf("imports.warnings.%d", input) }

func (s *Server) keepWarnings(ctx context.Context, rep ingest.Report) error {
	if len(rep.Warnings) == 0 || rep.Recognised {
		return nil
	}
	return s.State.Settings().UpdateSetting(ctx, warningsSetting(rep.Input), rep.Warnings, "", s.Now())
}

func (r *request) keptWarnings(input int) (list []ingest.WarningCount, err error) {
	var text json.RawMessage
	if err := r.s.State.Settings().FindSetting(r.Context(), warningsSetting(input), &text); err != nil || text == nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("read warnings of input %d: %w", input, err)
	}
	wholeAgain(list)
	return list, nil
}

// wholeAgain makes counts whole numbers again that were kept as JSON.
func wholeAgain(list []ingest.WarningCount) {
	for i := range list {
		for name, v := range list[i].Reason.Args {
			if n, ok := v.(float64); ok && n == float64(int64(n)) {
				list[i].Reason.Args[name] = int64(n)
			}
		}
	}
}

// prepareImports makes what imports need of a server, and begins what goes on
// beside requests: imports that a stop interrupted, and watched folders.
func (s *Server) prepareImports() {
	s.drafts.dir = filepath.Join(s.Folder.Dir(), "uploads")
	if err := s.drafts.sweep(s.Now(), true); err != nil {
		s.Log.Error("remove old uploads", "error", err)
	}
	if s.Jobs.Begin == nil {
		return
	}
	s.Jobs.Go(func(ctx context.Context) {
		for s.Folder.Ready() != nil {
			if !pause(ctx, time.Second) {
				return
			}
		}
		for _, d := range s.drafts.all() {
			if d.By != "" {
				if err := s.resumeImport(ctx, d); err != nil {
					s.Log.Error("go on with an import", "draft", d.ID, "error", err)
				}
			}
		}
		s.watching.start(ctx, s)
		for pause(ctx, time.Hour) {
			if err := s.drafts.sweep(s.Now(), false); err != nil {
				s.Log.Error("remove old uploads", "error", err)
			}
		}
	})
}

// resumeImport goes on with an import that a stop interrupted.
func (s *Server) resumeImport(ctx context.Context, d *draft) error {
	_, err := s.Jobs.Resume(ctx, d.Job, s.importing(d))
	if callpace.CodeOf(err) == callpace.NotFound { // it is forgotten
		_, err = s.addImport(ctx, d)
	}
	return err
}

// pause waits; it is false where the server stops first.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
