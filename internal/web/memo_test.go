package web

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Whatever is asked otherwise is kept apart: a field of kpi.Query that is not
// part of the key would give people the answer to another question.
func TestFramesOfDifferentQueriesAreKeptApart(t *testing.T) {
	number := func(n int64) map[string]map[string]any {
		return map[string]map[string]any{"calls": {"threshold": callpace.Amount(n)}}
	}
	otherwise := kpi.Query{KPIs: []string{"calls"}, By: []string{"agent"}, Where: []string{"team = 'A'"}, Period: &calendar.Range{From: 1, To: 2},
		Compare: &kpi.Comparison{Range: calendar.Range{From: 0, To: 1}}, Sort: "calls", Desc: true, Limit: 1, Offset: 1, Intervals: true, Shrink: true,
		Scope: kpi.Everything(), Now: time.Unix(1e9, 0), Calendar: calendar.New(facts.SolarHijri, time.Monday), Currency: "EUR", Settings: number(1),
		Policy: kpi.Policy{Changes: []kpi.SettingChange{{KPI: "calls"}}}, Earlier: 1, Followed: 1, AsOf: new(int64(0)), Allocation: kpi.ByCalls}
	keys := map[string]string{}
	add := func(what string, q kpi.Query) {
		key := frameKey(q)
		require.Empty(t, keys[key], "%s has the key of another question", what)
		keys[key] = what
	}
	add("nothing", kpi.Query{})
	for i, f := range reflect.VisibleFields(reflect.TypeFor[kpi.Query]()) {
		value := reflect.ValueOf(otherwise).Field(i)
		require.False(t, value.IsZero(), "%s is not in this test", f.Name)
		var q kpi.Query
		reflect.ValueOf(&q).Elem().Field(i).Set(value)
		add(f.Name, q)
	}
	add("another setting", kpi.Query{Settings: number(2)})
	add("another day's settings", kpi.Query{AsOf: new(int64(1))})
	require.Equal(t, frameKey(otherwise), frameKey(otherwise))
}
