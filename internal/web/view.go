package web

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
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
	values := v.clone().values
	for i := 0; i+1 < len(pairs); i += 2 {
		if values.Del(pairs[i]); pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	return address(v.path, values)
}

// clone is a view that can be changed without the other.
func (v view) clone() view {
	values := url.Values{}
	for name, list := range v.values {
		values[name] = slices.Clone(list)
	}
	return view{v.path, values}
}

// short gives the address without what says nothing, as forms send it; ok is
// false for one that is short already.
func (v view) short() (to string, ok bool) {
	values := url.Values{}
	for name, list := range v.values {
		kept := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.TrimSpace(s) == "" })
		if ok = ok || len(kept) < len(list); len(kept) > 0 {
			values[name] = kept
		}
	}
	return address(v.path, values), ok
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
	Before   string // addresses of the days before and after
	After    string
	Presets  []choice
	Compared string // with what, in words
	Compare  []choice
	Chips    []chip
	Adders   []adder
	Action   string      // of the forms
	Hidden   [][2]string // what else the address holds than the days
	Kept     [][2]string // what else it holds than filters
	Clear    string      // address without filters
	Likely   []chip      // what a filter may mean that nothing fits; Remove sets it
	Faults   faults      // of the days and the filters
}

// chip is a filter that holds, with the address without it.
type chip struct{ Label, Value, Remove string }

// adder offers the values of a dimension to filter by.
type adder struct {
	Dimension, Label string
	Value            string
	Values           []string
	Names            string // the address that offers names where they are too many for Values
}

// controls makes the bar of a view.
func (r *request) controls(v view, p *calendar.Period) (controls, error) {
	v = v.firstPages()
	c := controls{Action: v.path, Period: r.reader.Text("period.all")}
	cal := r.calendar()
	if p != nil {
		c.Period = r.span(p.Range)
		c.From, c.To = r.reader.Digits(cal.Key(calendar.Day, p.From)), r.reader.Digits(cal.Key(calendar.Day, p.To-1))
		c.Before = v.with("period", p.Shift(-1).String(), "from", "", "to", "")
		c.After = v.with("period", p.Shift(1).String(), "from", "", "to", "")
	}
	asked := v.words()
	for _, name := range presets {
		selected := asked.Period == name
		if selected {
			c.Period = r.reader.Text("period." + name)
			if p != nil && p.Days() > 1 {
				c.Period += " · " + r.reader.T("web.span", map[string]any{"from": r.reader.DayMonth(p.From), "to": r.reader.DayMonth(p.To - 1)})
			}
		}
		c.Presets = append(c.Presets, choice{r.reader.Text("period." + name), v.with("period", name, "from", "", "to", ""), selected})
	}
	for _, name := range append([]string{"none"}, question.Comparisons()...) {
		selected := asked.Compare == name || name == "none" && asked.Compare == ""
		label := r.reader.Text("compare." + name)
		if selected {
			c.Compared = label
		}
		c.Compare = append(c.Compare, choice{label, v.with("compare", name), selected})
	}
	for _, f := range v.filters() {
		c.Chips = append(c.Chips, chip{r.reader.Dimension(f.dimension), f.value, v.with(f.dimension, "")})
	}
	for i, text := range v.values["where"] {
		rest := maps.Clone(v.values)
		rest["where"] = slices.Delete(slices.Clone(v.values["where"]), i, i+1)
		c.Chips = append(c.Chips, chip{"", text, address(v.path, rest)})
	}
	for _, name := range slices.Sorted(maps.Keys(v.values)) {
		for _, value := range v.values[name] {
			if name != "from" && name != "to" && name != "period" {
				c.Hidden = append(c.Hidden, [2]string{name, value})
			}
			if !slices.Contains(filterDimensions, name) {
				c.Kept = append(c.Kept, [2]string{name, value})
			}
		}
	}
	pairs := []string{"where", ""}
	for _, d := range filterDimensions {
		pairs = append(pairs, d, "")
	}
	c.Clear = v.with(pairs...)
	var err error
	if c.Likely, err = r.likely(v); err == nil {
		c.Adders, err = r.adders(v)
	}
	return c, err
}

// offered are the dimensions with few enough values to choose from.
var offered = []string{"team", "agent", "campaign", "product", "queue", "list"}

// adders offer what calls in the reader's scope carry.
func (r *request) adders(v view) ([]adder, error) {
	values, err := r.values()
	if err != nil {
		return nil, err
	}
	var out []adder
	for _, d := range offered {
		list := values[d]
		if len(list) == 0 {
			continue
		}
		a := adder{Dimension: d, Label: r.reader.Dimension(d), Value: v.get(d), Values: list}
		if len(list) > mostOffered {
			a.Values, a.Names = nil, "/names/"+d
		}
		out = append(out, a)
	}
	return out, nil
}

// likely are links to what a filter may mean that no call has: names that fit
// what was typed.
func (r *request) likely(v view) (out []chip, err error) {
	values, err := r.values()
	if err != nil {
		return nil, err
	}
	for _, d := range offered {
		typed := v.get(d)
		if typed == "" || len(values[d]) <= mostOffered || slices.Contains(values[d], typed) {
			continue
		}
		for _, name := range fitting(values[d], typed) {
			out = append(out, chip{Label: r.reader.Dimension(d), Value: name, Remove: v.with(d, name)})
		}
	}
	return out, nil
}

// values are those that calls in the reader's scope have of what is offered.
func (r *request) values() (map[string][]string, error) {
	q, _, err := r.asker().Query(question.Words{})
	if err != nil {
		return nil, err
	}
	known := r.known()
	v, err := r.s.memo.recall(known, fmt.Sprintf("values %#v", q.Scope), func() (found any, err error) {
		err = r.read(func(e kpi.Engine) (err error) {
			found, err = r.defs.Values(context.WithoutCancel(r.Context()), e, q, offered)
			return err
		})
		return found, err
	})
	if err != nil {
		return nil, err
	}
	return v.(map[string][]string), nil
}

// valuesOf lists the values of one of the dimensions that are offered.
func (r *request) valuesOf(dimension string) ([]string, error) {
	values, err := r.values()
	return values[dimension], err
}

// span writes the days of a range, the last one included.
func (r *request) span(days calendar.Range) string {
	if days.To-days.From == 1 {
		return r.reader.Date(days.From)
	}
	return r.reader.T("web.span", map[string]any{"from": r.reader.Date(days.From), "to": r.reader.Date(days.To - 1)})
}
