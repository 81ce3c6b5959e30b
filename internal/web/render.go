package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/callpace/callpace/internal/web/assets"
)

//go:embed templates
var templateFiles embed.FS

// functions are what templates may call beside what a page holds. None of them
// knows a language: texts come from the page's own reader, so that no page
// speaks another's.
func functions() template.FuncMap {
	f := assets.Funcs()
	f["first"] = func(n int, items []navItem) []navItem { return items[:min(n, len(items))] }
	return f
}

// parsePages parses every page with the frame around it (layout and parts).
// Pages are the templates that stand directly in the folder.
func parsePages() (map[string]*template.Template, error) {
	frame, err := template.New("").Funcs(functions()).ParseFS(templateFiles, "templates/frame/*.gohtml")
	if err != nil {
		return nil, fmt.Errorf("parse the frame of pages: %w", err)
	}
	names, err := fs.Glob(templateFiles, "templates/*.gohtml")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, name := range names {
		page, err := frame.Clone()
		if err == nil {
			_, err = page.ParseFS(templateFiles, name)
		}
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		pages[strings.TrimSuffix(path.Base(name), ".gohtml")] = page
	}
	return pages, nil
}

// page answers with a page: the template of that name, laid out in the frame,
// or one of its tables as a file where the address asks for that.
func (r *request) page(name string, data any) error { return r.pageStatus(http.StatusOK, name, data) }

func (r *request) pageStatus(status int, name string, data any) error {
	if id := r.tableAsked(); id != "" && status == http.StatusOK {
		return r.sendTable(id)
	}
	t, ok := r.s.pages[name]
	if !ok {
		return fmt.Errorf("no template %s", name)
	}
	var out bytes.Buffer // an error in the middle must not leave half a page
	if err := t.ExecuteTemplate(&out, "layout", data); err != nil {
		return fmt.Errorf("lay out %s: %w", name, err)
	}
	r.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	r.w.WriteHeader(status)
	_, err := out.WriteTo(r.w)
	return err
}

// redirect sends the reader on after a form was taken.
func (r *request) redirect(to string) error {
	http.Redirect(r.w, r.Request, to, http.StatusSeeOther)
	return nil
}
