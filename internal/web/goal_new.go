package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/store"
)

// newGoalPage is where a goal is written: one line of text, or fields. While
// it is written, the page says what was understood and whether it can be reached.
type newGoalPage struct {
	shell
	Text    string
	Of      string // the goal that is changed
	Version string // of it, that the reader saw
	Fields  []formField
	ByField bool
	Other   string // address of the other way to write it
	Back    choice // to the goal that is changed
	Ideas   []string
	Fault   string
	Preview *goalPreview
	Kept    []pair // what is sent along to set the goal
}

// goalPreview is a goal that is only thought of, as it would stand.
type goalPreview struct {
	Draft   bool
	What    []pair
	Stands  []pair
	Outlook *goalOutlook
	Letters []letter
}

// goalOutlook says in figures whether a goal can be reached.
type goalOutlook struct {
	Chance, Lift, Verdict string
	Class, Icon           string
	Best, Typical, Target string
}

func (r *request) newGoal() error { return r.goalForm(http.StatusOK, r.URL.Query().Get, nil) }

// goalForm shows the form as it is filled in; get reads a field.
func (r *request) goalForm(status int, get func(string) string, failed error) error {
	page := newGoalPage{shell: r.shell("goals.new", "goals"), Of: get("of"), ByField: get("by") == "fields", Version: get("version")}
	err := r.book(func(b goalBook) (err error) {
		var was *store.Goal
		if page.Of != "" {
			g, err := b.Settable(r.Context(), b.sight, page.Of)
			if err != nil {
				return err
			}
			was, page.Back = &g, choice{Label: r.reader.GoalTitle(g.Goal), URL: "/goals/" + g.ID}
		}
		get = page.fill(get, was, failed)
		if page.ByField {
			page.Fields = r.goalFields(get, was)
		}
		if failed == nil && (page.Text != "" || get("kpi") != "") {
			page.Preview, err = r.preview(b, get, was)
		}
		return err
	})
	switch {
	case failed != nil:
		page.Fault = r.reader.Error(failed)
	case err != nil && (callpace.CodeOf(err) == callpace.Internal || page.Text == "" && page.Fields == nil):
		return err
	case err != nil:
		page.Fault = r.reader.Error(err)
	}
	if page.Of != "" {
		page.Title = r.reader.Text("goals.change")
	} else {
		page.Ideas = strings.Split(r.reader.Text("goals.ideas"), "\n")
	}
	for _, name := range append([]string{"text", "of", "by"}, goalFieldNames...) {
		if v := get(name); v != "" {
			page.Kept = append(page.Kept, pair{name, v})
		}
	}
	if page.Version != "" {
		page.Kept = append(page.Kept, pair{"version", page.Version})
	}
	return r.pageStatus(status, "goal_new", page)
}

// fill begins a change with the goal as it is. Who has been told that somebody
// else changed it, changes that version.
func (page *newGoalPage) fill(get func(string) string, was *store.Goal, failed error) func(string) string {
	page.Text = get("text")
	page.Other = "/goals/new?by=fields&of=" + escape(page.Of)
	if page.ByField {
		page.Other = "/goals/new?of=" + escape(page.Of)
	}
	if was == nil {
		return get
	}
	first := page.Version == ""
	if first || failed != nil {
		page.Version = strconv.Itoa(was.Version)
	}
	if !first {
		return get
	}
	if page.Text = was.Text; page.Text == "" {
		page.ByField, page.Other = true, ""
	}
	held := map[string]string{"text": was.Text, "of": was.ID, "name": was.Name, "kpi": was.KPI, "team": was.Scope.Team, "agent": was.Scope.Agent, "each": string(was.Scope.Each), "where": strings.Join(was.Scope.Where, " and "),
		"means": was.Means, "owner": was.Owner, "objective": was.Objective}
	if was.Weight != 0 {
		held["weight"] = was.Weight.String()
	}
	if page.ByField {
		held["by"], held["text"] = "fields", ""
	}
	return func(name string) string { return held[name] }
}

// goalFieldNames are the fields of a goal that is not written in one line.
var goalFieldNames = []string{"kpi", "target", "period", "baseline", "team", "agent", "each", "where", "guardrail", "means", "weight", "owner", "objective", "name"}

// goalFields are the fields; of a goal that is changed, the hint says what stays
// where a field is left empty.
func (r *request) goalFields(get func(string) string, was *store.Goal) []formField {
	text := r.reader.Text
	options := []string{"", ""}
	for _, d := range r.defs.Defs() {
		options = append(options, d.ID, r.reader.Name(d.ID))
	}
	teams, _ := r.valuesOf("team")
	agents, _ := r.valuesOf("agent")
	suggest := map[string][]string{"team": teams, "agent": agents}
	var out []formField
	for _, name := range goalFieldNames {
		f := formField{Kind: "text", Name: name, Label: text("goals.field." + name), Value: get(name), Optional: name != "kpi" && name != "target", of: "goal"}.suggest(suggest[name], "/names/"+name)
		if key := "goals.hint." + name; r.reader.Has(key) {
			f.Hint = text(key)
		}
		if was != nil && (name == "target" || name == "period" || name == "guardrail") {
			f.Optional, f.Hint = true, r.goalHeld(was.Goal, name)
		}
		switch name {
		case "kpi":
			f.Kind, f.Groups = "select", choices(f.Value, options...)
		case "each":
			f.Kind, f.Groups = "select", choices(f.Value, "", text("goals.each.together"), "agent", text("goals.each.agent"), "team", text("goals.each.team"))
		}
		out = append(out, f)
	}
	return out
}

// goalHeld says what a field that is left empty stays at.
func (r *request) goalHeld(g goal.Goal, field string) string {
	parts, err := g.Describe(r.defs, r.calendar())
	if err != nil {
		return ""
	}
	var out []string
	for _, p := range parts {
		if p.Label.Key == "goal.part."+field {
			out = append(out, goal.Print(r.reader, p.Text))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return r.reader.T("goals.stays_at", map[string]any{"value": strings.Join(out, "; ")})
}

// goalWords are those that were filled in.
func (r *request) goalWords(get func(string) string, was *store.Goal) goals.Words {
	w := goals.Words{Lang: r.reader.Lang(), Tomans: r.tomans(), Text: get("text"), Draft: get("draft") != ""}
	if was != nil {
		w.Was = &was.Goal
	}
	if get("by") == "fields" {
		w.Text, w.Fields = "", goal.Fields{Name: get("name"), KPI: get("kpi"), Target: get("target"), Baseline: get("baseline"), Period: get("period"), Team: get("team"), Agent: get("agent"),
			Each: get("each"), Means: get("means"), Weight: get("weight"), Owner: get("owner"), Objective: get("objective")}
		if where := get("where"); where != "" {
			w.Fields.Where = []string{where}
		}
		if rails := get("guardrail"); rails != "" {
			w.Fields.Guardrails = strings.Split(rails, ";")
		}
	}
	return w
}

// preview says what was understood, and whether it can be reached.
func (r *request) preview(b goalBook, get func(string) string, was *store.Goal) (*goalPreview, error) {
	g, err := b.Read(r.Context(), b.sight, r.goalWords(get, was))
	if err != nil {
		return nil, err
	}
	g.ID = get("of")
	rep, err := b.Try(r.Context(), g)
	if err != nil {
		return nil, err
	}
	rep = b.narrow(rep)
	w := r.words(rep)
	p := &goalPreview{Draft: g.State == goal.Draft, Letters: r.letters(rep.Checks), Outlook: r.outlook(rep)}
	if p.What, err = r.understood(b, g); err != nil {
		return nil, err
	}
	if text := w.Frozen(); text != "" && g.Period.Kind != goal.NoPeriod {
		p.What = append(p.What, pair{r.reader.Text("goals.frozen"), text})
	}
	for _, l := range w.Lines()[1:] {
		p.Stands = append(p.Stands, pair{l[0], l[1]})
	}
	return p, nil
}

// outlook is what the forecast says of a goal; nil where it says nothing.
func (r *request) outlook(rep *track.Report) *goalOutlook {
	s, ok := rep.Whole()
	if n := len(rep.Parts); !ok && n > 0 {
		s = rep.Parts[(n-1)/2]
	} else if !ok {
		return nil
	}
	if !s.Known || !s.Has {
		return nil
	}
	w := r.words(rep)
	o := &goalOutlook{Chance: w.Chance(s.Pace.Chance), Target: w.TargetText(s), Icon: "circle-dashed"}
	if s.Best != nil {
		o.Best, o.Typical = w.Figure(*s.Best), w.Figure(*s.Typical)
	}
	if a := s.Attain; a != nil {
		o.Lift, o.Verdict = w.Lift(a.Lift), r.reader.Text(a.Verdict.Key())
		switch a.Verdict {
		case forecast.AlreadyThere, forecast.Realistic:
			o.Class, o.Icon = "good", "circle-check"
		case forecast.OutOfReach:
			o.Class, o.Icon = "bad", "circle-x"
		default:
			o.Class, o.Icon = "warn", "triangle-alert"
		}
	}
	return o
}

// takeGoal sets the goal, or writes another version of one.
func (r *request) takeGoal() error {
	get := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	id, done := get("of"), "changed"
	err := r.book(func(b goalBook) error {
		if id == "" {
			done = "set"
			g, err := b.Read(r.Context(), b.sight, r.goalWords(get, nil))
			if err != nil {
				return err
			}
			return r.writing(b, "set", func(in goals.Book) (string, error) {
				kept, err := in.Add(r.Context(), store.Goal{Goal: g, Author: r.who.Account.Name})
				id = kept.ID
				return id, err
			})
		}
		was, err := b.Settable(r.Context(), b.sight, id)
		if err != nil {
			return err
		}
		g, err := b.Read(r.Context(), b.sight, r.goalWords(get, &was))
		if err != nil {
			return err
		}
		g.ID = id
		g.Version, _ = strconv.Atoi(get("version"))
		was.Goal = g
		return r.writing(b, "changed", func(in goals.Book) (string, error) {
			_, err := in.Change(r.Context(), was, r.who.Account.Name)
			return id, err
		})
	})
	if err != nil {
		if callpace.CodeOf(err) == callpace.Internal {
			return err
		}
		return r.goalForm(r.status(err), get, err)
	}
	return r.redirect("/goals/" + id + "?done=" + done)
}
