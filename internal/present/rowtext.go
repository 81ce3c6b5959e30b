package present

import (
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// RowText writes the rows of a fact for people.
type RowText struct {
	Reader
	Clock    *facts.Clock
	Fact     *facts.Table
	Set      kpi.RowSet
	Currency string // the organisation's
}

// Shown tells whether column i is for people: it has a value in some row, and
// is no bookkeeping.
func (t RowText) Shown(i int) bool {
	c := t.Set.Columns[i]
	return !Bookkeeping(c.Name) && slices.ContainsFunc(t.Set.Rows, func(row kpi.Row) bool {
		return row.Cells[i].Valid && (c.Kind != facts.Text || row.Cells[i].Text != "")
	})
}

// Text writes one value; a null is empty.
func (t RowText) Text(row kpi.Row, i int) string {
	c, x := t.Set.Columns[i], row.Cells[i]
	if !x.Valid {
		return ""
	}
	switch c.Kind {
	case facts.Text:
		return t.Word(c.Name, x.Text)
	case facts.Bool:
		if x.Int != 0 {
			return t.Reader.Text("rows.yes")
		}
		return t.Reader.Text("rows.no")
	case facts.Seconds:
		return t.Duration(float64(x.Int) / 1000)
	case facts.Amount:
		return t.amount(row, i)
	case facts.Instant:
		if DayOnly(t.Set, row, i) {
			return t.Date(row.Cells[i+1].Int)
		}
		return t.Moment(time.UnixMicro(x.Int), t.Clock, "15:04:05")
	case facts.Day:
		return t.Date(x.Int)
	case facts.Hash:
		return Cell(c.Kind, x, t.Clock)
	}
	return t.Int(x.Int)
}

// amount writes an amount with its currency.
func (t RowText) amount(row kpi.Row, i int) string {
	name, own := CurrencyOf(t.Fact, t.Set.Columns[i].Name)
	currency := ""
	switch {
	case own:
		currency = t.Currency
	case name != "":
		currency = t.value(row, name)
	}
	if currency == "" {
		return t.Amount(callpace.Amount(row.Cells[i].Int), 0)
	}
	by, shown := t.Money(currency)
	return strings.TrimSpace(t.Amount(callpace.Amount(row.Cells[i].Int/by), 2) + " " + shown)
}

func (t RowText) value(row kpi.Row, column string) string {
	i := slices.IndexFunc(t.Set.Columns, func(c facts.Column) bool { return c.Name == column })
	if i < 0 {
		return ""
	}
	return row.Cells[i].Text
}

// Table lays the rows out: in which input and line each was read, and the
// columns for people.
func (t RowText) Table() Table {
	out := Table{Head: []Head{{Title: t.Reader.Text("field.input"), Numeric: true}, {Title: t.Reader.Text("field.line"), Numeric: true}}}
	var shown []int
	for i, c := range t.Set.Columns {
		if t.Shown(i) {
			shown = append(shown, i)
			out.Head = append(out.Head, Head{Title: t.Field(t.Fact.Name, c.Name), Numeric: Numeric(c.Kind)})
		}
	}
	for _, row := range t.Set.Rows {
		cells := []string{t.Digits(blankZero(row.Input)), t.Digits(blankZero(row.Line))}
		for _, i := range shown {
			cells = append(cells, t.Text(row, i))
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// Numeric tells whether a kind of values is aligned as numbers are.
func Numeric(k facts.Kind) bool { return k == facts.Int || k == facts.Seconds || k == facts.Amount }
