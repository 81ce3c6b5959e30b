package kpi_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/kpi"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const longCalls = `
measures:
  - {id: long_calls, fact: calls, agg: count, where: "talk_seconds >= 120"}
kpis:
  - id: long_call_rate
    version: 7
    unit: percent
    better: higher
    kind: proportion
    numerator: long_calls
    denominator: reached_calls
    name: {fa: نرخ تماس بلند}
`

func define(t *testing.T, p kpi.Policy, text string) kpi.Policy {
	t.Helper()
	p, _, err := p.Define(kpi.File{Name: "own.yaml", Data: []byte(text)}, "Mia", noon)
	require.NoError(t, err)
	return p
}

// Each change of a definition is a version; saying the same again is none.
func TestDefinitionsKeepTheirVersions(t *testing.T) {
	p := define(t, kpi.Policy{}, longCalls)
	again, changed, err := p.Define(kpi.File{Name: "own.yaml", Data: []byte(longCalls)}, "Mia", noon)
	require.NoError(t, err)
	require.Empty(t, changed)
	require.Equal(t, p, again)

	p = define(t, p, "kpis: [{id: long_call_rate, unit: ratio, better: lower, kind: formula, formula: long_calls / calls}]")
	versions := p.Versions(kpi.OwnKPI, "long_call_rate")
	require.Len(t, versions, 2)
	require.Equal(t, []int{1, 2}, []int{versions[0].Version, versions[1].Version})
	require.Len(t, p.Own(), 2)

	c, err := p.Catalogue()
	require.NoError(t, err)
	e, err := c.Explain("long_call_rate")
	require.NoError(t, err)
	require.Equal(t, "long_calls / calls", e.Formula)
	require.Equal(t, 2, e.Def.Version)
	require.Equal(t, kpi.OwnFile, e.Def.Family())
	_, err = kpi.Builtin().Find("long_call_rate")
	require.Equal(t, callpace.NotFound, callpace.CodeOf(err), "the built-in catalogue stays as it is")
}

// What is exported is what was written: taken in elsewhere it is the same.
func TestDefinitionsGoOutAndIn(t *testing.T) {
	p := define(t, kpi.Policy{}, longCalls)
	q := define(t, kpi.Policy{}, string(kpi.YAML(p.Own())))
	require.Equal(t, p, q)
	require.Empty(t, kpi.YAML(nil))
}

// A name that was given in one language only is shown in all.
func TestAnOwnNameStandsInForOthers(t *testing.T) {
	c, err := define(t, kpi.Policy{}, longCalls).Catalogue()
	require.NoError(t, err)
	d, err := c.Find("long_call_rate")
	require.NoError(t, err)
	require.Equal(t, "نرخ تماس بلند", d.Name("zh"))
}

// A retired KPI is offered nowhere, and still answers where it was asked for.
func TestARetiredDefinitionStillAnswers(t *testing.T) {
	p := define(t, define(t, kpi.Policy{}, longCalls), "kpis: [{id: long_call_rate, unit: percent, better: higher, kind: proportion, numerator: long_calls, denominator: reached_calls, retired: true}]")
	c, err := p.Catalogue()
	require.NoError(t, err)
	for _, d := range c.Defs() {
		require.NotEqual(t, "long_call_rate", d.ID)
	}
	_, err = c.Explain("long_call_rate")
	require.NoError(t, err)
}

func TestDefinitionsRefuseWhatCannotBe(t *testing.T) {
	p := define(t, kpi.Policy{}, longCalls)
	for _, c := range []struct{ text, key string }{
		{"kpis: [{id: calls, unit: count, better: higher, kind: formula, formula: calls}]", "kpi.id_taken"},
		{"kpis: [{id: x, unit: count, better: higher, kind: formula, formula: cals}]", "kpi.formula.unknown_near"},
		{"kpis: [{id: x, unit: money, better: higher, kind: formula, formula: calls}]", "kpi.formula.unit"},
		{"measures: [{id: long_calls, fact: calls, agg: sum, value: talk_seconds}]", "kpi.formula.nonsense"}, // the KPI over it would have no meaning
	} {
		next, _, err := p.Define(kpi.File{Name: "own.yaml", Data: []byte(c.text)}, "Mia", noon)
		var e *callpace.Error
		require.ErrorAs(t, err, &e, c.text)
		if reason, ok := e.Args["reason"].(callpace.Message); ok {
			require.Equal(t, c.key, reason.Key, c.text)
		} else {
			require.Equal(t, c.key, e.Key, c.text)
		}
		require.Equal(t, p, next)
	}
}

// What a later callpace does not understand any more is left out, and said.
func TestAFaultyDefinitionIsLeftOut(t *testing.T) {
	p := define(t, kpi.Policy{}, longCalls)
	p.Definitions = append(p.Definitions, kpi.Definition{Kind: kpi.OwnKPI, ID: "calls", Version: 1, Body: "id: calls\nunit: count\nbetter: higher\nkind: formula\nformula: calls"},
		kpi.Definition{Kind: kpi.OwnKPI, ID: "odd", Version: 1, Body: "id: odd\nno_such_field: 1"})
	c, err := p.Catalogue()
	require.NoError(t, err)
	require.Error(t, c.Fault(kpi.OwnKPI, "calls"))
	require.Error(t, c.Fault(kpi.OwnKPI, "odd"))
	_, err = c.Find("long_call_rate")
	require.NoError(t, err)
}

// A KPI may have the id of a measure: what is wrong with it is no fault of that.
func TestAFaultyKPILeavesAMeasureOfItsNameAlone(t *testing.T) {
	p := define(t, kpi.Policy{}, longCalls)
	for _, body := range []string{"id: long_calls\nunit: count\nbetter: higher\nkind: formula\nformula: cals", "id: long_calls\nno_such_field: 1"} {
		with := p
		with.Definitions = append(slices.Clip(p.Definitions), kpi.Definition{Kind: kpi.OwnKPI, ID: "long_calls", Version: 1, Body: body})
		c, err := with.Catalogue()
		require.NoError(t, err)
		require.Error(t, c.Fault(kpi.OwnKPI, "long_calls"), body)
		require.NoError(t, c.Fault(kpi.OwnMeasure, "long_calls"), body)
		_, err = c.Explain("long_call_rate")
		require.NoError(t, err, "it rests on the measure")
	}
}

// A fault of a formula is said at its place, as the formula was written.
func TestTheFaultOfAFormulaIsAtItsPlace(t *testing.T) {
	for _, formula := range []string{"calls + §cals", "average_wait:of_offered + average_wait:of_offered:median - §cals", "list_penetration:attempts * §cals", "calls + service_level:30s * (1 + §"} {
		at := []rune(formula)
		column := 0
		for i, c := range at {
			if c == '§' {
				column = i + 1
			}
		}
		text := string(at[:column-1]) + string(at[column:])
		_, _, err := kpi.Policy{}.Define(kpi.File{Name: "f", Data: []byte("kpis: [{id: x, unit: ratio, better: higher, kind: formula, formula: '" + text + "'}]")}, "", noon)
		var e *callpace.Error
		require.ErrorAs(t, err, &e)
		reason, ok := e.Args["reason"].(callpace.Message)
		require.True(t, ok, "%v", err)
		require.Equal(t, text, reason.Args["text"])
		require.InDelta(t, column, reason.Args["column"], 1, formula) // an end that is missing is at the last sign or after it
	}
}

func TestSplitRatio(t *testing.T) {
	for text, want := range map[string][2]string{
		"calls / leads":             {"calls", "leads"},
		"a / b / c":                 {"a / b", "c"},
		"(a + b) / (c / d)":         {"(a + b)", "(c / d)"},
		"service_level:30s / calls": {"service_level:30s", "calls"},
		"a + b / c":                 {},
		"a / b * c":                 {},
		"(a / b)":                   {},
		"total(a / b, c)":           {},
		"calls":                     {},
	} {
		a, b, ok := kpi.SplitRatio(text)
		require.Equal(t, want, [2]string{a, b}, text)
		require.Equal(t, want[0] != "", ok, text)
	}
}
