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
	Tabs    []choice // by whom, by objective
	Of      *chip    // whose parts these are; nil: all goals
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
	All   bool // of its goals are here
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
	Fault                  string
	Part, PartOf           string // its class and a word for who does not see, where it is one of the goal above
	Parts                  []goalRow
	Fold, FoldURL          string // what its parts come to in a word, and where they are if not below
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
		r.tree(&page, b, objectives, slices.DeleteFunc(slices.Clone(b.seen), func(g store.Goal) bool { return !closed && g.State == goal.Closed }))
		return nil
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

// onTheWay counts the goals of a group that are well.
func (r *request) onTheWay(rows []goalRow) string {
	good, all := 0, 0
	for _, row := range rows {
		all++
		if row.Badge.Class == "good" {
			good++
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
