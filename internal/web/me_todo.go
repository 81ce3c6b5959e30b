package web

import (
	"context"
	"slices"
	"time"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
)

// How far back the lists of an agent reach, in days, and how long they are.
const (
	callbackDays, reviewDays = 14, 90
	mostDue, mostReviews     = 20, 10
)

// toDo lists the promised calls that are due and the reviews received.
func (r *request) toDo(page *mePage, agent string, today int64) error {
	if !r.who.May(auth.SeeRows) {
		return nil
	}
	due, err := r.rowsOf(facts.Callbacks, "due", today-callbackDays, today+1, isField("agent", agent), stillDue())
	if err != nil {
		return err
	}
	page.Due = r.reader.T("me.due", map[string]any{"count": len(due)})
	page.Callbacks = r.dueGrid(due)
	reviews, err := r.rowsOf(facts.Evaluations, "evaluated", today-reviewDays, today+1, isField("agent", agent))
	if err != nil {
		return err
	}
	slices.Reverse(reviews)
	page.Reviews, err = r.reviewGrid(reviews[:min(len(reviews), mostReviews)])
	return err
}

// stillDue is the condition that a promise was not kept, and that nobody called
// later than promised either.
func stillDue() kpi.Expr {
	kept := kpi.Op{Name: kpi.Coalesce, Args: []kpi.Expr{kpi.Field{Name: "kept", Kind: facts.Bool}, kpi.Boolean{}}}
	last := kpi.Field{Table: facts.LeadStory, Name: "last_call_at", Kind: facts.Instant}
	none := kpi.Op{Name: kpi.IsNull, Args: []kpi.Expr{last}}
	before := kpi.Op{Name: kpi.Lt, Args: []kpi.Expr{last, kpi.Field{Name: "due_at", Kind: facts.Instant}}}
	return kpi.Op{Name: kpi.And, Args: []kpi.Expr{kpi.Op{Name: kpi.Not, Args: []kpi.Expr{kept}}, kpi.Op{Name: kpi.Or, Args: []kpi.Expr{none, before}}}}
}

// record is a row of a fact by the names of its columns.
type record struct {
	set   *kpi.RowSet
	cells []kpi.Cell
}

func (x record) cell(column string) kpi.Cell {
	for i, c := range x.set.Columns {
		if c.Name == column {
			return x.cells[i]
		}
	}
	return kpi.Cell{}
}

func (x record) text(column string) string { return x.cell(column).Text }

func (x record) at(column string) (time.Time, bool) {
	c := x.cell(column)
	return time.UnixMicro(c.Int).UTC(), c.Valid
}

// rowsOf lists rows of a fact in some days that the reader may see one by one.
func (r *request) rowsOf(t *facts.Table, date string, from, to int64, where ...kpi.Expr) (out []record, err error) {
	clock, err := r.settings.Clock()
	if err != nil {
		return nil, err
	}
	err = r.readFolder(func(ctx context.Context, f *ingest.Folder) error {
		set, err := f.Store().Engine().Rows(ctx, kpi.RowsSpec{Select: kpi.Select{Fact: t, Date: date, From: from, To: to, Scope: r.rowAsker().Scope,
			Now: r.now.In(clock.Zone()), Where: where}, Limit: 1000})
		for _, row := range set.Rows {
			out = append(out, record{&set, row.Cells})
		}
		return err
	})
	return out, err
}

// dueGrid lists promised calls, the longest due first.
func (r *request) dueGrid(due []record) *grid {
	if len(due) == 0 {
		return nil
	}
	g := &grid{ID: "due", Caption: r.reader.Text("me.callbacks"), Head: []gridHead{{Title: r.reader.Text("me.due_at")}, {Title: r.reader.Text("people.lead")}, {Title: r.reader.Text("people.phone")}}}
	for _, x := range due[:min(len(due), mostDue)] {
		when := cell{Text: "–", Header: true}
		if at, ok := x.at("due_at"); ok {
			if when.Text = r.whenText(at); at.Before(r.now) {
				when.Sub = r.reader.Text("me.overdue")
			}
		}
		phone := cell{Text: x.text("phone")}
		if phone.Text != "" {
			phone.URL = "tel:" + phone.Text
		}
		g.Rows = append(g.Rows, []cell{when, {Text: x.text("lead"), URL: r.leadURL(x.text("lead"))}, phone})
	}
	r.offerRows(g)
	return g
}

// leadURL is the address of the calls to a lead.
func (r *request) leadURL(lead string) string {
	if lead == "" {
		return ""
	}
	return view{path: "/calls"}.with("q", lead)
}

// reviewGrid lists reviews with what was noted about the calls.
func (r *request) reviewGrid(reviews []record) (*grid, error) {
	if len(reviews) == 0 {
		return nil, nil
	}
	subjects := make([]string, len(reviews))
	for i, x := range reviews {
		subjects[i] = ingest.CallSubject(ingest.CallKey(x.text("source"), x.text("call")))
	}
	notes, err := r.s.State.Notes().FindNotes(r.Context(), subjects...)
	if err != nil {
		return nil, err
	}
	written := map[string]string{}
	for _, n := range notes {
		written[n.Subject] = n.Text
	}
	g := &grid{ID: "reviews", Caption: r.reader.Text("me.reviews"), Head: []gridHead{{Title: r.reader.Text("people.day")}, {Title: r.reader.Dimension("scorecard")},
		{Title: r.reader.Text("me.score"), Numeric: true}, {Title: r.reader.Text("me.passed")}, {Title: r.reader.Dimension("reviewer")}}}
	for i, x := range reviews {
		day := cell{Text: "–", Header: true}
		if at, ok := x.at("evaluated_at"); ok {
			clock, err := r.settings.Clock()
			if err != nil {
				return nil, err
			}
			day.Text = r.reader.Date(clock.Moment(at).Day)
		}
		if id := x.text("call"); id != "" {
			day.URL = callURL(x.text("source"), id)
		}
		day.Sub = written[subjects[i]]
		g.Rows = append(g.Rows, []cell{day, {Text: x.text("scorecard")}, number(r.score(x)), {Text: r.passed(x.cell("passed"))}, {Text: x.text("reviewer")}})
	}
	r.offerRows(g)
	return g, nil
}

// score is the score of a review in per cent of its scale.
func (r *request) score(x record) string {
	score, scale := x.cell("score"), x.cell("scale")
	if !score.Valid || !scale.Valid || scale.Int <= 0 {
		return present.NoData
	}
	return r.reader.Percent(float64(score.Int)/float64(scale.Int), 0)
}

func (r *request) passed(c kpi.Cell) string {
	switch {
	case !c.Valid:
		return present.NoData
	case c.Int != 0:
		return r.reader.Text("me.passed_yes")
	}
	return r.reader.Text("me.passed_no")
}
