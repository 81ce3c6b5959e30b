package chart

import (
	"html/template"
	"math"
	"strings"
)

// Funnel is the way from call to sale, a row for each stage: how many, and which
// share of the stage before came so far. It needs no script.
type Funnel struct {
	Label  string
	Stages []Stage
}

// Stage is a step of a funnel. Value and Before place the bar; the rest is text.
type Stage struct {
	Name   string
	Href   string  // the stage's KPI; may be empty
	Value  float64 // how many
	Before float64 // how many in the period compared with; NaN: not known
	Count  string  // Value as text
	Rate   string  // of the stage before: "4.8 %"; empty for the first
	Range  string  // its interval: "4.1–5.6 %"
	Change string  // against the period before: "−0.6 points"
	Good   bool    // the change is for the better; with Sure only
	Sure   bool    // the change exceeds chance
	Weak   string  // the words for the weakest stage, on that stage only
}

// HTML draws the funnel. Bars begin at zero; the greatest count fills the width.
func (f Funnel) HTML() (template.HTML, error) {
	most := 0.0
	for _, s := range f.Stages {
		for _, v := range []float64{s.Value, s.Before} {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				most = math.Max(most, v)
			}
		}
	}
	var b strings.Builder
	err := funnelTemplate.Execute(&b, struct {
		Funnel
		Share func(float64) string
		Known func(float64) bool
	}{f, func(v float64) string { return num(share(v, most)) }, func(v float64) bool { return !math.IsNaN(v) }})
	return template.HTML(b.String()), err
}

var funnelTemplate = template.Must(template.New("funnel").Parse(`<ol class="funnel" aria-label="{{.Label}}">{{range $s := .Stages}}
<li class="funnel-stage{{if .Weak}} weakest{{end}}"><span class="funnel-name">{{if .Href}}<a href="{{.Href}}">{{.Name}}</a>{{else}}{{.Name}}{{end}}</span>
<svg class="funnel-bar" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true"><rect class="funnel-track" width="100" height="28"/><rect width="{{call $.Share .Value}}" height="28"/>{{if call $.Known .Before}}<path class="funnel-before" d="M{{call $.Share .Before}} 0V28"/>{{end}}</svg>
<span class="funnel-count num">{{.Count}}</span>{{if or .Rate .Weak}}
<span class="funnel-step">{{with .Rate}}<span class="rate">{{.}}</span>{{end}}{{with .Range}}<span class="num">{{.}}</span>{{end}}{{with .Change}}<span class="change{{if $s.Sure}}{{if $s.Good}} good{{else}} bad{{end}}{{end}}">{{.}}</span>{{end}}{{with .Weak}}<span class="badge warn">{{.}}</span>{{end}}</span>{{end}}</li>{{end}}
</ol>`))
