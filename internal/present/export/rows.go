package export

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
)

// Listing is rows of a fact on their way into a sheet.
type Listing struct {
	Fact     *facts.Table
	Columns  []facts.Column // of every page
	Clock    *facts.Clock
	Currency string // the organisation's
	// Pages hands over the rows page by page.
	Pages func(page func(kpi.RowSet) error) error
}

// Columns are what a listing of all columns has: the fact's own and the
// attributes that sources gave it.
func Columns(ctx context.Context, e kpi.Engine, fact *facts.Table) ([]facts.Column, error) {
	attrs, err := e.Attributes(ctx, fact.Name)
	if err != nil {
		return nil, err
	}
	columns := slices.Clone(fact.Columns)
	for _, a := range attrs {
		columns = append(columns, facts.Column{Name: "attr." + a, Kind: facts.Text})
	}
	return columns, nil
}

var errEnough = errors.New("export: no more rows wanted")

// Rows makes a sheet of a listing. Programs get every column, as
// present.List writes them; people those that mean something to them.
func Rows(r present.Reader, l Listing, title string, people bool) Sheet {
	s := Sheet{Title: title}
	var shown []int
	for i, c := range l.Columns {
		if people && present.Bookkeeping(c.Name) {
			continue
		}
		shown = append(shown, i)
	}
	s.Columns = []Column{{Name: "input", Title: r.Text("field.input")}, {Name: "line", Title: r.Text("field.line")}}
	for _, i := range shown {
		c := l.Columns[i]
		s.Columns = append(s.Columns, Column{Name: c.Name, Title: r.Field(l.Fact.Name, c.Name), Dated: c.Kind == facts.Instant || c.Kind == facts.Day})
	}
	s.Rows = func(yield func([]Cell, error) bool) {
		err := l.Pages(func(set kpi.RowSet) error {
			for _, row := range set.Rows {
				if !yield(l.row(set, row, shown), nil) {
					return errEnough
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
	return s
}

func (l Listing) row(set kpi.RowSet, row kpi.Row, shown []int) []Cell {
	out := []Cell{whole(row.Input), whole(row.Line)}
	for _, i := range shown {
		at := i
		if i >= len(set.Columns) || set.Columns[i].Name != l.Columns[i].Name { // an attribute came with an import meanwhile
			at = slices.IndexFunc(set.Columns, func(c facts.Column) bool { return c.Name == l.Columns[i].Name })
		}
		if at < 0 {
			out = append(out, Cell{})
			continue
		}
		out = append(out, l.cell(set, row, at))
	}
	return out
}

func whole(n int64) Cell {
	if n == 0 {
		return Cell{}
	}
	return Cell{Kind: Number, Number: float64(n)}
}

func (l Listing) cell(set kpi.RowSet, row kpi.Row, i int) Cell {
	c, x := set.Columns[i], row.Cells[i]
	if !x.Valid {
		return Cell{}
	}
	switch c.Kind {
	case facts.Text:
		if x.Text == "" {
			return Cell{}
		}
		return Cell{Kind: Text, Text: x.Text}
	case facts.Bool:
		return Cell{Kind: Truth, True: x.Int != 0}
	case facts.Seconds:
		return Cell{Kind: Seconds, Number: float64(x.Int) / 1000, Text: callpace.Amount(x.Int * 1000).String()}
	case facts.Amount:
		exact := callpace.Amount(x.Int)
		out := Cell{Kind: Number, Number: float64(x.Int) / 1e6, Text: exact.String()}
		if name, own := present.CurrencyOf(l.Fact, c.Name); own {
			out.Kind, out.Currency = Money, l.Currency
		} else if at := l.Fact.Col(name); name != "" && at >= 0 {
			out.Kind, out.Currency = Money, row.Cells[at].Text
		}
		return out
	case facts.Instant:
		day := l.Clock.Moment(time.UnixMicro(x.Int)).Day
		if present.DayOnly(set, row, i) {
			return Cell{Kind: Day, Day: row.Cells[i+1].Int}
		}
		return Cell{Kind: Moment, Day: day, At: time.UnixMicro(x.Int).In(l.Clock.Zone())}
	case facts.Day:
		return Cell{Kind: Day, Day: x.Int}
	case facts.Hash:
		return Cell{Kind: Text, Text: present.Cell(facts.Hash, x, l.Clock)}
	}
	return Cell{Kind: Number, Number: float64(x.Int)}
}
