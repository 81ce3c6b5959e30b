package web

import (
	"html/template"
	"math"
	"slices"
	"strconv"

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
	Tabs    []choice // by whom, by objective
	Empty   *empty
	Summary []badgeCount
}

type badgeCount struct {
	badge
	Count int
}

type goalGroup struct {
	Title string
	Sum   string // how many are on the way
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
	Odds                   string // with other goals
	Part                   bool   // of the goal above
	Fault                  string
}

func (r *request) goals() error {
	page := goalsPage{shell: r.shell("nav.goals", "goals")}
	page.Notices = r.done("goals")
	if r.who.May(auth.SetGoals) {
		page.New = "/goals/new"
	}
	closed := r.view().get("closed") != ""
	here, objectives := r.view(), r.view().get("by") == "objective"
	page.Closed = choice{Label: r.reader.Text("goals.with_closed"), URL: here.with("closed", "1", "done", ""), Selected: closed}
	if closed {
		page.Closed.URL = here.with("closed", "", "done", "")
	}
	page.Tabs = []choice{{Label: r.reader.Text("goals.by_whom"), URL: here.with("by", "", "done", ""), Selected: !objectives}, {Label: r.reader.Text("goals.by_objective"), URL: here.with("by", "objective", "done", ""), Selected: objectives}}
	err := r.book(func(b goalBook) error {
		return r.tree(&page, b, objectives, slices.DeleteFunc(slices.Clone(b.seen), func(g store.Goal) bool { return !closed && g.State == goal.Closed }))
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

// deepestPart bounds how deep parts of parts are shown.
const deepestPart = 4

// tree puts each goal below the one that it is a part of, and these into groups:
// by whose they are, or by the objective that they serve. How a goal stands is
// reckoned for those that are shown.
func (r *request) tree(page *goalsPage, b goalBook, objectives bool, all []store.Goal) error {
	groups := r.groups(b, objectives, all)
	shown := map[string]bool{}
	for _, g := range all {
		shown[g.ID] = true
	}
	var add func(group *placedGroup, g store.Goal, depth int)
	add = func(group *placedGroup, g store.Goal, depth int) {
		group.list = append(group.list, placedGoal{g, depth > 0})
		for _, p := range goals.Parts(g.ID, all) {
			if depth < deepestPart {
				add(group, p, depth+1)
			}
		}
	}
	for _, g := range all {
		if !shown[g.Parent] {
			add(groups.of(g), g, 0)
		}
	}
	counts := map[badge]int{}
	var order []badge
	whole := true
	for _, placed := range groups.list {
		if len(placed.list) == 0 {
			continue
		}
		g := r.goalGroup(b, placed)
		for _, row := range g.Rows {
			if counts[row.Badge]++; counts[row.Badge] == 1 {
				order = append(order, row.Badge)
			}
		}
		if g.Table.Pager == nil {
			g.Sum = r.onTheWay(g.Rows)
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
func (r *request) goalGroup(b goalBook, placed *placedGroup) goalGroup {
	v, list := r.view(), placed.list
	out := goalGroup{Title: placed.title}
	out.Table = grid{ID: placed.id, Caption: out.Title, ToFile: r.reader.Text("export.save")}
	var rows []goalRow
	if r.tableAsked() == placed.id { // while the facts are at hand
		for _, g := range list {
			rows = append(rows, r.goalRow(b, g.Goal))
		}
	}
	columns := r.fileColumns("goals.column.goal", "file.scope", "goals.column.status", "goals.column.actual", "goals.column.target", "goals.column.chance", "goals.column.period")
	out.Table.Files = r.offer(v, placed.id, len(list), func() export.Sheet {
		return sheetOf(out.Title, rows, columns, func(g goalRow) []export.Cell {
			return texts(g.Title, g.Scope, g.Badge.Text, g.Actual, g.Target, g.Chance, g.Period)
		})
	})
	list, out.Table.Pager = cut(r, v, placed.id, list, func(g placedGoal) string {
		return r.reader.GoalTitle(g.Goal.Goal) + "\n" + g.Scope.Agent + "\n" + g.Scope.Team
	})
	for _, g := range list {
		row := r.goalRow(b, g.Goal)
		row.Part = g.part
		out.Rows = append(out.Rows, row)
	}
	return out
}

// placedGroup is a group before its goals are looked at.
type placedGroup struct {
	id, title string
	list      []placedGoal
}

// placedGroups are the groups with the way to find that of a goal.
type placedGroups struct {
	list []*placedGroup
	of   func(store.Goal) *placedGroup
}

func (r *request) groups(b goalBook, objectives bool, all []store.Goal) (out placedGroups) {
	add := func(id, title string) *placedGroup {
		g := &placedGroup{id: id, title: title}
		out.list = append(out.list, g)
		return g
	}
	if !objectives {
		for _, id := range []string{"mine", "teams", "companys"} {
			add(id, r.reader.Text("goals."+id))
		}
		out.of = func(g store.Goal) *placedGroup { return out.list[r.groupOf(g, b.sight)] }
		return out
	}
	found := map[string]*placedGroup{}
	for _, g := range all {
		if g.Objective != "" && found[g.Objective] == nil {
			found[g.Objective] = add("objective"+strconv.Itoa(len(found)+1), g.Objective)
		}
	}
	found[""] = add("objective0", r.reader.Text("goals.no_objective"))
	out.of = func(g store.Goal) *placedGroup { return found[g.Objective] }
	return out
}

// onTheWay counts the goals of a group that are well.
func (r *request) onTheWay(rows []goalRow) string {
	good, all := 0, 0
	for _, row := range rows {
		if !row.Part {
			all++
			if row.Badge.Class == "good" {
				good++
			}
		}
	}
	return r.reader.T("goals.on_the_way", map[string]any{"good": good, "all": all})
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
	if n := len(g.Conflicts(goals.Plain(b.seen), r.defs)); n > 0 && g.State != goal.Closed {
		row.Odds = r.reader.T("goals.at_odds", map[string]any{"count": n})
	}
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
