package web

import (
	"context"
	"fmt"
	"html/template"
	"math"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/web/chart"
)

// overviewPage is what a day begins with.
type overviewPage struct {
	shell
	Lead        string
	Controls    controls
	Cards       []card
	Notes       []string
	FunnelTitle string
	FunnelURL   string
	Funnel      template.HTML
	Weakest     string
	First       []finding
	Followed    string // by which leads they were found
	MayNote     bool
	Empty       *empty
}

// card is a KPI: the value first, its change second, its course below.
type card struct {
	Name, URL   string
	Value, Sign string
	Why         string // there is no value
	Interval    string
	Change      change
	Spark       template.HTML
}

// change is how a figure moved, in words and a shape; Class says better or
// worse, and only where chance does not explain it.
type change struct{ Text, Icon, Class, Note string }

// finding is somebody or something to look at, with the reason.
type finding struct {
	Icon, Kind          string // Kind: the word for it, where it is nobody's name
	Who, What, Why, URL string
	Remarks             []said
	About               *disputable // nil where no note can be put beside it
}

// empty says why there is nothing, and what to do about it.
type empty struct{ Icon, Title, Text, Action, URL string }

// Findings are what to look at first, with the notes beside it.
func (p overviewPage) Findings() findingList {
	return findingList{p.shell, p.MayNote, p.First, p.Followed}
}

func (r *request) overview() error {
	v := r.view()
	w := v.words()
	q, p, err := r.asker().Query(w)
	if err != nil {
		return err
	}
	page := overviewPage{shell: r.shell("nav.overview", "overview"), MayNote: r.who.May(auth.WriteNotes)}
	page.Notices = append(page.Notices, r.mailNotices()...)
	if page.Controls, err = r.controls(v, p); err != nil {
		return err
	}
	today, err := r.asker().Today()
	if err != nil {
		return err
	}
	span := p.ToDate(today)
	if q.Compare == nil {
		q.Compare = &kpi.Comparison{Range: p.Previous(today), Label: "previous"}
	}
	var o *overview.Overview
	var courses *kpi.Frame
	err = r.read(func(e kpi.Engine) (err error) {
		o, err = r.recallOverview(e, q, span)
		return err
	})
	if err == nil {
		err = r.frames(asking{into: &courses, q: r.courseQuery(q, r.focus(), p, today)})
	}
	if err != nil {
		return err
	}
	page.Lead = r.comparedWith(o.Focus)
	page.Cards, page.Notes = r.cards(v, o.Focus, courses), r.reader.CardNotes(o.Focus)
	if page.Funnel, err = r.stages(v, o); err != nil {
		return err
	}
	page.FunnelTitle, page.FunnelURL = r.reader.Text("overview.funnel"), v.to("/funnel")
	if f := o.Weakest; f != nil {
		page.Weakest = r.reader.T("overview.weakest", map[string]any{"kpi": r.reader.NameWithVariant(f.KPI), "team": f.Of, "own": r.reader.Rate(f.Own),
			"others": r.reader.Rate(f.Others), "missed": r.reader.Number(f.Missed(), 0)})
	}
	for _, f := range o.First {
		page.First = append(page.First, r.finding(v, f))
	}
	page.Followed = r.reader.FollowedIn(o.First)
	if err := r.noted(page.First, o.First); err != nil {
		return err
	}
	if nothing(o.Focus) {
		page.Empty = r.nothingYet()
	}
	return r.page("overview", page)
}

// focus are the KPIs that the organisation looks at first.
func (r *request) focus() []string { return r.org.focus() }

func (o Organisation) focus() []string {
	if len(o.Focus) > 0 {
		return o.Focus
	}
	return overview.Focus
}

// recallOverview is the overview of some days, kept as frames are.
func (r *request) recallOverview(e kpi.Engine, q kpi.Query, span calendar.Range) (*overview.Overview, error) {
	key := fmt.Sprint("overview ", span, r.focus(), frameKey(q))
	v, err := r.s.memo.recall(r.known(), key, func() (any, error) {
		return overview.Make(context.WithoutCancel(r.Context()), r.defs, e, r.focus(), q, span, *q.Compare)
	})
	if err != nil {
		return nil, err
	}
	return v.(*overview.Overview), nil
}

// comparedWith says which days the figures are compared with.
func (r *request) comparedWith(f *kpi.Frame) string {
	if f.Compare == nil {
		return ""
	}
	return r.reader.T("web.compared_with", map[string]any{"from": r.reader.Date(f.Compare.From), "to": r.reader.Date(f.Compare.To - 1)})
}

func (r *request) cards(v view, f, courses *kpi.Frame) []card {
	var out []card
	for i, c := range f.Columns {
		var x kpi.Figure
		if len(f.Rows) > 0 {
			x = f.Rows[0].Figures[i]
		}
		goal := math.NaN()
		if c.Target != nil {
			goal = *c.Target
		}
		out = append(out, card{Name: r.reader.Title(c), URL: v.to("/kpi/" + c.Name), Value: r.reader.Figure(c.Unit, x), Sign: present.CardSigns(x), Why: r.reader.WhyNone(x),
			Interval: r.intervalText(c.Unit, x), Change: r.change(c, x.Compared), Spark: chart.Spark(r.course(courses, i), goal)})
	}
	return out
}

// course gives a column's values at each place of a course, with or without rows there.
func (r *request) course(f *kpi.Frame, column int) (values []float64) {
	find := courseAt(f, column)
	for _, at := range r.placesOf(f, f.Dims[0]) {
		value := math.NaN()
		if x := find(at.Key); x.Valid {
			value = x.Number
		}
		values = append(values, value)
	}
	return values
}

func (r *request) intervalText(u kpi.Unit, x kpi.Figure) string {
	if text := r.reader.Interval(u, x); text != "" {
		return r.reader.T("web.interval", map[string]any{"interval": text})
	}
	return ""
}

// change tells how a figure moved.
func (r *request) change(c kpi.Column, x *kpi.Compared) change {
	text := r.reader.Change(c, x)
	if text == "" {
		return change{}
	}
	out := change{Text: text, Icon: "arrow-right"}
	switch {
	case x.Diff > 0:
		out.Icon = "arrow-up-right"
	case x.Diff < 0:
		out.Icon = "arrow-down-right"
	}
	switch {
	case !x.Judged:
	case !x.Beyond:
		out.Note = r.reader.Text("web.within_chance")
	case c.Better == "higher" || c.Better == "lower":
		out.Class, out.Note = "bad", r.reader.Text("web.worse")
		if (x.Diff > 0) == (c.Better == "higher") {
			out.Class, out.Note = "good", r.reader.Text("web.better")
		}
	}
	return out
}

// stages draws the funnel: how many reached each stage, of the one before.
func (r *request) stages(v view, o *overview.Overview) (template.HTML, error) {
	f := chart.Funnel{Label: r.reader.Text("overview.funnel")}
	if len(o.Stages.Rows) == 0 {
		return "", nil
	}
	for i, c := range o.Stages.Columns {
		x := o.Stages.Rows[0].Figures[i]
		if i == 0 && x.Parts {
			f.Stages = append(f.Stages, chart.Stage{Name: r.reader.Name("outbound_calls"), Href: v.to("/kpi/outbound_calls"), Value: x.Den, Before: before(x, false), Count: r.reader.Number(x.Den, 0)})
		}
		s := chart.Stage{Name: r.reader.Text("stage." + question.Base(c.Name)), Href: v.to("/kpi/" + c.Name), Value: x.Num, Before: before(x, true), Count: r.reader.Number(x.Num, 0),
			Rate: r.reader.Figure(c.Unit, x), Range: r.reader.Interval(c.Unit, x)}
		ch := r.change(c, x.Compared)
		s.Change, s.Sure, s.Good = ch.Text, ch.Class != "", ch.Class == "good"
		if w := o.Weakest; w != nil && question.Base(w.KPI) == question.Base(c.Name) {
			s.Weak = r.reader.Text("overview.weak")
		}
		f.Stages = append(f.Stages, s)
	}
	return f.HTML()
}

func before(x kpi.Figure, numerator bool) float64 {
	switch {
	case x.Compared == nil || !x.Compared.Before.Parts:
		return math.NaN()
	case numerator:
		return x.Compared.Before.Num
	}
	return x.Compared.Before.Den
}

// findingIcons stand beside findings, by what these are about.
var findingIcons = map[string]string{"agent": "user", "team": "users", "list": "list", "queue": "phone-missed"}

// finding words a finding: a place to look, with the counts that it rests on.
func (r *request) finding(v view, f overview.Finding) finding {
	pairs, why := []string{f.By, f.Of}, "overview.why_all"
	if f.Among != "" {
		pairs, why = append(pairs, "campaign", f.Among), "overview.why"
	}
	return finding{Icon: findingIcons[f.By], Kind: r.reader.FindingKind(f), Who: f.Of, What: r.reader.Name(f.KPI), URL: v.to("/kpi/"+f.KPI, pairs...),
		Why: r.reader.T(why, map[string]any{"own": r.reader.Rate(f.Own), "x": r.reader.Number(f.Own.X, 0), "n": r.reader.Number(f.Own.N, 0),
			"others": r.reader.Rate(f.Others), "campaign": f.Among})}
}

// nothing tells a frame without any figure.
func nothing(f *kpi.Frame) bool {
	for _, row := range f.Rows {
		for _, x := range row.Figures {
			if x.Valid && x.Number != 0 {
				return false
			}
		}
	}
	return true
}

// nothingYet is what stands in place of figures: no data in these days, or none at all.
func (r *request) nothingYet() *empty {
	e := &empty{Icon: "inbox", Title: r.reader.Text("empty.title"), Text: r.reader.Text("empty.text"), Action: r.reader.Text("empty.import"), URL: "/imports"}
	return e
}
