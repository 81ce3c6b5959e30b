package chart

import (
	"html/template"
	"math"
	"strings"
)

// Heat is a heat map, most often hour by weekday. It is a table with tinted
// cells: it needs no script, prints, mirrors, and is its own table beside.
type Heat struct {
	Label   string // names the table for those who do not see it
	Columns []string
	Rows    []HeatRow
	Least   string // at the ends of the scale: "2 %", "14 %"; both empty: no scale
	Most    string
	Thin    string // what the pattern means: "too few calls"; empty: not explained
}

// HeatRow is a weekday.
type HeatRow struct {
	Label string
	Cells []HeatCell // as many as there are columns
}

// HeatCell is an hour of a weekday. Value gives the tint; NaN leaves it blank.
type HeatCell struct {
	Value float64
	Text  string // short, in the cell
	Title string // long, on demand: "Monday 10:00: 12 % of 240 calls"
	Href  string
	Thin  bool // too few to judge: a pattern in place of a tint
}

// tones is how many tints the style sheet has: t0 to t7.
const tones = 8

// tone gives the class of a cell between the least and greatest value.
func tone(c HeatCell, lo, hi float64) string {
	switch {
	case math.IsNaN(c.Value) || math.IsInf(c.Value, 0):
		return ""
	case c.Thin:
		return "thin"
	case hi <= lo:
		return "t3"
	}
	return "t" + string('0'+rune(math.Min(tones-1, math.Floor(tones*(c.Value-lo)/(hi-lo)))))
}

// Range gives the least and greatest value that are tinted: what Least and Most say.
func (h Heat) Range() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, r := range h.Rows {
		for _, c := range r.Cells {
			if !c.Thin && !math.IsNaN(c.Value) && !math.IsInf(c.Value, 0) {
				lo, hi = math.Min(lo, c.Value), math.Max(hi, c.Value)
			}
		}
	}
	return lo, hi
}

// HTML draws the map and its scale.
func (h Heat) HTML() (template.HTML, error) {
	lo, hi := h.Range()
	var b strings.Builder
	err := heatTemplate.Execute(&b, struct {
		Heat
		Tone  func(HeatCell) string
		Scale []string
	}{h, func(c HeatCell) string { return tone(c, lo, hi) }, []string{"t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"}})
	return template.HTML(b.String()), err
}

var heatTemplate = template.Must(template.New("heat").Parse(`<div class="table-wrap" tabindex="0" role="region" aria-label="{{.Label}}"><table class="heat">
<caption class="sr-only">{{.Label}}</caption><colgroup><col class="head"></colgroup>
<thead><tr><td></td>{{range .Columns}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>{{range .Rows}}<tr><th scope="row">{{.Label}}</th>{{range .Cells}}<td class="{{call $.Tone .}}"{{with .Title}} title="{{.}}"{{end}}>{{if .Href}}<a href="{{.Href}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}</td>{{end}}</tr>
{{end}}</tbody></table></div>
{{if .Most}}<p class="heat-scale" aria-hidden="true"><span>{{.Least}}</span><span class="steps heat">{{range .Scale}}<span class="{{.}}"></span>{{end}}</span><span>{{.Most}}</span>{{with .Thin}}<span class="steps heat"><span class="thin"></span></span><span>{{.}}</span>{{end}}</p>{{end}}`))
