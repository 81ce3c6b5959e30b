package web

import (
	"html/template"
	"math"
	"slices"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/store"
	"github.com/callpace/callpace/internal/web/chart"
)

// goalsPage is the goals that a reader sees: their own, the teams', the
// company's, each with the parts that it was split into.
type goalsPage struct {
	shell
	Groups  []goalGroup
	New     string // address; empty: may not
	Closed  choice
	Empty   *empty
	Summary []badgeCount
}

type badgeCount struct {
	badge
	Count int
}

type goalGroup struct {
	Title string
	Rows  []goalRow
}

// goalRow is a goal in the tree.
type goalRow struct {
	Title, URL, Scope      string
	Badge                  badge
	Actual, Target, Chance string
	Bar                    template.HTML
	Period, Left           string
	Projected              string
	Part                   bool // of the goal above
	Fault                  string
}

func (r *request) goals() error {
	page := goalsPage{shell: r.shell("nav.goals", "goals")}
	page.Notices = r.done("goals")
	if r.who.May(auth.SetGoals) {
		page.New = "/goals/new"
	}
	closed := r.view().get("closed") != ""
	page.Closed = choice{Label: r.reader.Text("goals.with_closed"), URL: "/goals?closed=1", Selected: closed}
	if closed {
		page.Closed.URL = "/goals"
	}
	err := r.book(func(b goalBook) error {
		return r.tree(&page, b, slices.DeleteFunc(slices.Clone(b.seen), func(g store.Goal) bool { return !closed && g.State == goal.Closed }))
	})
	if err != nil {
		return err
	}
	if len(page.Groups) == 0 {
		page.Empty = &empty{Icon: "target", Title: r.reader.Text("goals.empty"), Text: r.reader.Text("goals.empty_text")}
		if page.New != "" {
			page.Empty.Action, page.Empty.URL = r.reader.Text("goals.new"), page.New
		}
	}
	return r.page("goals", page)
}

// tree puts each goal below the one that it is a part of, and these into groups.
func (r *request) tree(page *goalsPage, b goalBook, all []store.Goal) error {
	groups := []goalGroup{{Title: r.reader.Text("goals.mine")}, {Title: r.reader.Text("goals.teams")}, {Title: r.reader.Text("goals.companys")}}
	shown := map[string]bool{}
	for _, g := range all {
		shown[g.ID] = true
	}
	counts := map[badge]int{}
	var order []badge
	add := func(group *goalGroup, g store.Goal, part bool) {
		row := r.goalRow(b, g)
		row.Part = part
		group.Rows = append(group.Rows, row)
		if counts[row.Badge]++; counts[row.Badge] == 1 {
			order = append(order, row.Badge)
		}
	}
	for _, g := range all {
		if shown[g.Parent] {
			continue
		}
		group := &groups[r.groupOf(g, b.sight)]
		add(group, g, false)
		for _, p := range goals.Parts(g.ID, all) {
			add(group, p, true)
		}
	}
	for _, g := range groups {
		if len(g.Rows) > 0 {
			page.Groups = append(page.Groups, g)
		}
	}
	for _, b := range order {
		page.Summary = append(page.Summary, badgeCount{b, counts[b]})
	}
	return nil
}

func (r *request) groupOf(g store.Goal, s goals.Sight) int {
	switch {
	case g.Owner != "" && g.Owner == r.who.Account.Name, s.Own() != "" && (g.Scope.Agent == s.Own() || g.Scope.Each == goal.EachAgent && !s.Lead()):
		return 0
	case g.Scope.Team != "" || g.Scope.Agent != "":
		return 1
	}
	return 2
}

func (r *request) goalRow(b goalBook, g store.Goal) goalRow {
	row := goalRow{Title: r.reader.GoalTitle(g.Goal), URL: "/goals/" + g.ID, Scope: r.scopeOf(b, g.Goal)}
	rep, err := r.stands(b, g, false)
	if err != nil {
		row.Badge, row.Fault = r.badge(g.State, nil), r.reader.Error(err)
		return row
	}
	w := r.words(rep)
	row.Badge = r.badge(g.State, rep)
	row.Actual, row.Target, row.Chance = w.Standing()
	if g.State != goal.Draft {
		row.Bar = paceBar(rep)
	}
	if g.Period.Kind != goal.NoPeriod {
		row.Period = r.reader.T("goals.days", map[string]any{"from": r.reader.DayMonth(rep.Judged.From), "to": r.reader.DayMonth(rep.Judged.To - 1)})
		if left := int(rep.DaysLeft); rep.Begun && left > 0 {
			row.Left = r.reader.T("goals.days_left", map[string]any{"count": left})
		}
	}
	return row
}

// paceBar draws what is there, with a stroke where it should be by now.
func paceBar(rep *track.Report) template.HTML {
	s, ok := rep.Whole()
	if !ok {
		return ""
	}
	return partBar(rep, s)
}

func partBar(rep *track.Report, s track.State) template.HTML {
	if !s.Has || !s.Known || !rep.Begun || s.Target.High <= 0 || math.IsNaN(s.Actual) {
		return ""
	}
	return chart.InCellGoal(s.Actual, s.Pace.Expected, max(s.Target.High, s.Actual))
}

// scopeOf says in words whose goal it is.
func (r *request) scopeOf(b goalBook, g goal.Goal) string {
	parts, err := g.Describe(r.defs, b.Desk.Base.Calendar)
	if err != nil {
		return ""
	}
	for _, p := range parts {
		if p.Label.Key == "goal.part.scope" {
			return goal.Print(r.reader, p.Text)
		}
	}
	return ""
}
