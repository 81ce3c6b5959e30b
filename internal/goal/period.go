package goal

import "github.com/callpace/callpace/internal/calendar"

// PeriodKind says how the days of a goal were named.
type PeriodKind string

// The kinds of periods.
const (
	NoPeriod  PeriodKind = ""          // not said yet
	Rolling   PeriodKind = "rolling"   // Count units from a day on
	InUnit    PeriodKind = "calendar"  // one of the calendar's units
	Dates     PeriodKind = "dates"     // from one day to another
	Recurring PeriodKind = "recurring" // every unit, from a day on
)

// Period is when a goal holds. Its days are fixed once it is set, however they
// were named.
type Period struct {
	Kind  PeriodKind    `yaml:"kind,omitempty" json:"kind,omitempty"`
	Unit  calendar.Unit `yaml:"unit,omitempty" json:"unit,omitempty"`
	Count int           `yaml:"count,omitempty" json:"count,omitempty"` // of Rolling
	From  calendar.Date `yaml:"from,omitempty" json:"from,omitempty"`
	Until calendar.Date `yaml:"until,omitempty" json:"until,omitempty"` // the last day; a Recurring one may have none
}

// Range gives the days of the period. A recurring one without an end, and one
// that is not said, give no days.
func (p Period) Range() calendar.Range {
	if p.Until == 0 {
		return calendar.Range{From: int64(p.From), To: int64(p.From)}
	}
	return calendar.Range{From: int64(p.From), To: int64(p.Until) + 1}
}

// Instance is one run of days by which a goal is judged.
type Instance struct {
	calendar.Range
	// Whole is the unit of a recurring goal that the days lie in. Where it is
	// longer, a total is reckoned by its part of the unit's working days.
	Whole calendar.Range
}

// Instances lists those of a period that have begun by a day: one for a period
// that does not recur.
func (p Period) Instances(cal calendar.Calendar, by int64) []Instance {
	if p.Kind != Recurring {
		if r := p.Range(); p.Kind != NoPeriod && r.From <= by {
			return []Instance{{r, r}}
		}
		return nil
	}
	var out []Instance
	for day := int64(p.From); day <= by && (p.Until == 0 || day <= int64(p.Until)); {
		i := Instance{Whole: cal.Span(p.Unit, day)}
		i.Range = calendar.Range{From: day, To: i.Whole.To}
		if p.Until != 0 {
			i.To = min(i.To, int64(p.Until)+1)
		}
		out = append(out, i)
		day = i.Whole.To
	}
	return out
}

// At gives the instance that a day lies in.
func (p Period) At(cal calendar.Calendar, day int64) (i Instance, ok bool) {
	if p.Kind != Recurring {
		r := p.Range()
		return Instance{r, r}, r.Has(day)
	}
	if day < int64(p.From) || p.Until != 0 && day > int64(p.Until) {
		return Instance{}, false
	}
	i.Whole = cal.Span(p.Unit, day)
	i.Range = calendar.Range{From: max(i.Whole.From, int64(p.From)), To: i.Whole.To}
	if p.Until != 0 {
		i.To = min(i.To, int64(p.Until)+1)
	}
	return i, true
}

// Judged gives the days of an instance by which the goal is judged: all of
// them, or the last whole unit ("monthly sales +20 % within three months").
// Where no whole unit lies in the instance, its last days stand for one.
func (g Goal) Judged(cal calendar.Calendar, i Instance) calendar.Range {
	if g.Target.Judge != Last || g.Target.Per == "" {
		return i.Range
	}
	last := cal.Span(g.Target.Per, i.To-1)
	if last.To > i.To {
		last = cal.Span(g.Target.Per, last.From-1)
	}
	if last.From < i.From {
		return calendar.Range{From: max(i.From, cal.Add(g.Target.Per, i.To, -1)), To: i.To}
	}
	return last
}

// BaselineDays gives the days of the baseline for an instance; ok is false for
// a fixed value and for none. As many units before (or the whole unit named
// before the goal begins), or the same days a year ago.
func (g Goal) BaselineDays(cal calendar.Calendar, i Instance) (r calendar.Range, ok bool) {
	p, b := g.Period, g.Target.Baseline
	before := func(u calendar.Unit) calendar.Range { return cal.Span(u, cal.Span(u, i.From).From-1) }
	switch {
	case b.Kind == YearAgo && (p.Kind == InUnit || p.Kind == Recurring):
		return cal.Of(p.Unit, i.From).YearAgo(i.To), true
	case b.Kind == YearAgo:
		return calendar.Range{From: cal.Add(calendar.Year, i.From, -1), To: cal.Add(calendar.Year, i.To, -1)}, true
	case b.Kind != Previous:
		return r, false
	case b.Unit != "":
		return before(b.Unit), true
	case g.Target.Judge == Last && g.Target.Per != "":
		return before(g.Target.Per), true
	case p.Kind == InUnit || p.Kind == Recurring:
		return before(p.Unit), true
	case p.Kind == Rolling:
		return calendar.Range{From: cal.Add(p.Unit, i.From, -int64(p.Count)), To: i.From}, true
	}
	return calendar.Range{From: i.From - i.Days(), To: i.From}, true
}
