package web

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	mathrand "math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/store"
)

// drawn for review are five reached calls.
const callsDrawn = 5

// mostToDrawFrom bounds the calls that a draw is made of.
const mostToDrawFrom = 50_000

// drawCalls draws five of an agent's calls in some days. The seed comes from
// chance and is kept, so that the draw can be made again and seen to be one;
// that somebody draws once more is in the audit log.
func (r *request) drawCalls() error {
	name := r.PathValue("name")
	if err := r.maySeePerson(name); err != nil {
		return err
	}
	v := view{agentPath(name), map[string][]string{}}
	for _, key := range []string{"period", "from", "to"} {
		if value := r.PostFormValue(key); value != "" {
			v.values.Set(key, value)
		}
	}
	days, err := r.daysOf(v)
	if err != nil {
		return err
	}
	_, again, err := r.latestDraw(name, days)
	if err != nil {
		return err
	}
	ids, err := r.callsToDraw(name, days)
	if err != nil {
		return err
	}
	var seed [8]byte
	_, _ = rand.Read(seed[:]) // it never fails
	d := store.Draw{Agent: name, FromDay: days.From, ToDay: days.To - 1, Seed: int64(binary.BigEndian.Uint64(seed[:]) >> 1), DrawnBy: r.who.Account.ID, DrawnAt: r.now}
	d.Calls = chosen(ids, d.Seed, callsDrawn)
	if err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.CallsDrawn, strconv.FormatInt(d.Seed, 10), map[string]any{"calls": len(d.Calls), "of": len(ids), "again": again})); err != nil {
		return err
	}
	if _, err := r.s.State.Draws().CreateDraw(r.Context(), d); err != nil {
		return err
	}
	return r.redirect(v.with() + "#draw")
}

// chosen picks some of a sorted list; the same seed chooses the same.
func chosen(ids []string, seed int64, n int) []string {
	r := mathrand.New(mathrand.NewPCG(uint64(seed), uint64(len(ids))))
	out := []string{}
	for _, i := range r.Perm(len(ids))[:min(n, len(ids))] {
		out = append(out, ids[i])
	}
	return out
}

// daysOf are the days of a view that have begun.
func (r *request) daysOf(v view) (calendar.Range, error) {
	_, p, err := r.asker().Query(v.words())
	if err != nil {
		return calendar.Range{}, err
	}
	today, err := r.asker().Today()
	return p.ToDate(today), err
}

// reachedCalls asks for an agent's calls in which somebody talked.
func (r *request) reachedCalls(ctx context.Context, f *ingest.Folder, agent string, days calendar.Range, columns []string, where ...kpi.Expr) (kpi.RowSet, error) {
	clock, err := r.settings.Clock()
	if err != nil {
		return kpi.RowSet{}, err
	}
	reached := kpi.Field{Name: "reached", Kind: facts.Bool}
	return f.Store().Engine().Rows(ctx, kpi.RowsSpec{Columns: columns, Limit: mostToDrawFrom + 1, Select: kpi.Select{Fact: facts.Calls, Date: "started", From: days.From, To: days.To,
		Scope: r.rowAsker().Scope, Now: r.now.In(clock.Zone()), Where: append([]kpi.Expr{isField("agent", agent), reached}, where...)}})
}

// callsToDraw lists, sorted, the calls that a draw is made of.
func (r *request) callsToDraw(agent string, days calendar.Range) (ids []string, err error) {
	err = r.readFolder(func(ctx context.Context, f *ingest.Folder) error {
		set, err := r.reachedCalls(ctx, f, agent, days, []string{"source", "source_id"})
		for _, row := range set.Rows {
			if row.Cells[1].Valid {
				ids = append(ids, ingest.CallKey(row.Cells[0].Text, row.Cells[1].Text))
			}
		}
		return err
	})
	if len(ids) > mostToDrawFrom {
		return nil, callpace.E(callpace.Limit, "agent.too_many_calls", "limit", mostToDrawFrom)
	}
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// drawingOf shows the reader's draw of some days, and the form to draw.
func (r *request) drawingOf(v view, agent string, days calendar.Range) (*fiveCalls, error) {
	if !r.who.May(auth.ReviewCalls) {
		return nil, nil
	}
	w := v.words()
	out := &fiveCalls{May: true, From: r.dayKey(days.From), To: r.dayKey(days.To - 1)}
	if w.Period != "" {
		out.Period, out.From, out.To = w.Period, "", ""
	}
	d, ok, err := r.latestDraw(agent, days)
	if err != nil || !ok {
		return out, err
	}
	out.Again = true
	out.When = r.reader.T("agent.drawn", map[string]any{"count": len(d.Calls), "name": r.writer(d.DrawnBy), "when": r.whenText(d.DrawnAt), "seed": strconv.FormatInt(d.Seed, 36)})
	out.Calls, err = r.callsOf(d, days)
	out.Missing = len(d.Calls) - len(out.Calls)
	return out, err
}

// callsOf gives the calls of a draw, in the order in which they were drawn.
func (r *request) callsOf(d store.Draw, days calendar.Range) (out []drawnCall, err error) {
	if len(d.Calls) == 0 {
		return nil, nil
	}
	ids := []kpi.Expr{kpi.Field{Name: "source_id", Kind: facts.Text}}
	subjects := make([]string, len(d.Calls))
	for i, key := range d.Calls {
		_, id, _ := strings.Cut(key, "/")
		id, err := url.PathUnescape(id)
		if err != nil {
			return nil, err
		}
		ids, subjects[i] = append(ids, kpi.String{Value: id}), ingest.CallSubject(key)
	}
	found := map[string]record{}
	err = r.readFolder(func(ctx context.Context, f *ingest.Folder) error {
		set, err := r.reachedCalls(ctx, f, d.Agent, days, nil, kpi.Op{Name: kpi.In, Args: ids})
		for _, row := range set.Rows {
			x := record{&set, row.Cells}
			found[ingest.CallKey(x.text("source"), x.text("source_id"))] = x
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	written, err := r.remarksOn(subjects)
	for i, key := range d.Calls {
		if x, ok := found[key]; ok {
			out = append(out, r.drawnCall(x, written[subjects[i]]))
		}
	}
	return out, err
}

func (r *request) drawnCall(x record, written []said) drawnCall {
	source, id := x.text("source"), x.text("source_id")
	c := drawnCall{ID: ingest.CallKey(source, id), When: present.NoData, Lead: x.text("lead"), Outcome: r.place("outcome", x.text("outcome")), Talk: present.NoData,
		Remarks: written, URL: callURL(source, id)}
	if at, ok := x.at("started_at"); ok {
		c.When = r.whenText(at)
	}
	if talk := x.cell("talk_seconds"); talk.Valid {
		c.Talk = r.reader.Duration(float64(talk.Int) / 1000)
	}
	if x.text("recording") != "" {
		c.Recording = c.URL + "/recording"
	}
	return c
}

// remarksOn gives what was written about some subjects.
func (r *request) remarksOn(subjects []string) (map[string][]said, error) {
	notes, err := r.s.State.Notes().FindNotes(r.Context(), subjects...)
	out := map[string][]said{}
	for _, n := range notes {
		out[n.Subject] = append(out[n.Subject], said{n.Text, r.reader.T("people.by", map[string]any{"name": r.writer(n.AuthorID), "when": r.whenText(n.CreatedAt)}), n.Disputed})
	}
	return out, err
}

// noteCall puts a note beside a call that was drawn.
func (r *request) noteCall() error {
	name, key := r.PathValue("name"), r.PostFormValue("call")
	if err := r.maySeePerson(name); err != nil {
		return err
	}
	draws, err := r.s.State.Draws().FindDraws(r.Context(), name)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(draws, func(d store.Draw) bool {
		return slices.Contains(d.Calls, key)
	}) {
		return callpace.E(callpace.NotFound, "agent.not_drawn")
	}
	text, err := r.noteText("text")
	if err != nil {
		return err
	}
	_, err = r.s.State.Notes().CreateNote(r.Context(), store.Note{Subject: ingest.CallSubject(key), Text: text, AuthorID: r.who.Account.ID, CreatedAt: r.now})
	if err != nil {
		return err
	}
	return r.redirect(ownPath(r.PostFormValue("next")) + "#draw")
}
