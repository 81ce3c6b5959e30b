// Package naive answers kpi.Selects by the plainest means: a loop over rows in
// memory, one expression at a time, in exact rational numbers. It is the
// measure of the engines that print SQL, shares no code with them, and is not
// meant to be fast.
package naive

import (
	"context"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Engine evaluates over the rows of one batch, whose derived columns and
// tables are filled.
type Engine struct {
	batch    *facts.Batch
	calendar calendar.Calendar
	currency string
	stories  map[string]int // rows of lead_story by lead
}

var _ kpi.Engine = (*Engine)(nil)

// New makes the engine of an organisation with that calendar and currency.
func New(b *facts.Batch, c calendar.Calendar, currency string) *Engine {
	e := &Engine{batch: b, calendar: c, currency: currency, stories: map[string]int{}}
	rows := b.Rows(facts.LeadStory)
	for i := range rows.N {
		if lead := rows.Cols[facts.LeadStory.Col("lead")].Text(i); lead != "" {
			e.stories[lead] = i
		}
	}
	return e
}

// position is a row in the period that it is looked at in.
type position struct {
	e      *Engine
	s      *kpi.Select
	rows   *facts.Rows
	row    int
	period *span // of a Span; nil where there is but one
}

// span is a period, unclipped, and one of the days asked for in it. A week
// that two months share is there twice, if both are dimensions.
type span struct {
	calendar.Range
	day int64
}

// Aggregate answers a Select.
func (e *Engine) Aggregate(_ context.Context, s kpi.Select) (groups []kpi.Group, err error) {
	members := map[string][]position{}
	keys := map[string][]string{}
	for _, p := range e.positions(&s) {
		key := p.key()
		name := strings.Join(key, "\x00")
		members[name] = append(members[name], p)
		keys[name] = key
	}
	if s.MaxGroups > 0 && len(members) > s.MaxGroups {
		return nil, callpace.E(callpace.Limit, "kpi.too_many_groups", "max", s.MaxGroups)
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		g := kpi.Group{Key: keys[name], Values: make([]kpi.Value, len(s.Measures))}
		for i, m := range s.Measures {
			if g.Values[i], err = e.measure(m, members[name]); err != nil {
				return nil, err
			}
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// Count gives the number of rows that a Select looks at, each once for every
// period of a Span: what a listing of them must count.
func (e *Engine) Count(s kpi.Select) int64 { return int64(len(e.positions(&s))) }

func (e *Engine) positions(s *kpi.Select) []position {
	rows := e.batch.Rows(s.Fact)
	spans := e.spans(s)
	var out []position
	for i := range rows.N {
		for _, span := range spans {
			if p := (position{e: e, s: s, rows: rows, row: i, period: span}); p.wanted() {
				out = append(out, p)
			}
		}
	}
	return out
}

func (p position) wanted() bool {
	if !p.s.Span && !p.s.Undated {
		d := p.day()
		if d == nil || *d < p.s.From || *d >= p.s.To {
			return false
		}
	}
	if !p.s.Scope.All() {
		team, agent := p.column(p.rows, p.row, "team"), p.column(p.rows, p.row, "agent")
		seen := team != nil && slices.Contains(p.s.Scope.Teams(), team.text) ||
			agent != nil && slices.Contains(p.s.Scope.Agents(), agent.text)
		if !seen {
			return false
		}
	}
	for _, w := range p.s.Where {
		if !p.holds(w) {
			return false
		}
	}
	return true
}

// day is the day of the Select's date, or nil.
func (p position) day() *int64 {
	if v := p.column(p.rows, p.row, p.s.Date+"_day"); v != nil {
		return v.moment.day
	}
	return nil
}

// spans are the periods of a Span's answer: the buckets that the days asked
// for touch; one nil where the answer has no buckets.
func (e *Engine) spans(s *kpi.Select) []*span {
	unit, ok := finest(s.Dims)
	if !s.Span || !ok {
		return []*span{nil}
	}
	from, to := s.From, s.To
	if s.Undated {
		first := (*int64)(nil)
		rows := e.batch.Rows(s.Fact)
		for _, m := range s.Fact.Moments {
			for i := range rows.N {
				v := &rows.Cols[s.Fact.Col(m+"_day")]
				if d := v.Int(i); v.Has(i) && (first == nil || d < *first) {
					first = &d
				}
			}
		}
		if first == nil {
			return nil
		}
		from, to = *first, facts.NewClock(s.Now.Location()).Moment(s.Now).Day+1
	}
	var out []*span
	for day := from; day < to; day++ {
		r := e.calendar.Span(unit, day)
		if n := len(out); n > 0 && out[n-1].Range == r && e.sameKeys(s.Dims, day-1, day) {
			continue
		}
		out = append(out, &span{Range: r, day: day})
	}
	return out
}

func (e *Engine) sameKeys(dims []kpi.Dim, a, b int64) bool {
	for _, d := range dims {
		if d.Bucket != "" && d.Bucket != kpi.BucketWeekday && e.calendar.Key(calendar.Unit(d.Bucket), a) != e.calendar.Key(calendar.Unit(d.Bucket), b) {
			return false
		}
	}
	return true
}

func finest(dims []kpi.Dim) (calendar.Unit, bool) {
	for _, u := range []calendar.Unit{calendar.Day, calendar.Week, calendar.Month, calendar.Quarter, calendar.Year} {
		for _, d := range dims {
			if string(d.Bucket) == string(u) {
				return u, true
			}
		}
	}
	return "", false
}

func (p position) key() []string {
	key := []string{}
	for _, d := range p.s.Dims {
		if d.Bucket == "" {
			key = append(key, p.printed(d.Expr))
		} else {
			key = append(key, p.bucket(d.Bucket))
		}
	}
	if p.s.ByDay {
		key = append(key, p.bucket(kpi.BucketDay))
	}
	return key
}

// bucket prints the key of the row's date, "" where it has none.
func (p position) bucket(b kpi.Bucket) string {
	day := p.day()
	if p.period != nil {
		day = &p.period.day
	}
	switch {
	case day == nil:
		return ""
	case b == kpi.BucketWeekday:
		wd := int(facts.DateOf(*day).Weekday())
		return strconv.Itoa((wd+6)%7 + 1)
	case b == kpi.BucketHour:
		h := p.column(p.rows, p.row, p.s.Date+"_hour")
		if h == nil {
			return ""
		}
		return h.number.RatString()
	}
	return p.e.calendar.Key(calendar.Unit(b), *day)
}

// bounds give the period that the row is counted in; nil is unbounded.
func (p position) bounds() (from, to *int64) {
	var r *calendar.Range
	if p.period != nil {
		r = &p.period.Range
	} else if unit, ok := finest(p.s.Dims); ok && !p.s.Span {
		day := p.day()
		if day == nil {
			return nil, nil
		}
		b := p.e.calendar.Span(unit, *day)
		r = &b
	}
	switch {
	case r == nil && p.s.Undated:
		return nil, nil
	case r == nil:
		return &p.s.From, &p.s.To
	case p.s.Undated:
		return &r.From, &r.To
	}
	first, end := max(r.From, p.s.From), min(r.To, p.s.To)
	return &first, &end
}

// Attributes lists the attributes of a fact.
func (e *Engine) Attributes(_ context.Context, fact string) ([]string, error) {
	if fact == "agent" {
		fact = "roster"
	}
	names := []string{}
	if t := facts.TableByName(fact); t != nil {
		for name := range e.batch.Rows(t).Attrs {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names, nil
}

// Range gives the first and last day of a fact's date.
func (e *Engine) Range(_ context.Context, fact *facts.Table, date string) (first, last int64, ok bool, err error) {
	rows := e.batch.Rows(fact)
	days := &rows.Cols[fact.Col(date+"_day")]
	for i := range rows.N {
		if !days.Has(i) {
			continue
		}
		d := days.Int(i)
		if !ok || d < first {
			first = d
		}
		if !ok || d > last {
			last = d
		}
		ok = true
	}
	return first, last, ok, nil
}
