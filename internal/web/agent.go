package web

import (
	"math"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
	"github.com/callpace/callpace/internal/web/chart"
)

// agentPage is a profile: reasons and counts, never blame.
type agentPage struct {
	shell
	Agent    string
	Lead     string
	Controls controls
	Faults   faults
	Cards    []card
	Notes    []string
	Beside   *beside
	Found    []finding
	Followed string // by which leads they were found
	Against  string // with whom findings compare, for who does not see everybody
	MayNote  bool
	DrawURL  string
	NoteURL  string
	Trend    *drawn
	Trends   []choice
	States   *drawn
	Days     *grid
	DaysHow  string
	Handling *grid
	Draw     *fiveCalls
	Empty    *empty
}

// The KPIs of a profile: at its head, beside the team, and of how leads are handled.
var (
	headKPIs     = []string{"calls", "conversion_rate", "sales", "revenue"}
	profileKPIs  = []string{"calls", "calls_per_hour", "reach_rate", "contact_rate", "appointment_rate", "appointment_close_rate", "conversion_rate", "sales", "revenue", "talk_time", "wrap_time", "occupancy", "drop_off_rate", "callbacks_kept_rate", "cancellation_rate", "quality_score"}
	handlingKPIs = []string{"untouched_leads_share", "overcalled_leads_share", "coverage_evenness", "coverage_evenness:random", "premature_loss_rate", "first_call_loss_rate", "calls_per_lead"}
	trendKPIs    = []string{"conversion_rate", "calls", "reach_rate", "appointment_rate", "sales"}
)

// Findings are what to look at, with the notes beside it.
func (p agentPage) Findings() findingList {
	return findingList{p.shell, p.MayNote, p.Found, p.Followed}
}

func (r *request) agent() error {
	name := r.PathValue("name")
	if err := r.maySeePerson(name); err != nil {
		return err
	}
	section := "agents"
	if !r.who.May(auth.ViewTeam) {
		section = "me"
	}
	page := agentPage{shell: r.shell("nav.agents", section), Agent: name, MayNote: r.who.May(auth.WriteNotes), DrawURL: agentPath(name) + "/draw", NoteURL: agentPath(name) + "/note"}
	page.Title = name
	if scope := r.asker().Scope; !scope.All() { // others' averages are not theirs to see: what these are held against is said
		page.Against = r.reader.T("agent.beside", map[string]any{"scope": r.scopeText()})
	}
	return r.opens(headKPIs, &page.Controls, &page.Faults, func(v view, q kpi.Query, p *calendar.Period, today int64) error {
		return r.fillAgent(&page, v, q, p, today)
	}, func(status int) error { return r.pageStatus(status, "agent", page) })
}

// maySeePerson refuses the profile of anybody but themselves to agents, even
// where they see their peers' numbers.
func (r *request) maySeePerson(name string) error {
	if !r.who.May(auth.ViewTeam) && name != r.who.Account.Agent {
		return callpace.E(callpace.NotFound, "people.unknown", "name", name)
	}
	return r.maySee("agent", name)
}

func (r *request) fillAgent(page *agentPage, v view, q kpi.Query, p *calendar.Period, today int64) error {
	mine := narrowed(q, "agent", page.Agent)
	head := mine
	head.Intervals = true
	about := v.clone()
	about.values.Set("agent", page.Agent)
	var now, courses, watched, handling *kpi.Frame
	err := r.frames(asking{into: &now, q: head}, asking{into: &courses, q: r.courseQuery(mine, headKPIs, p, today)},
		asking{into: &watched, q: overview.Judged(q, overview.Watched, "campaign", "agent")}, asking{into: &handling, q: plain(mine, handlingKPIs)})
	if err != nil {
		return err
	}
	page.Lead, page.Notes = r.comparedWith(now), r.reader.Notes(now)
	page.Cards = r.cards(about, now, courses)
	if nothing(now) {
		page.Empty = r.nothingYet()
		return nil
	}
	if page.Beside, err = r.besideTeam(mine, page.Agent, profileKPIs, false); err != nil {
		return err
	}
	if page.Found, page.Followed, err = r.findingsAbout(about, watched, page.Agent); err != nil {
		return err
	}
	if err := r.agentTrend(page, v, mine, p, today); err != nil {
		return err
	}
	if page.States, err = r.statesByDay(mine, page.Agent); err != nil {
		return err
	}
	if page.Days, page.DaysHow, err = r.scheduleOf(mine, page.Agent); err != nil {
		return err
	}
	page.Handling = r.handlingGrid(about, handling)
	page.Draw, err = r.drawingOf(v, page.Agent, *q.Period)
	return err
}

// findingsAbout are the places to look at of one agent, with the notes beside them.
func (r *request) findingsAbout(v view, f *kpi.Frame, agent string) (list []finding, followed string, err error) {
	found := overview.About(f, agent)
	list = make([]finding, len(found))
	for i, x := range found {
		list[i] = r.finding(v, x)
		list[i].Who = ""
	}
	return list, r.reader.FollowedIn(found), r.noted(list, found)
}

// agentTrend draws a KPI by week beside the team's.
func (r *request) agentTrend(page *agentPage, v view, q kpi.Query, p *calendar.Period, today int64) error {
	name := v.get("trend")
	if !slices.Contains(trendKPIs, name) {
		name = trendKPIs[0]
	}
	for _, k := range trendKPIs {
		page.Trends = append(page.Trends, choice{r.reader.Name(k), v.with("trend", k) + "#trend-card", k == name})
	}
	mine := plain(q, []string{name}, "week")
	end := min(p.To, today+1)
	mine.Period = &calendar.Range{From: r.calendar().Span(calendar.Week, end-1-7*25).From, To: end}
	mine.Intervals = true
	team := mine
	team.Intervals = false
	if page.Beside != nil {
		team.Where = []string{question.Equal("team", page.Beside.Team)}
	}
	var f, they *kpi.Frame
	asks := []asking{{into: &f, q: mine}}
	rate := page.Beside != nil
	if d, err := r.defs.Find(name); err == nil && (d.Kind == kpi.KindCount || d.Kind == kpi.KindSum) {
		rate = false // a team's sum is no measure for one of it
	}
	if rate {
		asks = append(asks, asking{into: &they, q: team})
	}
	if err := r.frames(asks...); err != nil {
		return err
	}
	if len(f.Rows) < 2 {
		return nil
	}
	var err error
	page.Trend, err = r.trendBeside(f, they, page.Agent, page.Beside)
	return err
}

// trendBeside draws somebody's course with its interval, and the team's.
func (r *request) trendBeside(f, team *kpi.Frame, agent string, b *beside) (*drawn, error) {
	c := f.Columns[0]
	out := r.drawn(r.reader.Title(c), r.reader.T("trend.sub", map[string]any{"unit": r.reader.Text("trend.per.week")}))
	out.Table = r.table("trend", r.reader.Title(c), f, true)
	s := newScaled(c)
	line := chart.Line{Title: out.Title}
	own, they := chart.Series{Name: agent, Role: chart.Main}, chart.Series{Role: chart.Peer}
	band := chart.Band{Name: r.reader.Text("trend.interval")}
	found, peers := figuresByKey(f), figuresByKey(team)
	begun := false
	var places []calendar.Bucket
	for _, at := range r.calendar().Buckets(calendar.Week, *f.Period) {
		x := found[at.Key]
		if begun = begun || x.Valid; !begun {
			continue
		}
		places = append(places, at)
		line.X = append(line.X, chart.Place{Label: r.reader.PlaceShort("week", at.Key), Long: r.place("week", at.Key)})
		own.Points = append(own.Points, s.point(r, x))
		low, high, text := chart.Gap, chart.Gap, ""
		if x.Valid && x.Interval {
			low, high, text = chart.Value(x.Low), chart.Value(x.High), r.reader.Interval(c.Unit, x)
			s.see(x.Low, x.High, x)
		}
		band.Low, band.High, band.Text = append(band.Low, low), append(band.High, high), append(band.Text, text)
		if team != nil {
			they.Points = append(they.Points, s.point(r, peers[at.Key]))
		}
	}
	own.Bands = []chart.Band{band}
	line.Series = []chart.Series{own}
	if team != nil && b != nil {
		they.Name = b.Team
		line.Series = append(line.Series, they)
	}
	if math.IsInf(s.lo, 0) {
		return nil, nil
	}
	line.Y = s.axis(r)
	var err error
	if line.Notes, err = r.notesOn(places); err != nil {
		return nil, err
	}
	out.Chart, err = chart.Script(line)
	return out, err
}

func figuresByKey(f *kpi.Frame) map[string]kpi.Figure {
	out := map[string]kpi.Figure{}
	if f != nil {
		for _, row := range f.Rows {
			out[row.Key[0]] = row.Figures[0]
		}
	}
	return out
}

// handlingGrid tells how an agent's leads are worked through.
func (r *request) handlingGrid(v view, f *kpi.Frame) *grid {
	g := &grid{ID: "handling", Caption: r.reader.Text("agent.handling"), Head: []gridHead{{Title: r.reader.Text("people.kpi")}, {Title: r.reader.Text("people.own"), Numeric: true},
		{Title: r.reader.Text("agent.counts"), Numeric: true}}}
	for i, x := range figuresOf(f) {
		c := f.Columns[i]
		if !x.Valid {
			continue
		}
		value := r.figure(c.Unit, x)
		value.Sub = r.reader.Interval(c.Unit, x)
		counts := number("")
		if x.Parts {
			counts.Text = r.reader.T("people.of", map[string]any{"x": r.reader.Number(x.Num, 0), "n": r.reader.Number(x.Den, 0)})
		}
		g.Rows = append(g.Rows, []cell{{Text: r.reader.Title(c), URL: v.to("/kpi/" + c.Name), Header: true}, value, counts})
	}
	if len(g.Rows) == 0 {
		return nil
	}
	g.Files, g.ToFile = r.offerFrame(v, g.ID, g.Caption, f, true), r.reader.Text("export.save")
	return g
}

// fiveCalls are the calls drawn for review.
type fiveCalls struct {
	Calls   []drawnCall
	When    string // who drew them, and when
	May     bool   // the reader may draw
	Again   bool   // there is a draw already
	From    string // of the form
	To      string
	Period  string
	Missing int // calls of the draw that are gone since
}

// drawnCall is one of them.
type drawnCall struct {
	ID, When, Lead, Outcome, Talk string
	URL, Recording                string
	Remarks                       []said
}

// latestDraw is the reader's latest draw of an agent's calls in some days.
func (r *request) latestDraw(agent string, days calendar.Range) (store.Draw, bool, error) {
	found, err := r.s.State.Draws().FindDraws(r.Context(), agent)
	for _, d := range found {
		if d.DrawnBy == r.who.Account.ID && d.FromDay == days.From && d.ToDay == days.To-1 {
			return d, true, err
		}
	}
	return store.Draw{}, false, err
}
