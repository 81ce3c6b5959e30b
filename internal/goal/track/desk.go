// Package track follows goals: it asks the KPI engine for what a goal is made
// of, and joins target, plan, pace, checks and guardrails into one State. It
// is arithmetic on answers; it reads no clock and keeps nothing. What was told
// on earlier days comes in as Told, so that history is what people were told.
package track

import (
	"context"
	"slices"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

// Desk is what goals are held against: the definitions, the data, the working
// days and the day.
type Desk struct {
	Catalogue *kpi.Catalogue
	Engine    kpi.Engine
	// Base is the query that all others are made from: scope, now, calendar,
	// currency and settings.
	Base    kpi.Query
	Working *calendar.Working
	Today   int64 // in the organisation's zone
}

func (d Desk) cal() calendar.Calendar { return d.Base.Calendar }

// ask runs a query over some days.
func (d Desk) ask(ctx context.Context, days calendar.Range, where, by []string, intervals bool, kpis ...string) (*kpi.Frame, error) {
	q := d.Base
	q.KPIs, q.Where, q.By, q.Period, q.Intervals, q.Compare, q.Sort, q.Limit = kpis, where, by, &days, intervals, nil, "", 0
	return d.Catalogue.Run(ctx, d.Engine, q)
}

// figures are those of a frame without dimensions; all without data where it has no row.
func figures(f *kpi.Frame) []kpi.Figure {
	if len(f.Rows) == 0 {
		return make([]kpi.Figure, len(f.Columns))
	}
	return f.Rows[0].Figures
}

// upto cuts what lies after a day off.
func upto(r calendar.Range, day int64) calendar.Range {
	return calendar.Range{From: min(r.From, day), To: min(r.To, day)}
}

func with(where []string, more ...string) []string { return append(slices.Clip(where), more...) }

// Sum is what a KPI comes to over some days; 0 without data.
func (d Desk) Sum(ctx context.Context, id string, where []string, days calendar.Range) (float64, error) {
	if days.Days() <= 0 {
		return 0, nil
	}
	f, err := d.ask(ctx, days, where, nil, false, id)
	if err != nil {
		return 0, err
	}
	return figures(f)[0].Number, nil
}
