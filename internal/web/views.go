package web

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/store"
)

// savedViews are the views that the reader can go back to, with the form to
// keep the one at hand.
type savedViews struct {
	List     []savedView
	Action   string // of the form; "" for whoever may not save
	MayShare bool
	Open     *savedView // the reader's own view that is at hand
	Name     string
	Shared   bool
	Fault    string
	status   int
}

// savedView is a page's state under a name.
type savedView struct {
	ID, Name, URL  string
	Own, Shared    bool
	Current        bool
	Change, Delete string // actions
}

// pageOfViews is the page whose states are saved.
const pageOfViews = "explore"

// longestName bounds the name of a view.
const longestName = 80

// savedViews lists the views of the page; form is what could not be taken.
func (r *request) savedViews(v view, form savedViews) (savedViews, error) {
	found, err := r.s.State.Views().FindViews(r.Context(), r.who.Account.ID, pageOfViews)
	if err != nil {
		return form, err
	}
	s := form
	for _, x := range found {
		at := "/explore/views/" + url.PathEscape(x.ID)
		one := savedView{ID: x.ID, Name: x.Name, Shared: x.Shared, Own: x.OwnerID == r.who.Account.ID, Current: x.ID == v.get("view"),
			URL: keptView(x).with("view", x.ID), Change: view{at, v.values}.with(), Delete: at + "/delete"}
		s.List = append(s.List, one)
		if one.Current && one.Own {
			s.Open = &one
			if form.status == 0 {
				s.Name, s.Shared = one.Name, one.Shared
			}
		}
	}
	if r.who.May(auth.SaveViews) {
		s.Action, s.MayShare = view{"/explore/views", v.values}.with("view", ""), r.who.May(auth.ShareViews)
	}
	return s, nil
}

func keptView(x store.View) view {
	values, err := url.ParseQuery(x.Query)
	if err != nil {
		values = url.Values{} // of another version, perhaps: the page alone
	}
	return view{"/explore", values}
}

// saveView keeps the state of the page under a name, as a new view or in place
// of the one that the address names.
func (r *request) saveView() error {
	form := savedViews{Name: strings.TrimSpace(r.PostFormValue("name")), Shared: r.PostFormValue("shared") != ""}
	v := view{"/explore", r.URL.Query()}
	state := v.clone()
	state.values.Del("view")
	state.values.Del("lang")
	x := store.View{ID: r.PathValue("id"), OwnerID: r.who.Account.ID, Page: pageOfViews, Name: form.Name, Query: state.values.Encode(), Shared: form.Shared, UpdatedAt: r.now}
	err := r.checkView(x)
	switch {
	case err != nil:
	case x.ID == "":
		x, err = r.s.State.Views().CreateView(r.Context(), x)
	default:
		err = r.s.State.Views().UpdateView(r.Context(), x)
	}
	if err == nil {
		return r.redirect(state.with("view", x.ID))
	}
	switch callpace.CodeOf(err) {
	case callpace.Invalid, callpace.Conflict, callpace.Limit:
		form.Fault, form.status = r.reader.Error(err), Status(err)
		return r.showExplore(v, form)
	}
	return err
}

func (r *request) checkView(x store.View) error {
	switch {
	case x.Name == "":
		return callpace.E(callpace.Invalid, "views.no_name")
	case utf8.RuneCountInString(x.Name) > longestName:
		return callpace.E(callpace.Limit, "views.long_name", "limit", longestName)
	case x.Shared:
		return r.who.Require(auth.ShareViews)
	}
	return nil
}

// dropView deletes a view of the reader's.
func (r *request) dropView() error {
	if err := r.s.State.Views().DeleteView(r.Context(), r.who.Account.ID, r.PathValue("id")); err != nil {
		return err
	}
	return r.redirect("/explore")
}
