package web

import (
	"cmp"
	"math"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/store"
)

// splitPage divides a goal among teams and agents, and shows it before it is kept.
type splitPage struct {
	shell
	Head    choice // the goal
	Action  string
	Version int // of the goal that is shown
	To, Way []choice
	Figures []pair
	Since   []string // what has changed since it was divided
	Groups  []splitGroup
	Columns map[string]string
	InTeams bool
	Level   bool // parts are told what each needs, in per cent and the like
	Total   splitSum
	Notes   []string
	Others  []pair // boxes that are not shown here
	Open    string // the team whose people are shown, of many
	Teams   *pager
	People  *pager
	Fault   string
	Save    bool
}

// splitGroup is a team with its people; Head is false for agents without one.
type splitGroup struct {
	Head bool
	splitRow
	People []splitRow
	Sum    *splitSum // of its people
	Folded string    // the offer to show them, of many
}

// splitSum is what parts come to, beside what they should.
type splitSum struct {
	Text, Off string // Off: what does not come out, in words
}

// splitRow is one share.
type splitRow struct {
	Name, Key                  string
	Stay                       []string // when they are there, where that is not always
	Days, Usual, Actual        string
	Part, Share, Volume, Was   string
	PerDay                     string
	Locked                     bool
	Box                        string
	Ways                       []choice
	LockText, BoxText, WayText string
	Unit, Action               string
	Level                      bool
	Columns                    map[string]string // titles of the columns, for a list on a phone
}

// rollUp is how a goal's parts stand together, and what has changed since it was
// divided.
type rollUp struct {
	Parts string // what they have brought, of what
	Rest  string // what others brought
	Joint string
	Since []string
}

// rollUp looks at the parts of a goal; nil where it has none that were made by
// dividing it, or they are not all seen.
func (r *request) rollUp(b goalBook, g store.Goal, rep *track.Report) (*rollUp, error) {
	ask, divided, err := b.Kept(r.Context(), g)
	if err != nil || !divided || !b.sight.Sets(g.Goal) {
		return nil, err
	}
	s, err := r.split(b, g, rep, ask)
	if callpace.CodeOf(err) == callpace.Unsupported { // it was another kind of goal then
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	v := splitView{GoalWords: r.words(rep), r: r, s: s}
	out := &rollUp{Parts: v.T("goals.sum_of_parts", map[string]any{"actual": v.Figure(s.Rolled), "target": v.Figure(s.Value.Float())}), Since: v.since()}
	if rest := s.Actual - s.Rolled; !s.Rate && rest > 1e-9 {
		out.Rest = v.T("goals.rest_of_others", map[string]any{"value": v.Figure(math.Round(1e6*rest) / 1e6)})
	}
	if s.Joint {
		out.Joint = v.Text("goals.joint_once")
	}
	return out, nil
}

// mostNamed is how many people a note names.
const mostNamed = 5

// mostSplitRows is how many shares are shown without folding teams.
const mostSplitRows = 60

// fillSplit shows a split.
func (r *request) fillSplit(page *splitPage, g store.Goal, s *goals.Split, f splitForm) {
	text := r.reader.Text
	v := splitView{r, r.words(s.Report), s, f, map[string]string{}, page.Action}
	for _, column := range []string{"days_there", "actual", "part", "per_day"} {
		v.head[column] = text("goals.column." + column)
	}
	v.head["usual"], v.head["by_hand"] = text("goals.usual"), text("goals.by_hand")
	page.Columns, page.InTeams = v.head, s.Ask.Has(goal.EachTeam)
	if g.Scope.Team == "" {
		for _, x := range splitLevels {
			page.To = append(page.To, choice{Label: text("goals.split_to." + x.value), URL: x.value, Selected: slices.Equal(x.levels, s.Ask.Levels)})
		}
	}
	for _, w := range goal.Ways() {
		page.Way = append(page.Way, choice{Label: text("goals.way." + string(w)), URL: string(w), Selected: w == s.Ask.Way})
	}
	page.Figures = []pair{{text("goals.column.target"), v.Figure(s.Value.Float())}, {text("goals.term.judged"), v.Period()}, {text("goals.term.actual"), v.actual(s.Share)}}
	if per := v.perDay(s.Share); per != present.NoData {
		page.Figures = append(page.Figures, pair{text("goals.column.per_day"), per})
	}
	page.Level, page.Save = s.Rate, s.Whole() && len(s.Parts) > 0
	page.Total = v.sum(s.Share)
	page.Since = v.since()
	page.Notes = v.notes()
	v.groups(page)
	here := map[string]bool{}
	for _, group := range page.Groups {
		here[group.Key] = group.Head
		for _, p := range group.People {
			here[p.Key] = true
		}
	}
	for at, typed := range f.typed {
		if key := placeKey(at); !here[key] {
			page.Others = append(page.Others, pair{"set." + key, typed})
		}
	}
	for team, w := range s.Ask.Inside {
		if !here[placeKey(goal.Place{Team: team})] {
			page.Others = append(page.Others, pair{"way." + team, string(w)})
		}
	}
	slices.SortFunc(page.Others, func(a, b pair) int { return cmp.Compare(a.Name, b.Name) })
}

// splitView writes a split for a reader.
type splitView struct {
	r *request
	present.GoalWords
	s      *goals.Split
	form   splitForm
	head   map[string]string
	action string
}

// groups lists the teams with their people: all where they are few, else those
// of the team that is open. Who sets a number or is asked for is on some page.
func (v splitView) groups(page *splitPage) {
	if !v.s.Ask.Has(goal.EachTeam) {
		var rows []goals.Share
		rows, page.People = cut(v.r, v.r.view(), "people", v.s.Parts, goals.Share.Name)
		page.Groups = []splitGroup{{People: v.rows(rows)}}
		return
	}
	few := len(v.s.All()) <= mostSplitRows
	teams := v.s.Parts
	if !few {
		teams, page.Teams = cut(v.r, v.r.view(), "teams", v.s.Parts, goals.Share.Name)
		page.Open = v.form.values.Get("open")
	}
	for _, t := range teams {
		group := splitGroup{Head: true, splitRow: v.row(t)}
		if people := len(t.Parts); people > 0 {
			sum := v.sum(t)
			group.Sum = &sum
			group.Ways = []choice{{Label: v.Text("goals.way_same"), Selected: v.s.Ask.Inside[t.Team] == ""}}
			for _, w := range goal.Ways() {
				group.Ways = append(group.Ways, choice{Label: v.Text("goals.way." + string(w)), URL: string(w), Selected: v.s.Ask.Inside[t.Team] == w})
			}
			switch {
			case few:
				group.People = v.rows(t.Parts)
			case page.Open == t.Team:
				var rows []goals.Share
				rows, page.People = cut(v.r, v.r.view(), "people", t.Parts, goals.Share.Name)
				group.People = v.rows(rows)
			default:
				group.Folded = v.T("goals.show_people", map[string]any{"count": int64(people)})
			}
		}
		page.Groups = append(page.Groups, group)
	}
}

func (v splitView) rows(list []goals.Share) (out []splitRow) {
	for _, p := range list {
		out = append(out, v.row(p))
	}
	return out
}

func (v splitView) row(p goals.Share) splitRow {
	who := map[string]any{"who": p.Name()}
	row := splitRow{Name: p.Name(), Key: placeKey(p.Place), Usual: v.Figure(p.Usual), Actual: v.actual(p), Part: v.part(p), PerDay: v.perDay(p), Locked: p.Locked, Box: v.form.typed[p.Place], Unit: v.unit(), Action: v.action, Level: v.s.Rate, Columns: v.head,
		BoxText: v.T("goals.set_by_hand", who), LockText: v.T("goals.lock_now", who), WayText: v.T("goals.way_of", who)}
	if p.Locked {
		row.LockText = v.T("goals.unlock", who)
	}
	if p.Was != nil && *p.Was != p.Value {
		row.Was = v.T("goals.was_before", map[string]any{"value": v.Figure(p.Was.Float())})
	}
	switch {
	case v.s.Rate && p.Den > 0:
		row.Volume = v.T("plan.counts", map[string]any{"x": v.Number(float64(p.Num)/100, 1), "n": v.Number(float64(p.Den), 0)})
	case !v.s.Rate && v.s.Value > 0:
		row.Share = v.Percent(p.Value.Float()/v.s.Value.Float(), 0)
	}
	if p.Stay != nil {
		row.Days = v.T("goals.left", map[string]any{"left": v.days(p.Stay.Days), "all": v.days(p.Stay.Of)})
		row.Stay = v.stay(*p.Stay)
	}
	return row
}

// part is what is asked: a number, or a level; nothing of who handles nothing.
func (v splitView) part(p goals.Share) string {
	if v.s.Rate && p.Den == 0 && !p.Locked {
		return present.NoData
	}
	return v.Figure(p.Value.Float())
}

// actual is what was brought by now; nothing before the goal begins.
func (v splitView) actual(p goals.Share) string {
	if !v.s.Report.Begun {
		return present.NoData
	}
	return v.Figure(p.Actual)
}

func (v splitView) perDay(p goals.Share) string {
	if math.IsNaN(p.PerDay) {
		return present.NoData
	}
	switch {
	case v.s.Report.Unit != kpi.UnitCount:
		return v.Figure(p.PerDay)
	case p.PerDay < 1:
		return v.Number(p.PerDay, 2)
	}
	return v.Number(p.PerDay, 1)
}

func (v splitView) days(n float64) string {
	if n == math.Trunc(n) {
		return v.Number(n, 0)
	}
	return v.Number(n, 1)
}

// stay says when somebody is not there.
func (v splitView) stay(x track.Stay) (out []string) {
	if x.Joins != 0 {
		out = append(out, v.T("goals.stay.joins", map[string]any{"date": v.Date(x.Joins)}))
	}
	if x.Leaves != 0 {
		out = append(out, v.T("goals.stay.leaves", map[string]any{"date": v.Date(x.Leaves - 1)}))
	}
	if x.Away > 0 {
		out = append(out, v.T("goals.stay.away", map[string]any{"days": v.days(math.Round(10*x.Away) / 10)}))
	}
	if len(out) == 0 && x.Of-x.Days > 0.05 {
		out = append(out, v.Text("goals.stay.shifts"))
	}
	return out
}

// sum says what the parts of a share come to, and what does not come out.
func (v splitView) sum(of goals.Share) splitSum {
	together := v.Figure((of.Value + of.Off).Float())
	whole := v.Figure(of.Value.Float())
	if v.s.Rate {
		together = v.Number(float64(of.Num+int64(of.Off))/100, 1)
		whole = v.Number(float64(of.Num)/100, 1)
	}
	out := splitSum{Text: v.T("goals.comes_to", map[string]any{"sum": together, "whole": whole})}
	off := math.Abs(of.Off.Float())
	args := map[string]any{"off": v.Figure(off)}
	if v.s.Rate {
		args["off"] = v.Number(math.Abs(float64(of.Off))/100, 1)
	}
	switch {
	case of.Off > 0:
		out.Off = v.T("goals.off.over", args)
	case of.Off < 0 && len(of.Parts) == 0:
		out.Off = v.Text("goals.off.nobody")
	case of.Off < 0 && slices.ContainsFunc(of.Parts, func(p goals.Share) bool { return !p.Locked }):
		out.Off = v.T("goals.off.weightless", args)
	case of.Off < 0:
		out.Off = v.T("goals.off.short", args)
	case v.s.Beyond(of):
		out.Off = v.Text("goals.off.beyond")
	}
	for _, p := range of.Parts {
		if out.Off == "" && v.s.Beyond(p) {
			out.Off = v.T("goals.off.beyond_of", map[string]any{"who": p.Name()})
		}
	}
	return out
}

// since says what has changed since the goal was divided.
func (v splitView) since() (out []string) {
	for _, m := range v.s.Since {
		args := map[string]any{"who": m.Agent, "team": m.Team, "from": m.From, "days": v.days(m.Days), "was": v.days(m.Was)}
		key := "goals.moved." + string(m.Move)
		if m.On != 0 && (m.Move == goals.Left || m.Move == goals.Joined) {
			key += "_on"
			args["date"] = v.Date(m.On)
			if m.Move == goals.Left {
				args["date"] = v.Date(m.On - 1) // the last day
			}
		}
		text := v.T(key, args)
		if m.Free > 0 {
			text = v.T("goals.moved_free", map[string]any{"moved": text, "value": v.Figure(m.Free.Float())})
		}
		out = append(out, text)
	}
	return out
}

// notes say what the split rests on, and what it leaves out.
func (v splitView) notes() (out []string) {
	if n := len(v.s.Teamless); n > 0 {
		who := slices.Clone(v.s.Teamless[:min(n, mostNamed)])
		if n > len(who) {
			who = append(who, "…")
		}
		out = append(out, v.T("goals.split_teamless", map[string]any{"count": int64(n), "who": who}))
	}
	if !v.s.Planned {
		out = append(out, v.Text("goals.split_no_schedule"))
	}
	if v.s.Rate {
		out = append(out, v.Text("goals.split_level"))
	}
	if v.s.Joint {
		out = append(out, v.Text("goals.joint_once"))
	}
	return append(out, v.Text("goals.split_rests"))
}

// unit stands beside the boxes.
func (v splitView) unit() string {
	switch v.s.Report.Unit {
	case kpi.UnitPercent:
		return "%"
	case kpi.UnitSeconds:
		return v.Text("goals.seconds")
	case kpi.UnitMoney:
		_, name := v.Money(v.s.Report.Currency)
		return name
	}
	return ""
}
