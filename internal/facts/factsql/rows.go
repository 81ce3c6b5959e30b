package factsql

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// attrPrefix begins the name of an attribute in a listing.
const attrPrefix = "attr."

// Listing is a statement for rows and how to read them: the input and the line
// where each was read, null where that is no single one, and the columns.
type Listing struct {
	Text    string
	Args    []any
	Columns []facts.Column
}

// Rows prints a listing.
func Rows(d Dialect, spec kpi.RowsSpec, attrs Attributes) (Listing, error) {
	p := newPrinter(d, &spec.Select, attrs)
	unique, where, from := p.rowsOf(spec)
	columns, items := p.columns(spec.Columns)
	order := order(spec)
	inner := "SELECT f.*\n" + from + where
	if unique != "" {
		inner += fmt.Sprintf("\nQUALIFY row_number() OVER (PARTITION BY %s ORDER BY %s) = 1", unique, order)
	}
	if spec.After != nil {
		inner = "SELECT f.*\nFROM (\n" + inner + "\n) f\nWHERE " + p.after(spec.Order(), spec.After)
	}
	if p.err != nil {
		return Listing{}, p.err
	}
	inner += "\nORDER BY " + order
	if spec.Limit > 0 {
		inner += fmt.Sprintf("\nLIMIT %d", spec.Limit)
	}
	if spec.Offset > 0 {
		inner += fmt.Sprintf("\nOFFSET %d", spec.Offset)
	}
	read := "NULL, NULL"
	if !p.s.Fact.Derived {
		read = "f.input, f.line"
	}
	text := fmt.Sprintf("SELECT %s, %s\nFROM (\n%s\n) f\nORDER BY %s", read, strings.Join(items, ", "), inner, order)
	return Listing{Text: text, Args: p.args, Columns: columns}, nil
}

// Count prints how many rows a listing without limit has.
func Count(d Dialect, spec kpi.RowsSpec, attrs Attributes) (Query, error) {
	p := newPrinter(d, &spec.Select, attrs)
	unique, where, from := p.rowsOf(spec)
	count := "*"
	if unique != "" {
		count = "DISTINCT " + unique
	}
	return Query{Text: "SELECT count(" + count + ")\n" + from + where, Args: p.args}, p.err
}

// rowsOf prints which rows a listing has; its count uses the same text.
// unique is the value of which every row has another, "" where any row is listed.
func (p *printer) rowsOf(spec kpi.RowsSpec) (unique, where, from string) {
	var more []string
	if spec.Key != nil && len(spec.Key) != len(spec.Dims) {
		p.fail("a key of %d for %d dimensions", len(spec.Key), len(spec.Dims))
		return "", "", ""
	}
	for i, want := range spec.Key {
		more = append(more, p.equals(spec.Dims[i], want))
	}
	if spec.Unique != nil {
		unique = p.term(spec.Unique).value()
		more = append(more, unique+" IS NOT NULL")
	}
	where = p.where(more)
	return unique, where, p.from()
}

// order prints the columns that a listing is ordered by.
func order(spec kpi.RowsSpec) string {
	var by []string
	for _, c := range spec.Order() {
		by = append(by, "f."+c.Name)
	}
	return strings.Join(by, ", ")
}

// after prints that a row stands at a place of the order or behind it.
func (p *printer) after(order []facts.Column, at []kpi.Cell) string {
	if len(order) != len(at) {
		p.fail("a place of %d for an order of %d", len(at), len(order))
	}
	if p.err != nil || len(order) == 0 {
		return "TRUE"
	}
	x, rest := "f."+order[0].Name, p.after(order[1:], at[1:])
	if !at[0].Valid {
		return "(" + x + " IS NULL AND " + rest + ")"
	}
	v := p.literal(order[0].Kind, at[0])
	return fmt.Sprintf("(%[1]s > %[2]s OR %[1]s IS NULL OR %[1]s = %[2]s AND %[3]s)", x, v, rest)
}

// literal prints a value of one of the kinds that a listing is ordered by.
func (p *printer) literal(k facts.Kind, c kpi.Cell) string {
	switch k {
	case facts.Text:
		return p.param(c.Text)
	case facts.Instant:
		return p.d.Instant(time.UnixMicro(c.Int).UTC())
	case facts.Hash:
		return strconv.FormatUint(uint64(c.Int), 10)
	}
	return p.fail("not ordered by kind %d", k).sql
}

func (p *printer) columns(names []string) (columns []facts.Column, items []string) {
	if names == nil {
		for _, c := range p.s.Fact.Columns {
			names = append(names, c.Name)
		}
		for _, a := range slices.SortedFunc(maps.Keys(p.attrs), func(a, b Attribute) int { return strings.Compare(a.Name, b.Name) }) {
			if a.Fact == p.s.Fact.Name {
				names = append(names, attrPrefix+a.Name)
			}
		}
	}
	for _, name := range names {
		if attr, ok := strings.CutPrefix(name, attrPrefix); ok {
			columns = append(columns, facts.Column{Name: name, Kind: facts.Text})
			items = append(items, p.attr(kpi.Attr{Name: attr}).sql)
			continue
		}
		i := p.s.Fact.Col(name)
		if i < 0 {
			p.fail("no column %q", name)
			return nil, nil
		}
		columns = append(columns, p.s.Fact.Columns[i])
		items = append(items, p.cell(p.s.Fact.Columns[i]))
	}
	return columns, items
}

// cell prints a column in the unit of its kind.
func (p *printer) cell(c facts.Column) string {
	x := "f." + c.Name
	switch c.Kind {
	case facts.Seconds:
		return p.d.Whole(x, seconds.places())
	case facts.Amount:
		return p.d.Whole(x, amount.places())
	case facts.Instant:
		return p.d.Micros(x)
	case facts.Day:
		return p.d.DateNumber(x)
	}
	return x
}

// Row reads one row of a listing.
func (l *Listing) Row(cols []any) (kpi.Row, error) {
	row := kpi.Row{Cells: make([]kpi.Cell, len(l.Columns))}
	row.Input, _ = cols[0].(int64)
	row.Line, _ = cols[1].(int64)
	for i, v := range cols[2:] {
		c := kpi.Cell{Valid: v != nil}
		switch v := v.(type) {
		case nil:
		case string:
			c.Text = v
		case bool:
			if v {
				c.Int = 1
			}
		case uint64:
			c.Int = int64(v)
		default:
			n, err := integer(v)
			if err != nil {
				return row, err
			}
			c.Int = n
		}
		row.Cells[i] = c
	}
	return row, nil
}

// Explain gives the statement for reading, with its arguments in place.
func (q *Query) Explain(d Dialect) string {
	text := q.Text
	for i := len(q.Args); i > 0; i-- {
		s := "'" + strings.ReplaceAll(fmt.Sprint(q.Args[i-1]), "'", "''") + "'"
		text = strings.ReplaceAll(text, d.Param(i), s)
	}
	return text
}
