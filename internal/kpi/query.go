package kpi

import (
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
)

// The limits of a query.
const (
	MaxDims   = 4
	MaxGroups = 1_000_000 // merged
	MaxRows   = 50_000    // answered
	MaxSet    = 100_000   // values of one Set
)

// Query asks for KPIs by dimensions. The zero Scope sees nothing.
type Query struct {
	KPIs  []string // id or id:variant
	By    []string // at most MaxDims
	Where []string // all must hold
	// Period bounds the days; nil: all data, undated rows included.
	Period  *calendar.Range
	Compare *Comparison // nil: none
	Sort    string      // a KPI or dimension as asked; empty: by key
	Desc    bool
	Limit   int // rows shown; 0: all, up to MaxRows
	Offset  int // rows left out before them
	// Intervals asks for the intervals of ratios and means, which cost another
	// query by day. Proportions always have theirs.
	Intervals bool
	// Shrink draws each figure toward the mean of the answer's rows, and sorts by that.
	Shrink   bool
	Scope    Scope
	Now      time.Time // in the organisation's zone
	Calendar calendar.Calendar
	Currency string                    // the organisation's
	Settings map[string]map[string]any // by KPI id and setting, in place of the catalogue's
	// Policy holds the organisation's settings of KPIs. Those in force on the
	// last day of the period count, on that of asking where none is asked for.
	Policy Policy
	// Earlier asks how it stood so many days before Now: outcomes that came later
	// are left out. A comparison sets it by itself: see delayed.go.
	Earlier int
	// Followed asks rates with a delayed outcome of those only whose outcome could
	// come for so many days, and for no longer: judgements between people. 0: of all.
	Followed int
	// AsOf is the day whose settings count instead: a goal pins its own.
	AsOf *int64
	// Allocation shares costs that are known for a broader level only.
	Allocation Allocation
}

// Comparison names the days that a period is compared with.
type Comparison struct {
	calendar.Range
	Label string
}

func (q Query) today() int64 { return facts.NewClock(q.Now.Location()).Moment(q.Now).Day }

func (q Query) check() error {
	switch {
	case len(q.KPIs) == 0:
		return callpace.E(callpace.Invalid, "kpi.none_asked")
	case len(q.By) > MaxDims:
		return callpace.E(callpace.Limit, "kpi.too_many_dimensions", "count", len(q.By), "limit", MaxDims)
	case q.Followed < 0 || q.Followed > mostFollowed:
		return callpace.E(callpace.Invalid, "kpi.followed", "days", q.Followed, "limit", mostFollowed)
	case q.Compare != nil && q.Period == nil:
		return callpace.E(callpace.Invalid, "kpi.compare_without_period")
	}
	for i, d := range q.By {
		for _, e := range q.By[:i] {
			if d == e {
				return callpace.E(callpace.Invalid, "kpi.dimension_twice", "dimension", d)
			}
		}
	}
	return nil
}

// AsOf gives the time as of which figures are told: the beginning of the
// quarter of an hour, with which the days of all zones begin, too. What depends
// on the time, such as who was followed for some days, is the same for all who
// ask within it, and can be kept.
func AsOf(now time.Time) time.Time { return now.Truncate(15 * time.Minute) }
