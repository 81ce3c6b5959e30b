package duck

import (
	"fmt"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/factsql"
)

// dialect is how DuckDB spells what factsql prints.
type dialect struct{}

var _ factsql.Dialect = dialect{}

func (dialect) Param(n int) string { return fmt.Sprintf("$%d", n) }

// Cast leaves room beside the places: 18 digits are the most that DuckDB
// keeps in 64 bits.
func (dialect) Cast(x string, k facts.Kind) string {
	to := sqlTypes[k]
	if k == facts.Seconds {
		to = "DECIMAL(18,3)"
	}
	return "CAST(" + x + " AS " + to + ")"
}

func (dialect) Number(v callpace.Amount, places int) string {
	s := v.String()
	if places == 0 {
		return s
	}
	whole, frac, _ := strings.Cut(s, ".")
	return whole + "." + frac + strings.Repeat("0", places-len(frac))
}

func (dialect) Date(day int64) string {
	return "DATE '" + facts.DateOf(day).Format(time.DateOnly) + "'"
}

func (dialect) Instant(at time.Time) string {
	return "TIMESTAMP '" + at.UTC().Format("2006-01-02 15:04:05.000000") + "'"
}

func (dialect) DateNumber(x string) string { return "(" + x + " - DATE '1970-01-01')" }

func (dialect) Micros(x string) string { return "epoch_us(" + x + ")" }

func (dialect) AddDays(x, days string, k facts.Kind) string {
	if k == facts.Day {
		return "(" + x + " + CAST(" + days + " AS INTEGER))"
	}
	return "(" + x + " + to_days(CAST(" + days + " AS INTEGER)))"
}

func (dialect) Weekday(x string) string { return "isodow(" + x + ")" }

func (dialect) Wide(x string, places int) string {
	return fmt.Sprintf("CAST(%s AS DECIMAL(38,%d))", x, places)
}

// Whole casts to a BIGINT, which fails where the value does not fit.
func (dialect) Whole(x string, places int) string { return units(x, places, "BIGINT") }

// Total leaves a decimal as it is, and plain takes its places away: to do it
// here would be a multiplication and two casts of 128 bits for each group.
func (d dialect) Total(x string, places int) string { return d.Wide(x, places) }

func units(x string, places int, as string) string {
	switch places {
	case 0:
		return "CAST(" + x + " AS " + as + ")"
	case 3:
		return "CAST(CAST(" + x + " AS DECIMAL(38,3)) * 1000 AS " + as + ")"
	}
	return "CAST(CAST(" + x + " AS DECIMAL(38,6)) * 1000000 AS " + as + ")"
}

// Over divides whole numbers: DuckDB's / on decimals is a division of doubles,
// and // cuts towards zero.
func (dialect) Over(x, by string) string {
	n, m := "("+units(x, 6, "HUGEINT")+" * 1000000)", units(by, 6, "HUGEINT")
	rounded := fmt.Sprintf("(2 * %[1]s + sign(%[1]s) * sign(%[2]s) * %[2]s) // (2 * %[2]s)", n, m)
	return fmt.Sprintf("CASE WHEN %s <> 0 THEN CAST(%s AS DECIMAL(38,0)) * 0.000001 END", m, rounded)
}

// Parsed asks for the form first: TRY_CAST would take 1e3 and 1_000 as well.
func (dialect) Parsed(x string) string {
	return fmt.Sprintf(`CASE WHEN regexp_full_match(%[1]s, '[+-]?[0-9]+(\.[0-9]+)?') THEN TRY_CAST(%[1]s AS DECIMAL(18,6)) END`, x)
}

func (dialect) Aggregate(call, where string) string {
	if where == "" {
		return call
	}
	return call + " FILTER (WHERE " + where + ")"
}

func (dialect) Quantile(x string, q float64) string {
	return fmt.Sprintf("quantile_cont(CAST(%s AS DOUBLE), %g)", x, q)
}

func (dialect) Histogram(x string) string { return "histogram(CAST(floor(" + x + ") AS BIGINT))" }

func (dialect) Values(x string) string { return "list(DISTINCT " + x + ")" }

func (dialect) Last(x, order string) string {
	// NULLS FIRST holds for every column that may be null; ties end at x itself.
	return "last(" + x + " ORDER BY " + strings.ReplaceAll(order, ",", " NULLS FIRST,") + ")"
}
