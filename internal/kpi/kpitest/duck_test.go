//go:build cgo

package kpitest_test

import (
	"database/sql"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kpitest"
)

func TestDuck(t *testing.T) {
	kpitest.Run(t, func(t *testing.T, c kpitest.Case) kpi.Engine {
		db, err := sql.Open("duckdb", "")
		require.NoError(t, err)
		db.SetMaxOpenConns(1) // one database in memory
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		_, err = db.Exec(script(c.Rows, c.Calendar))
		require.NoError(t, err)
		return duck.NewEngine(db, kpitest.Currency)
	})
}

var sqlTypes = map[facts.Kind]string{facts.Text: "VARCHAR", facts.Int: "BIGINT", facts.Bool: "BOOLEAN", facts.Seconds: "DECIMAL(12,3)",
	facts.Amount: "DECIMAL(18,6)", facts.Instant: "TIMESTAMP", facts.Day: "DATE", facts.Hour: "TINYINT", facts.Hash: "UBIGINT"}

// script makes the tables of a batch as they stand, derived ones included.
func script(rows *facts.Batch, c calendar.Calendar) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE attributes (fact VARCHAR, name VARCHAR, col VARCHAR);")
	for _, table := range facts.Tables {
		r := rows.Rows(table)
		var columns, attrs []string
		for _, c := range table.Columns {
			columns = append(columns, c.Name+" "+sqlTypes[c.Kind])
		}
		for name := range r.Attrs {
			attrs = append(attrs, name)
		}
		sort.Strings(attrs)
		for i, name := range attrs {
			columns = append(columns, fmt.Sprintf("a%d VARCHAR", i+1))
			fmt.Fprintf(&b, "INSERT INTO attributes VALUES ('%s', '%s', 'a%d');", table.Name, name, i+1)
		}
		fmt.Fprintf(&b, "CREATE TABLE %s (%s);", table.Name, strings.Join(columns, ", "))
		for i := range r.N {
			var cells []string
			for j, c := range table.Columns {
				cells = append(cells, literal(&r.Cols[j], i, c.Kind))
			}
			for _, name := range attrs {
				cells = append(cells, literal(r.Attrs[name], i, facts.Text))
			}
			fmt.Fprintf(&b, "INSERT INTO %s VALUES (%s);", table.Name, strings.Join(cells, ", "))
		}
	}
	b.WriteString(days(c))
	return b.String()
}

func literal(v *facts.Vector, i int, kind facts.Kind) string {
	if !v.Has(i) {
		return "NULL"
	}
	switch n := v.Int(i); kind {
	case facts.Text:
		return "'" + strings.ReplaceAll(v.Text(i), "'", "''") + "'"
	case facts.Bool:
		return fmt.Sprint(n == 1)
	case facts.Seconds:
		return callpace.Amount(n * 1000).String()
	case facts.Amount:
		return callpace.Amount(n).String()
	case facts.Instant:
		return time.UnixMicro(n).UTC().Format("TIMESTAMP '2006-01-02 15:04:05.000000'")
	case facts.Day:
		return date(n)
	case facts.Hash:
		return fmt.Sprint(uint64(n))
	default:
		return fmt.Sprint(n)
	}
}

func date(day int64) string { return facts.DateOf(day).Format("DATE '2006-01-02'") }

// days is the calendar table of the years around 2026.
func days(c calendar.Calendar) string {
	units := []calendar.Unit{calendar.Week, calendar.Month, calendar.Quarter, calendar.Year}
	columns := "day DATE, day_key VARCHAR, weekday TINYINT"
	for _, u := range units {
		columns += fmt.Sprintf(", %[1]s VARCHAR, %[1]s_start DATE, %[1]s_end DATE", u)
	}
	b := "CREATE TABLE days (" + columns + ");"
	var rows []string
	for day := facts.DayOf(2025, 12, 1); day < facts.DayOf(2027, 2, 1); day++ {
		row := fmt.Sprintf("(%s, '%s', %d", date(day), c.Key(calendar.Day, day), (facts.DateOf(day).Weekday()+6)%7+1)
		for _, u := range units {
			span := c.Span(u, day)
			row += fmt.Sprintf(", '%s', %s, %s", c.Key(u, day), date(span.From), date(span.To))
		}
		rows = append(rows, row+")")
	}
	return b + "INSERT INTO days VALUES " + strings.Join(rows, ", ") + ";"
}
