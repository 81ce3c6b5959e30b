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

// laidOut is a page between the parts of the frame; its own parts have its name.
const laidOut = `{{template "begin" .}}{{template "%[1]s/head" .}}{{template "top" .}}{{template "%[1]s/main" .}}{{template "bottom" .}}`

// parsePages parses all pages with the frame around them. Pages are the templates
// that stand directly in the folder. The frame is there once, whatever the pages:
// a copy for each took a quarter of an idle server's heap.
func parsePages() (*template.Template, error) {
	pages, err := template.New("").Funcs(functions()).ParseFS(templateFiles, "templates/frame/*.gohtml")
	if err != nil {
		return nil, fmt.Errorf("parse the frame of pages: %w", err)
	}
	names, err := fs.Glob(templateFiles, "templates/*.gohtml")
	if err != nil {
		return nil, err
	}
	for _, file := range names {
		if err := addPage(pages, file); err != nil {
			return nil, fmt.Errorf("parse %s: %w", file, err)
		}
	}
	return pages, nil
}

// addPage adds a page: its head and main by its name, what else it defines as it is.
func addPage(pages *template.Template, file string) error {
	name := strings.TrimSuffix(path.Base(file), ".gohtml")
	page, err := template.New(file).Funcs(functions()).Parse(`{{define "head"}}{{end}}`)
	if err == nil {
		_, err = page.ParseFS(templateFiles, file)
	}
	if err != nil {
		return err
	}
	for _, part := range append(page.Templates(), template.Must(template.New(name).Parse(fmt.Sprintf(laidOut, name)))) {
		as := part.Name()
		switch {
		case as == "head" || as == "main":
			as = name + "/" + as
		case part.Tree == nil || strings.HasSuffix(as, ".gohtml"): // what stands outside of definitions
			continue
		}
		if pages.Lookup(as) != nil {
			return fmt.Errorf("%q is defined twice", as)
		}
		if _, err := pages.AddParseTree(as, part.Tree); err != nil {
			return err
		}
	}
	return nil
}

// page answers with a page: the template of that name, laid out in the frame,
// or one of its tables as a file where the address asks for that.
func (r *request) page(name string, data any) error { return r.pageStatus(http.StatusOK, name, data) }

func (r *request) pageStatus(status int, name string, data any) error {
	if id := r.tableAsked(); id != "" && status == http.StatusOK {
		return r.sendTable(id)
	}
	var out bytes.Buffer // an error in the middle must not leave half a page
	if err := r.s.pages.ExecuteTemplate(&out, name, data); err != nil {
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
