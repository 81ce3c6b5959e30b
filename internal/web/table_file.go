package web

import (
	"net/http"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present/export"
)

// tableFile is a table of a page as a file holds it: all of its rows, however
// few of them the page shows.
type tableFile struct {
	rows  int
	sheet func() export.Sheet
}

// offer has a table of a page in files, too: with table=ID and a format the
// address of the page answers with the file in place of the page. It gives the
// files to choose from; none to those who may not export, and none of what a
// form that was sent comes back with: that has no address.
func (r *request) offer(v view, id string, rows int, sheet func() export.Sheet) (out []choice) {
	if rows == 0 || r.Method != http.MethodGet || !r.who.May(auth.Export) {
		return nil
	}
	if r.files == nil {
		r.files = map[string]tableFile{}
	}
	r.files[id] = tableFile{rows, sheet}
	for _, format := range exportFormats {
		out = append(out, choice{Label: r.reader.Text("export." + format), URL: v.with("table", id, "format", format)})
	}
	return out
}

// offerFrame offers the table that a frame is.
func (r *request) offerFrame(v view, id, title string, f *kpi.Frame, intervals bool) []choice {
	return r.offer(v, id, len(f.Rows), func() export.Sheet { return export.Frame(r.reader, f, title, intervals) })
}

// offerList offers a table of anything: a row of cells for each item.
func offerList[T any](r *request, v view, id, title string, all []T, columns []export.Column, row func(T) []export.Cell) []choice {
	return r.offer(v, id, len(all), func() export.Sheet { return sheetOf(title, all, columns, row) })
}

func sheetOf[T any](title string, all []T, columns []export.Column, row func(T) []export.Cell) export.Sheet {
	return export.Sheet{Title: title, Columns: columns, Rows: func(yield func([]export.Cell, error) bool) {
		for _, x := range all {
			if !yield(row(x), nil) {
				return
			}
		}
	}}
}

// fillGrid lays out the rows of a table of anything: those of the page that is
// asked for, all of them in files. name gives what an item is found by.
func fillGrid[T any](r *request, v view, g *grid, all []T, name func(T) string, row func(T) []cell) {
	shown, pager := cut(r, v, g.ID, all, name)
	for _, x := range shown {
		g.Rows = append(g.Rows, row(x))
	}
	g.Pager, g.Tall = pager, g.Tall || len(shown) > 20
	offerGrid(r, v, g, all, row)
}

// offerGrid offers a table in files: a row of cells for each item, drawings
// left out. Its rows are laid out before.
func offerGrid[T any](r *request, v view, g *grid, all []T, row func(T) []cell) {
	g.ToFile = r.reader.Text("export.save")
	if len(g.Rows) == 0 {
		return
	}
	var columns []export.Column
	var at []int
	for i, h := range g.Head {
		if c := g.Rows[0][i]; c.Class != "bar" && c.Drawn == "" {
			columns, at = append(columns, export.Column{Name: h.Title, Title: h.Title}), append(at, i)
		}
	}
	g.Files = offerList(r, v, g.ID, g.Caption, all, columns, func(x T) (out []export.Cell) {
		cells := row(x)
		for _, i := range at {
			c := cells[i].value
			if c.Kind == export.Empty {
				c = export.Cell{Kind: export.Text, Text: cells[i].Text}
			}
			out = append(out, c)
		}
		return out
	})
}

// offerRows offers a table that is on its page with all of its rows.
func (r *request) offerRows(g *grid) {
	offerGrid(r, r.view(), g, g.Rows, func(row []cell) []cell { return row })
}

// namedGrid is what a table that a template of its own lays out has of a grid: its
// name, and the way to its files.
func (r *request) namedGrid(id, caption string) grid {
	return grid{ID: id, Caption: r.reader.Text(caption), ToFile: r.reader.Text("export.save")}
}

// fileColumns are columns by the keys of their titles, which name them for
// programs, too.
func (r *request) fileColumns(keys ...string) (out []export.Column) {
	for _, key := range keys {
		name := key[strings.LastIndexByte(key, '.')+1:]
		out = append(out, export.Column{Name: name, Title: r.reader.Text(key)})
	}
	return out
}

// texts are cells of text.
func texts(list ...string) (out []export.Cell) {
	for _, text := range list {
		out = append(out, export.Cell{Kind: export.Text, Text: text})
	}
	return out
}

// numberCell is a whole number in a file.
func numberCell[N int | int64](n N) export.Cell {
	return export.Cell{Kind: export.Number, Number: float64(n)}
}

// tableAsked is the table that a request wants as a file; "" for one that wants the page.
func (r *request) tableAsked() string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return ""
	}
	return r.URL.Query().Get("table")
}

// sendTable answers with a table of the page as a file.
func (r *request) sendTable(id string) error {
	if err := r.who.Require(auth.Export); err != nil {
		return err
	}
	t, ok := r.files[id]
	if !ok {
		return callpace.E(callpace.NotFound, "export.no_table", "name", id)
	}
	format, manner, err := r.manner(r.view())
	if err != nil {
		return err
	}
	return r.send(format, manner, t.sheet(), id, t.rows)
}
