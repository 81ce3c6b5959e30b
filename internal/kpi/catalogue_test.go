package kpi

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

func load(t *testing.T, files ...File) *Catalogue {
	c, err := Load(files...)
	require.NoError(t, err)
	return c
}

// The list of kpis.md: first column of its tables of results.
func TestEveryKPIOfTheSpecification(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "kpis.md"))
	if err != nil {
		t.Skip("needs ../shared/kpis.md")
	}
	_, text2, _ := strings.Cut(string(text), "## Sales results")
	c := load(t)
	ids := 0
	for _, line := range strings.Split(text2, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || strings.Contains(cells[1], "---") || strings.TrimSpace(cells[1]) == "id" {
			continue
		}
		first := regexp.MustCompile(`\(.*?\)`).ReplaceAllString(cells[1], "")
		var variants string
		for _, id := range strings.Split(first, ",") {
			d, err := c.Find(strings.TrimSpace(id))
			require.NoError(t, err)
			variants += " " + strings.Join(d.Names(), " ") + " "
			ids++
		}
		for _, v := range regexp.MustCompile("`(:\\w+)`").FindAllStringSubmatch(cells[2], -1) {
			require.Contains(t, variants, v[1]+" ", first)
		}
	}
	require.Greater(t, ids, 80)
}

func TestWhatIsBuiltIn(t *testing.T) {
	c := load(t)
	require.NoError(t, c.check(c.order, func(*MeasureDef) bool { return true }))
}

func TestMeansHaveQuantiles(t *testing.T) {
	c := load(t)
	for _, d := range c.Defs() {
		for _, q := range []string{":median", ":p90"} {
			_, err := c.resolve(d.ID+q, nil)
			require.Equal(t, d.Kind == KindMean, err == nil, d.ID+q)
		}
		if d.Kind == KindCount || d.Kind == KindSum {
			require.NotContains(t, d.Names(), d.ID+":median")
		}
	}
}

func TestNames(t *testing.T) {
	c := load(t)
	f := func(name, variant string) {
		k, err := c.resolve(name, nil)
		require.NoError(t, err)
		require.Equal(t, variant, k.variant.Name)
	}
	f("calls", "")
	f("conversion_rate", "of_leads")
	f("conversion_rate:cohort_14d", "cohort_14d")
	f("service_level", "20s")
	f("service_level:7.5s", "7.5s")
	f("service_level:vicidial", "vicidial")
	f("talk_time", "mean")
	f("average_wait:of_offered:median", "of_offered:median")
}

func TestUnknown(t *testing.T) {
	c := load(t)
	f := func(name, key, near string) {
		_, err := c.resolve(name, nil)
		var e *callpace.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, key, e.Key)
		require.Equal(t, callpace.NotFound, e.Code)
		if near != "" {
			require.Equal(t, near, e.Args["nearest"])
		}
	}
	f("convertion_rate", "kpi.unknown_near", "conversion_rate")
	f("abandon_rate", "kpi.unknown_near", "abandonment_rate")
	f("qqqqqqqqqqqqqqqqq", "kpi.unknown", "")
	f("service_level:asterisk", "kpi.unknown_variant", "asterisk1")
	f("service_level:-5s", "kpi.unknown_variant", "")
	f("talk_time:medain", "kpi.unknown_variant", "median")
	f("average_wait:of_offered:p95", "kpi.unknown_variant", "of_offered:median")
	f("average_wait:of_ofered:p90", "kpi.unknown_variant", "of_offered")
	f("service_level:20s:median", "kpi.no_variants", "")
}

const mine = `
measures:
  - id: long_student_calls
    fact: calls
    agg: count
    where: talk_seconds > 60 and attr.job == 'student'
kpis:
  - id: long_student_share
    version: 1
    unit: percent
    better: higher
    kind: proportion
    numerator: long_student_calls
    denominator: reached_calls
    name: {en: Long talks with students}
`

func TestOwnFile(t *testing.T) {
	c := load(t, File{Name: "mine.yaml", Data: []byte(mine)})
	d, err := c.Find("long_student_share")
	require.NoError(t, err)
	require.Equal(t, "Long talks with students", d.Name("hr"))
	e, err := c.Explain("long_student_share")
	require.NoError(t, err)
	require.Equal(t, "long_student_calls / reached_calls", e.Formula)
	require.Equal(t, []string{"calls"}, e.Facts)
}

func TestOwnFileIsChecked(t *testing.T) {
	f := func(from, to, key string, line int) {
		_, err := Load(File{Name: "mine.yaml", Data: []byte(strings.Replace(mine, from, to, 1))})
		var e *callpace.Error
		require.ErrorAs(t, err, &e, to)
		reason, nested := e.Args["reason"].(callpace.Message)
		got := e.Key
		if nested {
			got = reason.Key
		}
		require.Equal(t, key, got, to)
		require.Equal(t, line, e.Args["line"], to)
		require.Equal(t, "mine.yaml", e.Args["file"], to)
	}
	f("talk_seconds", "talk_secs", "kpi.expr.unknown_name_near", 6)
	f("> 60", "> 'x'", "kpi.expr.type", 6)
	f("and", "und", "kpi.expr.syntax", 6)
	f("agg: count", "agg: cuont", "kpi.measure.unknown_agg", 5)
	f("fact: calls", "fact: call", "kpi.measure.unknown_fact", 4)
	f("id: long_student_calls", "id: calls", "kpi.id_taken", 3)
	f("denominator: reached_calls", "denominator: reached_cals", "kpi.formula.unknown_near", 14)
	f("denominator: reached_calls", "denominator: long_student_share", "kpi.formula.cycle", 14)
	f("denominator: reached_calls", "denominator: revenue + reach_rate", "kpi.formula.nonsense", 14)
	f("denominator: reached_calls", "denominator: revenue", "kpi.formula.nonsense", 14)
	f("unit: percent", "unit: money", "kpi.formula.unit", 10)
	f("kind: proportion", "kind: propotion", "kpi.unknown_word", 12)
	f("better: higher", "beter: higher", "kpi.bad_yaml", 11)
	f("measures:", "measures: [", "kpi.bad_yaml", 7)
}

func TestCycleOfTwo(t *testing.T) {
	_, err := Load(File{Name: "f", Data: []byte(`
kpis:
  - {id: a, version: 1, unit: ratio, better: higher, kind: formula, formula: b * 2}
  - {id: b, version: 1, unit: ratio, better: higher, kind: formula, formula: a + 1}
`)})
	require.ErrorContains(t, err, "a → b → a")
}

// A formula may name a variant, also another one of its own KPI.
func TestVariantsInFormulas(t *testing.T) {
	c := load(t, File{Name: "f", Data: []byte(`
kpis:
  - {id: a, version: 1, unit: percent, better: higher, kind: formula, formula: "service_level:30s - service_level:asterisk1 * (1 + conversion_rate:of_calls)"}
  - id: b
    version: 1
    unit: ratio
    better: higher
    kind: formula
    default: single
    formula: average_wait:of_offered:median / average_wait
    variants: [{name: twice, formula: "2 * b"}]
`)})
	e, err := c.Explain("a")
	require.NoError(t, err)
	require.Len(t, e.Measures, 6, "two waits, answered and offered, sale and reached calls: %v", e.Measures)
	_, err = c.Explain("b:twice")
	require.NoError(t, err)
	_, err = Load(File{Name: "f", Data: []byte(`
kpis:
  - {id: a, version: 1, unit: ratio, better: higher, kind: formula, default: x, formula: "a:y", variants: [{name: y, formula: a}]}
`)})
	require.ErrorContains(t, err, "a → a:y → a")
}

func TestDimensionsAreOfFacts(t *testing.T) {
	c := load(t)
	require.Equal(t, []string{"calls"}, c.DimensionFacts("queue"))
	require.NotContains(t, c.DimensionFacts("agent"), facts.Rates.Name+"x")
	require.Nil(t, c.DimensionFacts("month"))
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"product = Pro", "agent in (Ana, Ivan)", "talk_seconds > 60 and job = 'student'", "month=2026-11", "not (a in [1,2", "x = 'é\\", "()", "in (", "a in (b, (c)) or d='"} {
		f.Add(s)
	}
	c, err := Load()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		names := &filterNames{catalogue: c, date: "started", attrs: attributes{"calls": {"job"}}}
		e, err := checker{text: text, fact: facts.Calls, filter: names}.compile(aTruth)
		var ce *callpace.Error
		if err != nil && !errors.As(err, &ce) || err == nil && e == nil {
			t.Fatalf("%q: %v %v", text, e, err)
		}
	})
}
