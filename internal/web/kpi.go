package web

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/url"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
)

// kpiPage is one KPI: how it stands, its course, its parts, and what it means.
type kpiPage struct {
	shell
	Name      string
	Lead      string // with what it is compared
	Controls  controls
	Faults    faults
	Value     string
	Sign      string
	Interval  string
	Parts     string // the counts or sums that it is made of
	Change    change
	Target    string
	Notes     []string
	Variant   string // the variant's name, where there are several
	Variants  []choice
	Trend     *trend
	Parted    *breakdown
	Meaning   *meaning
	Happening happening
	Rows      string
	Exports   []choice
	Empty     *empty
}

func (r *request) kpi() error {
	v := r.view()
	if to, ok := v.short(); ok {
		return r.redirect(to)
	}
	return r.showKPI(v, happening{})
}

// answers are the frames of a KPI's page.
type answers struct {
	whole, course, parts *kpi.Frame
	before               *kpi.Frame // the course of the days compared with; nil: none
	unit                 string     // of the course
	by                   string     // of the parts
	dims                 []string
	faults               faults
}

// showKPI shows the page of a view; form is the annotation that is being written.
func (r *request) showKPI(v view, form happening) error {
	name := r.PathValue("kpi")
	page := kpiPage{shell: r.shell("nav.catalogue", "explore"), Name: name, Happening: form}
	q, p, err := r.asker().Query(v.words(name))
	if err != nil && !page.Faults.take(r, err) {
		return err
	}
	if page.Controls, err = r.controls(v, p); err != nil {
		return err
	}
	if d, err := r.defs.Find(name); err == nil {
		page.Name = r.reader.Name(d.ID)
	}
	if p != nil && !page.Faults.Any() {
		if err := r.fillKPI(&page, v, q, p); err != nil && !page.Faults.take(r, err) {
			return err
		}
	}
	page.Title = page.Name
	page.Controls.Faults = page.Faults
	return r.pageStatus(max(page.Faults.code(), form.code()), "kpi", page)
}

func (r *request) fillKPI(page *kpiPage, v view, q kpi.Query, p *calendar.Period) error {
	name := q.KPIs[0]
	var err error
	if page.Meaning, err = r.meaning(v, name, q); err != nil {
		return err
	}
	page.Variants, page.Variant = r.variants(v, name)
	a, err := r.answersOf(v, q, p)
	if err != nil {
		return err
	}
	c := a.whole.Columns[0]
	var x kpi.Figure
	if len(a.whole.Rows) > 0 {
		x = a.whole.Rows[0].Figures[0]
	}
	page.Name = r.reader.Title(c)
	page.Lead = r.comparedWith(a.whole)
	page.Value, page.Sign, page.Interval, page.Parts = r.reader.Figure(c.Unit, x), present.CardSigns(x), cmp.Or(r.intervalText(c.Unit, x), r.reader.WhyNone(x)), r.partsOf(c, x)
	page.Change = r.change(c, x.Compared)
	if c.Target != nil {
		page.Target = r.reader.T("kpi.target", map[string]any{"value": r.reader.Value(c.Unit, *c.Target, x.Currency)})
	}
	page.Notes = r.reader.CardNotes(a.whole)
	if len(a.course.Rows) == 0 && (!x.Valid || x.Number == 0) {
		page.Empty = r.nothingYet()
	} else if err := r.drawKPI(page, v, q, p, a, x); err != nil {
		return err
	}
	page.Faults = a.faults
	path := "/kpi/" + url.PathEscape(name)
	if r.who.May(auth.SeeRows) {
		page.Rows = v.to(path + "/rows")
	}
	if r.who.May(auth.Export) {
		for _, format := range exportFormats {
			page.Exports = append(page.Exports, choice{Label: r.reader.Text("figures.as." + format), URL: v.to(path+"/export", "by", a.by, "format", format)})
		}
	}
	return nil
}

// exportFormats are the ways in which a table leaves callpace.
var exportFormats = []string{"csv", "csv-spreadsheet", "xlsx"}

// drawKPI draws the course and the parts.
func (r *request) drawKPI(page *kpiPage, v view, q kpi.Query, p *calendar.Period, a *answers, whole kpi.Figure) (err error) {
	happened, err := r.annotations(p.Range)
	if err != nil {
		return err
	}
	if page.Trend, err = r.trend(v, p, a, happened); err != nil {
		return err
	}
	page.Trend.Title = r.says(a.whole.Columns[0], whole, v)
	page.Happening = r.happening(v, page.Happening, happened, p.Range)
	page.Parted = r.breakdown(v, a, whole)
	return nil
}

// answersOf asks for the whole, its course and its parts, all at once.
func (r *request) answersOf(v view, q kpi.Query, p *calendar.Period) (*answers, error) {
	today, err := r.asker().Today()
	if err != nil {
		return nil, err
	}
	a := &answers{}
	if a.dims, err = r.joinable(q); err != nil {
		return nil, err
	}
	a.unit = unitOf(v.get("per"), p)
	a.by = r.partedBy(v, a.dims)
	whole, course, parts := q, q, r.partsQuery(v, q, a.by)
	whole.Intervals, course.Intervals = true, true
	course.By, course.Compare = []string{a.unit}, nil
	if p.From <= today {
		course.Period = &calendar.Range{From: p.From, To: min(p.To, today+1)}
	}
	err = r.read(func(e kpi.Engine) error {
		g, ctx := errgroup.WithContext(r.Context())
		r.asks(g, ctx, e, whole, &a.whole)
		r.asks(g, ctx, e, course, &a.course)
		if c := q.Compare; c != nil {
			before := course
			before.Period, before.Intervals, before.Earlier = &c.Range, false, int(q.Period.From-c.From)
			r.asks(g, ctx, e, before, &a.before)
		}
		if a.by != "" {
			g.Go(func() (err error) {
				if a.parts, err = r.run(ctx, e, parts); err != nil && ctx.Err() == nil && a.faults.take(r, err) {
					return nil // the rest of the page stands
				}
				return err
			})
		}
		return g.Wait()
	})
	return a, err
}

// asks runs a query beside others.
func (r *request) asks(g *errgroup.Group, ctx context.Context, e kpi.Engine, q kpi.Query, into **kpi.Frame) {
	g.Go(func() (err error) {
		*into, err = r.run(ctx, e, q)
		return err
	})
}

// joinable lists the dimensions by which the KPIs of a query can be broken down.
func (r *request) joinable(q kpi.Query) ([]string, error) {
	known := r.known()
	v, err := r.s.memo.recall(known, fmt.Sprintf("joinable %q %#v", q.KPIs, q.Scope), func() (found any, err error) {
		err = r.read(func(e kpi.Engine) (err error) {
			found, err = r.defs.Joinable(context.WithoutCancel(r.Context()), e, q)
			return err
		})
		return found, err
	})
	if err != nil {
		return nil, err
	}
	return v.([]string), nil
}

// variants are the ways to reckon a KPI, as links; none where there is but one.
func (r *request) variants(v view, name string) (out []choice, now string) {
	d, err := r.defs.Find(name)
	if err != nil || len(d.Names()) < 2 {
		return nil, ""
	}
	names := d.Names()
	if !slices.Contains(names, name) {
		names = append(names, name)
	}
	for _, n := range names {
		variant := ""
		if len(n) > len(d.ID) {
			variant = n[len(d.ID)+1:]
		}
		label := d.VariantName(r.reader.Lang(), variant)
		if n == name {
			now = label
		}
		same := view{"/kpi/" + url.PathEscape(n), v.values}
		out = append(out, choice{label, same.with("sort", ""), n == name})
	}
	return out, now
}

// partsOf tells the counts of a rate and the sums of a ratio.
func (r *request) partsOf(c kpi.Column, x kpi.Figure) string {
	if !x.Valid || !x.Parts {
		return ""
	}
	return r.reader.T("kpi.parts", map[string]any{"x": r.amount(x.Num), "n": r.amount(x.Den)})
}

// amount writes a number of things or seconds, without decimals it does not need.
func (r *request) amount(v float64) string {
	if v == math.Trunc(v) || math.Abs(v) >= 100 {
		return r.reader.Number(v, 0)
	}
	return r.reader.Number(v, 1)
}

// says puts what a figure did into a sentence: the title of its chart.
func (r *request) says(c kpi.Column, x kpi.Figure, v view) string {
	args := map[string]any{"kpi": r.reader.Title(c), "now": r.reader.Figure(c.Unit, x)}
	key := "says.is"
	if b := x.Compared; b != nil && b.Valid {
		args["before"] = r.reader.Figure(c.Unit, b.Before)
		switch {
		case b.Judged && !b.Beyond, args["before"] == args["now"]:
			key = "says.stayed"
		case b.Diff > 0:
			key = "says.rose"
		case b.Diff < 0:
			key = "says.fell"
		}
	}
	if !x.Valid {
		key = "says.nothing"
	}
	text := r.reader.T(key, args)
	if about := r.narrowedTo(v); about != "" {
		text += " · " + about
	}
	return text
}
