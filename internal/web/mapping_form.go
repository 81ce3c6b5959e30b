package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/mapping"
)

// written is what a column's select says where the column is used as the text
// has it, in a way that the form does not show.
const written = "="

// applyForm does to a mapping what the form of the editor says. What the form
// does not name stays.
func applyForm(e *mapping.Editor, form url.Values) {
	for _, name := range []string{"zone", "currency", "country"} {
		if form.Has(name) {
			e.Set(name, strings.TrimSpace(form.Get(name)))
		}
	}
	if fact := form.Get("add_fact"); fact != "" {
		e.AddFact(fact)
	}
	var keys []string
	for i, name := range e.Headers() {
		c := "c" + strconv.Itoa(i)
		if form.Has(c + ".key") {
			keys = append(keys, name)
		}
		if !form.Has(c) {
			continue
		}
		before := ""
		if u := e.Use(i); u != nil {
			before = u.Target
		}
		if form.Get(c) != written {
			e.Assign(i, form.Get(c))
		}
		if u := e.Use(i); u != nil && u.Target == before {
			applyUse(e, i, u, form)
		}
	}
	if form.Has("keys") { // of the form: so that none can be said
		e.SetKey(inOrder(keys, e.Keys()))
	}
	for _, c := range e.Constants() {
		if name := "k." + c.Target; form.Has(name) {
			e.SetConstant(c.Target, strings.TrimSpace(form.Get(name)))
		}
	}
	if target := form.Get("add_constant"); target != "" {
		e.SetConstant(target, strings.TrimSpace(form.Get("add_value")))
	}
	for _, fact := range form["drop_fact"] {
		e.RemoveFact(fact)
	}
}

// applyUse sets how a field is written that the form showed of a column.
func applyUse(e *mapping.Editor, column int, u *mapping.Use, form url.Values) {
	c := "c" + strconv.Itoa(column)
	for _, o := range u.Offers {
		if form.Has(c + "." + o.Name) {
			e.SetOption(column, o.Name, strings.TrimSpace(form.Get(c+"."+o.Name)))
		}
	}
	var values []mapping.Value
	for j := 0; form.Has("w" + strconv.Itoa(column) + "." + strconv.Itoa(j)); j++ {
		at := strconv.Itoa(column) + "." + strconv.Itoa(j)
		values = append(values, mapping.Value{Text: form.Get("w" + at), To: form.Get("v" + at)})
	}
	if len(values) > 0 {
		e.SetValues(column, values)
	}
	if form.Has(c + ".shown") {
		e.SetAlso(column, form.Has(c+".also"))
	}
}

// inOrder keeps the order in which the mapping names its keys.
func inOrder(keys, before []string) []string {
	slices.SortStableFunc(keys, func(a, b string) int {
		i, j := slices.Index(before, a), slices.Index(before, b)
		if i < 0 || j < 0 {
			return 0
		}
		return i - j
	})
	return keys
}

// applyOptions takes the settings of a format that has no mapping.
func applyOptions(d *draft, options []source.Option, form url.Values) {
	for _, o := range options {
		if !form.Has("o." + o.Name) {
			continue
		}
		if v := strings.TrimSpace(form.Get("o." + o.Name)); v != "" && v != o.Default {
			if d.Options == nil {
				d.Options = map[string]string{}
			}
			d.Options[o.Name] = v
		} else {
			delete(d.Options, o.Name)
		}
	}
}
