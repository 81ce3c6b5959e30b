package web

import (
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/question"
)

// place names a dimension's value for the reader; one that has none is said so.
func (r *request) place(dimension, key string) string {
	if key == "" {
		return r.reader.T("place.none", map[string]any{"dimension": r.reader.Dimension(dimension)})
	}
	if word := "outcome." + key; dimension == "outcome" && r.reader.Has(word) {
		return r.reader.Text(word)
	}
	return r.reader.Place(dimension, key)
}

// shortPlace names it as at an axis.
func (r *request) shortPlace(dimension, key string) string {
	if key == "" || dimension == "outcome" {
		return r.place(dimension, key)
	}
	return r.reader.PlaceShort(dimension, key)
}

// drill gives the address of the page about one value of a dimension only:
// some days by the period, others by a filter, the rest by a condition.
func (r *request) drill(v view, dimension, key string, pairs ...string) string {
	v = v.firstPages()
	switch dimension {
	case "day", "week", "month", "quarter", "year":
		if key != "" {
			return v.with(append(pairs, "period", key, "from", "", "to", "")...)
		}
	}
	if key != "" && slices.Contains(filterDimensions, dimension) {
		return v.with(append(pairs, dimension, key)...)
	}
	narrowed := v.clone()
	if text := r.condition(dimension, key); !slices.Contains(v.values["where"], text) {
		narrowed.values.Add("where", text)
	}
	return narrowed.with(pairs...)
}

// condition is the condition that a dimension has a value.
func (r *request) condition(dimension, key string) string {
	if key != "" && r.defs.Numeric(dimension) {
		return dimension + " == " + key
	}
	return question.Equal(dimension, key)
}

// narrowedTo says what a view is narrowed to: "Team: East · Campaign: Solar".
func (r *request) narrowedTo(v view) string {
	var out []string
	for _, f := range v.filters() {
		out = append(out, r.reader.T("figures.pair", map[string]any{"name": r.reader.Dimension(f.dimension), "value": f.value}))
	}
	return strings.Join(out, " · ")
}
