package chart_test

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/web/chart"
)

var nan = math.NaN()

func TestSpark(t *testing.T) {
	f := func(values []float64, goal float64, want ...string) {
		t.Helper()
		svg := string(chart.Spark(values, goal))
		for _, w := range want {
			require.Contains(t, svg, w)
		}
	}
	f([]float64{0, 10, 5}, nan, `class="spark-line" d="M0 30L60 2L120 16"`, `class="spark-dot" d="M120 16h0"`, `d="M0 30L60 2L120 16L120 32L0 32Z"`)
	f([]float64{0, nan, 10}, nan, `class="spark-line" d="M0 30M120 2"`)
	f([]float64{5, 5}, nan, `class="spark-line" d="M0 16L120 16"`)
	f([]float64{0, 10}, 20, `class="spark-goal" d="M0 2H120"`, `class="spark-line" d="M0 30L120 16"`)
	f([]float64{7}, nan, `<svg class="spark"`, `aria-hidden="true"></svg>`)
	f(nil, nan, `aria-hidden="true"></svg>`)
	require.NotContains(t, string(chart.Spark([]float64{1, 2}, nan)), "spark-goal")
}

func TestInCell(t *testing.T) {
	f := func(value, most float64, want string) {
		t.Helper()
		require.Contains(t, string(chart.InCell(value, most)), `<rect class="cellbar-bar" width="`+want+`"`)
	}
	f(5, 20, "25")
	f(1, 3, "33.33")
	f(30, 20, "100")
	f(-1, 20, "0")
	f(nan, 20, "0")
	f(5, 0, "0")
	require.Contains(t, string(chart.InCellRange(5, 4, 7, 10)), `<path class="cellbar-range" d="M40 3H70"/></svg>`)
	require.Contains(t, string(chart.InCellGoal(5, 8, 10)), `<path class="cellbar-goal" d="M80 0V6"/></svg>`)
	require.Equal(t, chart.InCell(5, 10), chart.InCellGoal(5, nan, 10))
}

// The pages' policy forbids inline styles, and a drawing must be well-formed
// whatever its numbers are.
func TestDrawingsAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{nan, math.Inf(1), math.Inf(-1), 0}))
		values := rapid.SliceOfN(number, 0, 20).Draw(t, "values")
		a, b, c := number.Draw(t, "a"), number.Draw(t, "b"), number.Draw(t, "c")
		for _, svg := range []string{string(chart.Spark(values, a)), string(chart.InCellRange(a, b, c, 10)), string(chart.InCellGoal(a, b, c))} {
			wellFormed(t, svg)
			require.NotContains(t, svg, "NaN")
			require.NotContains(t, svg, "Inf")
			require.NotContains(t, svg, "%!")
		}
	})
}

func wellFormed(t require.TestingT, text string) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = true
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		require.NoError(t, err, text)
		if e, ok := token.(xml.StartElement); ok {
			for _, a := range e.Attr {
				require.NotEqual(t, "style", a.Name.Local)
			}
		}
	}
}

func TestHeat(t *testing.T) {
	h := chart.Heat{Label: "Reach", Columns: []string{"8", "9", "10"}, Least: "0 %", Most: "8 %", Rows: []chart.HeatRow{
		{Label: "Mon", Cells: []chart.HeatCell{{Value: 0, Text: "0"}, {Value: 8, Text: "8", Href: `/calls?a="b`}, {Value: nan}}},
		{Label: "<b>", Cells: []chart.HeatCell{{Value: 4, Text: "4", Title: "Tuesday"}, {Value: 99, Text: "99", Thin: true}, {Value: 7.9, Text: "7.9"}}},
	}}
	html, err := h.HTML()
	require.NoError(t, err)
	for _, want := range []string{
		`<td class="t0">0</td>`, `<td class="t7"><a href="/calls?a=%22b">8</a></td>`, `<td class=""></td>`,
		`<th scope="row">&lt;b&gt;</th>`, `<td class="t4" title="Tuesday">4</td>`, `<td class="thin">99</td>`, `<td class="t7">7.9</td>`,
	} {
		require.Contains(t, string(html), want)
	}
	one, err := chart.Heat{Rows: []chart.HeatRow{{Cells: []chart.HeatCell{{Value: 3, Text: "3"}}}}}.HTML()
	require.NoError(t, err)
	require.Contains(t, string(one), `<td class="t3">3</td>`)
}

func TestFunnel(t *testing.T) {
	html, err := chart.Funnel{Label: "Funnel", Stages: []chart.Stage{
		{Name: "Calls", Value: 200, Before: nan, Count: "200"},
		{Name: "Sales", Value: 50, Before: 100, Count: "50", Rate: "25 %", Change: "−2", Sure: true, Weak: "weakest"},
	}}.HTML()
	require.NoError(t, err)
	for _, want := range []string{`<rect width="100" height="28"/></svg>`, `<rect width="25" height="28"/><path class="funnel-before" d="M50 0V28"/>`, `class="change bad"`, `funnel-stage weakest`} {
		require.Contains(t, string(html), want)
	}
}
