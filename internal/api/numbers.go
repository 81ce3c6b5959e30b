package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/behind"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
)

// About are the words that say of whom and when.
type About struct {
	Where  []string `query:"where,explode" maxItems:"20" doc:"Condition that must hold, such as team == \"East\" or talk_seconds > 60; may be given several times"`
	Period string   `query:"period" maxLength:"60" doc:"Days by name or key: today, this-month, last-90-days, 2026-11, 2026-W47, 2026-Q4. Excludes from and to"`
	From   string   `query:"from" maxLength:"40" doc:"First day, such as 2026-11-01, in the organisation's calendar"`
	To     string   `query:"to" maxLength:"40" doc:"Last day, included"`
}

func (x About) words(kpis ...string) question.Words {
	return question.Words{KPIs: kpis, Where: x.Where, Period: x.Period, From: x.From, To: x.To}
}

type kpiInput struct {
	About
	KPIs      []string `query:"kpis" required:"true" minItems:"1" maxItems:"20" doc:"KPIs, id or id:variant, with commas between"`
	By        []string `query:"by" maxItems:"4" doc:"Dimensions, with commas between"`
	Compare   string   `query:"compare" enum:"previous,year-ago,same-weekdays" doc:"With what the period is compared"`
	Sort      string   `query:"sort" maxLength:"200" doc:"KPI or dimension to order by; the largest first after a minus"`
	Limit     int      `query:"limit" minimum:"0" maximum:"50000" doc:"Rows wanted; 0: all"`
	Shrink    bool     `query:"shrink" doc:"Draw each figure toward the mean of the rows, and order by that: for rankings"`
	Intervals bool     `query:"intervals" doc:"Intervals of ratios and means, too"`
	Costs     string   `query:"costs" enum:"none,calls,hours,heads" doc:"By what costs are shared; else as the organisation does"`
}

type kpiOutput struct{ Body present.Answer }

type rowsInput struct {
	About
	KPI    string `path:"kpi" maxLength:"200" doc:"id or id:variant"`
	Cursor string `query:"cursor" maxLength:"8192" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Rows of a page"`
}

// rowList is a page of rows.
type rowList struct {
	Fact    string               `json:"fact" doc:"Which kind of row: calls, orders, lead_story …"`
	Count   int64                `json:"count" doc:"Rows behind the number, on all pages"`
	Next    string               `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	Columns []rowColumn          `json:"columns"`
	Rows    []map[string]*string `json:"rows" doc:"Values by column as text, exact and without language; null: none"`
}

type rowColumn struct {
	Name  string `json:"name"`
	Title string `json:"title" doc:"Name in the reader's language"`
}

type rowsOutput struct{ Body rowList }

func (a *API) numbers() {
	add(a, huma.Operation{OperationID: "askKPIs", Method: "GET", Path: "/kpi", Summary: "Compute KPIs.", Errors: []int{404},
		Description: "The same words as the command callpace kpi, and the same numbers."}, auth.ViewOwn, a.askKPIs)
	add(a, huma.Operation{OperationID: "listRows", Method: "GET", Path: "/kpi/{kpi}/rows", Summary: "List the rows behind a number.", Errors: []int{404},
		Description: "Pages have a stable order: rows that come in meanwhile neither repeat nor hide others."}, auth.SeeRows, a.listRows)
}

func (a *API) askKPIs(ctx context.Context, c *caller, in *kpiInput) (*kpiOutput, error) {
	w := in.words(in.KPIs...)
	w.By, w.Compare, w.Sort, w.Limit, w.Shrink, w.Intervals, w.Costs = in.By, in.Compare, in.Sort, in.Limit, in.Shrink, in.Intervals, in.Costs
	q, _, err := c.asker().Query(w)
	if err != nil {
		return nil, err
	}
	var f *kpi.Frame
	err = a.Folder.Read(func(folder *ingest.Folder) (err error) {
		f, err = c.defs.Run(ctx, folder.Store().Engine(), q)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &kpiOutput{c.reader.Answer(f)}, nil
}

func (a *API) listRows(ctx context.Context, c *caller, in *rowsInput) (*rowsOutput, error) {
	q, _, err := c.rowAsker().Query(in.words(in.KPI))
	if err != nil {
		return nil, err
	}
	clock, err := c.settings.Clock()
	if err != nil {
		return nil, err
	}
	var p behind.Page
	err = a.Folder.Read(func(f *ingest.Folder) (err error) {
		p, err = behind.Number(ctx, c.defs, f.Store().Engine(), q, in.Cursor, in.Limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := rowList{Fact: p.Fact.Name, Count: p.Count, Next: p.Next, Columns: []rowColumn{}, Rows: []map[string]*string{}}
	l := present.List(p.Set, clock)
	for _, name := range l.Head {
		out.Columns = append(out.Columns, rowColumn{name, c.reader.Field(p.Fact.Name, name)})
	}
	for _, row := range l.Rows {
		m := make(map[string]*string, len(row))
		for i, v := range row {
			if m[l.Head[i]] = nil; v != "" {
				m[l.Head[i]] = &v
			}
		}
		out.Rows = append(out.Rows, m)
	}
	return &rowsOutput{out}, nil
}
