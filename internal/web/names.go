package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/fold"
)

// mostOffered is the longest list to choose from; names of longer ones are
// typed, and offered while they are.
const mostOffered = 50

// mostNames is how many names that fit are offered.
const mostNames = 20

const staffNamesPath = "/settings/names"

// nameRoutes offer names while they are typed.
func nameRoutes() []route {
	return []route{
		{pattern: "GET /names/{dimension}", needs: auth.ViewOwn, handle: (*request).names},
		{pattern: "GET " + staffNamesPath, needs: auth.ManageSettings, handle: (*request).staffNames},
	}
}

// names offers the values of a dimension that fit what was typed.
func (r *request) names() error {
	dimension := r.PathValue("dimension")
	if !slices.Contains(offered, dimension) {
		return callpace.E(callpace.NotFound, "web.no_page")
	}
	all, err := r.valuesOf(dimension)
	if err != nil {
		return err
	}
	return r.offerNames(all, r.view().get(dimension))
}

// staffNames offers agents of the roster, or the logins of accounts.
func (r *request) staffNames() error {
	if r.URL.Query().Has("account") {
		all, err := r.s.State.Accounts().FindAccounts(r.Context())
		if err != nil {
			return err
		}
		var logins []string
		for _, a := range all {
			if fold.Has(a.Name+"\n"+a.Login, r.view().get("account")) {
				logins = append(logins, a.Login)
			}
		}
		return r.offerNames(logins, "")
	}
	agents, _, err := r.staff()
	if err != nil {
		return err
	}
	return r.offerNames(agents, r.view().get("agent"))
}

// offerNames answers with the options of a datalist.
func (r *request) offerNames(all []string, typed string) error {
	r.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	for _, name := range fitting(all, typed) {
		if _, err := fmt.Fprintf(r.w, "<option value=\"%s\"></option>\n", template.HTMLEscapeString(name)); err != nil {
			return err
		}
	}
	return nil
}

// fitting gives the names that fit what was typed: those that begin with it
// first, no more than can be looked over.
func fitting(all []string, typed string) []string {
	part := fold.Text(typed)
	var begin, other []string
	for _, name := range all {
		switch folded := fold.Text(name); {
		case strings.HasPrefix(folded, part):
			begin = append(begin, name)
		case strings.Contains(folded, part):
			other = append(other, name)
		}
		if len(begin) == mostNames {
			break
		}
	}
	begin = append(begin, other...)
	return begin[:min(len(begin), mostNames)]
}

// meant gives the name that somebody typed, however they write it; "" where it
// is none or could be several.
func meant(all []string, typed string) (name string) {
	if slices.Contains(all, typed) {
		return typed
	}
	folded := fold.Text(typed)
	for _, one := range all {
		if fold.Text(one) != folded {
			continue
		}
		if name != "" {
			return ""
		}
		name = one
	}
	return name
}
