// Package assets holds what the browser needs beside pages: scripts, the style
// sheet, fonts and icons, built from npm packages by `npm run build` in this
// folder and embedded. Names carry a hash of the content, so that a browser may
// keep them for ever. It knows no page and no language.
package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// Prefix is where Handler is mounted: every URL begins with it.
const Prefix = "/assets/"

type manifest struct {
	Files map[string]string `json:"files"` // app.js → app-3F2A0B1C.js
	Icons []string          `json:"icons"`
}

var built = sync.OnceValue(func() manifest {
	var m manifest
	data, err := fs.ReadFile(dist, "dist/manifest.json")
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		return manifest{}
	}
	return m
})

// Built tells whether `npm run build` ran before the program was compiled. A
// program that was not built so can compute but has no pages: say "make build".
func Built() bool { return len(built().Files) > 0 }

// URL gives the address of a file by its plain name: app.js, app.css,
// fonts/inter-latin-wght-normal.woff2, icons.svg. A name that does not exist is
// an error, so that a template that misspells one fails in its test; in a
// program without built assets every name is taken.
func URL(name string) (string, error) {
	file, ok := built().Files[name]
	switch {
	case ok:
		return Prefix + file, nil
	case !Built():
		return Prefix + name, nil
	}
	return "", fmt.Errorf("asset %q: %w", name, fs.ErrNotExist)
}

// Icon draws an icon of lucide, of those listed in src/icons.txt. classes may
// add "lg" (24 px) and "flip" (an arrow that turns with the direction of
// reading). It is decoration: the word stands beside it, or in a .sr-only.
func Icon(name string, classes ...string) (template.HTML, error) {
	if Built() && !slices.Contains(built().Icons, name) {
		return "", fmt.Errorf("icon %q is not in src/icons.txt: %w", name, fs.ErrNotExist)
	}
	sprite, err := URL("icons.svg")
	if err != nil {
		return "", err
	}
	class := strings.Join(append([]string{"icon"}, classes...), " ")
	return template.HTML(fmt.Sprintf(`<svg class="%s" aria-hidden="true"><use href="%s#%s"/></svg>`,
		html.EscapeString(class), sprite, html.EscapeString(name))), nil
}

// Funcs are asset and icon for templates. They depend on no language and no
// user, so that one set serves all pages.
func Funcs() template.FuncMap {
	return template.FuncMap{"asset": URL, "icon": Icon}
}
