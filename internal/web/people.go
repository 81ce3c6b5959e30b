package web

import (
	"context"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
)

// peopleRoutes are those of the pages about people and what they work through.
func peopleRoutes() []route {
	return []route{
		{pattern: "GET /today", needs: auth.ViewOwn, handle: (*request).today},
		{pattern: "GET /me", needs: auth.ViewOwn, handle: (*request).me},
		{pattern: "POST /me/corrections", needs: auth.RequestCorrection, handle: (*request).requestCorrection},
		{pattern: "GET /corrections", needs: auth.AnswerCorrection, handle: (*request).corrections},
		{pattern: "POST /corrections/{id}", needs: auth.AnswerCorrection, handle: (*request).answerCorrection},
		{pattern: "GET /funnel", needs: auth.ViewOwn, handle: (*request).funnel},
		{pattern: "GET /campaigns", needs: auth.ViewTeam, handle: (*request).campaigns},
		{pattern: "GET /campaigns/{name}", needs: auth.ViewTeam, handle: (*request).campaign},
		{pattern: "GET /agents", needs: auth.ViewTeam, handle: (*request).agents},
		{pattern: "GET /agents/{name}", needs: auth.ViewOwn, handle: (*request).agent},
		{pattern: "POST /agents/{name}/draw", needs: auth.ReviewCalls, handle: (*request).drawCalls},
		{pattern: "POST /agents/{name}/note", needs: auth.ReviewCalls, handle: (*request).noteCall},
		{pattern: "GET /teams/{name}", needs: auth.ViewTeam, handle: (*request).team},
		{pattern: "POST /findings/note", needs: auth.WriteNotes, handle: (*request).noteFinding},
	}
}

// asking is one of several questions that a page puts at once.
type asking struct {
	into **kpi.Frame
	q    kpi.Query
	// maybe leaves the frame nil where the data cannot answer: no lists, no schedule.
	maybe bool
}

// frames answers questions at once, on one state of the facts.
func (r *request) frames(all ...asking) error {
	return r.read(func(e kpi.Engine) error {
		g, ctx := errgroup.WithContext(r.Context())
		for _, a := range all {
			g.Go(func() error {
				f, err := r.run(ctx, e, a.q)
				if a.maybe && callpace.CodeOf(err) == callpace.Invalid {
					return nil
				}
				if err != nil {
					return err
				}
				*a.into = f
				return nil
			})
		}
		return g.Wait()
	})
}

// run answers a question. Answers are kept until something is written, for a
// minute at most, since some depend on the time of asking; they are shared, so
// nobody may change them.
func (r *request) run(ctx context.Context, e kpi.Engine, q kpi.Query) (*kpi.Frame, error) {
	f, err := r.s.memo.recall(r.known(), frameKey(q), func() (any, error) {
		// Others may wait for the same: it does not end with this request.
		return r.defs.Run(context.WithoutCancel(ctx), e, q)
	})
	if err != nil {
		return nil, err
	}
	return f.(*kpi.Frame), nil
}

// frameKey tells queries apart that can have different answers.
func frameKey(q kpi.Query) string {
	days := func(d *calendar.Range) string {
		if d == nil {
			return ""
		}
		return fmt.Sprint(d.From, d.To)
	}
	compared, asOf := "", ""
	if q.Compare != nil {
		compared = days(&q.Compare.Range) + q.Compare.Label
	}
	if q.AsOf != nil {
		asOf = fmt.Sprint(*q.AsOf)
	}
	return fmt.Sprintf("frame %d %d %q %q %q %s/%s %q %t %d+%d %t %t %#v %d %v %q %v %v %#v %s", q.Earlier, q.Followed, q.KPIs, q.By, q.Where, days(q.Period), compared, q.Sort, q.Desc, q.Offset, q.Limit,
		q.Intervals, q.Shrink, q.Scope, q.Now.Unix()/60, q.Calendar, q.Currency, q.Policy, q.Allocation, q.Settings, asOf)
}

// narrowed narrows a query further.
func narrowed(q kpi.Query, dimension, value string) kpi.Query {
	q.Where = append(slices.Clone(q.Where), question.Equal(dimension, value))
	return q
}

// plain is a query without comparison and order, by some dimensions.
func plain(q kpi.Query, kpis []string, by ...string) kpi.Query {
	q.KPIs, q.By, q.Compare, q.Sort, q.Desc, q.Limit, q.Offset, q.Shrink, q.Intervals, q.Followed = kpis, by, nil, "", false, 0, 0, false, false, 0
	return q
}

// figuresOf are the figures of a frame of one row; without it they are no data.
func figuresOf(f *kpi.Frame) []kpi.Figure {
	if len(f.Rows) == 1 {
		return f.Rows[0].Figures
	}
	return make([]kpi.Figure, len(f.Columns))
}

// figureOf is the figure of a KPI in a frame of one row.
func figureOf(f *kpi.Frame, name string) kpi.Figure {
	i := slices.IndexFunc(f.Columns, func(c kpi.Column) bool { return c.Name == name })
	if i < 0 {
		return kpi.Figure{}
	}
	return figuresOf(f)[i]
}

// drawn is a chart with its point as title and its table beside it.
type drawn struct {
	Title, Sub string
	Chart      template.HTML
	Table      grid
	AsTable    string // what opens the table
	Size       string // of the element: small, tall or usual
}

func (r *request) drawn(title, sub string) *drawn {
	return &drawn{Title: title, Sub: sub, AsTable: r.reader.Text("figures.as_table")}
}

// isField is the condition that a column of a fact has a value.
func isField(name, value string) kpi.Expr {
	return kpi.Op{Name: kpi.Eq, Args: []kpi.Expr{kpi.Field{Name: name, Kind: facts.Text}, kpi.String{Value: value}}}
}

// clock is the time of day at which something is or was, in the organisation's zone.
func (r *request) clock(at time.Time) string {
	zone, err := time.LoadLocation(r.settings.Zone)
	if err != nil {
		zone = time.UTC
	}
	return r.reader.Digits(at.In(zone).Format("15:04"))
}

// whenText is a day and the time of it; of today the time alone.
func (r *request) whenText(at time.Time) string {
	clock, err := r.settings.Clock()
	if err != nil {
		return r.clock(at)
	}
	if day := clock.Moment(at).Day; day != clock.Moment(r.now).Day {
		return r.reader.T("people.moment", map[string]any{"date": r.reader.Date(day), "time": r.clock(at)})
	}
	return r.clock(at)
}

// writer names who wrote something.
func (r *request) writer(accountID string) string {
	if accountID == r.who.Account.ID {
		return r.who.Account.Name
	}
	a, err := r.s.State.Accounts().FindAccount(r.Context(), accountID)
	if err != nil {
		return r.reader.Text("people.somebody")
	}
	return a.Name
}

// hourText writes an hour of the day for an axis.
func (r *request) hourText(hour int) string { return r.reader.Digits(strconv.Itoa(hour)) }

// maxNote bounds what a note, a request or an answer may hold.
const maxNote = 2000

// noteText takes the text of a form's field, which must not be empty.
func (r *request) noteText(field string) (string, error) {
	text := r.PostFormValue(field)
	switch n := len([]rune(text)); {
	case n > maxNote:
		return "", callpace.E(callpace.Limit, "people.note_long", "count", n, "limit", maxNote)
	case strings.TrimSpace(text) == "":
		return "", callpace.E(callpace.Invalid, "people.note_empty")
	}
	return strings.TrimSpace(text), nil
}

// Elsewhere are the faults that no control stands for: of the KPI asked, and others.
func (f faults) Elsewhere() (out []string) {
	for _, text := range []string{f.KPI, f.Other} {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}
