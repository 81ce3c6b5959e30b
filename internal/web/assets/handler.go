package assets

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// types are the kinds of files that are built; the system's table of types may
// lack some, and differs between machines.
var types = map[string]string{
	".js":    "text/javascript; charset=utf-8",
	".css":   "text/css; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// variants are the compressed forms that the build writes, best first.
var variants = []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// Handler serves the built files under Prefix: for ever, since a name changes
// with its content, and in the best compressed form that the browser takes. Only
// the manifest's files are served.
func Handler() http.Handler {
	known := map[string]bool{}
	for _, file := range built().Files {
		known[file] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, Prefix)
		if !known[name] {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Type", types[path.Ext(name)])
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Add("Vary", "Accept-Encoding")
		tag := name
		data, err := fs.ReadFile(dist, "dist/"+name)
		for _, v := range variants {
			if !accepts(r, v.encoding) {
				continue
			}
			if packed, e := fs.ReadFile(dist, "dist/"+name+v.suffix); e == nil {
				data, err, tag = packed, nil, name+v.suffix
				h.Set("Content-Encoding", v.encoding)
				break
			}
		}
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h.Set("ETag", `"`+tag+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	})
}

// accepts tells whether a browser takes an encoding: it is named, and not with q=0.
func accepts(r *http.Request, encoding string) bool {
	return slices.ContainsFunc(strings.Split(r.Header.Get("Accept-Encoding"), ","), func(part string) bool {
		name, weight, _ := strings.Cut(part, ";")
		q, weighed := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		return strings.TrimSpace(name) == encoding && !(weighed && strings.Trim(q, "0.") == "")
	})
}
