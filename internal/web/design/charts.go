package design

import (
	"fmt"
	"html/template"
	"math"
	"strconv"

	"github.com/callpace/callpace/internal/web/chart"
)

func (s Sample) percent(v float64) string { return s.N(fmt.Sprintf("%.1f%%", v)) }

func (s Sample) days(n int) []chart.Place {
	var x []chart.Place
	for i := range n {
		label := strconv.Itoa(i+1) + " Nov"
		if s.Lang == "fa" {
			label = s.N(strconv.Itoa(i+1)) + " آبان"
		}
		x = append(x, chart.Place{Label: label, Long: label + " " + s.N(s.Say("2026")), Href: "#rows"})
	}
	return x
}

func (s Sample) points(values []float64, text func(float64) string) []chart.Point {
	var p []chart.Point
	for _, v := range values {
		if math.IsNaN(v) {
			p = append(p, chart.Point{Value: chart.Gap, Text: "–"})
			continue
		}
		p = append(p, chart.Point{Value: chart.Value(v), Text: text(v)})
	}
	return p
}

// around is a band of some share around values.
func (s Sample) around(name string, values []float64, width func(i int) float64) chart.Band {
	b := chart.Band{Name: name}
	for i, v := range values {
		lo, hi := v-width(i), v+width(i)
		b.Low, b.High = append(b.Low, chart.Value(lo)), append(b.High, chart.Value(hi))
		b.Text = append(b.Text, s.percent(lo)+" – "+s.percent(hi))
	}
	return b
}

// Trend has an interval, a comparison, a target, notes and days not complete yet.
func (s Sample) Trend() (template.HTML, error) {
	values := wave(22, 5.4, 0.07, -0.22, 0.6)
	values[7] = math.NaN()
	to, partial := 12, 21
	return chart.Script(chart.Line{
		Title: s.Say("Appointment rate fell in team East"),
		X:     s.days(22),
		Y:     chart.Scale{Lo: 2, Hi: 7, Format: func(v, _ float64) string { return s.N(fmt.Sprintf("%.0f%%", v)) }}.Axis(),
		Series: []chart.Series{
			{Name: s.Say("Team East"), Role: chart.Main, Points: s.points(values, s.percent), Partial: &partial,
				Bands: []chart.Band{s.around(s.N("95%"), values, func(i int) float64 { return 0.55 + 0.15*math.Abs(math.Sin(float64(i))) })}},
			{Name: s.Say("October"), Role: chart.Before, Points: s.points(wave(22, 5.5, 0.05, 0.02, 3), s.percent)},
		},
		Target: &chart.Target{Value: 6, Text: s.Say("Target") + " " + s.N("6%")},
		Notes: []chart.Note{
			{At: 4, Mark: s.N("1"), Text: s.Say("New script")},
			{At: 10, To: &to, Mark: s.N("2"), Text: s.Say("Dialler outage")},
		},
	})
}

// Teams has several lines of equal standing.
func (s Sample) Teams() (template.HTML, error) {
	var series []chart.Series
	for i, name := range []string{"Team East", "Team North", "Team West", "Team South"} {
		series = append(series, chart.Series{Name: s.Say(name), Points: s.points(wave(12, 30+6*float64(i), 0.05, 0.1*float64(i-1), float64(i)), s.percent)})
	}
	return chart.Script(chart.Line{Title: s.Say("Reach rate by team"), X: s.days(12),
		Y: chart.Scale{Lo: 20, Hi: 60, Format: func(v, _ float64) string { return s.N(fmt.Sprintf("%.0f%%", v)) }}.Axis(), Series: series})
}

// Fan is a forecast: what was, and what is expected with its ranges.
func (s Sample) Fan() (template.HTML, error) {
	const n, now = 30, 16
	count := func(v float64) string { return s.N(fmt.Sprintf("%.0f", v)) }
	past, ahead := make([]float64, n), make([]float64, n)
	wide := chart.Band{Name: s.N("80%")}
	narrow := chart.Band{Name: s.N("50%")}
	for i := range n {
		v := 7.2 * float64(i+1) * (1 + 0.02*math.Sin(float64(i)))
		past[i], ahead[i] = math.NaN(), math.NaN()
		lo80, hi80, lo50, hi50 := chart.Gap, chart.Gap, chart.Gap, chart.Gap
		text := ""
		if i <= now {
			past[i] = v
		}
		if i >= now {
			ahead[i] = v
			w := 2.2 * math.Sqrt(float64(i-now)) * 2
			lo80, hi80, lo50, hi50 = chart.Value(v-2*w), chart.Value(v+2*w), chart.Value(v-w), chart.Value(v+w)
			text = count(v-2*w) + "–" + count(v+2*w)
		}
		wide.Low, wide.High, wide.Text = append(wide.Low, lo80), append(wide.High, hi80), append(wide.Text, text)
		narrow.Low, narrow.High = append(narrow.Low, lo50), append(narrow.High, hi50)
	}
	return chart.Script(chart.Line{Title: s.Say("The month will end near its target"), X: s.days(n),
		Y: chart.Scale{Hi: 260, Zero: true, Least: 1, Format: func(v, _ float64) string { return count(v) }}.Axis(),
		Series: []chart.Series{
			{Name: s.Say("Sales"), Role: chart.Main, Points: s.points(past, count)},
			{Name: s.Say("Forecast"), Role: chart.Forecast, Points: s.points(ahead, count), Bands: []chart.Band{wide, narrow}},
		},
		Target: &chart.Target{Value: 220, Text: s.Say("Target") + " " + s.N("220")}})
}

// Hours are bars against the usual day.
func (s Sample) Hours() (template.HTML, error) {
	count := func(v float64) string { return s.N(fmt.Sprintf("%.0f", v)) }
	var x []chart.Place
	var now, usual []float64
	for h := 8; h <= 19; h++ {
		x = append(x, chart.Place{Label: s.N(strconv.Itoa(h)), Long: s.N(fmt.Sprintf("%d:00–%d:00", h, h+1))})
		u := 120 * math.Exp(-math.Pow(float64(h)-11, 2)/18)
		usual = append(usual, u)
		if h <= 15 {
			now = append(now, u*(1+0.15*math.Sin(float64(h)*2)))
		} else {
			now = append(now, math.NaN())
		}
	}
	partial := 7
	return chart.Script(chart.Bar{Title: s.Say("Calls by hour"), X: x,
		Y: chart.Scale{Hi: 140, Zero: true, Least: 1, Format: func(v, _ float64) string { return count(v) }}.Axis(),
		Series: []chart.Series{
			{Name: s.Say("Today"), Role: chart.Main, Points: s.points(now, count), Partial: &partial},
			{Name: s.Say("Usual Monday"), Role: chart.Before, Points: s.points(usual, count)},
		}})
}

// Across are lying bars with intervals.
func (s Sample) Across() (template.HTML, error) {
	var x []chart.Place
	var values []float64
	for i, a := range s.Agents() {
		x = append(x, chart.Place{Label: a.Name, Href: "#rows"})
		values = append(values, []float64{6.1, 5.4, 4.9, 4.6, 3.9, 2.8}[i])
	}
	return chart.Script(chart.Bar{Title: s.Say("Appointment rate by agent"), X: x, Across: true,
		Y: chart.Scale{Hi: 8, Zero: true, Format: func(v, _ float64) string { return s.N(fmt.Sprintf("%.0f%%", v)) }}.Axis(),
		Series: []chart.Series{{Name: s.Say("Appointment rate"), Role: chart.Main, Points: s.points(values, s.percent),
			Bands: []chart.Band{s.around(s.N("95%"), values, func(i int) float64 { return 0.8 + 0.2*float64(i%3) })}}},
		Target: &chart.Target{Value: 5, Text: s.Say("Team") + " " + s.N("5%")}})
}

// Dots set calls against the rate.
func (s Sample) Dots() (template.HTML, error) {
	d := chart.Scatter{Title: s.Say("More calls, not fewer appointments"), Groups: []string{s.Say("Team East"), s.Say("Team North")},
		X:     chart.Scale{Hi: 160, Lo: 40, Name: s.Say("Calls a day"), Format: func(v, _ float64) string { return s.N(fmt.Sprintf("%.0f", v)) }}.Axis(),
		Y:     chart.Scale{Hi: 8, Zero: true, Name: s.Say("Appointment rate"), Format: func(v, _ float64) string { return s.N(fmt.Sprintf("%.0f%%", v)) }}.Axis(),
		YLine: &chart.Target{Value: 4.5, Text: s.Say("Median") + " " + s.N("4.5%")}}
	agents := s.Agents()
	for i := range 24 {
		x, y := 95+38*math.Sin(float64(i)*1.7), 4.4+1.9*math.Sin(float64(i)*2.9)
		name := agents[i%len(agents)].Name
		d.Dots = append(d.Dots, chart.Dot{X: chart.Value(x), Y: chart.Value(y), Name: name, Text: s.N(fmt.Sprintf("%.0f", x)) + "\n" + s.percent(y), Group: i % 2, Named: i < 4})
	}
	return chart.Script(d)
}

// Heat is the hour by weekday.
func (s Sample) Heat() (template.HTML, error) {
	h := chart.Heat{Label: s.Say("Reach rate by hour and weekday"), Least: s.N("12%"), Most: s.N("46%"), Thin: s.Say("too few calls")}
	for hour := 8; hour < 20; hour++ {
		h.Columns = append(h.Columns, s.N(strconv.Itoa(hour)))
	}
	for d, day := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat"} {
		row := chart.HeatRow{Label: s.Say(day)}
		for hour := 8; hour < 20; hour++ {
			v := 12 + 34*math.Exp(-math.Pow(float64(hour)-17+float64(d%3), 2)/20)
			c := chart.HeatCell{Value: v, Text: s.N(fmt.Sprintf("%.0f", v)), Title: s.Say(day) + " " + s.N(fmt.Sprintf("%d:00: %.0f%%", hour, v)), Thin: d == 5 && hour > 13}
			if d < 2 {
				c.Href = "#rows"
			}
			row.Cells = append(row.Cells, c)
		}
		h.Rows = append(h.Rows, row)
	}
	return h.HTML()
}

// Funnel goes from calls to sales.
func (s Sample) Funnel() (template.HTML, error) {
	return chart.Funnel{Label: s.Say("Sales funnel"), Stages: []chart.Stage{
		{Name: s.Say("Calls"), Value: 6952, Before: 6400, Count: s.N("6,952"), Href: "#calls"},
		{Name: s.Say("Reached"), Value: 3010, Before: 2950, Count: s.N("3,010"), Rate: s.N("43.3%"), Range: s.N("42.1–44.5%"), Change: s.N("−2.8"), Sure: true},
		{Name: s.Say("Appointments"), Value: 334, Before: 410, Count: s.N("334"), Rate: s.N("11.1%"), Range: s.N("10.0–12.3%"), Change: s.N("−2.8"), Sure: true, Weak: s.Say("weakest stage")},
		{Name: s.Say("Sales"), Value: 96, Before: 92, Count: s.N("96"), Rate: s.N("28.7%"), Range: s.N("24.1–33.8%"), Change: s.N("+6.3"), Sure: true, Good: true},
	}}.HTML()
}
