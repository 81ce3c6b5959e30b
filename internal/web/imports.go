package web

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/present/export"
)

// importRoutes is what can be asked for of imports.
func (s *Server) importRoutes() []route {
	return []route{
		{pattern: "GET /imports", needs: auth.Import, handle: (*request).imports},
		{pattern: "GET /imports/new", needs: auth.Import, handle: (*request).newImport},
		{pattern: "POST /imports/new", needs: auth.Import, upload: true, handle: (*request).upload},
		{pattern: "GET /imports/draft/{id}", needs: auth.Import, handle: (*request).editMapping},
		{pattern: "POST /imports/draft/{id}", needs: auth.Import, handle: (*request).takeMapping},
		{pattern: "GET /imports/sources/{source}", needs: auth.Import, handle: (*request).reconcile},
		{pattern: "POST /imports/sources/{source}/mapping", needs: auth.Import, handle: (*request).remapSource},
		{pattern: "GET /imports/watch", needs: auth.Import, handle: (*request).watches},
		{pattern: "POST /imports/watch", needs: auth.ManageSettings, handle: (*request).addWatch},
		{pattern: "POST /imports/watch/{id}/pause", needs: auth.ManageSettings, handle: (*request).pauseWatch},
		{pattern: "POST /imports/watch/{id}/retry", needs: auth.ManageSettings, handle: (*request).retryWatch},
		{pattern: "POST /imports/watch/{id}/remove", needs: auth.ManageSettings, handle: (*request).removeWatch},
		{pattern: "GET /imports/{input}", needs: auth.Import, handle: (*request).input},
		{pattern: "GET /inputs/{input}/rejects", needs: auth.Import, handle: (*request).rejects},
		{pattern: "GET /inputs/{input}/withdraw", needs: auth.Withdraw, handle: (*request).confirmWithdraw},
		{pattern: "POST /inputs/{input}/withdraw", needs: auth.Withdraw, handle: (*request).startWithdraw},
		{pattern: "GET /jobs/{id}", needs: auth.Import, handle: (*request).job},
		{pattern: "POST /jobs/{id}/cancel", needs: auth.Import, handle: (*request).cancelJob},
	}
}

// importsPage lists what has arrived.
type importsPage struct {
	shell
	Running []runningView
	Drafts  []draftView
	Sources []sourceView
	Fresh   grid   // of the sources: its files
	Source  string // whose inputs are listed; "" for all
	Inputs  []inputView
	Files   grid   // of all inputs listed
	Before  string // address of newer inputs
	After   string // of older ones
	Span    string
	Empty   *empty
	Behind  string // why the facts cannot follow
}

// runningView is a job that has not ended; URL is "" where it has no page.
type runningView struct{ URL, Title, By string }

// sourceView is a source with how fresh it is.
type sourceView struct {
	Name, URL, Filter string
	Latest, Ago       string
	Stale             bool // longer ago than it usually takes
	Inputs, Records   string
	Rejected          string
}

// inputView is an input in a list.
type inputView struct {
	No, URL, Source, SourceURL, File, Arrived string
	Status, StatusClass, StatusIcon           string
	Counts                                    []string // read new updated unchanged skipped rejected
	Bad                                       bool     // something was rejected
}

const inputsPerPage = 50

// allInputs lists what has arrived, even where the facts are behind.
func (r *request) allInputs() (inputs []ingest.InputInfo, err error) {
	err = r.s.Folder.Look(func(f *ingest.Folder) error {
		inputs, err = f.Inputs(r.Context())
		return err
	})
	return inputs, err
}

// inputsOf lists the inputs of a source that count.
func (r *request) inputsOf(name string) ([]ingest.InputInfo, error) {
	all, err := r.allInputs()
	return slices.DeleteFunc(all, func(in ingest.InputInfo) bool { return in.Source != name || in.Status != string(journal.Committed) }), err
}

func (r *request) imports() error {
	all, err := r.allInputs()
	if err != nil {
		return err
	}
	v := r.view()
	p := importsPage{shell: r.shell("nav.imports", "imports"), Source: v.get("source"), Drafts: r.waitingDrafts()}
	sums := sumSources(all)
	p.Sources, p.Fresh = r.sources(v, sums), r.sourceFiles(v, sums)
	if err := r.s.Folder.Ready(); err != nil {
		p.Behind = r.reader.Error(err)
	}
	for _, j := range r.s.Jobs.UnderWay() {
		if j.Kind != "mail" {
			p.Running = append(p.Running, r.runningView(j))
		}
	}
	shown := slices.DeleteFunc(slices.Clone(all), func(in ingest.InputInfo) bool { return p.Source != "" && in.Source != p.Source })
	slices.Reverse(shown)
	p.Files = r.inputFiles(v, shown)
	from, _ := strconv.Atoi(v.get("from"))
	from = min(max(from, 0), max(len(shown)-1, 0))
	to := min(from+inputsPerPage, len(shown))
	for _, in := range shown[from:to] {
		p.Inputs = append(p.Inputs, r.inputView(in))
	}
	if len(shown) > inputsPerPage {
		p.Span = r.reader.T("web.rows_of", map[string]any{"from": int64(from + 1), "to": int64(to), "count": int64(len(shown))})
		if from > 0 {
			p.Before = v.with("from", strconv.Itoa(max(from-inputsPerPage, 0)))
		}
		if to < len(shown) {
			p.After = v.with("from", strconv.Itoa(to))
		}
	}
	if len(all) == 0 {
		p.Empty = &empty{Icon: "upload", Title: r.reader.Text("imports.empty"), Text: r.reader.Text("imports.empty_text"), Action: r.reader.Text("imports.new"), URL: "/imports/new"}
	}
	return r.page("imports", p)
}

// inputFiles offers a list of inputs in files.
func (r *request) inputFiles(v view, list []ingest.InputInfo) grid {
	g := r.namedGrid("inputs", "imports.inputs")
	columns := r.fileColumns("column.input", "column.file", "column.source", "column.arrived", "column.status", "column.read", "column.new", "column.updated",
		"column.unchanged", "column.skipped", "column.rejected")
	g.Files = offerList(r, v, g.ID, g.Caption, list, columns, func(in ingest.InputInfo) []export.Cell {
		out := append(texts(strconv.Itoa(in.Input), in.Name, in.Source), r.momentCell(in.Arrived), texts(r.reader.Text("status." + in.Status))[0])
		for _, n := range countsOf(in.Counts) {
			if in.Status == string(journal.Withdrawn) {
				out = append(out, export.Cell{})
			} else {
				out = append(out, numberCell(n.n))
			}
		}
		return out
	})
	return g
}

// sourceSum is what the inputs of a source that count come to.
type sourceSum struct {
	facts.Counts
	name        string
	inputs      int
	first, last time.Time // arrived
}

// sumSources adds up the inputs of each source.
func sumSources(all []ingest.InputInfo) (out []*sourceSum) {
	sums := map[string]*sourceSum{}
	for _, in := range all {
		if in.Status != string(journal.Committed) {
			continue
		}
		s := sums[in.Source]
		if s == nil {
			s = &sourceSum{name: in.Source, first: in.Arrived}
			sums[in.Source], out = s, append(out, s)
		}
		s.inputs, s.last, s.Counts = s.inputs+1, in.Arrived, s.Counts.Add(in.Counts)
	}
	slices.SortFunc(out, func(a, b *sourceSum) int { return strings.Compare(a.name, b.name) })
	return out
}

// sources tells how fresh each source is.
func (r *request) sources(v view, sums []*sourceSum) (out []sourceView) {
	for _, s := range sums {
		x := sourceView{Name: s.name, URL: "/imports/sources/" + pathEscape(s.name), Filter: v.with("source", s.name, "from", ""), Latest: r.moment(s.last), Ago: r.ago(s.last),
			Inputs: r.reader.Int(int64(s.inputs)), Records: r.reader.Int(s.New)}
		if s.Rejected > 0 {
			x.Rejected = r.reader.Int(s.Rejected)
		}
		// Twice the usual time between inputs has passed, and a day.
		if s.inputs > 2 {
			usual := s.last.Sub(s.first) / time.Duration(s.inputs-1)
			x.Stale = r.now.Sub(s.last) > max(2*usual, 24*time.Hour)
		}
		out = append(out, x)
	}
	return out
}

// sourceFiles offers the sources in files.
func (r *request) sourceFiles(v view, sums []*sourceSum) grid {
	g := r.namedGrid("sources", "imports.sources")
	columns := r.fileColumns("column.source", "imports.fresh", "imports.inputs", "imports.records", "column.rejected")
	g.Files = offerList(r, v, g.ID, g.Caption, sums, columns, func(s *sourceSum) []export.Cell {
		return append(texts(s.name), r.momentCell(s.last), numberCell(s.inputs), numberCell(s.New), numberCell(s.Rejected))
	})
	return g
}

func (r *request) inputView(in ingest.InputInfo) inputView {
	v := inputView{No: r.reader.Digits(strconv.Itoa(in.Input)), URL: "/imports/" + strconv.Itoa(in.Input), Source: in.Source, SourceURL: "/imports/sources/" + pathEscape(in.Source),
		File: in.Name, Arrived: r.moment(in.Arrived), Status: r.reader.Text("status." + in.Status), Bad: in.Rejected > 0}
	v.StatusClass, v.StatusIcon = "good", "circle-check"
	switch in.Status {
	case string(journal.Unfinished), ingest.Pending:
		v.StatusClass, v.StatusIcon = "warn", "circle-dashed"
	case string(journal.Withdrawn):
		v.StatusClass, v.StatusIcon = "", "undo-2"
	}
	if in.Status != string(journal.Withdrawn) {
		for _, n := range countsOf(in.Counts) {
			v.Counts = append(v.Counts, r.reader.Int(n.n))
		}
	} else {
		v.Counts = []string{"–", "–", "–", "–", "–", "–"}
	}
	return v
}

// counted is one of the numbers of a report; its key names it.
type counted struct {
	key string
	n   int64
}

func countsOf(c facts.Counts) []counted {
	return []counted{{"read", c.Read}, {"new", c.New}, {"updated", c.Updated}, {"unchanged", c.Unchanged}, {"skipped", c.Skipped}, {"rejected", c.Rejected}}
}

// moment writes a point in time on the organisation's clock.
func (r *request) moment(t time.Time) string {
	clock, err := r.settings.Clock()
	if err != nil {
		return ""
	}
	return r.reader.Moment(t, clock, "15:04")
}

// ago says how long ago something was, roughly.
func (r *request) ago(t time.Time) string {
	d := max(r.now.Sub(t), 0)
	switch {
	case d < time.Hour:
		return r.reader.T("ago.minutes", map[string]any{"count": int64(d / time.Minute)})
	case d < 48*time.Hour:
		return r.reader.T("ago.hours", map[string]any{"count": int64(d / time.Hour)})
	}
	return r.reader.T("ago.days", map[string]any{"count": int64(d / (24 * time.Hour))})
}

func pathEscape(name string) string { return strings.ReplaceAll(escape(name), "+", "%20") }

// folder runs fn on the folder, even where the facts are behind.
func (r *request) look(fn func(context.Context, *ingest.Folder) error) error {
	return r.s.Folder.Look(func(f *ingest.Folder) error { return fn(r.Context(), f) })
}
