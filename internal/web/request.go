package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
)

// request is one request with who asks and how they read. Handlers get
// everything through it, so that nobody's scope or language can be forgotten.
type request struct {
	*http.Request
	w        http.ResponseWriter
	s        *Server
	who      auth.Identity // the zero Identity: a stranger, who may do nothing
	secret   string        // of the session
	ownForm  string        // of a stranger's forms; see formSecret
	reader   present.Reader
	settings facts.Settings // the zero Settings where there is no organisation yet
	policy   kpi.Policy
	defs     *kpi.Catalogue
	settled  *ingest.Settled // what these three come from
	org      Organisation
	now      time.Time
	files    map[string]tableFile // the tables of the page, by id
}

// Organisation is what pages need of its settings beside those of facts.
type Organisation struct {
	Name      string            `json:"name"`
	Focus     []string          `json:"focus,omitempty"` // KPIs of the overview; empty: the usual ones
	SeePeers  bool              `json:"see_peers,omitempty"`
	RoleNames map[string]string `json:"role_names,omitempty"`
	Language  string            `json:"language,omitempty"`
	Tomans    bool              `json:"tomans,omitempty"` // amounts in rials are shown in tomans
	// SecondFactor are the roles that must have a second factor.
	SecondFactor []string `json:"second_factor,omitempty"`
}

// OrganisationSetting is the name of the setting that holds an Organisation.
const OrganisationSetting = "organisation"

func (s *Server) request(w http.ResponseWriter, hr *http.Request) *request {
	r := &request{Request: hr, w: w, s: s, now: s.Now()}
	// Without an organisation there are no settings: the set-up has its own defaults.
	r.defs = kpi.Builtin()
	if r.settled = s.Folder.Settled(); r.settled != nil {
		r.settings, r.policy, r.defs = r.settled.Settings, r.settled.Policy, r.settled.Catalogue
	}
	_ = s.State.Settings().FindSetting(hr.Context(), OrganisationSetting, &r.org)
	r.speak("")
	return r
}

// speak sets the reader's language: the address's, else their own, else the
// cookie's, else the browser's first that we speak, else the organisation's.
func (r *request) speak(own string) {
	lang := r.URL.Query().Get("lang")
	if !slices.Contains(i18n.Languages(), lang) {
		lang = own
	}
	if lang == "" {
		lang = i18n.Prefer(r.cookie("lang"), r.Header.Get("Accept-Language"), r.org.Language)
	}
	r.reader = present.Reader{Localizer: r.s.Texts.Localizer(lang, r.calendar()), Catalogue: r.defs}
	if r.tomans() {
		r.reader.Localizer = r.reader.InTomans()
	}
	if r.who.Account.Preferences.Digits == "latin" {
		r.reader.Localizer = r.reader.LatinDigits()
	}
}

// tomans tells whether people see, and type, amounts in rials as tomans.
func (r *request) tomans() bool { return r.org.Tomans && r.settings.Currency == i18n.Rial }

// cookie is a choice that the browser keeps.
func (r *request) cookie(name string) string {
	if c, err := r.Cookie(name); err == nil {
		return c.Value
	}
	return ""
}

func (r *request) calendar() calendar.Calendar {
	return calendar.New(r.settings.Calendar, r.settings.WeekStart)
}

// identify finds out who asks.
func (r *request) identify() error {
	if who, ok := r.Context().Value(insider{}).(auth.Identity); ok { // from within: no request brings a context along
		r.who = who
		r.speak(who.Account.Language)
		return nil
	}
	c, err := r.Cookie(r.s.sessionCookie())
	if err != nil {
		return callpace.E(callpace.Unauthenticated, "auth.session_ended")
	}
	who, err := r.s.Auth.Resume(r.Context(), c.Value, r.visitor())
	if err != nil {
		return err
	}
	r.who, r.secret = who, c.Value
	r.speak(who.Account.Language)
	return nil
}

// checkSite refuses a form that did not come from a page of ours, by the
// browser's own word.
func (r *request) checkSite() error {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return callpace.E(callpace.Forbidden, "web.foreign_form")
	}
	if o := r.Header.Get("Origin"); o != "" && o != "null" {
		if u, err := url.Parse(o); err != nil || u.Host != r.Host {
			return callpace.E(callpace.Forbidden, "web.foreign_form")
		}
	}
	return nil
}

// checkToken refuses a form without the token that no foreign page can know.
func (r *request) checkToken() error {
	token := r.Header.Get("X-CSRF-Token")
	if token == "" {
		token = r.PostFormValue("csrf")
	}
	return auth.CheckCSRF(r.formSecret(), token)
}

// asker is who asks for figures: the scope is part of every question.
func (r *request) asker() question.Asker {
	return question.Asker{Settings: r.settings, Policy: r.policy, Scope: r.who.Scope(r.org.SeePeers), Now: r.now}
}

// rowAsker is asker for single calls and leads.
func (r *request) rowAsker() question.Asker {
	a := r.asker()
	a.Scope = r.who.RowScope()
	return a
}

// view is the state of the page that is asked for.
func (r *request) view() view { return view{r.URL.EscapedPath(), r.URL.Query()} }

// ask answers a question with a frame.
func (r *request) ask(w question.Words) (f *kpi.Frame, p *calendar.Period, err error) {
	q, p, err := r.asker().Query(w)
	if err != nil {
		return nil, nil, err
	}
	err = r.read(func(e kpi.Engine) (err error) {
		f, err = r.run(r.Context(), e, q)
		return err
	})
	return f, p, err
}

// read runs fn on one state of the facts.
func (r *request) read(fn func(kpi.Engine) error) error {
	known := r.known()
	return r.s.Folder.Read(func(f *ingest.Folder) error {
		return fn(remembering{f.Store().Engine(), &r.s.memo, known})
	})
}

// known is the state that this request's answers hold for.
func (r *request) known() known { return known{r.s.Folder.Revision(), r.settled} }

// readFolder runs fn on the folder.
func (r *request) readFolder(fn func(context.Context, *ingest.Folder) error) error {
	return r.s.Folder.Read(func(f *ingest.Folder) error { return fn(r.Context(), f) })
}

func escape(s string) string { return url.QueryEscape(s) }
