// Package design is the page that shows every component of the interface, with
// made-up figures: for who writes pages, and for tests that look at all of them.
// It is not translated like the product: English, and Persian to see the mirror.
package design

import (
	"embed"
	"html/template"
	"math"
	"strings"

	"github.com/callpace/callpace/internal/web/assets"
	"github.com/callpace/callpace/internal/web/chart"
)

//go:embed components.gohtml
var files embed.FS

var body = template.Must(template.New("components.gohtml").Funcs(assets.Funcs()).ParseFS(files, "components.gohtml"))

// Body renders the components in a language, en or fa, for the shell's main.
func Body(lang string) (template.HTML, error) {
	var b strings.Builder
	err := body.Execute(&b, Sample{Lang: lang})
	return template.HTML(b.String()), err
}

// Sample is what the page shows.
type Sample struct{ Lang string }

var persian = strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹",
	".", "٫", ",", "٬", "%", "٪")

// Say gives a text in the page's language.
func (s Sample) Say(text string) string {
	if there, ok := words[text]; ok && s.Lang == "fa" {
		return there
	}
	return text
}

// N writes a number in the page's digits.
func (s Sample) N(text string) string {
	if s.Lang == "fa" {
		return persian.Replace(text)
	}
	return text
}

// RTL tells whether the page reads from the right.
func (s Sample) RTL() bool { return s.Lang == "fa" }

// wave is a course that looks like a KPI's and is always the same.
func wave(n int, level, swing, drift, phase float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		x := float64(i)
		v[i] = level * (1 + swing*(math.Sin(x*0.9+phase)+0.6*math.Sin(x*2.3+2*phase)) + drift*x/float64(n))
	}
	return v
}

// Spark is one of the sparklines.
func (s Sample) Spark(phase float64) template.HTML {
	return chart.Spark(wave(28, 100, 0.06, 0.2*math.Sin(phase), phase), math.NaN())
}

// SparkGoal has a goal.
func (s Sample) SparkGoal() template.HTML { return chart.Spark(wave(28, 100, 0.06, 0.25, 4), 118) }

// Agent is a row of the table.
type Agent struct {
	Name, Initials, Calls, Rate, Range, Change string
	Good, Sure                                 bool
	Bar, Spark                                 template.HTML
	State, Word, Icon                          string
}

// Agents are the table's rows.
func (s Sample) Agents() []Agent {
	rows := []struct {
		name, initials, calls, rate, span, change string
		value, low, high                          float64
		good, sure                                bool
		state, word, icon                         string
	}{
		{"Ivana Horvat", "IH", "1,204", "6.1%", "5.0–7.5%", "+0.9", 6.1, 5.0, 7.5, true, true, "good", "On track", "circle-check"},
		{"Олена Коваль", "ОК", "1,131", "5.4%", "4.3–6.8%", "+0.1", 5.4, 4.3, 6.8, true, false, "good", "On track", "circle-check"},
		{"سارا محمدی", "سم", "986", "4.9%", "3.8–6.3%", "−0.2", 4.9, 3.8, 6.3, false, false, "warn", "At risk", "triangle-alert"},
		{"Ștefan Ionescu", "ȘI", "1,042", "4.6%", "3.6–5.9%", "+0.4", 4.6, 3.6, 5.9, true, false, "good", "On track", "circle-check"},
		{"李伟", "李", "412", "3.9%", "2.5–6.0%", "−0.3", 3.9, 2.5, 6.0, false, false, "", "Too few calls", "circle-dashed"},
		{"Mark O’Neill-Featherstonehaugh", "MO", "1,177", "2.8%", "2.1–3.8%", "−1.6", 2.8, 2.1, 3.8, false, true, "bad", "Off track", "circle-x"},
	}
	var agents []Agent
	for i, r := range rows {
		agents = append(agents, Agent{
			r.name, r.initials, s.N(r.calls), s.N(r.rate), s.N(r.span), s.N(r.change), r.good, r.sure,
			chart.InCellRange(r.value, r.low, r.high, 8), chart.Spark(wave(14, 50, 0.1, 0.1*float64(3-i), float64(i)), math.NaN()),
			r.state, s.Say(r.word), r.icon,
		})
	}
	return agents
}
