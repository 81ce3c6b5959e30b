package chart_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/web/chart"
)

func plain(v, _ float64) string { return fmt.Sprintf("%g", v) }

// ticks writes an axis as its ticks.
func ticks(a chart.Axis) string {
	var t []string
	for _, tick := range a.Ticks {
		t = append(t, tick.Text)
	}
	return strings.Join(t, " ")
}

func TestAxis(t *testing.T) {
	f := func(s chart.Scale, want string) {
		t.Helper()
		s.Format = plain
		a := s.Axis()
		require.Equal(t, want, ticks(a))
		require.Equal(t, a.Ticks[0].At, a.Min)
		require.Equal(t, a.Ticks[len(a.Ticks)-1].At, a.Max)
	}
	f(chart.Scale{Lo: 0, Hi: 97}, "0 20 40 60 80 100")
	f(chart.Scale{Lo: 42, Hi: 57}, "40 45 50 55 60")
	f(chart.Scale{Lo: 42, Hi: 57, Zero: true}, "0 20 40 60")
	f(chart.Scale{Hi: 3, Least: 1}, "0 1 2 3")
	f(chart.Scale{Hi: 0, Least: 1}, "0 1")
	f(chart.Scale{Hi: 12, Least: 1}, "0 5 10 15")
	f(chart.Scale{Lo: 5, Hi: 5}, "0 1 2 3 4 5")
	f(chart.Scale{Lo: -3, Hi: -3}, "-3 -2 -1 0")
	f(chart.Scale{Lo: -1, Hi: 3, Zero: true}, "-1 0 1 2 3")
	f(chart.Scale{Hi: 250, Time: true}, "0 60 120 180 240 300")
	f(chart.Scale{Hi: 7000, Time: true}, "0 1800 3600 5400 7200")
	f(chart.Scale{Hi: 900000, Time: true}, "0 200000 400000 600000 800000 1e+06")
	f(chart.Scale{Lo: math.NaN(), Hi: math.Inf(1)}, "0 0.2 0.4 0.6 0.8 1")
}

func TestAxisHoldsItsValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := chart.Scale{
			Lo: rapid.Float64Range(-1e9, 1e9).Draw(t, "lo"), Hi: rapid.Float64Range(-1e9, 1e9).Draw(t, "hi"),
			Zero: rapid.Bool().Draw(t, "zero"), Least: rapid.SampledFrom([]float64{0, 1}).Draw(t, "least"), Format: plain,
		}
		a := s.Axis()
		slack := 1e-6 * math.Max(1, math.Abs(s.Hi-s.Lo))
		require.LessOrEqual(t, float64(a.Min), math.Min(s.Lo, s.Hi)+slack)
		require.GreaterOrEqual(t, float64(a.Max), math.Max(s.Lo, s.Hi)-slack)
		require.GreaterOrEqual(t, len(a.Ticks), 2)
		require.LessOrEqual(t, len(a.Ticks), 8)
		if s.Zero {
			require.LessOrEqual(t, float64(a.Min), 0.0)
		}
	})
}

func TestScriptCannotBeLeft(t *testing.T) {
	hostile := "</script><script>alert(1)</script><!-- \u2028"
	html, err := chart.Script(chart.Line{Title: hostile, X: []chart.Place{{Label: hostile}}, Series: []chart.Series{{Name: hostile}}})
	require.NoError(t, err)
	body := strings.TrimSuffix(strings.TrimPrefix(string(html), `<script type="application/json">`), `</script>`)
	require.NotContains(t, body, "<")
	var back struct{ Kind, Title string }
	require.NoError(t, json.Unmarshal([]byte(body), &back))
	require.Equal(t, "line", back.Kind)
	require.Equal(t, hostile, back.Title)
}

func TestJSON(t *testing.T) {
	partial := 1
	got, err := json.Marshal(chart.Line{
		Title: "Rate", X: []chart.Place{{Label: "1 Nov"}, {Label: "2 Nov", Long: "Monday", Href: "/rows"}},
		Y: chart.Scale{Hi: 1, Least: 1, Format: plain}.Axis(),
		Series: []chart.Series{{Name: "East", Role: chart.Main, Partial: &partial, Points: []chart.Point{{Value: 1. / 3, Text: "33 %"}, {Value: chart.Gap}},
			Bands: []chart.Band{{Name: "95 %", Low: []chart.Value{0.25, chart.Gap}, High: []chart.Value{0.5, chart.Value(math.Inf(1))}}}}},
		Target: &chart.Target{Value: 0.4, Text: "Target"},
	})
	require.NoError(t, err)
	require.JSONEq(t, `{"kind":"line","title":"Rate",
	  "x":[{"label":"1 Nov"},{"label":"2 Nov","long":"Monday","href":"/rows"}],
	  "y":{"min":0,"max":1,"ticks":[{"at":0,"text":"0"},{"at":1,"text":"1"}]},
	  "series":[{"name":"East","role":"main","partial":1,"points":[{"v":0.3333333,"t":"33 %"},{"v":null}],
	    "bands":[{"name":"95 %","low":[0.25,null],"high":[0.5,null]}]}],
	  "target":{"value":0.4,"text":"Target"}}`, string(got))
	for want, c := range map[string]chart.Chart{`"kind":"bar"`: chart.Bar{}, `"kind":"scatter"`: chart.Scatter{}} {
		got, err := json.Marshal(c)
		require.NoError(t, err)
		require.Contains(t, string(got), want)
	}
}
