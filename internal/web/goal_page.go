package web

import (
	"html/template"
	"math"
	"strconv"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/store"
)

// goalPage is one goal: how it stands, whether it is a good one, what it asks
// of each day, its parts, and what was said of it before.
type goalPage struct {
	shell
	Head     string
	Badge    badge
	Since    string
	What     []pair // what was understood
	Figures  []pair // how it stands, said large
	Stands   []pair // and the rest of it
	Turn     *goalTurn
	Chart    template.HTML
	Course   grid
	Letters  []letter
	Plan     *planView
	Parts    []goalRow // of a goal for each: its members
	Members  grid      // their pager and their files
	Children []goalRow // goals of their own that it was split into
	Below    grid      // of these: its pager and its files
	RollUp   *rollUp   // of the children
	History  []goalChange
	Told     *grid
	Past     *grid // instances of a recurring goal that are over
	Closing  string
	Parent   choice
	Change   string
	Split    string
	Acts     []act
}

type pair struct{ Name, Value string }

// letter is one of SMART with its verdict.
type letter struct {
	Letter, Name    string
	Badge           badge
	Reasons, Advice []string
}

func (r *request) goalPage() error {
	page := goalPage{shell: r.shell("nav.goals", "goals")}
	err := r.book(func(b goalBook) error {
		g, err := b.Goal(r.Context(), b.sight, r.PathValue("id"))
		if err != nil {
			return err
		}
		page.Head = r.reader.GoalTitle(g.Goal)
		page.Title, page.Notices = page.Head, r.done("goals")
		if r.who.May(auth.SetGoals) && b.sight.Sets(g.Goal) {
			r.goalActs(&page, g)
		}
		rep, err := r.stands(b, g, true)
		if err != nil {
			return err
		}
		return r.fillGoal(&page, b, g, rep)
	})
	if err != nil {
		return err
	}
	return r.page("goal", page)
}

// goalActs offers what may be done with a goal.
func (r *request) goalActs(page *goalPage, g store.Goal) {
	if g.State != goal.Closed {
		page.Change = "/goals/new?of=" + g.ID
		if goals.Splits(g.Goal) {
			page.Split = "/goals/" + g.ID + "/split"
		}
	}
	if g.State == goal.Active {
		a := r.act("/goals/"+g.ID+"/close", "goals.close", "check", false)
		a.Ask, a.Name, a.Value = r.reader.Text("goals.close_ask"), "version", strconv.Itoa(g.Version)
		page.Acts = append(page.Acts, a)
	}
	a := r.act("/goals/"+g.ID+"/delete", "goals.delete", "trash-2", true)
	a.Ask = r.reader.Text("goals.delete_ask")
	page.Acts = append(page.Acts, a)
}

func (r *request) fillGoal(page *goalPage, b goalBook, g store.Goal, rep *track.Report) error {
	var err error
	w := r.words(rep)
	page.Badge = r.badge(g.State, rep)
	if page.What, err = r.understood(b, g.Goal); err != nil {
		return err
	}
	if text := w.Frozen(); text != "" {
		page.What = append(page.What, pair{r.reader.Text("goals.frozen"), text})
	}
	page.Letters = r.letters(rep.Checks)
	page.Closing = w.Closing(g.Closing)
	if g.State != goal.Draft {
		page.Stands = r.lesser(rep)
		if err := r.drawGoal(page, rep); err != nil {
			return err
		}
	}
	if part, ok := rep.Whole(); ok {
		if g.State != goal.Draft {
			page.Figures, page.Turn = r.standing(rep, part), r.goalTurn(rep, part)
		}
		if part.Since >= rep.Judged.From {
			page.Since = r.reader.T("goals.since", map[string]any{"date": r.reader.Date(part.Since)})
		}
		p, err := b.PlanOf(r.Context(), g.Goal, rep)
		if err != nil {
			return err
		}
		if p != nil && p.Plan.Need > 0 {
			page.Plan = r.planView(*p)
		}
	} else {
		page.Parts = r.memberRows(rep)
		page.Members = r.namedGrid("members", "goals.parts")
		columns := r.fileColumns("goals.column.who", "goals.column.status", "goals.column.actual", "goals.column.target", "goals.term.projected", "goals.column.chance")
		page.Members.Files = offerList(r, r.view(), page.Members.ID, page.Members.Caption, page.Parts, columns, func(m goalRow) []export.Cell {
			return texts(m.Scope, m.Badge.Text, m.Actual, m.Target, m.Projected, m.Chance)
		})
		page.Parts, page.Members.Pager = cut(r, r.view(), page.Members.ID, page.Parts, func(m goalRow) string { return m.Scope })
	}
	return r.goalPast(page, b, g, rep)
}

// understood tells a goal back.
func (r *request) understood(b goalBook, g goal.Goal) ([]pair, error) {
	parts, err := g.Describe(r.defs, b.Desk.Base.Calendar)
	var out []pair
	for _, p := range parts {
		out = append(out, pair{goal.Print(r.reader, p.Label), goal.Print(r.reader, p.Text)})
	}
	return out, err
}

func (r *request) letters(checks []goal.Check) (out []letter) {
	icons := map[goal.Verdict]badge{goal.Good: {Icon: "circle-check", Class: "good"}, goal.LookAt: {Icon: "triangle-alert", Class: "warn"},
		goal.Lacking: {Icon: "circle-x", Class: "bad"}, goal.Unknown: {Icon: "circle-help"}}
	for _, c := range checks {
		l := letter{Letter: string(c.Letter), Name: r.reader.Text("goals.letter." + string(c.Letter)), Badge: icons[c.Verdict]}
		l.Badge.Text = r.reader.Text("goals.verdict." + string(c.Verdict))
		l.Reasons, l.Advice = r.messages(c.Reasons), r.messages(c.Advice)
		out = append(out, l)
	}
	return out
}

func (r *request) messages(list []callpace.Message) (out []string) {
	for _, m := range list {
		out = append(out, goal.Print(r.reader, m))
	}
	return out
}

// goalPast is what was said and written of a goal before.
func (r *request) goalPast(page *goalPage, b goalBook, g store.Goal, rep *track.Report) error {
	var parts []store.Goal
	for _, p := range b.seen {
		switch {
		case p.Parent == g.ID:
			parts = append(parts, p)
		case p.ID == g.Parent:
			page.Parent = choice{Label: r.reader.GoalTitle(p.Goal), URL: "/goals/" + p.ID}
		}
	}
	page.Below = r.namedGrid("children", "goals.parts")
	columns := r.fileColumns("goals.column.who", "goals.column.status", "goals.column.actual", "goals.column.target", "goals.column.chance")
	page.Below.Files = offerList(r, r.view(), page.Below.ID, page.Below.Caption, parts, columns, func(p store.Goal) []export.Cell {
		row := r.goalRow(b, p)
		return texts(row.Scope, row.Badge.Text, row.Actual, row.Target, row.Chance)
	})
	parts, page.Below.Pager = cut(r, r.view(), "children", parts, func(p store.Goal) string { return p.Scope.Agent + "\n" + p.Scope.Team })
	for _, p := range parts {
		page.Children = append(page.Children, r.goalRow(b, p))
	}
	var err error
	if page.RollUp, err = r.rollUp(b, g, rep); err != nil {
		return err
	}
	if page.History, err = r.history(b, g); err != nil {
		return err
	}
	if page.Past, err = r.pastGrid(b, g, rep); err != nil {
		return err
	}
	if _, ok := rep.Whole(); !ok {
		return nil
	}
	told, err := b.State.Goals().FindTold(r.Context(), g.ID, "", rep.Instance.From)
	if err != nil || len(told) == 0 {
		return err
	}
	page.Told = r.toldGrid(rep, told)
	return nil
}

func (r *request) toldGrid(rep *track.Report, told []track.Told) *grid {
	text, w := r.reader.Text, r.words(rep)
	value := func(v *float64) float64 {
		if v == nil {
			return math.NaN()
		}
		return *v
	}
	g := &grid{ID: "told", Caption: text("goals.told"), Tall: len(told) > 20, Head: []gridHead{{Title: text("goals.column.day")}, {Title: text("goals.column.status")},
		{Title: text("goals.column.actual"), Numeric: true}, {Title: text("goals.term.expected"), Numeric: true}, {Title: text("goals.column.chance"), Numeric: true}}}
	for i := len(told) - 1; i >= 0; i-- {
		t := told[i]
		g.Rows = append(g.Rows, []cell{{Text: r.reader.Date(int64(t.Day)), Header: true}, {Text: text(t.Status.Key())}, number(w.Figure(value(t.Actual))), number(w.Expected(t.AtLeast != nil, value(t.AtLeast), value(t.Expected))), number(w.Chance(value(t.Chance)))})
	}
	r.offerRows(g)
	return g
}

func (r *request) closeGoal() error {
	id := r.PathValue("id")
	err := r.book(func(b goalBook) error {
		g, err := b.Settable(r.Context(), b.sight, id)
		if err != nil {
			return err
		}
		g.Version, _ = strconv.Atoi(r.PostFormValue("version")) // that was looked at
		return r.writing(b, "closed", func(in goals.Book) (string, error) {
			_, err := in.Close(r.Context(), g, r.who.Account.Name)
			return id, err
		})
	})
	if err != nil {
		return err
	}
	return r.redirect("/goals/" + id + "?done=closed")
}

func (r *request) dropGoal() error {
	err := r.book(func(b goalBook) error {
		g, err := b.Settable(r.Context(), b.sight, r.PathValue("id"))
		if err != nil {
			return err
		}
		return r.writing(b, "deleted", func(in goals.Book) (string, error) { return g.ID, in.State.Goals().DeleteGoal(r.Context(), g.ID) })
	})
	if err != nil {
		return err
	}
	return r.redirect("/goals?done=deleted")
}
