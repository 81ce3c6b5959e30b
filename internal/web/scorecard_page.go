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
	By       string
	Cards    *grid
	Card     *cardView
	Settings *formView
	Empty    *empty
}

// cardView is one card with every goal on it, and what other weights would make
// of it.
type cardView struct {
	Who, Score, Covered string
	Before              string // the score by the weights that hold, where others are tried
	Short, Long         string // shares of weight, with the score of each
	Lines               grid
	Sliders             []slider
	Kept                []pair // the weights that are tried
	MayKeep             bool
	Reset               string
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
	page.By = string(by)
	for _, x := range []goal.Each{goal.EachAgent, goal.EachTeam} {
		page.Tabs = append(page.Tabs, choice{Label: r.reader.Text("goals.each." + string(x)), URL: "/scorecard?by=" + string(x), Selected: x == by})
	}
	settings, err := goals.FindCardSettings(r.Context(), r.s.State.State)
	if err != nil {
		return err
	}
	err = r.book(func(b goalBook) error {
		entries, err := r.entries(b)
		if err != nil {
			return err
		}
		if r.who.May(auth.SetGoals) && b.sight.All() {
			page.Settings = r.cardSettings(f, settings)
		}
		tried, changed := weighed(entries, v.get)
		r.fillCards(&page, v, goals.Cards(tried, by, settings))
		if page.Card == nil {
			return nil
		}
		for _, held := range goals.Cards(entries, by, settings) {
			if held.Who == page.Card.Who {
				page.Card.MayKeep = changed && r.mayWeigh(b, held)
				r.compareCard(page.Card, held, changed)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.pageStatus(status, "scorecard", page)
}

func (r *request) cardSettings(f *filled, settings goals.CardSettings) *formView {
	percent := func(x float64) string { return strconv.FormatFloat(math.Round(100*x), 'f', -1, 64) }
	form := f.view("/scorecard", "form.save", formField{Kind: "number", Name: "floor", Label: r.reader.Text("goals.floor"), Hint: r.reader.Text("goals.floor_hint"), Value: f.or("floor", percent(settings.Floor)), LTR: true},
		formField{Kind: "number", Name: "cap", Label: r.reader.Text("goals.cap"), Hint: r.reader.Text("goals.cap_hint"), Value: f.or("cap", percent(settings.Cap)), LTR: true})
	return &form
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
		if c.Who == v.get("who") || len(cards) == 1 {
			page.Card = r.cardView(c)
		}
	}
	fillGrid(r, v, g, cards, func(c goals.Card) string { return c.Who }, func(c goals.Card) []cell {
		bar := cell{Class: "bar"}
		if !math.IsNaN(c.Score) {
			bar.Drawn = chart.InCellGoal(c.Score, 1, 1.5)
		}
		return []cell{{Text: c.Who, URL: "/scorecard?by=" + page.By + "&who=" + escape(c.Who), Header: true}, number(r.part(c.Score)), bar,
			number(r.part(c.Covered)), number(r.reader.Int(int64(len(c.Goals)))), number(r.part(c.ShortScore)), number(r.part(c.LongScore))}
	})
	page.Cards = g
}

func (r *request) cardView(c goals.Card) *cardView {
	text := r.reader.Text
	out := &cardView{Who: c.Who, Score: r.part(c.Score), Covered: r.part(c.Covered), Sliders: r.weightSliders(c)}
	balance := func(share, score float64) string {
		return r.reader.T("goals.share_score", map[string]any{"share": r.part(share), "score": r.part(score)})
	}
	out.Short, out.Long = balance(c.ShortShare, c.ShortScore), balance(c.LongShare, c.LongScore)
	out.Lines = grid{ID: "card", Caption: c.Who, Head: []gridHead{{Title: text("goals.column.goal")}}}
	for _, h := range []string{"weight", "attained", "counted", "points", "effect"} {
		out.Lines.Head = append(out.Lines.Head, gridHead{Title: text("goals.column." + h), Numeric: true})
	}
	for i, g := range c.Goals {
		l := c.Lines[i]
		out.Lines.Rows = append(out.Lines.Rows, []cell{{Text: r.reader.GoalTitle(g.Goal.Goal), URL: "/goals/" + g.ID, Header: true, Sub: text(g.CardGoalStatus())}, number(r.part(l.Share)), number(r.part(g.Item.Attainment)),
			number(r.part(l.Counted)), number(r.part(l.Points)), number(r.effect(l.Effect))})
		out.Kept = append(out.Kept, pair{goalWeightPrefix + g.ID, g2(heldWeight(g.Weight).Float())})
	}
	r.offerRows(&out.Lines)
	return out
}

// effect writes what one more hundredth of weight does, in points of the score.
func (r *request) effect(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return r.signedNumber(100*v, 2)
}

// signedNumber writes a number with its sign.
func (r *request) signedNumber(v float64, digits int) string {
	text := r.reader.Number(math.Abs(v), digits)
	switch zero := r.reader.Number(0, digits); {
	case text == zero:
		return text
	case v < 0:
		return "−" + text
	}
	return "+" + text
}

// compareCard says what the weights that are tried change.
func (r *request) compareCard(view *cardView, held goals.Card, changed bool) {
	view.Reset = "/scorecard?by=" + r.view().get("by") + "&who=" + escape(held.Who)
	if !changed {
		return
	}
	view.Before = r.part(held.Score)
}

// part writes a share of a whole.
func (r *request) part(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return r.reader.Percent(v, 0)
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
	if err := r.saveSetting(goals.CardSetting, c, nil); err != nil {
		return err
	}
	return r.redirect("/scorecard?done=saved")
}
