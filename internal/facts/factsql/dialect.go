// Package factsql prints questions about facts as SQL: one statement for one
// kpi.Select, or for a listing of rows and its count. It runs nothing. What
// engines disagree on is a method of Dialect; identifiers come from the fact
// schema only, texts are always parameters, and numbers and dates are literals
// printed from values that have a type.
package factsql

import (
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// Dialect is what engines spell differently. All arguments named x, where or
// order are SQL.
type Dialect interface {
	// Param refers to parameter n, from 1; one may be used several times.
	Param(n int) string
	// Cast converts x to the engine's type of a kind. Amount and Seconds get
	// as many whole digits as fit beside their places.
	Cast(x string, k facts.Kind) string
	// Number is a literal with exactly that many places: 0, 3 or 6.
	Number(v callpace.Amount, places int) string
	// Date and Instant are literals; day counts from 1970-01-01.
	Date(day int64) string
	Instant(at time.Time) string
	// DateNumber is the inverse of Date, Micros counts from 1970-01-01T00:00Z.
	DateNumber(x string) string
	Micros(x string) string
	// AddDays moves a date or an instant by days (of 86,400 s).
	AddDays(x, days string, k facts.Kind) string
	// Weekday is 1 (Monday) to 7 of a date.
	Weekday(x string) string
	// Wide makes x a decimal of so many places that does not overflow when multiplied.
	Wide(x string, places int) string
	// Whole counts a decimal of so many places in units of its last place,
	// rounded half away from zero. It must fail rather than wrap around.
	Whole(x string, places int) string
	// Total is Whole for sums, which may need more than 64 bits.
	Total(x string, places int) string
	// Over divides decimals, rounded half away from zero to six places.
	Over(x, by string) string
	// Parsed reads a text that is a plain decimal as an Amount, rounded half
	// away from zero; any other text, or one out of range, is null.
	Parsed(x string) string
	// Aggregate is a call such as "sum(x)" over the rows where a condition
	// holds; "" is all rows.
	Aggregate(call, where string) string
	// Quantile, Histogram and Values are the calls for what has no common name:
	// the interpolated quantile, a map of value to rows, the different values.
	Quantile(x string, q float64) string
	Histogram(x string) string
	Values(x string) string
	// Finds tells whether the engine finds the rows with a text in a column
	// without reading all of them; Found is the condition that f is a row in one
	// of some such places.
	Finds(t *facts.Table, column string) bool
	Found(t *facts.Table, places []Place) string
	// Last is the call for the x of the last row by order, nulls first.
	Last(x, order string) string
}
