package kpi

import (
	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
)

// Frame is the answer to a query. Every output is made from it.
type Frame struct {
	Dims    []string
	Columns []Column
	Rows    []FrameRow
	All     int // rows that there are; more than Rows where the query has a limit
	Period  *calendar.Range
	Compare *Comparison
}

// Column says what the figures of one KPI are.
type Column struct {
	Name    string // as asked: id or id:variant
	ID      string
	Variant string // always said: the default's name where none was asked, "" for a KPI that has but one
	Version int
	Unit    Unit
	Kind    Kind
	Better  string
	Target  *float64
	// Delayed is set for a KPI whose outcomes come later than what they are
	// counted with, and Followed is for how many days (Query.Followed).
	Delayed  bool
	Followed int
	// Settings are those that the figures are reckoned by, Changes what of them
	// changed within the period: figures are marked Redefined then.
	Settings map[string]any
	Changes  []SettingChange
	// None is the figure of a group that has no rows: 0 of what adds up, no data
	// of a rate, and of what counts rows that are nobody's.
	None Figure
}

// FrameRow is one group with a figure per column.
type FrameRow struct {
	Key     []string // as Dims; "" where the rows have none
	Figures []Figure
}

// Mark is something to be said beside a figure.
type Mark string

// The marks.
const (
	Small           Mark = "small"            // so few that chance rules
	Immature        Mark = "immature"         // part of the group is too young to be judged
	MixedCurrencies Mark = "mixed_currencies" // amounts that cannot be added: no data
	CostAbove       Mark = "cost_above"       // costs are known for a broader level only: no data
	Redefined       Mark = "redefined"        // settings changed within the period; those at its end count
	Unattributed    Mark = "unattributed"     // counts rows that never say whose they are: no data for somebody
	CostUnshared    Mark = "cost_unshared"    // nothing to share such costs by: no data
)

// SmallGroup is the denominator below which a rate is marked Small.
const SmallGroup = 30

// Figure is one value of a KPI. The zero Figure is "no data".
type Figure struct {
	Valid  bool
	Number float64 // in the unit of the column; percents as fractions
	// Exact is the value where it is a sum or count without rounding.
	Exact    callpace.Total
	IsExact  bool
	Currency string // of money
	// Num and Den are the parts of proportions, ratios and means.
	Num, Den float64
	Parts    bool
	// Low and High are the 95 % interval where there is one.
	Low, High float64
	Interval  bool
	Marks     []Mark
	Compared  *Compared
	// Shrunk is the figure drawn toward the mean of the rows, Weight the share of its own evidence.
	Shrunk, Weight float64
	IsShrunk       bool
}

// Compared is how a figure stands to that of the other period.
type Compared struct {
	Before   Figure
	Valid    bool           // both have data
	Diff     float64        // now − before
	Exact    callpace.Total // Diff without rounding, where both figures are exact
	IsExact  bool
	Relative float64 // Diff / before, where before is not 0
	Low      float64 // interval of Diff
	High     float64
	Judged   bool // Low, High and Beyond are known
	Beyond   bool // larger than chance explains, at 95 %
}
