package web

import (
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/question"
)

// jobPage shows how far a job is, and what came of it.
type jobPage struct {
	shell
	ID, Kind   string
	Source     string
	Over       bool
	Stage      string
	Percent    int    // -1: not known
	Share      string // the same in words
	Rows       string // read so far, "" where nobody counts
	Fault      string
	Back       string
	Draft      string
	Reports    []reportView
	Withdrawn  []string
	Diff       *diffView
	Figures    string // address of the first figures
	FirstInput int
}

// job shows a job. The page asks again by itself while the job runs.
func (r *request) job() error {
	j, err := r.s.jobs.find(r.PathValue("id"))
	if err != nil {
		return err
	}
	st := j.now()
	p := jobPage{shell: r.shell("job."+j.Kind, "imports"), ID: j.ID, Kind: j.Kind, Source: j.Source, Over: st.Over(), Percent: st.Percent(), Back: j.Back, Draft: j.Draft,
		Stage: r.reader.Text("job.waiting")}
	if st.Stage != "" {
		p.Stage = r.reader.Text("progress." + st.Stage)
	}
	if p.Percent >= 0 {
		p.Share = r.reader.Percent(float64(p.Percent)/100, 0)
	}
	if !p.Over {
		p.Rows = r.rowsSoFar(j.Source, j.Kind)
		return r.page("job", p)
	}
	if st.Err != nil {
		p.Fault = r.reader.Error(st.Err)
	}
	for _, rep := range st.Reports {
		p.Reports = append(p.Reports, r.reportView(rep))
		p.FirstInput = rep.Input
	}
	for _, no := range st.Withdrawn {
		p.Withdrawn = append(p.Withdrawn, r.reader.T("withdraw.done", map[string]any{"input": no}))
	}
	if st.Diff != nil {
		p.Diff = r.diffView(*st.Diff)
	}
	if j.Kind == "import" && st.Err == nil {
		p.Figures = r.firstFigures(j.Source)
	}
	return r.page("job", p)
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
