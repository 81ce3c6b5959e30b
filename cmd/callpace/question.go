package main

import (
	"context"
	"os"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
)

// days are the flags that choose a period.
type days struct {
	From   string `placeholder:"DAY"`
	To     string `placeholder:"DAY"`
	Period string `placeholder:"PERIOD"`
}

// question is what kpi and rows have in common.
type question struct {
	days
	By          []string `placeholder:"DIM"`
	Where       []string `placeholder:"COND" sep:"none"`
	Definitions []string `placeholder:"FILE" type:"existingfile" sep:"none"`
}

// period reads the flags; nil where no period was asked for.
func (d days) period(cal calendar.Calendar, today int64) (*calendar.Period, error) {
	if d.Period != "" {
		if d.From+d.To != "" {
			return nil, usageError{callpace.E(callpace.Invalid, "kpi.period_and_days")}
		}
		p, err := cal.Parse(d.Period, today)
		return &p, asUsage(err)
	}
	if d.From+d.To == "" {
		return nil, nil
	}
	if d.From == "" {
		return nil, usageError{callpace.E(callpace.Invalid, "kpi.to_without_from")}
	}
	from, err := cal.ParseDay(d.From, today)
	if err != nil {
		return nil, asUsage(err)
	}
	to := today
	if d.To != "" {
		if to, err = cal.ParseDay(d.To, today); err != nil {
			return nil, asUsage(err)
		}
	}
	if to < from {
		return nil, usageError{callpace.E(callpace.Invalid, "kpi.to_before_from", "from", d.From, "to", d.To)}
	}
	p := cal.Between(from, to+1)
	return &p, nil
}

func asUsage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// catalogue loads the KPIs, the user's own beside the built-in ones.
func catalogue(paths []string) (*kpi.Catalogue, error) {
	var files []kpi.File
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			return nil, callpace.E(callpace.NotFound, "kpi.definitions_unreadable", "path", p).Because(err)
		}
		files = append(files, kpi.File{Name: p, Data: data})
	}
	return kpi.Load(files...)
}

// query makes a query of the words of the command line, and the period asked for.
func (a *app) query(f *ingest.Folder, kpis []string, q question) (kpi.Query, *calendar.Period, error) {
	s := f.Settings()
	clock, err := s.Clock()
	if err != nil {
		return kpi.Query{}, nil, err
	}
	today, err := a.today(s)
	if err != nil {
		return kpi.Query{}, nil, err
	}
	cal := calendar.New(s.Calendar, s.WeekStart)
	p, err := q.period(cal, today)
	if err != nil {
		return kpi.Query{}, nil, err
	}
	out := kpi.Query{KPIs: kpis, By: q.By, Where: q.Where, Scope: kpi.Everything(), Now: a.now().In(clock.Zone()), Calendar: cal, Currency: s.Currency}
	if p != nil {
		out.Period = &p.Range
	}
	return out, p, nil
}

// comparison finds the days to compare with.
func comparison(name string, p *calendar.Period, today int64) (*kpi.Comparison, error) {
	if name == "" {
		return nil, nil
	}
	if p == nil {
		return nil, usageError{callpace.E(callpace.Invalid, "kpi.compare_without_period")}
	}
	c := kpi.Comparison{Label: name}
	switch name {
	case "previous":
		c.Range = p.Previous(today)
	case "year-ago":
		c.Range = p.YearAgo(today)
	case "same-weekdays":
		c.Range = p.SameWeekdays(today)
	}
	return &c, nil
}

func splitList(text string) []string {
	var out []string
	for _, s := range strings.Split(text, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// ask answers a query.
func (a *app) ask(ctx context.Context, f *ingest.Folder, c *kpi.Catalogue, q kpi.Query) (*kpi.Frame, error) {
	return c.Run(ctx, f.Store().Engine(), q)
}
