// Package question turns the words of a question, as they stand in flags, in
// an address or in a saved view, into a query for KPIs. It knows no command
// line and no page: both ask the same way, and get the same numbers.
package question

import (
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Words are a question as it was put. The zero Words ask for nothing.
type Words struct {
	KPIs    []string // id or id:variant
	By      []string // dimensions
	Where   []string // conditions, all must hold
	Period  string   // see calendar.Calendar.Parse; excludes From and To
	From    string   // a day
	To      string   // a day, the last one included; empty: today
	Compare string   // one of Comparisons, or empty
	Sort    string   // a KPI or dimension as asked, the largest first after a minus
	Limit   int      // rows shown; 0: all
	Shrink  bool
	// Costs says by what costs are shared, in place of the organisation's
	// setting: one of none, calls, hours, heads; empty: as the organisation does.
	Costs string
	// Intervals asks for the intervals of ratios and means too.
	Intervals bool
}

// Comparisons are the names of what a period can be compared with.
func Comparisons() []string { return []string{"previous", "year-ago", "same-weekdays"} }

// Asker is who asks, and when: what a query needs beside its words.
type Asker struct {
	Settings facts.Settings
	Policy   kpi.Policy
	Scope    kpi.Scope
	Now      time.Time
}

// Calendar is the organisation's.
func (a Asker) Calendar() calendar.Calendar {
	return calendar.New(a.Settings.Calendar, a.Settings.WeekStart)
}

// Today is the running day in the organisation's zone.
func (a Asker) Today() (int64, error) {
	clock, err := a.Settings.Clock()
	if err != nil {
		return 0, err
	}
	return clock.Moment(a.Now).Day, nil
}

// Query makes a query of words, with the period that they name; nil where they
// name none. It asks as of kpi.AsOf: whoever asks the same about the same time
// has the same answer.
func (a Asker) Query(w Words) (kpi.Query, *calendar.Period, error) {
	clock, err := a.Settings.Clock()
	if err != nil {
		return kpi.Query{}, nil, err
	}
	today := clock.Moment(a.Now).Day
	cal := a.Calendar()
	p, err := w.period(cal, today)
	if err != nil {
		return kpi.Query{}, nil, err
	}
	q := kpi.Query{KPIs: w.KPIs, By: w.By, Where: w.Where, Scope: a.Scope, Now: kpi.AsOf(a.Now).In(clock.Zone()), Calendar: cal, Currency: a.Settings.Currency,
		Sort: strings.TrimPrefix(w.Sort, "-"), Desc: strings.HasPrefix(w.Sort, "-"), Limit: w.Limit, Shrink: w.Shrink, Intervals: w.Intervals}
	q.Policy, q.Allocation = a.Policy, a.Policy.Allocation
	if w.Costs != "" {
		if q.Allocation, err = kpi.ParseAllocation(w.Costs); err != nil {
			return kpi.Query{}, nil, err
		}
	}
	if p != nil {
		q.Period = &p.Range
	}
	if q.Compare, err = w.comparison(p, today); err != nil {
		return kpi.Query{}, nil, err
	}
	return q, p, nil
}

func (w Words) period(cal calendar.Calendar, today int64) (*calendar.Period, error) {
	if w.Period != "" {
		if w.From+w.To != "" {
			return nil, callpace.E(callpace.Invalid, "kpi.period_and_days")
		}
		p, err := cal.Parse(w.Period, today)
		return &p, err
	}
	if w.From+w.To == "" {
		return nil, nil
	}
	if w.From == "" {
		return nil, callpace.E(callpace.Invalid, "kpi.to_without_from")
	}
	from, err := cal.ParseDay(w.From, today)
	if err != nil {
		return nil, err
	}
	to := today
	if w.To != "" {
		if to, err = cal.ParseDay(w.To, today); err != nil {
			return nil, err
		}
	}
	if to < from {
		return nil, callpace.E(callpace.Invalid, "kpi.to_before_from", "from", w.From, "to", w.To)
	}
	p := cal.Between(from, to+1)
	return &p, nil
}

// comparison finds the days to compare with.
func (w Words) comparison(p *calendar.Period, today int64) (*kpi.Comparison, error) {
	if w.Compare == "" {
		return nil, nil
	}
	if p == nil {
		return nil, callpace.E(callpace.Invalid, "kpi.compare_without_period")
	}
	c := kpi.Comparison{Label: w.Compare}
	switch w.Compare {
	case "previous":
		c.Range = p.Previous(today)
	case "year-ago":
		c.Range = p.YearAgo(today)
	case "same-weekdays":
		c.Range = p.SameWeekdays(today)
	default:
		return nil, callpace.E(callpace.Invalid, "kpi.compare_unknown", "name", w.Compare, "known", Comparisons())
	}
	return &c, nil
}

// List splits a list with commas.
func List(text string) []string {
	var out []string
	for _, s := range strings.Split(text, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Equal is the condition that a dimension has a value; empty: that it has none.
func Equal(dimension, value string) string {
	if value == "" {
		return "is_null(" + dimension + ")"
	}
	return dimension + " == " + strconv.Quote(value)
}

// Base is a KPI's id without its variant.
func Base(name string) string {
	id, _, _ := strings.Cut(name, ":")
	return id
}
