package web

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
)

// customPreview is what a formula comes to while it is written.
type customPreview struct {
	Fault    *customFault
	Value    string // of all that the reader sees
	Interval string
	Days     string
	Grid     *grid
	Measures []measureText
	Notes    []string
}

// customFault is what is wrong with a formula, and the place in it.
type customFault struct {
	Text              string
	Before, At, After string
}

const (
	customPreviewDays = "last-30-days"
	customTrialID     = "new_kpi" // while it has no id of its own yet
)

// customPreview reckons a draft over the last 30 days by team, as if it were kept.
func (r *request) customPreview(x kpi.Draft, before kpi.Definition) (p customPreview) {
	if x.Formula == "" {
		return p
	}
	if before.ID == "" {
		if _, err := r.defs.Find(x.ID); x.ID == "" || err == nil {
			x.ID = customTrialID
		}
	}
	err := r.customTry(&p, x, before)
	var e *callpace.Error
	if errors.As(err, &e) && before.ID == "" && x.ID != customTrialID {
		if m, _, _ := kpi.FaultOf(e); m.Key == "kpi.bad_id" { // the id may still be half written
			x.ID = customTrialID
			err = r.customTry(&p, x, before)
		}
	}
	if err != nil {
		fault := r.customFault(err)
		p = customPreview{Fault: &fault}
	}
	return p
}

func (r *request) customTry(p *customPreview, x kpi.Draft, before kpi.Definition) error {
	file, err := x.File(before)
	if err != nil {
		return err
	}
	next, _, err := r.policy.Define(file, "", r.now)
	if err != nil {
		return err
	}
	defs, err := next.Catalogue()
	if err != nil {
		return err
	}
	asker := r.asker()
	asker.Policy = next
	q, days, err := asker.Query(question.Words{KPIs: []string{x.ID}, Period: customPreviewDays})
	if err != nil {
		return err
	}
	var whole, parts *kpi.Frame
	byTeam := q
	q.Intervals, byTeam.Intervals, byTeam.By = true, true, []string{"team"}
	err = r.read(func(e kpi.Engine) error {
		g, ctx := errgroup.WithContext(r.Context())
		ask := func(q kpi.Query, into **kpi.Frame) func() error {
			return func() (err error) { *into, err = defs.Run(ctx, e, q); return err }
		}
		g.Go(ask(q, &whole))
		g.Go(func() error {
			able, err := defs.Joinable(context.WithoutCancel(ctx), e, q)
			for _, d := range able {
				if d == "team" {
					return ask(byTeam, &parts)()
				}
			}
			return err // what teams do not have is shown as a whole
		})
		return g.Wait()
	})
	if err != nil {
		return err
	}
	p.Days = r.span(days.Range)
	r.showPreview(p, whole, parts)
	e, err := defs.ExplainFor(x.ID, q)
	if err != nil {
		return err
	}
	p.Measures = r.measureTexts(e)
	return nil
}

// showPreview lays the figures out.
func (r *request) showPreview(p *customPreview, whole, parts *kpi.Frame) {
	c, x := whole.Columns[0], kpi.Figure{}
	if len(whole.Rows) > 0 {
		x = whole.Rows[0].Figures[0]
	}
	p.Value, p.Interval, p.Notes = r.reader.Figure(c.Unit, x)+present.Signs(x), r.intervalText(c.Unit, x), r.reader.Notes(whole)
	if parts == nil || len(parts.Rows) == 0 {
		return
	}
	g := grid{ID: "preview-teams", Caption: r.reader.Dimension("team"), Head: []gridHead{{Title: r.reader.Dimension("team")}, {Title: r.reader.Text("column.value"), Numeric: true}, {Title: r.reader.Text("parts.bar")}}}
	top := most(parts, 0)
	shown, pager := cut(r, r.view(), g.ID, parts.Rows, func(row kpi.FrameRow) string { return row.Key[0] })
	g.Pager = pager
	for _, row := range shown {
		g.Rows = append(g.Rows, []cell{{Text: r.place("team", row.Key[0]), Header: true}, r.figure(c.Unit, row.Figures[0]), bar(row.Figures[0], top)})
	}
	g.ToFile, g.Files = r.reader.Text("export.save"), r.offerFrame(r.view(), g.ID, g.Caption, parts, true)
	p.Grid = &g
}
