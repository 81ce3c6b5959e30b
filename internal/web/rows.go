package web

import (
	"context"
	"net/url"
	"strconv"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/behind"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
)

// rowsPage are the rows behind a number.
type rowsPage struct {
	shell
	Lead     string
	Back     string
	Controls controls
	Listing  listing
}

// listing is a page of rows with the way to the next one.
type listing struct {
	Count   string // of all rows
	Range   string // which of them are here
	Grid    *grid
	Next    string
	First   string // "" on the first page
	Exports []choice
	Empty   *empty
}

// pageRows is how many rows a page shows.
const pageRows = 50

func (r *request) rows() error {
	v := r.view()
	name := r.PathValue("kpi")
	page := rowsPage{shell: r.shell("rows.table", "explore"), Back: v.to("/kpi/" + url.PathEscape(name))}
	q, p, err := r.rowAsker().Query(rowWords(v, name))
	if err != nil {
		return err
	}
	page.Title = r.reader.T("rows.title", map[string]any{"kpi": r.reader.Name(name) + r.variantOf(name)})
	if page.Controls, err = r.rowControls(v, p); err != nil {
		return err
	}
	var rows behind.Page
	err = r.readRows(func(e behind.Engine) (err error) {
		rows, err = behind.Number(r.Context(), r.defs, e, q, v.get("cursor"), pageRows)
		return err
	})
	if err != nil {
		return err
	}
	page.Lead = r.reader.T("rows.counted", map[string]any{"count": rows.Count})
	page.Listing, err = r.listing(v, rows, v.path+"/export")
	if err != nil {
		return err
	}
	if rows.Count == 0 {
		page.Listing.Empty = r.nothingYet()
	}
	return r.page("rows", page)
}

// rowWords are the question of a view without what rows have no use for.
func rowWords(v view, kpi string) (w question.Words) {
	w = v.words(kpi)
	w.Compare = ""
	return w
}

// rowControls are the controls of a page of rows, which compares nothing; p is
// nil for rows of all days.
func (r *request) rowControls(v view, p *calendar.Period) (controls, error) {
	c, err := r.controls(v, p)
	c.Compare = nil
	if p == nil {
		c.Period = r.reader.Text("period.all")
		for i := range c.Presets {
			c.Presets[i].Selected = false
		}
	}
	return c, err
}

// readRows runs fn on one state of the facts.
func (r *request) readRows(fn func(behind.Engine) error) error {
	return r.s.Folder.Read(func(f *ingest.Folder) error { return fn(f.Store().Engine()) })
}

// listing lays a page of rows out; export is the address that writes them all.
func (r *request) listing(v view, rows behind.Page, export string) (listing, error) {
	out := listing{}
	n := int64(len(rows.Set.Rows))
	if n == 0 && rows.Before == 0 {
		return out, nil
	}
	out.Range = r.reader.T("rows.range", map[string]any{"from": min(rows.Before+1, rows.Before+n), "to": rows.Before + n, "total": rows.Count})
	var err error
	if out.Grid, err = r.rowGrid(rows, r.reader.Text("rows.table")); err != nil {
		return out, err
	}
	if rows.Before > 0 {
		out.First = v.with("cursor", "")
	}
	if rows.Next != "" {
		out.Next = v.with("cursor", rows.Next)
	}
	out.Exports = r.exports(v, export)
	return out, nil
}

// exports are the files in which a view can be had.
func (r *request) exports(v view, path string) []choice {
	if !r.who.May(auth.Export) {
		return nil
	}
	var out []choice
	for _, format := range exportFormats {
		at := v.clone()
		at.path = path
		out = append(out, choice{Label: r.reader.Text("export." + format), URL: at.with("format", format, "cursor", "")})
	}
	return out
}

// inputURL is the page of the import that a row was read from.
func inputURL(input int64) string { return "/imports/" + strconv.FormatInt(input, 10) }

// exportRows writes the rows behind a number into a file.
func (r *request) exportRows() error {
	v := r.view()
	q, _, err := r.rowAsker().Query(rowWords(v, r.PathValue("kpi")))
	if err != nil {
		return err
	}
	return r.exportListing(v, q.KPIs[0], func(ctx context.Context, e behind.Engine) (*kpi.RowsSpec, error) {
		return r.defs.RowsBehind(ctx, e, q, nil)
	})
}
