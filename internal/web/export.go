package web

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/behind"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present/export"
)

// separators are the names by which an address chooses one.
var separators = map[string]rune{"": 0, "comma": ',', "semicolon": ';', "tab": '\t'}

// manner reads from the address how a file is to be written.
func (r *request) manner(v view) (export.Format, export.Manner, error) {
	format, err := export.ParseFormat(v.get("format"))
	if err != nil {
		return "", export.Manner{}, err
	}
	separator, ok := separators[v.get("sep")]
	if !ok {
		return "", export.Manner{}, callpace.E(callpace.Invalid, "export.separator_unknown", "name", v.get("sep"))
	}
	return format, export.Manner{Language: r.reader.Lang(), RightToLeft: r.reader.RightToLeft(), Calendar: r.calendar(),
		NotesTitle: r.reader.Text("export.notes"), Money: r.reader.Money, Separator: separator, NoMark: v.get("bom") == "0"}, nil
}

// exportKPI writes a KPI's table.
func (r *request) exportKPI() error {
	v := r.view()
	name := r.PathValue("kpi")
	w := v.words(name)
	if by := v.get("by"); by != "" {
		w.By = []string{by}
	}
	w.Intervals = true
	q, _, err := r.asker().Query(w)
	if err != nil {
		return err
	}
	return r.exportFrame(v, q, name)
}

// exportExplore writes the table of an exploration.
func (r *request) exportExplore() error {
	v := r.view()
	x := r.exploration(v)
	w := v.words(x.kpis...)
	w.Shrink, w.Intervals = v.get("shrink") == "1", v.get("intervals") == "1"
	q, p, err := r.asker().Query(w)
	if err != nil {
		return err
	}
	q.By = x.dims(p)
	if sort := v.get("sort"); sort != "" {
		q.Sort, q.Desc = strings.TrimPrefix(sort, "-"), strings.HasPrefix(sort, "-")
	}
	return r.exportFrame(v, q, "explore")
}

// exportFrame writes the answer to a question.
func (r *request) exportFrame(v view, q kpi.Query, name string) error {
	format, manner, err := r.manner(v)
	if err != nil {
		return err
	}
	var f *kpi.Frame
	err = r.read(func(e kpi.Engine) (err error) {
		f, err = r.defs.Run(r.Context(), e, q)
		return err
	})
	if err != nil {
		return err
	}
	title := r.reader.Text("nav.explore")
	if len(f.Columns) == 1 {
		title = r.reader.Title(f.Columns[0])
	}
	return r.send(format, manner, export.Frame(r.reader, f, title, q.Intervals), name, len(f.Rows))
}

// exportListing writes rows of facts. They are read page by page while they
// are sent, so that nobody who writes waits for somebody who reads slowly.
func (r *request) exportListing(v view, name string, of func(context.Context, behind.Engine) (*kpi.RowsSpec, error)) error {
	format, manner, err := r.manner(v)
	if err != nil {
		return err
	}
	clock, err := r.settings.Clock()
	if err != nil {
		return err
	}
	var spec *kpi.RowsSpec
	var count int64
	l := export.Listing{Clock: clock, Currency: r.settings.Currency}
	err = r.readRows(func(e behind.Engine) (err error) {
		if spec, err = of(r.Context(), e); err != nil {
			return err
		}
		if count, err = e.Count(r.Context(), *spec); err != nil {
			return err
		}
		l.Fact = spec.Fact
		l.Columns, err = export.Columns(r.Context(), e, spec.Fact)
		return err
	})
	if err != nil {
		return err
	}
	l.Pages = func(page func(kpi.RowSet) error) error {
		return behind.Each(r.Context(), r.readRows, *spec, page)
	}
	sheet := export.Rows(r.reader, l, r.reader.Text("rows.table"), format != export.CSV)
	r.w.Header().Set("X-Total-Count", fmt.Sprint(count))
	return r.send(format, manner, sheet, name, int(count))
}

// send audits an export and sends it. What fails before the first byte is an
// error like any other; later, the file is left visibly unfinished.
func (r *request) send(format export.Format, manner export.Manner, sheet export.Sheet, name string, rows int) error {
	if err := format.Holds(rows); err != nil {
		return err
	}
	err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.Exported, name, map[string]any{"format": string(format), "rows": rows}))
	if err != nil {
		return err
	}
	for i, note := range sheet.Notes {
		sheet.Notes[i] = export.Neutral(note)
	}
	file := fileStem(name) + "-" + r.now.In(r.zone()).Format("20060102-1504") + format.Extension()
	out := &download{w: r.w, header: map[string]string{"Content-Type": format.Type(),
		"Content-Disposition": mime.FormatMediaType("attachment", map[string]string{"filename": file})}}
	err = export.Write(out, format, sheet, manner)
	if err != nil && out.begun {
		r.s.Log.Warn("export broken off", "name", name, "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

func (r *request) zone() *time.Location {
	clock, err := r.settings.Clock()
	if err != nil {
		return time.UTC
	}
	return clock.Zone()
}

// fileStem keeps of a name what every file system takes.
func fileStem(name string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' {
			return c
		}
		return '-'
	}, name)
}

// download sets its headers with the first byte.
type download struct {
	w      http.ResponseWriter
	header map[string]string
	begun  bool
}

// Write sends bytes.
func (d *download) Write(b []byte) (int, error) {
	if !d.begun {
		d.begun = true
		for name, value := range d.header {
			d.w.Header().Set(name, value)
		}
	}
	return d.w.Write(b)
}
