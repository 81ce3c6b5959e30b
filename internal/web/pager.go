package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace/internal/fold"
)

// pager is the way through a table or list that is longer than a page: which
// of its rows are here, the pages beside, and a search by name. Where the
// reader is stands in the address, under the id of the table.
type pager struct {
	ID            string
	Range         string // "51–100 of 2,000"
	Before, After string // addresses; "" where there is no such page
	BeforeText    string
	AfterText     string
	Name          string // of the table, for those who do not see it
	Find          *finder
	None          string // what is said where the search finds nothing
	Turned        bool   // the reader has been here: what holds the table is to be open
}

// finder is the search of a pager.
type finder struct {
	Field, Value, Label string
	Action              string
	Kept                [][2]string // what else the address holds
}

// cut gives the part of a long list that a view asks for, and the way to the
// rest; nil for a list of one page. name gives what an item is found by, nil for
// a list that cannot be searched.
func cut[T any](r *request, v view, id string, all []T, name func(T) string) ([]T, *pager) {
	if len(all) <= pageRows {
		return all, nil
	}
	asked := ""
	if name != nil {
		if asked = v.get(id + ".find"); asked != "" {
			all = slices.DeleteFunc(slices.Clone(all), func(x T) bool { return !fold.Has(name(x), asked) })
		}
	}
	from, to := turned(v, id, len(all), pageRows)
	p := r.pager(v, id, len(all), pageRows)
	if name != nil {
		p.Find = r.finder(v, id)
	}
	if p.Turned = p.Turned || asked != ""; len(all) == 0 {
		p.None = r.reader.T("pager.none", map[string]any{"text": asked})
	}
	return all[from:to], p
}

// finder is the search of a table.
func (r *request) finder(v view, id string) *finder {
	return &finder{Field: id + ".find", Value: v.get(id + ".find"), Label: r.reader.Text("pager.find"), Action: v.path, Kept: v.kept(id+".find", id+".page")}
}

// turned gives the rows of the page to which a view turned a table of so many rows.
func turned(v view, id string, rows, size int) (from, to int) {
	page, _ := strconv.Atoi(v.get(id + ".page"))
	page = min(max(page, 1), max((rows+size-1)/size, 1))
	return (page - 1) * size, min(page*size, rows)
}

// pager is the way through a table of so many rows, of which a page holds size.
func (r *request) pager(v view, id string, rows, size int) *pager {
	p := &pager{ID: id, BeforeText: r.reader.Text("pager.before"), AfterText: r.reader.Text("rows.next"), Name: r.reader.Text("rows.pages")}
	from, to := turned(v, id, rows, size)
	p.Turned = from > 0
	if rows > 0 {
		p.Range = r.reader.T("web.rows_of", map[string]any{"from": int64(from + 1), "to": int64(to), "count": int64(rows)})
	}
	if from > 0 {
		p.Before = v.with(id+".page", strconv.Itoa(from/size))
	}
	if to < rows {
		p.After = v.with(id+".page", strconv.Itoa(from/size+2))
	}
	return p
}

// kept are the parameters of a view but for some, as a form carries them on.
func (v view) kept(without ...string) (out [][2]string) {
	for _, name := range sortedKeys(v.values) {
		for _, value := range v.values[name] {
			if !slices.Contains(without, name) {
				out = append(out, [2]string{name, value})
			}
		}
	}
	return out
}

// firstPages is a view at the beginning of all its tables: what is narrowed or
// ordered otherwise has other pages.
func (v view) firstPages() view {
	out := v.clone()
	for name := range out.values {
		if strings.HasSuffix(name, ".page") {
			out.values.Del(name)
		}
	}
	return out
}
