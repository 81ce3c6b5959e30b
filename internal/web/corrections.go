package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/store"
)

// correctionRow is a request to correct a record, as it is shown.
type correctionRow struct {
	ID, Subject, Text string
	SubjectURL        string // of the call that it is about
	Agent, Author     string
	When              string
	State, StateClass string
	StateIcon         string
	Open              bool
	Answer            string // with who answered and when
}

// correctionsPage is where requests are answered.
type correctionsPage struct {
	shell
	Open     []correctionRow
	Waiting  *pager // of the open ones
	Answered []correctionRow
	Past     *pager // of the answered ones
	Files    grid
	Fault    string
	FaultID  string // the request whose answer was at fault
	Empty    *empty
}

// requestCorrection takes a request of an agent's about a record of theirs.
func (r *request) requestCorrection() error {
	agent := r.who.Account.Agent
	if agent == "" {
		return callpace.E(callpace.Invalid, "me.nobody")
	}
	subject := strings.TrimSpace(r.PostFormValue("subject"))
	text, err := r.noteText("text")
	if err == nil && len([]rune(subject)) > 200 {
		err = callpace.E(callpace.Limit, "people.note_long", "count", len([]rune(subject)), "limit", 200)
	}
	if err != nil {
		return r.showMe(mePage{Status: http.StatusUnprocessableEntity, Fault: r.reader.Error(err), Subject: subject, Text: r.PostFormValue("text")})
	}
	team, err := r.usualTeam(agent)
	if err != nil {
		return err
	}
	_, err = r.s.State.Corrections().CreateCorrection(r.Context(), store.Correction{Subject: subject, Agent: agent, Team: team, Text: text,
		AuthorID: r.who.Account.ID, CreatedAt: r.now})
	if err != nil {
		return err
	}
	return r.redirect("/me#requests")
}

// usualTeam is an agent's team of the last weeks, else the account's first.
func (r *request) usualTeam(agent string) (string, error) {
	today, err := r.asker().Today()
	if err != nil {
		return "", err
	}
	q, _, err := r.asker().Query(view{}.words("calls"))
	if err != nil {
		return "", err
	}
	q.Period = &calendar.Range{From: today - 60, To: today + 1}
	team, err := r.teamOf(q, agent)
	if team == "" && len(r.who.Account.Teams) > 0 {
		team = r.who.Account.Teams[0]
	}
	return team, err
}

// ownRequests are those of the reader, the latest first.
func (r *request) ownRequests() ([]correctionRow, error) {
	found, err := r.s.State.Corrections().FindCorrections(r.Context(), "", r.who.Account.ID)
	if err != nil {
		return nil, err
	}
	slices.Reverse(found)
	return r.correctionRows(found), nil
}

// corrections shows the requests of those whom the reader answers for.
func (r *request) corrections() error { return r.showCorrections(http.StatusOK, "", "") }

func (r *request) showCorrections(status int, fault, id string) error {
	found, err := r.s.State.Corrections().FindCorrections(r.Context(), "", "")
	if err != nil {
		return err
	}
	scope := r.who.Scope(false)
	found = slices.DeleteFunc(found, func(c store.Correction) bool { return !answersFor(scope, c) })
	page := correctionsPage{shell: r.shell("corrections.title", "agents"), Fault: fault, FaultID: id}
	var open, answered []store.Correction
	for _, c := range found {
		if c.State == store.CorrectionOpen {
			open = append(open, c)
		} else {
			answered = append(answered, c)
		}
	}
	slices.Reverse(answered)
	v := r.view()
	page.Files = r.correctionFiles(v, found)
	by := func(c store.Correction) string { return c.Agent + "\n" + c.Subject + "\n" + c.Text }
	open, page.Waiting = cut(r, v, "open", open, by)
	answered, page.Past = cut(r, v, "answered", answered, by)
	page.Open, page.Answered = r.correctionRows(open), r.correctionRows(answered)
	if len(found) == 0 {
		page.Empty = &empty{Icon: "message-square", Title: r.reader.Text("corrections.none"), Text: r.reader.Text("corrections.none_text")}
	}
	return r.pageStatus(status, "corrections", page)
}

// correctionFiles offers requests in files.
func (r *request) correctionFiles(v view, found []store.Correction) grid {
	g := r.namedGrid("corrections", "corrections.title")
	columns := r.fileColumns("file.id", "column.agent", "column.team", "file.subject", "file.request", "file.asked_by", "file.asked_at", "column.status", "corrections.answer", "file.answered_by", "file.answered_at")
	writers := map[string]string{"": ""}
	writer := func(id string) string {
		name, ok := writers[id]
		if !ok {
			name = r.writer(id)
			writers[id] = name
		}
		return name
	}
	g.Files = offerList(r, v, g.ID, g.Caption, found, columns, func(c store.Correction) []export.Cell {
		out := texts(c.ID, c.Agent, c.Team, c.Subject, c.Text, writer(c.AuthorID), "", r.reader.Text("corrections.state."+c.State), c.Answer, writer(c.AnsweredBy), "")
		out[6], out[10] = r.momentCell(c.CreatedAt), r.momentCell(c.AnsweredAt)
		return out
	})
	return g
}

// momentCell is a moment in the organisation's zone; nothing for none.
func (r *request) momentCell(at time.Time) export.Cell {
	clock, err := r.settings.Clock()
	if err != nil || at.IsZero() {
		return export.Cell{}
	}
	return export.Cell{Kind: export.Moment, At: at.In(clock.Zone()), Day: clock.Moment(at).Day}
}

// answersFor tells whether a request is about somebody in a scope.
func answersFor(s kpi.Scope, c store.Correction) bool {
	return s.All() || slices.Contains(s.Teams(), c.Team) || slices.Contains(s.Agents(), c.Agent)
}

// answerCorrection accepts or declines a request, with a note.
func (r *request) answerCorrection() error {
	c, err := r.s.State.Corrections().FindCorrection(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !answersFor(r.who.Scope(false), c) {
		return callpace.E(callpace.NotFound, "store.no_correction")
	}
	state := r.PostFormValue("state")
	if state != store.CorrectionAccepted && state != store.CorrectionDeclined {
		return callpace.E(callpace.Invalid, "corrections.bad_state")
	}
	answer, err := r.noteText("answer")
	if err != nil {
		return r.showCorrections(http.StatusUnprocessableEntity, r.reader.Error(err), c.ID)
	}
	if err := r.s.State.Corrections().AnswerCorrection(r.Context(), c.ID, state, answer, r.who.Account.ID, r.now); err != nil {
		return err
	}
	return r.redirect("/corrections")
}

// stateLooks are the shape and colour beside the word of a state.
var stateLooks = map[string][2]string{
	store.CorrectionOpen: {"circle-dashed", ""}, store.CorrectionAccepted: {"circle-check", "good"}, store.CorrectionDeclined: {"circle-x", "warn"},
}

func (r *request) correctionRows(found []store.Correction) []correctionRow {
	out := make([]correctionRow, 0, len(found))
	for _, c := range found {
		look := stateLooks[c.State]
		row := correctionRow{ID: c.ID, Subject: c.Subject, Text: c.Text, Agent: c.Agent, Author: r.writer(c.AuthorID), When: r.whenText(c.CreatedAt),
			State: r.reader.Text("corrections.state." + c.State), StateIcon: look[0], StateClass: look[1], Open: c.State == store.CorrectionOpen}
		if call, ok := strings.CutPrefix(c.Subject, ingest.CallSubject("")); ok && strings.Contains(call, "/") {
			_, id, _ := strings.Cut(call, "/")
			if name, err := url.PathUnescape(id); err == nil {
				row.Subject, row.SubjectURL = name, "/calls/"+call
			}
		}
		if !row.Open {
			row.Answer = r.reader.T("people.said", map[string]any{"text": c.Answer, "name": r.writer(c.AnsweredBy), "when": r.whenText(c.AnsweredAt)})
		}
		out = append(out, row)
	}
	return out
}
