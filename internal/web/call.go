package web

import (
	"context"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/behind"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/store"
)

// callPage is one call: what is known of it, where that was read, its
// recording, and what people wrote about it.
type callPage struct {
	shell
	Fields     []field
	Attributes []field // as the source has them
	Origin     string
	OriginURL  string
	Recording  recording
	Path       string // of this page
	MayNote    bool
	MayCorrect bool
	Notes      []said
	Requests   []correctionRow
}

// field is a value under its label.
type field struct {
	Label string
	Cell  cell
}

func (r *request) call() error {
	set, err := r.findCall()
	if err != nil {
		return err
	}
	clock, err := r.settings.Clock()
	if err != nil {
		return err
	}
	t := r.rowText(clock, facts.Calls, set)
	row := set.Rows[0]
	page := callPage{shell: r.shell("call.title", "calls"), Path: callURL(r.PathValue("source"), r.PathValue("id")),
		MayNote: r.who.May(auth.WriteNotes), MayCorrect: r.who.May(auth.RequestCorrection)}
	page.Title = r.reader.Text("call.title") + " " + r.PathValue("id")
	for _, i := range t.columns() {
		c := set.Columns[i]
		if c.Name == "recording" {
			continue
		}
		f := field{r.reader.Field(facts.Calls.Name, c.Name), t.cell(row, i)}
		if f.Cell.URL == page.Path {
			f.Cell.URL = ""
		}
		if strings.HasPrefix(c.Name, "attr.") {
			page.Attributes = append(page.Attributes, f)
		} else {
			page.Fields = append(page.Fields, f)
		}
	}
	if page.Origin, page.OriginURL, err = r.origin(row); err != nil {
		return err
	}
	page.Recording = r.recordingOf(t.value(row, "recording"), page.Path)
	if err := r.remarks(&page); err != nil {
		return err
	}
	return r.page("call", page)
}

// callID is the id of the address, as facts are named.
func (r *request) callID() string { return source.ASCIIDigits(r.PathValue("id")) }

// findCall gives the call of the address, if the reader may see it.
func (r *request) findCall() (kpi.RowSet, error) {
	is := func(column, value string) kpi.Expr {
		return kpi.Op{Name: kpi.Eq, Args: []kpi.Expr{kpi.Field{Name: column, Kind: facts.Text}, kpi.String{Value: value}}}
	}
	clock, err := r.settings.Clock()
	if err != nil {
		return kpi.RowSet{}, err
	}
	spec := kpi.RowsSpec{Limit: 1, Select: kpi.Select{Fact: facts.Calls, Date: "started", Undated: true, Scope: r.who.RowScope(), Now: r.now.In(clock.Zone()),
		Where: []kpi.Expr{is("source", r.PathValue("source")), is("source_id", r.callID())}}}
	var set kpi.RowSet
	err = r.readRows(func(e behind.Engine) (err error) {
		set, err = e.Rows(r.Context(), spec)
		return err
	})
	if err == nil && len(set.Rows) == 0 {
		err = callpace.E(callpace.NotFound, "call.none")
	}
	return set, err
}

// origin says which input told of a row last.
func (r *request) origin(row kpi.Row) (text, link string, err error) {
	if row.Input == 0 {
		return r.reader.T("call.origin_many", map[string]any{"source": r.PathValue("source")}), "", nil
	}
	at := ""
	err = r.readFolder(func(ctx context.Context, f *ingest.Folder) error {
		inputs, err := f.Inputs(ctx)
		for _, in := range inputs {
			if int64(in.Input) == row.Input {
				at = r.moment(in.Arrived)
			}
		}
		return err
	})
	if r.who.May(auth.Import) {
		link = inputURL(row.Input)
	}
	return r.reader.T("call.origin_last", map[string]any{"input": row.Input, "line": row.Line, "at": at}), link, err
}

// subject names a call in notes and requests.
func (r *request) subject() string {
	return ingest.CallSubject(ingest.CallKey(r.PathValue("source"), r.callID()))
}

// remarks are the notes on the call and the requests to correct it.
func (r *request) remarks(page *callPage) error {
	written, err := r.remarksOn([]string{r.subject()})
	if err != nil {
		return err
	}
	page.Notes = written[r.subject()]
	requests, err := r.s.State.Corrections().FindCorrections(r.Context(), "", "")
	requests = slices.DeleteFunc(requests, func(c store.Correction) bool { return c.Subject != r.subject() })
	page.Requests = r.correctionRows(requests)
	for i, row := range page.Requests { // here it is known which call, and not who
		page.Requests[i].Subject, page.Requests[i].SubjectURL = "", ""
		page.Requests[i].When = r.reader.T("people.by", map[string]any{"name": row.Author, "when": row.When})
	}
	return err
}

func (r *request) takeNote() error {
	if _, err := r.findCall(); err != nil {
		return err
	}
	text, err := r.noteText("text")
	if err != nil {
		return err
	}
	if _, err := r.s.State.Notes().CreateNote(r.Context(), store.Note{Subject: r.subject(), Text: text, AuthorID: r.who.Account.ID, CreatedAt: r.now}); err != nil {
		return err
	}
	return r.redirect(callURL(r.PathValue("source"), r.PathValue("id")) + "#notes")
}

func (r *request) takeCorrection() error {
	set, err := r.findCall()
	if err != nil {
		return err
	}
	text, err := r.noteText("text")
	if err != nil {
		return err
	}
	t := r.rowText(nil, facts.Calls, set)
	_, err = r.s.State.Corrections().CreateCorrection(r.Context(), store.Correction{Subject: r.subject(), Agent: t.value(set.Rows[0], "agent"),
		Team: t.value(set.Rows[0], "team"), Text: text, AuthorID: r.who.Account.ID, CreatedAt: r.now})
	if err != nil {
		return err
	}
	return r.redirect(callURL(r.PathValue("source"), r.PathValue("id")) + "#requests")
}
