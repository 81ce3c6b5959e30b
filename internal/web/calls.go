package web

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/behind"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/fold"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/source"
)

// callsPage searches calls.
type callsPage struct {
	shell
	Controls controls
	Search   string
	Kept     [][2]string // what the form leaves as it is
	Count    string
	Listing  listing
}

// longestSearch bounds a search, in characters.
const longestSearch = 100

func (r *request) calls() error {
	v := r.view()
	page := callsPage{shell: r.shell("nav.calls", "calls"), Search: v.get("q")}
	q, p, err := r.rowAsker().Query(callWords(v))
	if err != nil {
		return err
	}
	if page.Controls, err = r.rowControls(v, p); err != nil {
		return err
	}
	for _, h := range page.Controls.Hidden {
		if h[0] != "q" && h[0] != "cursor" {
			page.Kept = append(page.Kept, h)
		}
	}
	for _, name := range []string{"period", "from", "to"} {
		if value := v.get(name); value != "" {
			page.Kept = append(page.Kept, [2]string{name, value})
		}
	}
	found, err := r.find(v)
	if err != nil {
		return err
	}
	var rows behind.Page
	err = r.readRows(func(e behind.Engine) (err error) {
		rows, err = behind.Number(r.Context(), r.defs, e, q, v.get("cursor"), pageRows, found...)
		return err
	})
	if err != nil {
		return err
	}
	page.Count = r.reader.T("calls.count", map[string]any{"count": rows.Count})
	if page.Listing, err = r.listing(v, rows, "/calls/export"); err != nil {
		return err
	}
	if rows.Count == 0 {
		page.Listing.Empty = &empty{Icon: "search", Title: r.reader.Text("calls.none"), Text: r.reader.Text("calls.none_text")}
	}
	return r.page("calls", page)
}

// callWords are the question of a search: of all days, unless some are asked for.
func callWords(v view) (w question.Words) {
	w = rowWords(v, "calls")
	if v.get("q") != "" && v.get("period")+v.get("from")+v.get("to") == "" {
		w.Period = ""
	}
	return w
}

// exportCalls writes what a search found.
func (r *request) exportCalls() error {
	v := r.view()
	q, _, err := r.rowAsker().Query(callWords(v))
	if err != nil {
		return err
	}
	found, err := r.find(v)
	if err != nil {
		return err
	}
	return r.exportListing(v, "calls", func(ctx context.Context, e behind.Engine) (*kpi.RowsSpec, error) {
		spec, err := r.defs.RowsBehind(ctx, e, q, nil)
		if err == nil {
			spec.Where = append(spec.Where, found...)
		}
		return spec, err
	})
}

// find makes of a search the condition that calls fit it: by the number
// however it is written, by the id of the call or lead, by agents' names.
func (r *request) find(v view) ([]kpi.Expr, error) {
	text := v.get("q")
	if text == "" {
		return nil, nil
	}
	if utf8.RuneCountInString(text) > longestSearch {
		return nil, callpace.E(callpace.Invalid, "calls.too_long", "limit", longestSearch)
	}
	is := func(column string, values ...string) kpi.Expr {
		args := []kpi.Expr{kpi.Field{Name: column, Kind: facts.Text}}
		for _, value := range values {
			args = append(args, kpi.String{Value: value})
		}
		return kpi.Op{Name: kpi.In, Args: args}
	}
	// Columns with a key, each compared with texts, are found without reading
	// all calls. A call that names its lead has that lead, so no more is asked.
	id := source.ASCIIDigits(text)
	ways := []kpi.Expr{is("source_id", id), is("lead", id)}
	if likePhone(text) {
		numbers := []string{source.Phone(text, r.settings.Country)}
		if bare := strings.TrimLeft(numbers[0], "+"); numbers[0] != "" {
			numbers = append(numbers, bare, "+"+bare)
			ways = append(ways, is("phone", numbers...), is("lead", numbers...))
		}
	}
	agents, err := r.valuesOf("agent") // who may be called by a number, too
	if err != nil {
		return nil, err
	}
	agents = slices.DeleteFunc(slices.Clone(agents), func(name string) bool { return !fold.Has(name, text) })
	if len(agents) > 0 {
		ways = append(ways, is("agent", agents...))
	}
	return []kpi.Expr{kpi.Op{Name: kpi.Or, Args: ways}}, nil
}

// likePhone tells whether a text can be a telephone number.
func likePhone(text string) bool {
	digits := 0
	for _, c := range source.ASCIIDigits(text) {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case !strings.ContainsRune("+-()./ ", c):
			return false
		}
	}
	return digits >= 3
}
