package web

import (
	"slices"
	"strconv"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/question"
)

// mePage is an agent's own page: how the numbers stand, what is still to be
// done today, what was said about the calls, and what they say is recorded wrong.
type mePage struct {
	shell
	Lead      string
	Periods   []choice
	Cards     []card
	Notes     []string
	Beside    *beside
	Day       *soFar
	Left      string // calls that are usual for the rest of the day
	LeftHow   string
	Goals     *grid
	Callbacks *grid
	Due       string
	Reviews   *grid
	Requests  []correctionRow
	Fault     string
	Subject   string // as written in the form
	Text      string
	Empty     *empty
	Status    int
}

// meKPIs are an agent's own.
var meKPIs = []string{"calls", "reach_rate", "appointments", "sales", "conversion_rate", "revenue", "talk_time", "quality_score"}

// mePeriods are those that the page offers.
var mePeriods = []string{"today", "this-week", "this-month", "last-month", "last-90-days"}

func (r *request) me() error { return r.showMe(mePage{Status: 200}) }

// showMe shows the page; page holds what was written in its form.
func (r *request) showMe(page mePage) error {
	v := r.view()
	page.shell = r.shell("nav.me", "me")
	agent := r.who.Account.Agent
	if agent == "" {
		page.Empty = &empty{Icon: "user", Title: r.reader.Text("me.nobody"), Text: r.reader.Text("me.nobody_text")}
		if r.who.May(auth.ViewTeam) {
			page.Empty.Action, page.Empty.URL = r.reader.Text("nav.agents"), "/agents"
		}
		return r.pageStatus(page.Status, "me", page)
	}
	v = view{"/me", v.values}
	w := v.words(meKPIs...)
	for _, name := range mePeriods {
		page.Periods = append(page.Periods, choice{r.reader.Text("period." + name), v.with("period", name, "from", "", "to", ""), w.Period == name})
	}
	q, p, err := r.asker().Query(w)
	if err != nil {
		return err
	}
	today, err := r.asker().Today()
	if err != nil {
		return err
	}
	if err := r.fillMe(&page, v, agent, q, p, today); err != nil {
		return err
	}
	return r.pageStatus(page.Status, "me", page)
}

func (r *request) fillMe(page *mePage, v view, agent string, q kpi.Query, p *calendar.Period, today int64) error {
	q.Where = nil
	mine := narrowed(q, "agent", agent)
	span := p.ToDate(today)
	mine.Period, mine.Intervals = &span, true
	var now, courses *kpi.Frame
	if err := r.frames(asking{into: &now, q: mine}, asking{into: &courses, q: r.courseQuery(mine, meKPIs, p, today)}); err != nil {
		return err
	}
	page.Lead = r.comparedWith(now)
	page.Cards, page.Notes = r.cards(view{"/me", v.values}, now, courses), r.reader.Notes(now)
	for i := range page.Cards {
		page.Cards[i].URL = view{path: "/kpi/" + now.Columns[i].Name}.with("agent", agent, "period", v.words().Period)
	}
	var err error
	if page.Beside, err = r.besideTeam(mine, agent, meKPIs, true); err != nil {
		return err
	}
	if err := r.restOfDay(page, v, agent, today); err != nil {
		return err
	}
	if err := r.toDo(page, agent, today); err != nil {
		return err
	}
	page.Requests, err = r.ownRequests()
	return err
}

// courseQuery asks for KPIs over time up to a period's end, for sparklines.
func (r *request) courseQuery(q kpi.Query, kpis []string, p *calendar.Period, today int64) kpi.Query {
	by, back := "day", int64(28)
	if p.Days() > 62 {
		by, back = "week", 7*26
	}
	q = plain(q, kpis, by)
	end := min(p.To, today+1)
	q.Period = &calendar.Range{From: end - back, To: end}
	return q
}

// restOfDay says how much of a usual day is still to come.
func (r *request) restOfDay(page *mePage, v view, agent string, today int64) error {
	d, err := r.dayFigures(view{"/today", map[string][]string{"agent": {agent}}}, today, today)
	if err != nil {
		return err
	}
	var calls float64
	by := ""
	if page.Goals, calls, by, err = r.goalsOfDay(true); err != nil {
		return err
	}
	w := d.figures.Of("agent", agent, 0)
	whole := w.Whole().Times(d.staffed.factor("agent", agent))
	if whole.Days == 0 && by == "" {
		return nil
	}
	day := r.soFar(view{"/today", map[string][]string{"agent": {agent}}}, d, 0, false)
	page.Day = &day
	if d.staffed.away("agent", agent) {
		page.Left = r.reader.Text("me.free_today")
		return nil
	}
	if by != "" {
		page.Left = r.reader.T("me.left_goal", map[string]any{"count": int64(max(0, calls-w.Now.Whole()) + 0.5)})
		page.LeftHow = r.reader.T("me.left_goal_how", map[string]any{"now": r.count(w.Now.Whole()), "needed": r.count(calls), "goal": by})
		return nil
	}
	left := max(0, whole.Mean-w.Now.Whole())
	page.Left = r.reader.T("me.left", map[string]any{"count": int64(left + 0.5)})
	page.LeftHow = r.reader.T("me.left_how", map[string]any{"now": r.count(w.Now.Whole()), "usual": r.count(whole.Mean), "weekday": r.weekday(today), "count": whole.Days})
	return nil
}

// beside is somebody's figures against those of the others in the team.
type beside struct {
	Team string
	URL  string // of the team's page
	Grid grid
	How  string
}

// fewest is how many colleagues a team must have beside an agent for them to
// see its figures: with fewer, those of one could be told from them.
const fewest = 3

// besideTeam compares somebody with the others of the team in which most of
// their calls are. own widens an agent's scope to that team as a whole: never
// to a person in it, and only where it is large enough (or peers may be seen).
func (r *request) besideTeam(q kpi.Query, agent string, kpis []string, own bool) (*beside, error) {
	team, err := r.teamOf(q, agent)
	if err != nil || team == "" {
		return nil, err
	}
	mine := plain(q, kpis)
	mine.Intervals = true
	others := mine
	others.Where = []string{question.Equal("team", team), "agent != " + strconv.Quote(agent)}
	if own {
		others.Scope = kpi.Only([]string{team}, nil)
	}
	heads := plain(others, []string{"calls"}, "agent")
	var me, they, by *kpi.Frame
	if err := r.frames(asking{into: &me, q: mine}, asking{into: &they, q: others}, asking{into: &by, q: heads}); err != nil {
		return nil, err
	}
	n := 0
	for _, row := range by.Rows {
		if x := row.Figures[0]; row.Key[0] != "" && x.Valid && x.Number > 0 {
			n++
		}
	}
	if n == 0 || own && n < fewest && !r.org.SeePeers && !r.who.May(auth.ViewTeam) {
		return nil, nil
	}
	b := &beside{Team: team, URL: teamPath(team), How: r.reader.T("people.beside_how", map[string]any{"count": n, "team": "\u2068" + team + "\u2069"})}
	b.Grid = r.besideGrid(me.Columns, overview.Compare(me.Columns, figuresOf(me), figuresOf(they), float64(n)), agent)
	return b, nil
}

func (r *request) besideGrid(columns []kpi.Column, list []overview.Beside, agent string) grid {
	g := grid{ID: "beside", Caption: r.reader.Text("people.beside"), Head: []gridHead{{Title: r.reader.Text("people.kpi")}, {Title: r.reader.Text("people.own"), Numeric: true}}}
	targets := slices.ContainsFunc(columns, func(c kpi.Column) bool { return c.Target != nil })
	if targets {
		g.Head = append(g.Head, gridHead{Title: r.reader.Text("people.target"), Numeric: true})
	}
	g.Head = append(g.Head, gridHead{Title: r.reader.Text("people.team"), Numeric: true}, gridHead{Title: r.reader.Text("people.difference"), Numeric: true})
	var rows [][]cell
	for i, b := range list {
		c := columns[i]
		if !b.Own.Valid && !b.Others.Valid {
			continue
		}
		own := r.figure(c.Unit, b.Own)
		own.Sub = r.reader.Interval(c.Unit, b.Own)
		team := r.figure(c.Unit, b.Others)
		if c.Kind == kpi.KindCount || c.Kind == kpi.KindSum {
			team.Sub = r.reader.Text("people.by_head")
		} else {
			team.Sub = r.reader.Interval(c.Unit, b.Others)
		}
		row := []cell{{Text: r.reader.Title(c), URL: view{path: "/kpi/" + c.Name}.with("agent", agent), Header: true}, own}
		if targets {
			target := number("–")
			if c.Target != nil {
				target = number(r.reader.Value(c.Unit, *c.Target, b.Own.Currency))
			}
			row = append(row, target)
		}
		rows = append(rows, append(row, team, r.difference(c, b)))
	}
	fillGrid(r, r.view(), &g, rows, nil, func(row []cell) []cell { return row })
	return g
}

// difference is a cell with how far somebody is from the others, and whether
// that is more than chance explains.
func (r *request) difference(c kpi.Column, b overview.Beside) cell {
	ch := r.change(c, &kpi.Compared{Before: b.Others, Valid: b.Valid, Diff: b.Diff, Relative: b.Diff / b.Others.Number, Judged: b.Judged, Beyond: b.Beyond})
	switch {
	case !b.Valid:
		return number("–")
	case !b.Judged && (c.Kind == kpi.KindCount || c.Kind == kpi.KindSum):
		ch.Note = "" // how far days differ says nothing of what each had to do
	case !b.Judged:
		ch.Note = r.reader.Text("people.not_judged")
	case b.Beyond && ch.Class == "":
		ch.Note = r.reader.Text("people.beyond")
	}
	return cell{Text: ch.Text, Sub: ch.Note, Class: "num change-cell " + ch.Class}
}

// teamOf is the team in which an agent had most calls in the days of a query.
func (r *request) teamOf(q kpi.Query, agent string) (string, error) {
	q = narrowed(plain(q, []string{"calls"}, "team"), "agent", agent)
	q.Sort, q.Desc = "calls", true
	var f *kpi.Frame
	if err := r.frames(asking{into: &f, q: q}); err != nil {
		return "", err
	}
	for _, row := range f.Rows {
		if row.Key[0] != "" {
			return row.Key[0], nil
		}
	}
	return "", nil
}
