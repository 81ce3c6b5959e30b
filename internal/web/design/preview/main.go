// Preview serves the page of components by itself, under the policy that pages
// have, and prints what a browser reports against it.
package main

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"os"

	"github.com/callpace/callpace/internal/web/assets"
	"github.com/callpace/callpace/internal/web/design"
)

//go:embed shell.gohtml
var shell string

const policy = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-uri /report"

func main() {
	page := template.Must(template.New("shell").Funcs(assets.Funcs()).Parse(shell))
	mux := http.NewServeMux()
	mux.Handle(assets.Prefix, assets.Handler())
	mux.HandleFunc("POST /report", func(_ http.ResponseWriter, r *http.Request) {
		report, _ := io.ReadAll(r.Body)
		fmt.Println("REPORT", string(report))
	})
	if len(os.Args) > 2 { // a folder of further scripts, such as axe
		mux.Handle("/extra/", http.StripPrefix("/extra/", http.FileServer(http.Dir(os.Args[2]))))
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		lang, dir := "en", "ltr"
		if q.Get("lang") == "fa" {
			lang, dir = "fa", "rtl"
		}
		body, err := design.Body(lang)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := page.Execute(w, map[string]any{"Lang": lang, "Dir": dir, "Theme": q.Get("theme"), "Body": body, "S": design.Sample{Lang: lang}, "Extra": q["extra"]}); err != nil {
			fmt.Println(err)
		}
	})
	fmt.Println(http.ListenAndServe(os.Args[1], mux))
}
