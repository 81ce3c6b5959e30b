package callpace_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/callpace/callpace"

// The layers, from the bottom. A package imports packages of lower layers, and
// pure ones each other; everything else needs a line here, and a reason.
const (
	root         = iota // the nouns: standard library only
	pure                // no files, network, database, log or clock
	base                // what adapters of one family stand on
	adapters            // each hides one technology or format; they do not know each other
	useCases            // declare the small interfaces that they need
	presentation        // answers as a reader, or a program, gets them
	surfaces            // pages and the API
	program
)

// layers maps folders to layers; the longest folder that fits counts.
var layers = map[string]int{
	"":                      root,
	"internal/kpi":          pure,
	"internal/goal":         pure,
	"internal/stats":        pure,
	"internal/calendar":     pure,
	"internal/facts":        pure,
	"internal/overview":     pure,
	"internal/question":     pure,
	"internal/behind":       pure,
	"internal/aside":        pure,
	"internal/fold":         pure,
	"internal/source":       base, // the contract of formats
	"internal/source/table": base, // rows of any tabular input, for the formats that map columns
	"internal/source/":      adapters,
	"internal/journal":      adapters,
	"internal/journal/disk": base, // names and bytes that outlive a power failure
	"internal/store":        adapters,
	"internal/facts/duck":   adapters,
	"internal/facts/click":  adapters,
	"internal/i18n":         adapters,
	"internal/mail":         adapters,
	"internal/ingest":       useCases,
	"internal/backup":       useCases,
	"internal/jobs":         useCases,
	"internal/live":         useCases,
	"internal/auth":         useCases,
	"internal/demo":         useCases,
	"internal/goals":        useCases,
	"internal/present":      presentation,
	"internal/morning":      presentation, // decides what to tell; who words it is a surface
	"internal/web":          surfaces,
	"internal/api":          surfaces,
	"cmd":                   program,
	"internal/bench":        program,
	"internal/torture":      program,
	"e2e":                   program,
}

// engine is the only package that sees cgo.
const engine = "internal/facts/duck"

var (
	impure         = []string{"net/http", "database/sql", "os", "log", "log/slog", "net", "os/exec"}
	transport      = []string{"net/http", "html/template"}
	forbiddenNames = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "type", "types", "misc", "http"}
)

// pkg is what go list says of a package.
type pkg struct {
	ImportPath, Name, Dir, Doc       string
	Standard                         bool
	Module                           struct{ Path string }
	Imports, Deps, GoFiles, CgoFiles []string
}

func (p pkg) path() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
}

func packages(t *testing.T) (ours []pkg, all map[string]pkg) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Name,Dir,Doc,Standard,Module,Imports,Deps,GoFiles,CgoFiles", "./...")
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	all = map[string]pkg{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
		all[p.ImportPath] = p
		if p.ImportPath == module || strings.HasPrefix(p.ImportPath, module+"/") {
			ours = append(ours, p)
		}
	}
	require.NotEmpty(t, ours)
	return ours, all
}

// place gives the layer of a package and the folder that put it there: the
// unit whose parts may know each other.
func place(p string) (layer int, unit string, ok bool) {
	if layer, ok = layers[p]; ok {
		return layer, p, true
	}
	// Each folder of formats is a unit of its own.
	if rest, in := strings.CutPrefix(p, "internal/source/"); in {
		unit, _, _ = strings.Cut(rest, "/")
		if layer, ok = layers["internal/source/"+unit]; ok {
			return layer, "internal/source/" + unit, true
		}
		return layers["internal/source/"], "internal/source/" + unit, true
	}
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if layer, ok = layers[dir]; ok {
			return layer, dir, true
		}
	}
	return 0, "", false
}

func allowed(importer, imported string) bool {
	from, unit, _ := place(importer)
	to, other, ok := place(imported)
	switch {
	case !ok:
		return false
	case unit == other && importer != "":
		return true
	case from == pure && to == pure, from == base && to == base:
		return true
	}
	return to < from
}

func TestArrows(t *testing.T) {
	ours, _ := packages(t)
	for _, p := range ours {
		if _, _, ok := place(p.path()); !ok {
			t.Errorf("%s belongs to no layer: give it one in arch_test.go, or put it where it belongs", p.path())
			continue
		}
		for _, i := range p.Imports {
			if i != module && !strings.HasPrefix(i, module+"/") {
				continue
			}
			to := strings.TrimPrefix(strings.TrimPrefix(i, module), "/")
			if !allowed(p.path(), to) {
				t.Errorf("%s must not import %s", p.path(), to)
			}
		}
	}
}

// The rules themselves, so that a slip in them is seen.
func TestArrowRules(t *testing.T) {
	f := func(importer, imported string, want bool) {
		t.Helper()
		require.Equal(t, want, allowed(importer, imported))
	}
	f("internal/kpi", "", true)
	f("internal/kpi", "internal/facts", true)
	f("internal/kpi/naive", "internal/kpi", true)
	f("internal/kpi", "internal/facts/duck", false)
	f("internal/kpi", "internal/i18n", false)
	f("", "internal/stats", false)
	f("internal/facts/duck", "internal/facts/factsql", true)
	f("internal/facts/duck", "internal/journal", false)
	f("internal/source/mapping", "internal/source", true)
	f("internal/source/mapping", "internal/source/table", true)
	f("internal/source/mapping", "internal/source/asterisk", false)
	f("internal/source", "internal/source/mapping", false)
	f("internal/source/mapping/guess", "internal/source/mapping", true)
	f("internal/ingest", "internal/journal", true)
	f("internal/journal", "internal/ingest", false)
	f("internal/ingest", "internal/web", false)
	f("cmd/callpace", "internal/ingest", true)
	f("internal/ingest", "internal/unheard", false)
}

func TestRootIsStandardLibraryOnly(t *testing.T) {
	_, all := packages(t)
	for _, d := range all[module].Deps {
		require.True(t, all[d].Standard, "the root depends on %s", d)
	}
}

func TestPureIsPure(t *testing.T) {
	ours, all := packages(t)
	for _, p := range ours {
		if layer, _, _ := place(p.path()); layer != pure {
			continue
		}
		for _, i := range p.Imports {
			if slices.Contains(impure, i) {
				t.Errorf("%s is pure and must not import %s", p.path(), i)
			}
		}
		for _, d := range p.Deps {
			if dep := all[d]; !dep.Standard && len(dep.CgoFiles) > 0 {
				t.Errorf("%s is pure and must not need cgo, which %s does", p.path(), d)
			}
		}
		for _, file := range p.GoFiles {
			source, err := os.ReadFile(filepath.Join(p.Dir, file))
			require.NoError(t, err)
			if bytes.Contains(source, []byte("time.Now(")) {
				t.Errorf("%s/%s looks at the clock: take the time as an argument", p.path(), file)
			}
		}
	}
}

func TestCgoAndTransportStayInPlace(t *testing.T) {
	ours, _ := packages(t)
	for _, p := range ours {
		layer, _, _ := place(p.path())
		for _, i := range p.Imports {
			if p.path() != engine && (i == "C" || strings.HasPrefix(i, "github.com/duckdb/")) {
				t.Errorf("only %s sees DuckDB and cgo: %s imports %s", engine, p.path(), i)
			}
			if layer < surfaces && slices.Contains(transport, i) {
				t.Errorf("%s lies below the surfaces and must not import %s", p.path(), i)
			}
		}
	}
}

func TestPackagesHaveNamesAndReasons(t *testing.T) {
	ours, _ := packages(t)
	for _, p := range ours {
		if slices.Contains(forbiddenNames, p.Name) || slices.Contains(forbiddenNames, path.Base(p.ImportPath)) {
			t.Errorf("%s: a package is named for what it is about, not %q", p.path(), p.Name)
		}
		if p.Doc == "" && len(p.GoFiles)+len(p.CgoFiles) > 0 {
			t.Errorf("%s has no package comment", p.path())
		}
	}
}

// Each dependency has earned its line.
func TestDependenciesHaveReasons(t *testing.T) {
	page, err := os.ReadFile("docs/adr/0004-dependencies.md")
	require.NoError(t, err)
	ours, all := packages(t)
	for _, p := range ours {
		for _, i := range p.Imports {
			if d := all[i]; !d.Standard && d.Module.Path != module && d.Module.Path != "" && !bytes.Contains(page, []byte(d.Module.Path)) {
				t.Errorf("%s imports %s, which docs/adr/0004-dependencies.md does not explain", p.path(), d.Module.Path)
			}
		}
	}
}

// A file over 500 lines asks to be split by idea.
func TestFilesAreShort(t *testing.T) {
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || (name != "." && strings.HasPrefix(d.Name(), "."))) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if lines := bytes.Count(source, []byte("\n")); lines > 500 {
			t.Errorf("%s has %d lines: split it by idea", name, lines)
		}
		return nil
	})
	require.NoError(t, err)
}
