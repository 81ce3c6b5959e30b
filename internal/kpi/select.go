package kpi

import (
	"context"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// Select is one aggregate question to one fact: what the planner makes of a
// query, and all that an engine has to answer. Everything in it was checked
// against the schema; nothing of it is text from a request.
type Select struct {
	Fact *facts.Table
	// Date is the moment of the fact by which rows fall into periods.
	Date string
	// Span asks of facts that last (customers): a row is looked at in every
	// period of the answer; Date is ignored, and conditions over PeriodStart
	// and PeriodEnd say whether it counts.
	Span     bool
	Dims     []Dim
	Measures []Measure
	Where    []Expr // all must hold
	Scope    Scope
	// From and To bound the days looked at, To exclusive. Undated means that no
	// period was asked for: all rows, those without a date included.
	From, To int64
	Undated  bool
	// ByDay also groups by the local day (as a last key column, "" for undated):
	// the clusters from which intervals are computed. Only additive measures.
	ByDay bool
	// DaysToo tells that the same is asked by day next: who keeps answers by day
	// then reads the rows once. It changes no answer.
	DaysToo bool
	Now     time.Time // in the organisation's zone: its Location says which day it is
	// MaxGroups is the largest answer wanted; an engine stops with a Limit error beyond it.
	MaxGroups int
}

// Dim is one dimension of a Select: either a Bucket of the row's date or the
// text of an Expr. The key of a null is "".
type Dim struct {
	Name   string
	Bucket Bucket
	Expr   Expr
}

// Bucket is a part of time in the organisation's zone and calendar.
type Bucket string

// The buckets with their printed keys.
const (
	BucketDay     Bucket = "day"     // 2026-11-22; Hijri: 1405-09-01
	BucketWeek    Bucket = "week"    // 2026-W47
	BucketMonth   Bucket = "month"   // 2026-11; Hijri: 1405-08
	BucketQuarter Bucket = "quarter" // 2026-Q4; Hijri: 1405-Q3
	BucketYear    Bucket = "year"    // 2026
	BucketHour    Bucket = "hour"    // 0 to 23
	BucketWeekday Bucket = "weekday" // 1 (Monday) to 7 (Sunday), ISO 8601
)

// Agg is how a measure sums up rows.
type Agg string

// The aggregates.
const (
	Count     Agg = "count"     // rows; Value nil
	Sum       Agg = "sum"       // of Value (Int, Seconds, Amount)
	Money     Agg = "money"     // of an Amount column with its currency: see Value.Currency
	Distinct  Agg = "distinct"  // number of different values
	Quantile  Agg = "quantile"  // Q of Value, linear interpolation; not additive
	Histogram Agg = "histogram" // rows per whole value
	Set       Agg = "set"       // the different values themselves (agents), at most MaxSet
	Max       Agg = "max"
)

// Measure is one aggregate of a Select.
type Measure struct {
	ID    string
	Agg   Agg
	Value Expr    // nil for Count
	Q     float64 // for Quantile
	Where Expr    // nil: every row
	// Shared counts a joint sale by its shares: rows of orders weigh share
	// instead of 1, and sums are multiplied by it.
	Shared bool
}

// Value is what an aggregate came to. The zero Value is null: no rows.
type Value struct {
	Valid bool
	// Mixed is money of several currencies that has no sum: see Currency.
	Mixed bool
	// Exact is the result of Count, Sum, Money, Distinct and Max; of a moment
	// its microseconds since 1970.
	Exact callpace.Total
	// Currency is the one of a Money value: the organisation's where every row
	// could be converted, else the rows' own where they have but one, else
	// "" with Mixed, and then there is no data.
	Currency string
	// More is what has no exact number; nil for most, of which there are many.
	More *More
}

// More is the result of an aggregate that is no exact number.
type More struct {
	Float float64 // of Quantile
	Hist  map[int64]int64
	Set   []string
}

// Float is the result of Quantile.
func (v *Value) Float() float64 {
	if v.More == nil {
		return 0
	}
	return v.More.Float
}

// Hist is the result of Histogram: values with their rows.
func (v *Value) Hist() map[int64]int64 {
	if v.More == nil {
		return nil
	}
	return v.More.Hist
}

// Set is the result of the aggregate of that name: the different values.
func (v *Value) Set() []string {
	if v.More == nil {
		return nil
	}
	return v.More.Set
}

// Group is one row of an answer.
type Group struct {
	Key    []string // as Dims (and the day, where ByDay)
	Values []Value  // as Measures
}

// Engine answers Selects. Groups come in no particular order. Groups without
// rows are absent. Answers may be shared: nobody changes them.
type Engine interface {
	Aggregate(ctx context.Context, s Select) ([]Group, error)
	// Attributes lists the attribute names known for a fact ("agent" lists
	// those of the roster).
	Attributes(ctx context.Context, fact string) ([]string, error)
	// Range gives the first and last day with rows of a fact's date, in days; ok is false without any.
	Range(ctx context.Context, fact *facts.Table, date string) (first, last int64, ok bool, err error)
}

// Scope limits what a reader may see. It cannot be left out of a Select: the
// zero Scope sees nothing.
type Scope struct {
	everything bool
	teams      []string
	agents     []string
}

// Everything is the scope of an organisation's owner.
func Everything() Scope { return Scope{everything: true} }

// Only is the scope of some teams and agents: rows of either are seen.
func Only(teams, agents []string) Scope { return Scope{teams: teams, agents: agents} }

// All tells whether the scope sees everything.
func (s Scope) All() bool { return s.everything }

// Teams gives the teams seen.
func (s Scope) Teams() []string { return s.teams }

// Agents gives the agents seen.
func (s Scope) Agents() []string { return s.agents }
