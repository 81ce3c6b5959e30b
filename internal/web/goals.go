package web

import (
	"html/template"
	"math"
	"slices"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/present/export"
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
	Table grid // of the group: its pager and its files
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

// placedGoal is a goal at its place in the tree.
type placedGoal struct {
	store.Goal
	part bool // of the goal above
}

// tree puts each goal below the one that it is a part of, and these into
// groups. How a goal stands is reckoned for those that are shown.
func (r *request) tree(page *goalsPage, b goalBook, all []store.Goal) error {
	titles := []string{"mine", "teams", "companys"}
	groups := make([][]placedGoal, len(titles))
	shown := map[string]bool{}
	for _, g := range all {
		shown[g.ID] = true
	}
	for _, g := range all {
		if shown[g.Parent] {
			continue
		}
		i := r.groupOf(g, b.sight)
		groups[i] = append(groups[i], placedGoal{g, false})
		for _, p := range goals.Parts(g.ID, all) {
			groups[i] = append(groups[i], placedGoal{p, true})
		}
	}
	counts := map[badge]int{}
	var order []badge
	whole := true
	for i, list := range groups {
		if len(list) == 0 {
			continue
		}
		g := r.goalGroup(b, titles[i], list)
		for _, row := range g.Rows {
			if counts[row.Badge]++; counts[row.Badge] == 1 {
				order = append(order, row.Badge)
			}
		}
		page.Groups, whole = append(page.Groups, g), whole && g.Table.Pager == nil
	}
	for _, b := range order {
		if whole { // else it would count those of a page
			page.Summary = append(page.Summary, badgeCount{b, counts[b]})
		}
	}
	return nil
}

// goalGroup is a group with the goals of the page that is asked for.
func (r *request) goalGroup(b goalBook, title string, list []placedGoal) goalGroup {
	v := r.view()
	out := goalGroup{Title: r.reader.Text("goals." + title)}
	out.Table = grid{ID: title, Caption: out.Title, ToFile: r.reader.Text("export.save")}
	var rows []goalRow
	if r.tableAsked() == title { // while the facts are at hand
		for _, g := range list {
			rows = append(rows, r.goalRow(b, g.Goal))
		}
	}
	columns := r.fileColumns("goals.column.goal", "file.scope", "goals.column.status", "goals.column.actual", "goals.column.target", "goals.column.chance", "goals.column.period")
	out.Table.Files = r.offer(v, title, len(list), func() export.Sheet {
		return sheetOf(out.Title, rows, columns, func(g goalRow) []export.Cell {
			return texts(g.Title, g.Scope, g.Badge.Text, g.Actual, g.Target, g.Chance, g.Period)
		})
	})
	list, out.Table.Pager = cut(r, v, title, list, func(g placedGoal) string {
		return r.reader.GoalTitle(g.Goal.Goal) + "\n" + g.Scope.Agent + "\n" + g.Scope.Team
	})
	for _, g := range list {
		row := r.goalRow(b, g.Goal)
		row.Part = g.part
		out.Rows = append(out.Rows, row)
	}
	return out
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
