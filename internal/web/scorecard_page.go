package web

import (
	"math"
	"strconv"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/web/chart"
)

// scorecardPage weighs the goals of each person or team into one figure.
type scorecardPage struct {
	shell
	Tabs     []choice
	Cards    *grid
	Card     *cardView
	Settings *formView
	Empty    *empty
}

// cardView is one card with every goal on it.
type cardView struct {
	Who, Score, Balance string
	Lines               grid
}

func (r *request) scorecard() error { return r.showScorecard(200, r.filled()) }

func (r *request) showScorecard(status int, f *filled) error {
	page := scorecardPage{shell: r.shell("nav.scorecard", "scorecard")}
	page.Notices = r.done("goals")
	v := r.view()
	by := goal.EachAgent
	if v.get("by") == "team" {
		by = goal.EachTeam
	}
	for _, x := range []goal.Each{goal.EachAgent, goal.EachTeam} {
		page.Tabs = append(page.Tabs, choice{Label: r.reader.Text("goals.each." + string(x)), URL: v.with("by", string(x), "who", "", "done", ""), Selected: x == by})
	}
	settings, err := goals.FindCardSettings(r.Context(), r.s.State.State)
	if err != nil {
		return err
	}
	var cards []goals.Card
	all := false
	err = r.book(func(b goalBook) error {
		entries, err := r.entries(b)
		all = b.sight.All()
		cards = goals.Cards(entries, by, settings)
		return err
	})
	if err != nil {
		return err
	}
	r.fillCards(&page, v, cards)
	if r.who.May(auth.SetGoals) && all {
		percent := func(x float64) string { return strconv.FormatFloat(math.Round(100*x), 'f', -1, 64) }
		form := f.view("/scorecard", "form.save", formField{Kind: "number", Name: "floor", Label: r.reader.Text("goals.floor"), Hint: r.reader.Text("goals.floor_hint"), Value: f.or("floor", percent(settings.Floor)), LTR: true},
			formField{Kind: "number", Name: "cap", Label: r.reader.Text("goals.cap"), Hint: r.reader.Text("goals.cap_hint"), Value: f.or("cap", percent(settings.Cap)), LTR: true})
		page.Settings = &form
	}
	return r.pageStatus(status, "scorecard", page)
}

// entries are the open goals that the reader sees, as they stand.
func (r *request) entries(b goalBook) ([]goals.Entry, error) {
	var out []goals.Entry
	for _, g := range b.seen {
		if g.State == goal.Active {
			rep, err := r.stands(b, g, false)
			if err != nil && callpace.CodeOf(err) == callpace.Internal {
				return nil, err
			}
			out = append(out, goals.Entry{Goal: g, Report: rep, Fault: err})
		}
	}
	return out, nil
}

func (r *request) fillCards(page *scorecardPage, v view, cards []goals.Card) {
	text := r.reader.Text
	if len(cards) == 0 {
		page.Empty = &empty{Icon: "gauge", Title: text("goals.empty"), Text: text("goals.no_cards")}
		return
	}
	g := &grid{ID: "cards", Caption: text("nav.scorecard"), Tall: len(cards) > 20, Head: []gridHead{{Title: text("goals.column.who")}, {Title: text("goals.column.score"), Numeric: true}, {},
		{Title: text("goals.column.covered"), Numeric: true}, {Title: text("goals.column.goals"), Numeric: true}, {Title: text("goals.column.short"), Numeric: true}, {Title: text("goals.column.long"), Numeric: true}}}
	for _, c := range cards {
		g.Rows = append(g.Rows, []cell{{Text: c.Who, URL: v.with("who", c.Who, "done", ""), Header: true}, number(r.part(c.Score)), {Class: "bar", Drawn: chart.InCellGoal(zeroed(c.Score), 1, 1.5)},
			number(r.part(c.Covered)), number(r.reader.Int(int64(len(c.Goals)))), number(r.part(c.ShortScore)), number(r.part(c.LongScore))})
		if c.Who == v.get("who") || len(cards) == 1 {
			page.Card = r.cardView(c)
		}
	}
	page.Cards = g
}

func (r *request) cardView(c goals.Card) *cardView {
	text := r.reader.Text
	out := &cardView{Who: c.Who, Score: r.part(c.Score), Balance: r.reader.T("goals.balance", map[string]any{"short": r.part(c.ShortShare), "long": r.part(c.LongShare)})}
	out.Lines = grid{ID: "card", Caption: c.Who, Head: []gridHead{{Title: text("goals.column.goal")}, {Title: text("goals.column.status")}}}
	for _, h := range []string{"weight", "attained", "counted", "points", "effect"} {
		out.Lines.Head = append(out.Lines.Head, gridHead{Title: text("goals.column." + h), Numeric: true})
	}
	for i, g := range c.Goals {
		l := c.Lines[i]
		out.Lines.Rows = append(out.Lines.Rows, []cell{{Text: r.reader.GoalTitle(g.Goal.Goal), URL: "/goals/" + g.ID, Header: true}, {Text: text(g.CardGoalStatus())}, number(r.part(l.Share)), number(r.part(g.Item.Attainment)),
			number(r.part(l.Counted)), number(r.part(l.Points)), number(r.reader.Number(100*l.Effect, 2))})
	}
	return out
}

// part writes a share of a whole.
func (r *request) part(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return r.reader.Percent(v, 0)
}

func zeroed(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

func (r *request) takeScorecard() error {
	s, err := r.sight()
	if err != nil {
		return err
	}
	if !s.All() {
		return r.who.Require(auth.ManageSettings)
	}
	f := r.filled()
	floor, top := f.number("floor", 0, 100), f.number("cap", 100, 1000)
	if f.bad() {
		return r.showScorecard(f.status(nil), f)
	}
	c := goals.CardSettings{Floor: float64(floor) / 100, Cap: float64(top) / 100}
	if err := r.s.State.Settings().UpdateSetting(r.Context(), goals.CardSetting, c, r.who.Account.ID, r.now); err != nil {
		return err
	}
	return r.redirect("/scorecard?done=saved")
}
