package web

import (
	"encoding/json"
	"time"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/morning"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

// jobPage shows how far a job is, and what came of it.
type jobPage struct {
	shell
	ID, Kind   string
	Source     string
	OfImports  bool
	Over       bool
	Cancel     bool // it may be cancelled
	Stage      string
	Percent    int    // -1: not known
	Share      string // the same in words
	Rows       string // read so far, "" where nobody counts
	Fault      string
	Done       string // what holds now, where there is nothing more to be shown
	Back       string
	Draft      string
	Reports    []reportView
	Withdrawn  []string
	Diff       *diffView
	Figures    string // address of the first figures
	FirstInput int
}

func jobPath(id string) string { return "/jobs/" + pathEscape(id) }

// ofSettings are the kinds of jobs that are begun under Settings, or at the set-up.
var ofSettings = map[string]bool{"reshape": true, "erase": true, "roster": true, "sample": true, morning.Kind: true}

// job shows a job. The page asks again by itself while the job runs.
func (r *request) job() error {
	j, err := r.s.Jobs.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	section := "imports"
	if ofSettings[j.Kind] {
		section = "settings"
	}
	p := jobPage{shell: r.shell("job."+j.Kind, section), ID: j.ID, Kind: j.Kind, Source: j.Subject, OfImports: section == "imports", Over: j.Over(), Cancel: !j.Over() && !j.Fixed, Percent: j.Percent(),
		Back: j.Back, Draft: j.Draft, Stage: r.reader.Text("job.waiting")}
	if j.Stage != "" {
		p.Stage = r.reader.Text("progress." + j.Stage)
	}
	if p.Percent >= 0 {
		p.Share = r.reader.Percent(float64(p.Percent)/100, 0)
	}
	if !p.Over {
		p.Rows = r.rowsSoFar(j.Subject, j.Kind)
		return r.page("job", p)
	}
	if j.Err != nil {
		p.Fault = r.reader.Error(j.Err)
	} else if done := "job." + j.Kind + ".done"; r.reader.Has(done) {
		p.Done = r.reader.Text(done)
	}
	if err := r.jobResult(&p, j); err != nil {
		return err
	}
	return r.page("job", p)
}

// jobResult shows what a job has brought.
func (r *request) jobResult(p *jobPage, j jobs.Job) error {
	switch j.Kind {
	case "import":
		var reports []ingest.Report
		if err := j.Into(&reports); err != nil {
			return err
		}
		for _, rep := range reports {
			wholeAgain(rep.Warnings)
			p.Reports = append(p.Reports, r.reportView(rep))
			p.FirstInput = rep.Input
		}
		if j.Err == nil {
			p.Figures = r.firstFigures(j.Subject)
		}
	case morning.Kind:
		outcome := morning.Outcome{}
		if err := j.Into(&outcome); err != nil {
			return err
		}
		if j.Err == nil {
			p.Done = r.reader.T("morning.sent", map[string]any{"count": outcome[store.MailSent]})
		}
	case "withdraw":
		var gone []int
		if err := j.Into(&gone); err != nil {
			return err
		}
		for _, no := range gone {
			p.Withdrawn = append(p.Withdrawn, r.reader.T("withdraw.done", map[string]any{"input": no}))
		}
	case "erase":
		var done ingest.Erased
		if j.Err != nil || j.Into(&done) != nil {
			break
		}
		p.Done = r.reader.Sentences(r.reader.T("erase_page.done", map[string]any{"count": done.Records}), r.reader.T("erase.done_typed", map[string]any{"count": done.Typed}))
	case "compare", "apply":
		if len(j.Result) == 0 {
			break
		}
		var diff ingest.Diff
		if err := json.Unmarshal(j.Result, &diff); err != nil {
			return err
		}
		p.Diff = r.diffView(diff)
	}
	return nil
}

// cancelJob ends a job that waits, or of which nothing is stored yet.
func (r *request) cancelJob() error {
	id := r.PathValue("id")
	if err := r.s.Jobs.Cancel(id); err != nil {
		return err
	}
	return r.redirect(jobPath(id))
}

// shortWork is how long a request waits for what mostly takes no time.
const shortWork = 2 * time.Second

// awaitJob goes on to a page when a job is over, or shows how far it is.
func (r *request) awaitJob(j *jobs.Run, then string) error {
	select {
	case <-j.Over():
		if err := j.Job().Err; err != nil {
			return err
		}
		return r.redirect(then)
	case <-time.After(shortWork):
		return r.redirect(jobPath(j.ID()))
	}
}

// runningView is a job that has not ended. Commands have no page of their own.
func (r *request) runningView(j jobs.Job) runningView {
	v := runningView{Title: r.reader.Text("job." + j.Kind), By: j.By}
	if j.Subject != "" {
		v.Title = r.reader.T("job.of", map[string]any{"job": v.Title, "source": j.Subject})
	}
	if j.ID != "" {
		v.URL = jobPath(j.ID)
	}
	return v
}

// rowsSoFar are the rows that the newest input of a source has brought.
func (r *request) rowsSoFar(name, kind string) string {
	if kind != "import" {
		return ""
	}
	rows := int64(0)
	err := r.s.Folder.Look(func(f *ingest.Folder) error {
		inputs, err := f.Inputs(r.Context())
		for _, in := range inputs {
			if in.Source == name {
				rows = in.Read
			}
		}
		return err
	})
	if err != nil || rows == 0 {
		return ""
	}
	return r.reader.T("job.rows", map[string]any{"count": rows})
}

// firstFigures is the overview of the days that a source's calls are of.
func (r *request) firstFigures(name string) string {
	f, _, err := r.ask(question.Words{KPIs: []string{"calls"}, By: []string{"day"}, Where: []string{question.Equal("source", name)}, Sort: "day"})
	if err != nil || len(f.Rows) == 0 {
		return "/"
	}
	v := view{"/", nil}
	return v.with("from", f.Rows[0].Key[0], "to", f.Rows[len(f.Rows)-1].Key[0], "source", name)
}
