package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/question"
)

// view is the state that pages of figures share: which days, compared with
// which, and of whom. It is read from the address and written back into links,
// so that a page can be kept, shared and gone back to.
type view struct {
	path   string
	values url.Values
}

// filterDimensions are those that the filter bar offers, in its order.
var filterDimensions = []string{"team", "agent", "campaign", "product", "queue", "list", "direction", "kind", "outcome", "source"}

// defaultPeriod is what a page shows where its address names no days.
const defaultPeriod = "this-month"

// maxConditions bounds what an address can ask for.
const maxConditions = 20

func (v view) get(name string) string { return strings.TrimSpace(v.values.Get(name)) }

// words are the question that the view puts, of some KPIs.
func (v view) words(kpis ...string) question.Words {
	w := question.Words{KPIs: kpis, Period: v.get("period"), From: v.get("from"), To: v.get("to"), Compare: v.get("compare")}
	if w.From != "" || w.To != "" {
		w.Period = ""
	}
	if w.Period+w.From == "" {
		w.Period = defaultPeriod
	}
	switch w.Compare {
	case "":
		w.Compare = "previous"
	case "none":
		w.Compare = ""
	}
	for _, f := range v.filters() {
		w.Where = append(w.Where, question.Equal(f.dimension, f.value))
	}
	for _, text := range v.values["where"] {
		if text = strings.TrimSpace(text); text != "" && len(w.Where) < maxConditions {
			w.Where = append(w.Where, text)
		}
	}
	return w
}

// filter is one value that a dimension is to have.
type filter struct{ dimension, value string }

func (v view) filters() []filter {
	var out []filter
	for _, d := range filterDimensions {
		if value := v.get(d); value != "" {
			out = append(out, filter{d, value})
		}
	}
	return out
}

// with gives the address of the page with some parameters set; an empty value
// takes one out. Pairs are name and value.
func (v view) with(pairs ...string) string {
	values := url.Values{}
	for name, list := range v.values {
		values[name] = slices.Clone(list)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if values.Del(pairs[i]); pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	return address(v.path, values)
}

// to gives the address of another page about the same days and people.
func (v view) to(path string, pairs ...string) string {
	kept := url.Values{}
	for _, name := range slices.Concat([]string{"period", "from", "to", "compare", "where"}, filterDimensions) {
		if list := v.values[name]; len(list) > 0 {
			kept[name] = list
		}
	}
	return view{path, kept}.with(pairs...)
}

func address(path string, values url.Values) string {
	if text := values.Encode(); text != "" {
		return path + "?" + text
	}
	return path
}

// presets are the periods that the picker offers by name.
var presets = []string{"today", "yesterday", "this-week", "last-week", "this-month", "last-month", "this-quarter", "last-quarter", "this-year", "last-90-days"}

// choice is one of several values, as a link.
type choice struct {
	Label    string
	URL      string
	Selected bool
}

// controls are the bar above a page of figures: its days, what they are
// compared with, and whom it is about.
type controls struct {
	Period   string // the days, in words
	From, To string // of the fields, as they can be typed
	Presets  []choice
	Compare  []choice
	Chips    []chip
	Adders   []adder
	Action   string      // of the form
	Hidden   [][2]string // what else the address holds
	Clear    string      // address without filters
}

// chip is a filter that holds, with the address without it.
type chip struct{ Label, Value, Remove string }

// adder offers the values of a dimension to filter by.
type adder struct {
	Dimension, Label string
	Values           []string
}

// controls makes the bar of a view.
func (r *request) controls(v view, p *calendar.Period) controls {
	c := controls{Action: v.path, Clear: v.path}
	if p != nil {
		c.Period = r.span(p.Range)
		cal := r.asker().Calendar()
		c.From, c.To = cal.Key(calendar.Day, p.From), cal.Key(calendar.Day, p.To-1)
	}
	asked := v.words()
	for _, name := range presets {
		c.Presets = append(c.Presets, choice{r.reader.Text("period." + name), v.with("period", name, "from", "", "to", ""), asked.Period == name})
	}
	for _, name := range append([]string{"none"}, question.Comparisons()...) {
		c.Compare = append(c.Compare, choice{r.reader.Text("compare." + name), v.with("compare", name), asked.Compare == name || name == "none" && asked.Compare == ""})
	}
	for _, f := range v.filters() {
		c.Chips = append(c.Chips, chip{r.reader.Dimension(f.dimension), f.value, v.with(f.dimension, "")})
	}
	for i, text := range v.values["where"] {
		rest := slices.Delete(slices.Clone(v.values["where"]), i, i+1)
		values := url.Values{}
		for name, list := range v.values {
			values[name] = list
		}
		values["where"] = rest
		c.Chips = append(c.Chips, chip{"", text, address(v.path, values)})
	}
	for _, name := range slices.Sorted(keys(v.values)) {
		if name != "from" && name != "to" && name != "period" {
			for _, value := range v.values[name] {
				c.Hidden = append(c.Hidden, [2]string{name, value})
			}
		}
	}
	pairs := []string{"where", ""}
	for _, d := range filterDimensions {
		pairs = append(pairs, d, "")
	}
	c.Clear = v.with(pairs...)
	return c
}

// span writes the days of a range, the last one included.
func (r *request) span(days calendar.Range) string {
	if days.To-days.From == 1 {
		return r.reader.Date(days.From)
	}
	return r.reader.T("web.span", map[string]any{"from": r.reader.Date(days.From), "to": r.reader.Date(days.To - 1)})
}
