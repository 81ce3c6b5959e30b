package kpi_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kpitest"
	"github.com/callpace/callpace/internal/kpi/naive"
)

//go:generate go test -run TestCatalogueReference -update .

var update = flag.Bool("update", false, "write docs/catalogue.md")

func doc(name string) string { return filepath.Join("..", "..", "docs", name) }

// fence is a fenced block of a page.
type fence struct {
	kind, text string
	line       int
}

func fences(t *testing.T, name string) (out []fence) {
	data, err := os.ReadFile(doc(name))
	require.NoError(t, err)
	open := false
	for i, line := range strings.Split(string(data), "\n") {
		switch kind, isFence := strings.CutPrefix(line, "```"); {
		case isFence && open:
			open = false
		case isFence:
			out, open = append(out, fence{kind: kind, line: i + 1}), true
		case open:
			out[len(out)-1].text += line + "\n"
		}
	}
	require.False(t, open, "a fence is not closed")
	return out
}

// Every definition of docs/kpis.md is followed by rows with an answer (text),
// or by what is said when it is loaded (error).
func TestExamplesOfTheGuide(t *testing.T) {
	texts, err := i18n.Open("en")
	require.NoError(t, err)
	say := texts.Localizer("en", calendar.Calendar{})
	blocks, tried := fences(t, "kpis.md"), 0
	for i, b := range blocks {
		if b.kind != "yaml" {
			continue
		}
		tried++
		t.Run(fmt.Sprintf("line %d", b.line), func(t *testing.T) {
			require.Less(t, i+1, len(blocks), "nothing follows")
			c, err := kpi.Load(kpi.File{Name: "own.yaml", Data: []byte(b.text)})
			switch next := blocks[i+1]; next.kind {
			case "error":
				require.Error(t, err)
				require.Equal(t, squeeze(next.text), squeeze(say.Error(err)))
			case "text":
				require.NoError(t, err)
				kpitest.Try(t, next.text, c, func(b *facts.Batch) kpi.Engine {
					return naive.New(b, kpitest.Calendar, kpitest.Currency)
				})
			default:
				t.Fatalf("followed by %q, neither text nor error", next.kind)
			}
		})
	}
	require.Greater(t, tried, 5)
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// The files of examples/kpis load, beside each other too.
func TestExampleDefinitions(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "examples", "kpis", "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var files []kpi.File
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		files = append(files, kpi.File{Name: path, Data: data})
	}
	c, err := kpi.Load(files...)
	require.NoError(t, err)
	plain, err := kpi.Load()
	require.NoError(t, err)
	for _, d := range c.Defs()[len(plain.Defs()):] {
		require.NotEmpty(t, d.Titles["en"], d.ID)
		require.NotEmpty(t, d.Texts["en"], d.ID)
		_, err := c.Run(t.Context(), engine(t), query("2026-11", d.Names()...))
		require.NoError(t, err, d.ID)
	}
}

// docs/catalogue.md is what the catalogue says; go generate ./internal/kpi writes it.
func TestCatalogueReference(t *testing.T) {
	c, err := kpi.Load()
	require.NoError(t, err)
	page := reference(t, c)
	if *update {
		require.NoError(t, os.WriteFile(doc("catalogue.md"), []byte(page), 0o644))
	}
	have, err := os.ReadFile(doc("catalogue.md"))
	require.NoError(t, err)
	require.Equal(t, page, string(have), "stale: run go generate ./internal/kpi")
}

func reference(t *testing.T, c *kpi.Catalogue) string {
	var b strings.Builder
	defs := c.Defs()
	fmt.Fprintf(&b, "# The catalogue of KPIs\nEvery KPI that callpace ships: %d KPIs over %d measures. This page is made of the definitions themselves by\n", len(defs), len(c.Measures()))
	b.WriteString("`go generate ./internal/kpi`; do not edit it. `callpace kpi explain ID` shows the same beside the query and the sources. How to\n")
	b.WriteString("read formulas and conditions, and how to add your own: [kpis.md](kpis.md).\n\n")
	b.WriteString("A percent is a fraction in csv and json (0.25 is 25 %). *Proportions* carry a Wilson interval, *ratios* and *means* one over days.\n")
	b.WriteString("A mean also has the variants `:median` and `:p90`.\n\n## KPIs\n")
	for _, d := range defs {
		fmt.Fprintf(&b, "\n### %s\n**%s** (%s, %s; version %d). %s\n\n", d.ID, d.Name("en"), d.Unit, goodness(d.Better), d.Version, d.Description("en"))
		for _, name := range d.Names() {
			writeVariant(t, &b, c, d, name)
		}
	}
	b.WriteString("\n## Measures\nOne aggregate over one fact. `date` is the moment by which a row falls into a period. *shared*: a joint sale counts by its shares.\n\n")
	b.WriteString("| measure | fact | aggregate | date | condition |\n|---|---|---|---|---|\n")
	for _, m := range c.Measures() {
		agg := string(m.Agg)
		if m.Value != "" {
			agg += "(" + m.Value + ")"
		}
		if m.Shared {
			agg += ", *shared*"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", m.ID, m.Fact, escape(agg), m.Date, code(m.Where))
	}
	b.WriteString("\n## Dimensions\nThose of time fit every fact with a date; the others the facts named. An attribute is a dimension under its own name.\n\n| dimension | facts |\n|---|---|\n")
	for _, name := range c.Dimensions() {
		has := "all with a date"
		if list := c.DimensionFacts(name); list != nil {
			has = strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "roster" || s == "rates" }), ", ")
		}
		fmt.Fprintf(&b, "| %s | %s |\n", name, has)
	}
	return b.String()
}

func writeVariant(t *testing.T, b *strings.Builder, c *kpi.Catalogue, d *kpi.Def, name string) {
	e, err := c.Explain(name)
	require.NoError(t, err)
	if e.Kind == kpi.KindQuantile {
		return
	}
	fmt.Fprintf(b, "- `%s`", name)
	_, variant, named := strings.Cut(name, ":")
	if word := d.VariantName("en", variant); (named || d.Default != "") && word != string(e.Kind) {
		fmt.Fprintf(b, " %s:", word)
	}
	fmt.Fprintf(b, " %s, `%s`", e.Kind, e.Formula)
	keys := make([]string, 0, len(e.Settings))
	for k := range e.Settings {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(b, "; setting %s = %v", k, e.Settings[k])
	}
	b.WriteString("\n")
}

func goodness(better string) string {
	if better == "target" {
		return "neither higher nor lower is better"
	}
	return better + " is better"
}

func escape(s string) string { return strings.ReplaceAll(squeeze(s), "|", `\|`) }

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + escape(s) + "`"
}
