package web

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/web/chart"
)

// grid is a table: everything in it is text of the reader's. The template of
// the same name lays it out.
type grid struct {
	ID      string // of the caption, unique on the page
	Caption string // names the table for those who do not see it
	Tall    bool   // scrolls by itself, with its head in sight
	Head    []gridHead
	Rows    [][]cell
	Foot    []cell // the whole, under the rows; empty: none
	Pager   *pager // nil: all rows are here
	Files   []choice
	ToFile  string // what opens the list of files
}

// gridHead is a column's head; URL orders the table by it.
type gridHead struct {
	Title   string
	Numeric bool
	Sorted  string // ascending or descending, where the table is ordered by it
	URL     string
}

// cell is one cell: a text that may lead somewhere, or a drawing.
type cell struct {
	Text   string
	Sub    string // a second line
	URL    string
	Drawn  template.HTML // in place of the text
	Class  string        // num, bar, fit, text
	Header bool          // names its row
	value  export.Cell   // for files, where it is more than its text
}

// Name tells a text that others wrote, whose direction is its own, from a
// number of ours, which is part of the page.
func (c cell) Name() bool { return !strings.HasPrefix(c.Class, "num") }

// number is a cell that is aligned at its end.
func number(text string) cell { return cell{Text: text, Class: "num"} }

// countCell is a cell with how many there are of something.
func (r *request) countCell(n int64) cell {
	c := number(r.reader.Int(n))
	c.value = numberCell(n)
	return c
}

// sortable makes the head of a column by which a view orders its rows: first
// the way that is given, then the other one. param is where the address says so.
func sortable(v view, param, title, by, now string, descending bool) gridHead {
	h := gridHead{Title: title}
	next := by
	if descending {
		next = "-" + by
	}
	if strings.TrimPrefix(now, "-") == by {
		h.Sorted, next = "ascending", "-"+by
		if strings.HasPrefix(now, "-") {
			h.Sorted, next = "descending", by
		}
	}
	h.URL = v.firstPages().with(param, next)
	return h
}

// ordered gives the rows of a frame in the order that a view asks for of a
// table: by a column, what has no data last, or by the last dimension.
func (r *request) ordered(v view, id string, f *kpi.Frame) (rows []kpi.FrameRow, now string) {
	now = v.get(id + ".sort")
	by, down := strings.TrimPrefix(now, "-"), strings.HasPrefix(now, "-")
	last := len(f.Dims) - 1
	i := slices.IndexFunc(f.Columns, func(c kpi.Column) bool { return c.Name == by })
	switch {
	case i >= 0:
		rows = slices.Clone(f.Rows)
		slices.SortStableFunc(rows, func(a, b kpi.FrameRow) int {
			x, y := a.Figures[i], b.Figures[i]
			switch {
			case !x.Valid || !y.Valid:
				return cmp.Compare(truth(y.Valid), truth(x.Valid))
			case down:
				return cmp.Compare(y.Number, x.Number)
			}
			return cmp.Compare(x.Number, y.Number)
		})
		return rows, now
	case by == f.Dims[last] && down:
		rows = slices.Clone(f.Rows)
		slices.Reverse(rows)
		return rows, now
	}
	if last > 0 {
		return f.Rows, ""
	}
	return f.Rows, f.Dims[last]
}

// most is the greatest value of a column, to which its bars are drawn.
func most(f *kpi.Frame, column int) float64 {
	top := 0.0
	for _, row := range f.Rows {
		if x := row.Figures[column]; x.Valid {
			top = math.Max(top, x.Number)
			if x.Interval && x.Den >= kpi.SmallGroup { // the interval of a few would leave no room for the rest
				top = math.Max(top, x.High)
			}
		}
	}
	return top
}

// bar draws a figure as a share of the greatest of its column, with its interval.
func bar(x kpi.Figure, top float64) cell {
	c := cell{Class: "bar"}
	switch {
	case !x.Valid:
	case x.Interval:
		c.Drawn = chart.InCellRange(x.Number, x.Low, x.High, top)
	default:
		c.Drawn = chart.InCell(x.Number, top)
	}
	return c
}

// figure is a cell with a value and the signs of its marks.
func (r *request) figure(u kpi.Unit, x kpi.Figure) cell {
	c := number(r.reader.Figure(u, x) + present.Signs(x))
	c.value = export.Value(u, x)
	return c
}

// changed is a cell with how a figure moved; what chance explains is said so.
func (r *request) changed(c kpi.Column, x *kpi.Compared) cell {
	ch := r.change(c, x)
	return cell{Text: ch.Text, Sub: ch.Note, Class: strings.TrimSpace("num change-cell " + ch.Class)}
}

// table makes a grid of a frame as present.Table lays it out, for the table
// beside a chart.
func (r *request) table(id, caption string, f *kpi.Frame, intervals bool) grid {
	v := r.view()
	g := grid{ID: id, Caption: caption, ToFile: r.reader.Text("export.save"), Files: r.offerFrame(v, id, caption, f, intervals)}
	shown := *f
	if len(f.Rows) > mostPlaces {
		shown.Rows, g.Pager = cut(r, v, id, f.Rows, func(row kpi.FrameRow) string { return strings.Join(row.Key, " ") })
	}
	t := r.reader.Table(&shown, intervals)
	g.Tall = len(shown.Rows) > 20
	for _, h := range t.Head {
		g.Head = append(g.Head, gridHead{Title: h.Title, Numeric: h.Numeric})
	}
	for j, row := range t.Rows {
		cells := make([]cell, len(row))
		for i, text := range row {
			switch {
			case i < len(f.Dims):
				cells[i] = cell{Text: r.place(f.Dims[i], shown.Rows[j].Key[i]), Header: i == 0}
			default:
				cells[i] = number(text)
			}
		}
		g.Rows = append(g.Rows, cells)
	}
	return g
}

// Turned tells that the reader has been in the pages of the table.
func (g grid) Turned() bool { return g.Pager != nil && g.Pager.Turned }
