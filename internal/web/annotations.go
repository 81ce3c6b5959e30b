package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/store"
)

// annotated is something that happened, as charts and lists show it.
type annotated struct {
	store.Annotation
	Mark   string // its number
	Kind   string // in words
	Days   string
	Author string // with the day of writing
	Edit   string // address of its form; "" where it is not the reader's to change
}

// happening is what happened in the days of a page, with the form to add to it
// or to change it.
type happening struct {
	List          []annotated
	Action        string // of the form; "" for whoever may not write
	Open          bool
	ID            string // of the annotation that is changed
	Delete, Leave string // addresses
	From, To      string
	Kind, Text    string
	Team          string
	Kinds, Teams  []choice
	Fault         string
	status        int
}

func (h happening) code() int { return h.status }

// kindsOfAnnotation are in the order in which they are offered.
var kindsOfAnnotation = []string{store.AnnotationHoliday, store.AnnotationScript, store.AnnotationOutage, store.AnnotationCampaign, store.AnnotationOther}

// longestAnnotation is what a list under a chart has room for.
const longestAnnotation = 200

// annotations lists what happened in a range of days, as far as the reader is concerned.
func (r *request) annotations(days calendar.Range) ([]annotated, error) {
	found, err := r.s.State.Annotations().FindAnnotations(r.Context(), days.From, days.To-1)
	if err != nil {
		return nil, err
	}
	scope := r.who.Scope(r.org.SeePeers)
	clock, err := r.settings.Clock()
	if err != nil {
		return nil, err
	}
	authors := map[string]string{}
	var out []annotated
	for _, a := range found {
		if a.Team != "" && !scope.All() && !slices.Contains(scope.Teams(), a.Team) && !slices.Contains(r.who.Account.Teams, a.Team) {
			continue
		}
		x := annotated{Annotation: a, Kind: r.reader.Text("annotation.kind." + a.Kind), Days: r.span(calendar.Range{From: a.FromDay, To: a.ToDay + 1})}
		x.Mark = r.reader.Int(int64(len(out) + 1))
		if _, ok := authors[a.AuthorID]; !ok {
			by, err := r.s.State.Accounts().FindAccount(r.Context(), a.AuthorID)
			if err != nil && callpace.CodeOf(err) != callpace.NotFound {
				return nil, err
			}
			authors[a.AuthorID] = by.Name
		}
		x.Author = r.reader.T("annotation.by", map[string]any{"name": authors[a.AuthorID], "date": r.reader.Date(clock.Moment(a.CreatedAt).Day)})
		out = append(out, x)
	}
	return out, nil
}

// mayAnnotate tells whether the reader may write on the charts of a team; "" is
// everybody's.
func (r *request) mayAnnotate(team string) bool {
	scope := r.who.Scope(r.org.SeePeers)
	return r.who.May(auth.Annotate) && (scope.All() || team != "" && slices.Contains(scope.Teams(), team))
}

// happening completes the list and the form of a page; written is what the
// reader wrote, where it could not be taken.
func (r *request) happening(v view, written happening, list []annotated, days calendar.Range) happening {
	h := written
	h.List = list
	if !r.who.May(auth.Annotate) {
		return h
	}
	base := v.clone()
	base.values.Del("annotation")
	cal := r.calendar()
	day := func(n int64) string { return r.reader.Digits(cal.Key(calendar.Day, n)) }
	for i, a := range h.List {
		if r.mayAnnotate(a.Team) {
			h.List[i].Edit = v.with("annotation", a.ID) + "#annotate"
		}
		if a.ID == v.get("annotation") && !written.Open {
			h.Open, h.ID, h.From, h.To, h.Kind, h.Text, h.Team = true, a.ID, day(a.FromDay), day(a.ToDay), a.Annotation.Kind, a.Text, a.Team
		}
	}
	at := view{v.path + "/annotations", base.values}
	h.Action, h.Leave = at.with(), base.with()
	if h.ID != "" {
		h.Action = view{at.path + "/" + url.PathEscape(h.ID), base.values}.with()
		h.Delete = view{at.path + "/" + url.PathEscape(h.ID) + "/delete", base.values}.with()
	}
	if h.From == "" && !written.Open {
		today, err := r.asker().Today()
		if err == nil {
			h.From = day(min(today, days.To-1))
		}
	}
	for _, k := range kindsOfAnnotation {
		h.Kinds = append(h.Kinds, choice{r.reader.Text("annotation.kind." + k), k, k == h.Kind})
	}
	if r.mayAnnotate("") {
		h.Teams = append(h.Teams, choice{r.reader.Text("annotation.everybody"), "", h.Team == ""})
	}
	teams, err := r.valuesOf("team")
	if err != nil {
		return h
	}
	for _, t := range teams {
		if r.mayAnnotate(t) {
			h.Teams = append(h.Teams, choice{t, t, t == h.Team})
		}
	}
	return h
}

// takeAnnotation adds an annotation, or changes the one that the address names.
func (r *request) takeAnnotation() error {
	h := happening{Open: true, ID: r.PathValue("id"), From: r.PostFormValue("from"), To: r.PostFormValue("to"), Kind: r.PostFormValue("kind"),
		Text: strings.TrimSpace(r.PostFormValue("text")), Team: r.PostFormValue("team")}
	err := r.writeAnnotation(h)
	if err == nil {
		return r.redirect(r.ofKPI().with("annotation", "") + "#annotations")
	}
	switch callpace.CodeOf(err) {
	case callpace.Invalid, callpace.NotFound, callpace.Limit:
		h.Fault, h.status = r.reader.Error(err), Status(err)
		return r.showKPI(r.ofKPI(), h)
	}
	return err
}

// ofKPI is the view of the KPI's page from which a form came.
func (r *request) ofKPI() view {
	return view{"/kpi/" + url.PathEscape(r.PathValue("kpi")), r.URL.Query()}
}

func (r *request) writeAnnotation(h happening) error {
	today, err := r.asker().Today()
	if err != nil {
		return err
	}
	a := store.Annotation{ID: h.ID, Kind: h.Kind, Text: h.Text, Team: h.Team, AuthorID: r.who.Account.ID, CreatedAt: r.now}
	if a.FromDay, err = r.calendar().ParseDay(h.From, today); err != nil {
		return err
	}
	if a.ToDay = a.FromDay; strings.TrimSpace(h.To) != "" {
		if a.ToDay, err = r.calendar().ParseDay(h.To, today); err != nil {
			return err
		}
	}
	switch {
	case a.Text == "":
		return callpace.E(callpace.Invalid, "annotation.no_text")
	case utf8.RuneCountInString(a.Text) > longestAnnotation:
		return callpace.E(callpace.Limit, "annotation.too_long", "limit", longestAnnotation)
	case !slices.Contains(kindsOfAnnotation, a.Kind):
		return callpace.E(callpace.Invalid, "annotation.no_kind")
	case !r.mayAnnotate(a.Team):
		return callpace.E(callpace.Forbidden, "annotation.not_yours")
	case h.ID == "":
		_, err = r.s.State.Annotations().CreateAnnotation(r.Context(), a)
		return err
	}
	if err := r.ownAnnotation(h.ID); err != nil {
		return err
	}
	return r.s.State.Annotations().UpdateAnnotation(r.Context(), a)
}

// ownAnnotation checks that an annotation is the reader's to change.
func (r *request) ownAnnotation(id string) error {
	a, err := r.s.State.Annotations().FindAnnotation(r.Context(), id)
	if err == nil && !r.mayAnnotate(a.Team) {
		err = callpace.E(callpace.Forbidden, "annotation.not_yours")
	}
	if err != nil {
		return fmt.Errorf("change annotation: %w", err)
	}
	return nil
}

// dropAnnotation deletes an annotation.
func (r *request) dropAnnotation() error {
	id := r.PathValue("id")
	if err := r.ownAnnotation(id); err != nil {
		return err
	}
	if err := r.s.State.Annotations().DeleteAnnotation(r.Context(), id); err != nil {
		return err
	}
	return r.redirect(r.ofKPI().with("annotation", "") + "#annotations")
}
