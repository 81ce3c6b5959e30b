package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/stretchr/testify/require"
)

// categories are the plural categories of CLDR for cardinal numbers.
var categories = map[string][]string{
	"en": {"one", "other"},
	"hr": {"one", "few", "other"},
	"uk": {"one", "few", "many", "other"},
	"fa": {"one", "other"},
	"ro": {"one", "few", "other"},
	"zh": {"other"},
}

func catalogues(t *testing.T) map[string]map[string]*goi18n.Message {
	out := map[string]map[string]*goi18n.Message{}
	for _, lang := range Languages() {
		messages, err := load(lang) // refuses keys given twice
		require.NoError(t, err, lang)
		out[lang] = map[string]*goi18n.Message{}
		for _, m := range messages {
			out[lang][m.ID] = m
		}
	}
	return out
}

func forms(m *goi18n.Message) map[string]string {
	out := map[string]string{}
	for name, text := range map[string]string{"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many, "other": m.Other} {
		if text != "" {
			out[name] = text
		}
	}
	return out
}

func placeholders(text string) []string {
	names := placeholder.FindAllString(text, -1)
	slices.Sort(names)
	return slices.Compact(names)
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func TestEveryLanguageSaysEverything(t *testing.T) {
	all := catalogues(t)
	for _, lang := range Languages() {
		for _, key := range sorted(all["en"]) {
			if all[lang][key] == nil {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
		for _, key := range sorted(all[lang]) {
			if all["en"][key] == nil {
				t.Errorf("%s: %s is not in English", lang, key)
			}
		}
	}
}

func TestFormsAndPlaceholders(t *testing.T) {
	all := catalogues(t)
	for _, lang := range Languages() {
		for _, key := range sorted(all[lang]) {
			m, en := all[lang][key], all["en"][key]
			if en == nil {
				continue // said above
			}
			has := forms(m)
			// Where English tells numbers apart, so does everybody.
			if want := categories[lang]; len(forms(en)) > 1 || len(has) > 1 {
				for _, form := range want {
					if has[form] == "" {
						t.Errorf("%s: %s has no form %q", lang, key, form)
					}
				}
				for _, form := range sorted(has) {
					if !slices.Contains(want, form) {
						t.Errorf("%s: %s has a form %q that the language lacks", lang, key, form)
					}
				}
			}
			want := placeholders(en.Other)
			for _, form := range sorted(has) {
				got := placeholders(has[form])
				if form == "one" && (lang == "en" || lang == "ro") { // where it is 1 alone, not 21 or 0, the number may go
					got, want := slices.DeleteFunc(got, isCount), slices.DeleteFunc(slices.Clone(want), isCount)
					if !slices.Equal(got, want) {
						t.Errorf("%s: %s (%s) has placeholders %v, English has %v", lang, key, form, got, want)
					}
				} else if !slices.Equal(got, want) {
					t.Errorf("%s: %s (%s) has placeholders %v, English has %v", lang, key, form, got, want)
				}
			}
		}
	}
}

func isCount(name string) bool { return name == "{count}" }

func TestLetters(t *testing.T) {
	wrong := map[string]string{
		"fa": "يكى",    // Arabic letters that look like Persian ones
		"ro": "şţŞŢ",   // cedillas instead of commas below
		"zh": "現數據電話時", // Traditional script
	}
	for lang, texts := range catalogues(t) {
		for _, key := range sorted(texts) {
			for form, text := range forms(texts[key]) {
				if i := strings.IndexAny(text, wrong[lang]); i >= 0 {
					t.Errorf("%s: %s (%s) has a wrong letter at %q", lang, key, form, text[i:])
				}
				require.NotEmpty(t, strings.TrimSpace(text), "%s: %s", lang, key)
			}
		}
	}
}

// Romanian counts 20 and more with "de".
func TestRomanianDe(t *testing.T) {
	for key, m := range catalogues(t)["ro"] {
		if m.Few != "" && strings.Contains(m.Other, "{count} ") && !strings.Contains(m.Other, "{count} de ") {
			t.Errorf("ro: %s (other) lacks \"de\": %s", key, m.Other)
		}
	}
}

// Every key that the program's source names has a text.
func TestKeysInSourceHaveTexts(t *testing.T) {
	known := catalogues(t)["en"]
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || (len(d.Name()) > 2 && strings.HasPrefix(d.Name(), "."))) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		for _, key := range keysIn(t, path) {
			if known[key] == nil {
				t.Errorf("%s uses %s, which has no text", strings.TrimPrefix(path, root+string(filepath.Separator)), key)
			}
		}
		return nil
	})
	require.NoError(t, err)
}

// keysIn finds the literal keys of calls to callpace.E, callpace.M and T.
func keysIn(t *testing.T, path string) (keys []string) {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		at := map[string]int{"E": 1, "M": 0, "T": 0}
		i, ok := at[sel.Sel.Name]
		if !ok || i >= len(call.Args) {
			return true
		}
		if pkg, isName := sel.X.(*ast.Ident); sel.Sel.Name != "T" && (!isName || pkg.Name != "callpace") {
			return true
		}
		if lit, ok := call.Args[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			key, _ := strconv.Unquote(lit.Value)
			keys = append(keys, key)
		}
		return true
	})
	return keys
}
