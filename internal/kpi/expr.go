package kpi

import (
	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// Expr is a checked expression over one fact: conditions, aggregated values
// and dimensions are made of it. Engines print it as SQL, the naive evaluator
// computes it; both follow SQL's rules for null.
type Expr interface{ isExpr() }

type (
	// Field is a column. Table is nil for the fact at hand, or facts.LeadStory:
	// the story of the row's lead.
	Field struct {
		Table *facts.Table
		Name  string
		Kind  facts.Kind
	}
	// MomentField is a moment (see facts.Moment). Two moments are compared as
	// instants where both have a time of day, else by their days.
	MomentField struct {
		Table *facts.Table
		Name  string
	}
	// Attr is one of the source's own columns. Owner is "" for the row's own,
	// "lead" for those of the row's lead record, "agent" for those of the roster.
	Attr struct{ Owner, Name string }
	// Number is a numeric literal, compared with Int, Seconds and Amount alike.
	Number struct{ Value callpace.Amount }
	// String is a text literal.
	String struct{ Value string }
	// Boolean is a truth literal.
	Boolean struct{ Value bool }
	// Now is the instant of asking, a moment with a time of day.
	Now struct{}
	// PeriodStart and PeriodEnd bound the period that a row is counted in: its
	// bucket where the query groups by time, clipped to the period asked for.
	// They are moments without a time of day; PeriodEnd is the day after the
	// last. Where no period is asked for, they are null: unbounded.
	PeriodStart struct{}
	// PeriodEnd is described at PeriodStart.
	PeriodEnd struct{}
	// Date is a literal day: a moment without a time of day.
	Date struct{ Day int64 }
	// BucketKey is the printed key of the bucket in which the row's date (the
	// Select's) falls, as a text: a filter on month, week or weekday compares it.
	BucketKey struct{ Bucket Bucket }
	// Op applies an operator to its arguments.
	Op struct {
		Name OpName
		Args []Expr
	}
)

// OpName names an operator.
type OpName string

// The operators. Comparisons with null are null; a condition holds where it is
// true. Div is null where the divisor is zero.
const (
	And, Or, Not           OpName = "and", "or", "not"
	Eq, Ne, Lt, Le, Gt, Ge OpName = "==", "!=", "<", "<=", ">", ">="
	In                     OpName = "in" // Args[0] in Args[1:]
	IsNull                 OpName = "is_null"
	Add, Sub, Mul, Div     OpName = "+", "-", "*", "/"
	Coalesce               OpName = "coalesce"
	// SecondsBetween(a, b) is b − a in seconds, over instants where both
	// moments have a time of day, else their days × 86,400.
	SecondsBetween OpName = "seconds_between"
	// AddDays(moment, n) is the moment n days later (× 86,400 s).
	AddDays OpName = "add_days"
	// Band(x, width) is the lower border of the band of that width in which x lies.
	Band OpName = "band"
	// ToNumber(text) reads a text such as 1250, -3 or 0.5; any other text is
	// null. The result has six places, more are rounded half away from zero.
	ToNumber OpName = "number"
)

func (Field) isExpr()       {}
func (MomentField) isExpr() {}
func (Attr) isExpr()        {}
func (Number) isExpr()      {}
func (String) isExpr()      {}
func (Boolean) isExpr()     {}
func (Now) isExpr()         {}
func (PeriodStart) isExpr() {}
func (PeriodEnd) isExpr()   {}
func (Date) isExpr()        {}
func (BucketKey) isExpr()   {}
func (Op) isExpr()          {}
