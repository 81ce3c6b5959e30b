package present

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Listing is rows of facts as text for machines: times in the organisation's
// zone, days as dates, nulls empty.
type Listing struct {
	Head []string
	Rows [][]string
}

// List writes a set of rows. The first two columns say in which input and line
// a row was read.
func List(set kpi.RowSet, clock *facts.Clock) Listing {
	l := Listing{Head: []string{"input", "line"}}
	for _, c := range set.Columns {
		l.Head = append(l.Head, c.Name)
	}
	for _, r := range set.Rows {
		row := []string{blankZero(r.Input), blankZero(r.Line)}
		for i, c := range set.Columns {
			if DayOnly(set, r, i) {
				row = append(row, Cell(facts.Day, r.Cells[i+1], clock))
				continue
			}
			row = append(row, Cell(c.Kind, r.Cells[i], clock))
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

// hidden are the columns that only programs need.
var hidden = map[string]bool{"origin": true, "agent_alias": true, "lead_ref": true, "cost_org": true, "amount_org": true, "margin_org": true}

// Bookkeeping tells the columns that a person has no use for: hashes, what was
// read before it was resolved, and the parts of a moment beside its instant.
func Bookkeeping(column string) bool {
	return hidden[column] || strings.HasSuffix(column, "_day") || strings.HasSuffix(column, "_hour")
}

// DayOnly tells whether column i is the instant of a moment of which no time of
// day is known: its columns M_at, M_day and M_hour stand in this order.
func DayOnly(set kpi.RowSet, r kpi.Row, i int) bool {
	m, at := strings.CutSuffix(set.Columns[i].Name, "_at")
	return at && i+2 < len(set.Columns) && set.Columns[i+2].Name == m+"_hour" && r.Cells[i].Valid && !r.Cells[i+2].Valid
}

func blankZero(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// Cell writes one value of a fact for machines.
func Cell(k facts.Kind, c kpi.Cell, clock *facts.Clock) string {
	if !c.Valid {
		return ""
	}
	switch k {
	case facts.Text:
		return c.Text
	case facts.Bool:
		return strconv.FormatBool(c.Int != 0)
	case facts.Seconds:
		return callpace.Amount(c.Int * 1000).String()
	case facts.Amount:
		return callpace.Amount(c.Int).String()
	case facts.Instant:
		return time.UnixMicro(c.Int).In(clock.Zone()).Format("2006-01-02 15:04:05")
	case facts.Day:
		return Day(c.Int)
	case facts.Hash:
		return fmt.Sprintf("%016x", uint64(c.Int))
	}
	return strconv.FormatInt(c.Int, 10)
}
