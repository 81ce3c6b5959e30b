package main

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/callpace/callpace/internal/kpi"
)

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// printFrame writes an answer in the form asked for. All forms come from the
// frame alone, so they agree.
func (a *app) printFrame(defs *kpi.Catalogue, f *kpi.Frame, intervals bool) error {
	switch a.Output {
	case "csv":
		return a.frameCSV(f, intervals)
	case "json":
		return writeJSON(a.stdout, a.frameJSON(defs, f))
	}
	a.frameTable(defs, f, intervals)
	return nil
}

// frameCSV writes full precision; empty is "none" of a dimension and "no data"
// of a KPI.
func (a *app) frameCSV(f *kpi.Frame, intervals bool) error {
	head := slices.Clone(f.Dims)
	shrunk := isShrunk(f)
	for i, c := range f.Columns {
		head = append(head, c.Name)
		if intervals {
			head = append(head, c.Name+".low", c.Name+".high")
		}
		if shrunk[i] {
			head = append(head, c.Name+".shrunk")
		}
		if f.Compare != nil {
			head = append(head, c.Name+".before", c.Name+".difference", c.Name+".beyond_chance")
		}
	}
	var rows [][]string
	for _, r := range f.Rows {
		row := slices.Clone(r.Key)
		for i, x := range r.Figures {
			row = append(row, plain(x))
			if intervals {
				row = append(row, number(x.Interval, x.Low), number(x.Interval, x.High))
			}
			if shrunk[i] {
				row = append(row, number(x.IsShrunk, x.Shrunk))
			}
			if f.Compare != nil {
				row = append(row, comparedCells(x.Compared)...)
			}
		}
		rows = append(rows, row)
	}
	return writeCSV(a.stdout, head, rows)
}

func comparedCells(c *kpi.Compared) []string {
	if c == nil {
		return []string{"", "", ""}
	}
	beyond := ""
	if c.Judged {
		beyond = strconv.FormatBool(c.Beyond)
	}
	return []string{plain(c.Before), number(c.Valid, c.Diff), beyond}
}

// plain writes a figure for machines: exactly where it is exact.
func plain(x kpi.Figure) string {
	if x.Valid && x.IsExact {
		return x.Exact.String()
	}
	return number(x.Valid, x.Number)
}

func number(valid bool, v float64) string {
	if !valid {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func isShrunk(f *kpi.Frame) []bool {
	out := make([]bool, len(f.Columns))
	for _, r := range f.Rows {
		for i, x := range r.Figures {
			out[i] = out[i] || x.IsShrunk
		}
	}
	return out
}

// frameJSON is the answer with everything that is known of each figure.
func (a *app) frameJSON(defs *kpi.Catalogue, f *kpi.Frame) any {
	type column struct {
		Name    string   `json:"name"`
		Title   string   `json:"title"`
		Variant string   `json:"variant,omitempty"`
		Version int      `json:"version"`
		Unit    kpi.Unit `json:"unit"`
		Kind    kpi.Kind `json:"kind"`
		Better  string   `json:"better"`
		Target  *float64 `json:"target,omitempty"`
	}
	out := struct {
		Dimensions []string         `json:"dimensions"`
		From       string           `json:"from,omitempty"`
		To         string           `json:"to,omitempty"`
		KPIs       []column         `json:"kpis"`
		Rows       []map[string]any `json:"rows"`
	}{Dimensions: f.Dims, Rows: []map[string]any{}}
	if out.Dimensions == nil {
		out.Dimensions = []string{}
	}
	if f.Period != nil {
		out.From, out.To = isoDay(f.Period.From), isoDay(f.Period.To-1)
	}
	for _, c := range f.Columns {
		out.KPIs = append(out.KPIs, column{c.Name, a.title(defs, c), c.Variant, c.Version, c.Unit, c.Kind, c.Better, c.Target})
	}
	for _, r := range f.Rows {
		figures := map[string]any{}
		for i, x := range r.Figures {
			figures[f.Columns[i].Name] = figureJSON(x)
		}
		key := map[string]any{}
		for i, d := range f.Dims {
			key[d] = nullable(r.Key[i] != "", r.Key[i])
		}
		out.Rows = append(out.Rows, map[string]any{"key": key, "figures": figures})
	}
	return out
}

func nullable(ok bool, v any) any {
	if !ok {
		return nil
	}
	return v
}

func figureJSON(x kpi.Figure) map[string]any {
	m := map[string]any{"value": nullable(x.Valid, x.Number)}
	if x.Valid && x.IsExact {
		m["exact"] = x.Exact.String()
	}
	if x.Currency != "" {
		m["currency"] = x.Currency
	}
	if x.Parts {
		m["numerator"], m["denominator"] = x.Num, x.Den
	}
	if x.Interval {
		m["low"], m["high"] = x.Low, x.High
	}
	if x.IsShrunk {
		m["shrunk"], m["weight"] = x.Shrunk, x.Weight
	}
	if len(x.Marks) > 0 {
		m["marks"] = x.Marks
	}
	if c := x.Compared; c != nil {
		compared := map[string]any{"before": figureJSON(c.Before), "difference": nullable(c.Valid, c.Diff)}
		if c.Judged {
			compared["low"], compared["high"], compared["beyond_chance"] = c.Low, c.High, c.Beyond
		}
		m["compared"] = compared
	}
	return m
}

// title is a column's name for people; the variant is always said.
func (a *app) title(defs *kpi.Catalogue, c kpi.Column) string {
	d, err := defs.Find(c.ID)
	if err != nil {
		return c.Name
	}
	if c.Variant == "" || c.Variant == d.Default && c.Name == c.ID {
		return d.Name(a.lang)
	}
	return d.Name(a.lang) + " · " + d.VariantName(a.lang, c.Variant)
}

var markSigns = map[kpi.Mark]string{kpi.Small: "*", kpi.Immature: "†", kpi.MixedCurrencies: "‡", kpi.CostAbove: "§"}

func (a *app) frameTable(defs *kpi.Catalogue, f *kpi.Frame, intervals bool) {
	g := grid{}
	for _, d := range f.Dims {
		g.head, g.right = append(g.head, defs.Word(a.lang, "dim."+d)), append(g.right, false)
	}
	column := func(title string) { g.head, g.right = append(g.head, title), append(g.right, true) }
	shrunk := isShrunk(f)
	for i, c := range f.Columns {
		column(a.title(defs, c))
		if intervals {
			column(a.text("column.interval"))
		}
		if shrunk[i] {
			column(a.text("column.shrunk"))
		}
		if f.Compare != nil {
			column(a.text("column.before"))
			column(a.text("column.change"))
		}
	}
	seen := map[kpi.Mark]bool{}
	for _, r := range f.Rows {
		row := make([]string, 0, len(g.head))
		for _, k := range r.Key {
			if k == "" {
				k = "–"
			}
			row = append(row, k)
		}
		for i, x := range r.Figures {
			row = a.figureCells(row, f, f.Columns[i], x, intervals, shrunk[i])
			for _, m := range x.Marks {
				seen[m] = true
			}
		}
		g.add(row...)
	}
	g.print(a.stdout)
	for _, m := range []kpi.Mark{kpi.Small, kpi.Immature, kpi.MixedCurrencies, kpi.CostAbove} {
		if seen[m] {
			fmt.Fprintf(a.stdout, "%s %s\n", markSigns[m], a.say.T("kpi.mark."+string(m), map[string]any{"limit": kpi.SmallGroup}))
		}
	}
	if f.Compare != nil {
		a.line("kpi.compared_with", "from", a.say.Date(f.Compare.From), "to", a.say.Date(f.Compare.To-1))
	}
}

func (a *app) figureCells(row []string, f *kpi.Frame, c kpi.Column, x kpi.Figure, intervals, shrunk bool) []string {
	text := a.figure(c.Unit, x)
	for _, m := range x.Marks {
		text += markSigns[m]
	}
	row = append(row, text)
	if intervals {
		span := ""
		if x.Interval {
			span = a.value(c.Unit, x.Low, x.Currency) + " – " + a.value(c.Unit, x.High, x.Currency)
		}
		row = append(row, span)
	}
	if shrunk {
		row = append(row, a.figure(c.Unit, kpi.Figure{Valid: x.IsShrunk, Number: x.Shrunk, Currency: x.Currency}))
	}
	if f.Compare != nil {
		row = append(row, a.changeCells(c, x.Compared)...)
	}
	return row
}

// changeCells are the other period's figure and the change; one that chance
// explains is put in brackets.
func (a *app) changeCells(c kpi.Column, x *kpi.Compared) []string {
	if x == nil || !x.Valid {
		return []string{"–", ""}
	}
	change := ""
	switch {
	case c.Unit == kpi.UnitPercent:
		points, sign := signed(100*x.Diff, 1)
		change = a.say.T("kpi.points", map[string]any{"points": sign + a.say.Number(points, 1)})
	case x.Before.Number != 0:
		relative, sign := signed(100*x.Relative, 0)
		change = sign + a.say.Percent(relative/100, 0)
	default:
		_, sign := signed(x.Diff, 2)
		change = sign + a.value(c.Unit, x.Diff, x.Before.Currency)
	}
	if x.Judged && !x.Beyond {
		change = "(" + change + ")"
	}
	return []string{a.figure(c.Unit, x.Before), change}
}

// signed rounds a change as it will be shown, so that none comes as −0, and
// gives the plus of a rise.
func signed(v float64, decimals int) (rounded float64, sign string) {
	unit := math.Pow10(decimals)
	if rounded = math.Round(v*unit) / unit; rounded == 0 {
		return 0, ""
	}
	if rounded > 0 {
		return rounded, "+"
	}
	return rounded, ""
}

// figure writes a figure for people.
func (a *app) figure(u kpi.Unit, x kpi.Figure) string {
	if !x.Valid {
		return "–"
	}
	return a.value(u, x.Number, x.Currency)
}

func (a *app) value(u kpi.Unit, v float64, currency string) string {
	switch u {
	case kpi.UnitPercent:
		return a.say.Percent(v, 1)
	case kpi.UnitMoney:
		decimals := 0
		if math.Abs(v) < 1000 {
			decimals = 2
		}
		return a.say.Number(v, decimals) + " " + currency
	case kpi.UnitSeconds:
		return a.duration(v)
	case kpi.UnitCount:
		if v == math.Trunc(v) {
			return a.say.Int(int64(v))
		}
		return a.say.Number(v, 1)
	}
	return a.say.Number(v, 2)
}

// duration writes seconds as 12 s, 3:05 or 1:02:30, long ones as days.
func (a *app) duration(seconds float64) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	s := int64(math.Round(seconds))
	switch {
	case s >= 48*3600:
		return sign + a.say.T("duration.days", map[string]any{"days": a.say.Number(seconds/86400, 1)})
	case s >= 3600:
		return sign + a.say.Digits(fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60))
	case s >= 60:
		return sign + a.say.Digits(fmt.Sprintf("%d:%02d", s/60, s%60))
	case seconds == math.Trunc(seconds):
		return sign + a.say.T("duration.seconds", map[string]any{"seconds": a.say.Int(s)})
	}
	return sign + a.say.T("duration.seconds", map[string]any{"seconds": a.say.Number(seconds, 1)})
}
