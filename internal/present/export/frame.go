package export

import (
	"strings"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
)

// Frame makes a sheet of a frame: the columns that present.Records has, under
// the reader's names, each value in its unit.
func Frame(r present.Reader, f *kpi.Frame, title string, intervals bool) Sheet {
	names, records := present.Records(f, intervals)
	s := Sheet{Title: title, Notes: r.Notes(f)}
	for i, name := range names {
		c := Column{Name: name, Title: frameTitle(r, f, i, name)}
		c.Dated = i < len(f.Dims) && f.Dims[i] == "day"
		s.Columns = append(s.Columns, c)
	}
	shrunk := present.Shrunk(f)
	s.Rows = func(yield func([]Cell, error) bool) {
		for i, row := range f.Rows {
			cells := frameRow(r, f, row, intervals, shrunk)
			for j := range cells {
				if cells[j].Kind != Empty && cells[j].Text == "" {
					cells[j].Text = records[i][j]
				}
			}
			if !yield(cells, nil) {
				return
			}
		}
	}
	return s
}

// frameTitle names a column as the reader's tables do.
func frameTitle(r present.Reader, f *kpi.Frame, i int, name string) string {
	if i < len(f.Dims) {
		return r.Dimension(name)
	}
	id, part, _ := strings.Cut(name, ".")
	title := id
	for _, c := range f.Columns {
		if c.Name == id {
			title = r.Title(c)
			if part == "difference" && c.Unit == kpi.UnitSeconds {
				part = "difference_seconds"
			}
		}
	}
	if part == "" {
		return title
	}
	return title + " · " + r.Text("export.part."+part)
}

func frameRow(r present.Reader, f *kpi.Frame, row kpi.FrameRow, intervals bool, shrunk []bool) []Cell {
	var out []Cell
	for i, key := range row.Key {
		out = append(out, keyCell(r, f.Dims[i], key))
	}
	for i, x := range row.Figures {
		unit := f.Columns[i].Unit
		cell := func(kind Kind, ok bool, v float64, currency string) {
			c := Cell{}
			if ok {
				c = Cell{Kind: kind, Number: v, Currency: currency}
			}
			out = append(out, c)
		}
		value := func(ok bool, v float64, currency string) { cell(kindOf(unit), ok, v, currency) }
		value(x.Valid, x.Number, x.Currency)
		if intervals {
			value(x.Interval, x.Low, x.Currency)
			value(x.Interval, x.High, x.Currency)
		}
		if shrunk[i] {
			value(x.IsShrunk, x.Shrunk, x.Currency)
		}
		if f.Compare == nil {
			continue
		}
		if x.Compared == nil {
			out = append(out, Cell{}, Cell{}, Cell{})
			continue
		}
		before := x.Compared.Before
		value(before.Valid, before.Number, before.Currency)
		kind := kindOf(unit)
		if kind == Seconds {
			kind = Number // spreadsheets show no negative time
		}
		cell(kind, x.Compared.Valid, x.Compared.Diff, before.Currency)
		if x.Compared.Judged {
			out = append(out, Cell{Kind: Truth, True: x.Compared.Beyond})
		} else {
			out = append(out, Cell{})
		}
	}
	return out
}

// keyCell is a dimension's value: a day where it is one, else a text.
func keyCell(r present.Reader, dimension, key string) Cell {
	if key == "" {
		return Cell{}
	}
	if dimension == "day" {
		cal := r.Calendar()
		if p, err := cal.Parse(key, 0); err == nil {
			return Cell{Kind: Day, Day: p.From, Text: key}
		}
	}
	return Cell{Kind: Text, Text: key}
}

// Value is the cell of a figure alone; one without data is an empty text.
func Value(u kpi.Unit, x kpi.Figure) Cell {
	if !x.Valid {
		return Cell{Kind: Text}
	}
	return Cell{Kind: kindOf(u), Number: x.Number, Currency: x.Currency}
}

func kindOf(u kpi.Unit) Kind {
	switch u {
	case kpi.UnitPercent:
		return Percent
	case kpi.UnitMoney:
		return Money
	case kpi.UnitSeconds:
		return Seconds
	}
	return Number
}
