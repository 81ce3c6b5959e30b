package web

import (
	"net/http"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/store"
)

// newGoalPage is where a goal is written: one line of text, or fields. While
// it is written, the page says what was understood and whether it can be reached.
type newGoalPage struct {
	shell
	Text    string
	Of      string // the goal that is changed
	Fields  []formField
	ByField bool
	Other   string // address of the other way to write it
	Ideas   []string
	Fault   string
	Preview *goalPreview
	Kept    []pair // what is sent along to set the goal
}

type goalPreview struct {
	Title   string
	Draft   bool
	What    []pair
	Stands  []pair
	Verdict badge
	Letters []letter
}

func (r *request) newGoal() error { return r.goalForm(http.StatusOK, r.URL.Query().Get, nil) }

// goalForm shows the form as it is filled in; get reads a field.
func (r *request) goalForm(status int, get func(string) string, failed error) error {
	page := newGoalPage{shell: r.shell("goals.new", "goals"), Text: get("text"), Of: get("of"), ByField: get("by") == "fields"}
	s, err := r.sight()
	if err != nil {
		return err
	}
	page.Other = "/goals/new?by=fields&of=" + escape(page.Of)
	if page.ByField {
		page.Other = "/goals/new?of=" + escape(page.Of)
		page.Fields = r.goalFields(get, s)
	} else {
		page.Ideas = strings.Split(r.reader.Text("goals.ideas"), "\n")
	}
	if failed != nil {
		page.Fault = r.reader.Error(failed)
	} else if page.Text != "" || get("kpi") != "" {
		err := r.book(func(b goals.Book) error {
			page.Preview, err = r.preview(b, s, get)
			return err
		})
		if err != nil {
			if callpace.CodeOf(err) == callpace.Internal {
				return err
			}
			page.Fault = r.reader.Error(err)
		}
	}
	for _, name := range append([]string{"text", "of", "by"}, goalFieldNames...) {
		if v := get(name); v != "" {
			page.Kept = append(page.Kept, pair{name, v})
		}
	}
	return r.pageStatus(status, "goal_new", page)
}

// goalFieldNames are the fields of a goal that is not written in one line.
var goalFieldNames = []string{"kpi", "target", "period", "baseline", "team", "agent", "each", "where", "guardrail", "means", "weight", "owner", "objective", "name"}

func (r *request) goalFields(get func(string) string, s sight) []formField {
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
		f := formField{Kind: "text", Name: name, Label: text("goals.field." + name), Value: get(name), Optional: name != "kpi" && name != "target", Suggest: suggest[name], of: "goal"}
		if key := "goals.hint." + name; r.reader.Has(key) {
			f.Hint = text(key)
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

// parseGoal reads what was filled in. A lead's goal without a scope is their team's.
func (r *request) parseGoal(b goals.Book, s sight, get func(string) string) (g goal.Goal, err error) {
	c := goal.Context{Today: b.Desk.Today, Calendar: b.Desk.Base.Calendar, Catalogue: r.defs, Lang: r.reader.Lang(), Currency: b.Desk.Base.Currency}
	if err := b.Desk.Names(r.Context(), &c); err != nil {
		return g, err
	}
	if get("by") == "fields" {
		f := goal.Fields{Name: get("name"), KPI: get("kpi"), Target: get("target"), Baseline: get("baseline"), Period: get("period"), Team: get("team"), Agent: get("agent"), Each: get("each"),
			Means: get("means"), Weight: get("weight"), Owner: get("owner"), Objective: get("objective")}
		if w := get("where"); w != "" {
			f.Where = []string{w}
		}
		if w := get("guardrail"); w != "" {
			f.Guardrails = strings.Split(w, ";")
		}
		g, err = f.Goal(c)
	} else {
		g, err = goal.Parse(get("text"), c)
	}
	if err != nil {
		return g, err
	}
	if !s.all && g.Scope.Team == "" && g.Scope.Agent == "" && len(s.teams) == 1 {
		g.Scope.Team = s.teams[0]
	}
	if !s.sets(g) {
		return g, callpace.E(callpace.Forbidden, "goals.not_yours")
	}
	return g, nil
}

// preview says what was understood, and whether it can be reached.
func (r *request) preview(b goals.Book, s sight, get func(string) string) (*goalPreview, error) {
	g, err := r.parseGoal(b, s, get)
	if err != nil {
		return nil, err
	}
	rep, err := b.Look(r.Context(), store.Goal{Goal: g}, false)
	if err != nil {
		return nil, err
	}
	w := r.words(rep)
	p := &goalPreview{Title: r.reader.GoalTitle(g), Draft: g.State == goal.Draft, Letters: r.letters(rep.Checks)}
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

// takeGoal sets the goal, or writes another version of one.
func (r *request) takeGoal() error {
	s, err := r.sight()
	if err != nil {
		return err
	}
	get := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	id, done := get("of"), "changed"
	err = r.book(func(b goals.Book) error {
		g, err := r.parseGoal(b, s, get)
		if err != nil {
			return err
		}
		author := r.who.Account.Name
		if id == "" {
			done = "set"
			kept, err := b.Add(r.Context(), store.Goal{Goal: g, Author: author})
			id = kept.ID
			return err
		}
		was, err := r.settable(id)
		if err != nil {
			return err
		}
		g.ID, g.Owner = id, strings.TrimSpace(g.Owner)
		was.Goal = g
		_, err = b.Change(r.Context(), was, author)
		return err
	})
	if err != nil {
		if callpace.CodeOf(err) == callpace.Internal {
			return err
		}
		return r.goalForm(r.status(err), get, err)
	}
	return r.redirect("/goals/" + id + "?done=" + done)
}
