// Package chart holds what a page gives its charts: places and sizes as numbers,
// and every text that a person reads already written in the reader's language,
// so that the browser's side knows no locale. Line, Bar and Scatter become JSON
// for <cp-chart>; sparklines, bars in cells, heat maps and funnels are drawn here
// as SVG and tables, which need no script. It computes no figure of its own and
// holds no word of any language.
package chart

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"strconv"
)

// Chart is one of Line, Bar and Scatter.
type Chart interface{ kind() string }

// Script gives the element that <cp-chart> reads: the chart as JSON, escaped so
// that no text in it can end the element.
func Script(c Chart) (template.HTML, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode %s chart: %w", c.kind(), err)
	}
	return template.HTML(`<script type="application/json">` + string(data) + `</script>`), nil
}

// Value is a number that places a mark; NaN and infinities are gaps (null).
type Value float64

// MarshalJSON writes seven digits: more than any screen has dots.
func (v Value) MarshalJSON() ([]byte, error) {
	if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return strconv.AppendFloat(nil, f, 'g', 7, 64), nil
	}
	return []byte("null"), nil
}

// Gap is the value of what is not known: nothing is drawn there.
var Gap = Value(math.NaN())

// Role says how a series looks. The zero Role takes the next colour.
type Role string

// The roles of series: the chart's subject, the period before, others to compare
// with (a team, all peers), and what is expected.
const (
	Main     Role = "main"
	Before   Role = "before"
	Peer     Role = "peer"
	Forecast Role = "forecast"
)

// Place is a position on the axis of days, hours or names.
type Place struct {
	Label string `json:"label"`          // short, at the axis: "3 Nov"
	Long  string `json:"long,omitempty"` // in the tooltip: "Monday, 3 November 2026"
	Href  string `json:"href,omitempty"` // where a click leads: the rows behind
}

// Point is a value and its text, "4.8 %"; a point without value may say why.
type Point struct {
	Value Value  `json:"v"`
	Text  string `json:"t,omitempty"`
}

// Band is a range around a series at every place: its interval, or a share of a
// forecast. A fan has several, the widest first.
type Band struct {
	Name string   `json:"name"` // "95 %"
	Low  []Value  `json:"low"`
	High []Value  `json:"high"`
	Text []string `json:"text,omitempty"` // "4.1–5.6 %"
}

// Series is a line, or a bar at each place.
type Series struct {
	Name    string  `json:"name"`
	Role    Role    `json:"role,omitempty"`
	Points  []Point `json:"points"` // as many as there are places
	Bands   []Band  `json:"bands,omitempty"`
	Partial *int    `json:"partial,omitempty"` // first place whose data is not complete yet; nil: all are
}

// Target is a line to reach: "Target 5 %".
type Target struct {
	Value Value  `json:"value"`
	Text  string `json:"text"`
}

// Note is something that happened, at a place or from one to another, both
// counted from 0. The page lists the notes under the chart by their marks.
type Note struct {
	At   int    `json:"at"`
	To   *int   `json:"to,omitempty"`
	Mark string `json:"mark"` // "1", "A"
	Text string `json:"text"`
}

// Line is a course over time.
type Line struct {
	Title  string   `json:"title"` // what the chart says; read aloud
	X      []Place  `json:"x"`
	Y      Axis     `json:"y"`
	Series []Series `json:"series"`
	Target *Target  `json:"target,omitempty"`
	Notes  []Note   `json:"notes,omitempty"`
}

func (Line) kind() string { return "line" }

// MarshalJSON adds the kind.
func (l Line) MarshalJSON() ([]byte, error) {
	type plain Line
	return json.Marshal(struct {
		Kind string `json:"kind"`
		plain
	}{l.kind(), plain(l)})
}

// Bar compares amounts; its axis begins at zero. Of each series the first band
// is drawn, as an interval on the bar.
type Bar struct {
	Title   string   `json:"title"`
	X       []Place  `json:"x"`
	Y       Axis     `json:"y"`
	Series  []Series `json:"series"`
	Target  *Target  `json:"target,omitempty"`
	Notes   []Note   `json:"notes,omitempty"`
	Across  bool     `json:"across,omitempty"`  // bars lie, names beside them: for names of people and teams
	Stacked bool     `json:"stacked,omitempty"` // parts of a whole; Before stands beside them
}

func (Bar) kind() string { return "bar" }

// MarshalJSON adds the kind.
func (b Bar) MarshalJSON() ([]byte, error) {
	type plain Bar
	return json.Marshal(struct {
		Kind string `json:"kind"`
		plain
	}{b.kind(), plain(b)})
}

// Dot is one thing among many: an agent by calls and rate.
type Dot struct {
	X     Value   `json:"x"`
	Y     Value   `json:"y"`
	Name  string  `json:"name"`
	Text  string  `json:"text"` // its values, a line each
	Group int     `json:"group,omitempty"`
	Size  float64 `json:"size,omitempty"`  // area, 0 to 1; 0: all alike
	Named bool    `json:"named,omitempty"` // its name stands beside it, where there is room
}

// Scatter sets two figures of many things against each other.
type Scatter struct {
	Title  string   `json:"title"`
	X      Axis     `json:"x"`
	Y      Axis     `json:"y"`
	Dots   []Dot    `json:"dots"`
	Groups []string `json:"groups,omitempty"`
	XLine  *Target  `json:"xLine,omitempty"` // a median, a target
	YLine  *Target  `json:"yLine,omitempty"`
}

func (Scatter) kind() string { return "scatter" }

// MarshalJSON adds the kind.
func (s Scatter) MarshalJSON() ([]byte, error) {
	type plain Scatter
	return json.Marshal(struct {
		Kind string `json:"kind"`
		plain
	}{s.kind(), plain(s)})
}
