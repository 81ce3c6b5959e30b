package api

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
)

// A list without anything is [], never null: by the document, no array may be
// null, and what operations answer with has none.
func TestListsAreNeverNull(t *testing.T) {
	s := newSite(t)
	var doc any
	require.NoError(t, json.Unmarshal(s.api.Document(), &doc))
	nullableArrays(t, "", doc)

	var out struct {
		Names []string
		Rows  []struct{ Of []int }
		Raw   json.RawMessage
		At    *struct{ Of []string }
		By    map[string][]int
	}
	shared := map[string][]int{"Ana": nil, "Boris": {1}}
	out.By = shared
	out.Rows = make([]struct{ Of []int }, 1)
	out.At = &struct{ Of []string }{}
	fillLists(reflect.ValueOf(&out))
	require.Equal(t, []string{}, out.Names)
	require.Equal(t, []int{}, out.Rows[0].Of)
	require.Equal(t, []string{}, out.At.Of)
	require.Nil(t, out.Raw)
	require.Equal(t, map[string][]int{"Ana": {}, "Boris": {1}}, out.By)
	require.Nil(t, shared["Ana"], "what others hold stays as it is")

	p := s.as(auth.Admin)
	for path, list := range map[string]string{"/me": `"teams":[],"agents":[]`, "/kpi?kpis=calls&period=2020-01": `"dimensions":[]`, "/kpi/calls/rows?period=2020-01": `"rows":[]`,
		"/catalogue/csat": `"sources":[]`} {
		a := p.get(path)
		require.Equal(t, 200, a.status, a.body)
		require.Contains(t, strings.ReplaceAll(a.body, " ", ""), list, path)
	}
}

// nullableArrays fails at schemas of arrays that may be null.
func nullableArrays(t *testing.T, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if kinds, ok := v["type"].([]any); ok {
			require.False(t, len(kinds) == 2 && kinds[0] == "array" && kinds[1] == "null", at)
		}
		for name, x := range v {
			nullableArrays(t, at+"/"+name, x)
		}
	case []any:
		for i, x := range v {
			nullableArrays(t, fmt.Sprint(at, "/", i), x)
		}
	}
}

// More groups than an answer holds are refused with advice, not cut.
func TestTooManyGroups(t *testing.T) {
	s := newSite(t)
	var rows strings.Builder
	for i := range 50_001 {
		fmt.Fprintf(&rows, `{"id":"g%d","started":"2026-11-04 09:00:00","ext":"g%d","phone":"","disposition":"sale","talk":1}`+"\n", i, i)
	}
	s.imports("pbx", "many.jsonl", callsMapping, rows.String())
	p := s.as(auth.Manager)
	var x Problem
	p.get("/kpi?kpis=calls&by=agent&period=2026-11").into(422, &x)
	require.Equal(t, "limit", x.Code)
	require.Equal(t, "kpi.too_many_rows", x.Key)
	require.Contains(t, x.Detail, "50,000")
	p.get("/kpi?kpis=calls&by=agent&period=2026-11&limit=3").into(200, &struct{}{})
}

// Every code has its status, and the page about the API names it.
func TestCodesAreDocumented(t *testing.T) {
	text := documentation(t)
	for code := range statuses {
		require.Regexp(t, `(?m)^\| \d{3} \|[^|]*\b`+string(code)+`\b`, text)
	}
	for _, number := range []string{fmt.Sprint(asking.burst), fmt.Sprint(asking.perSecond), fmt.Sprint(sending.burst), "4 GiB", "1 MiB", "50,000", "a page of rows | 1,000;"} {
		require.Contains(t, text, number)
	}
	require.NotEmpty(t, statuses[callpace.Limit])
}

func documentation(t *testing.T) string {
	text, err := os.ReadFile("../../docs/api.md")
	require.NoError(t, err)
	return string(text)
}
