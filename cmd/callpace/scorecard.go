package main

import (
	"context"
	"math"

	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goals"
)

type scorecardCommand struct {
	By  string `enum:"agent,team" default:"agent" placeholder:"WHO"`
	Who string `placeholder:"NAME"`
}

// Run weighs the goals of each person or team into one figure.
func (c *scorecardCommand) Run(ctx context.Context, a *app) error {
	return a.book(ctx, func(b goals.Book) error {
		settings, err := goals.FindCardSettings(ctx, b.State)
		if err != nil {
			return err
		}
		all, err := b.State.Goals().FindGoals(ctx)
		if err != nil {
			return err
		}
		entries, err := b.Entries(ctx, all)
		if err != nil {
			return err
		}
		cards := goals.Cards(entries, goal.Each(c.By), settings)
		if c.Who != "" {
			for _, card := range cards {
				if card.Who == c.Who {
					return a.printCard(b, card)
				}
			}
		}
		return a.printCards(cards)
	})
}

func (a *app) printCards(cards []goals.Card) error {
	if a.Output == "json" {
		return writeJSON(a.stdout, goals.CardsAnswer(cards))
	}
	g := grid{right: []bool{false, true, true, true, true, true}}
	for _, h := range []string{"who", "score", "covered", "goals", "short", "long"} {
		g.head = append(g.head, a.text("goals.column."+h))
	}
	for _, c := range cards {
		g.add(c.Who, a.share(c.Score), a.share(c.Covered), a.say.Int(int64(len(c.Goals))), a.share(c.ShortScore), a.share(c.LongScore))
	}
	if a.Output == "csv" {
		return writeCSV(a.stdout, []string{"who", "score", "covered", "goals", "short", "long"}, g.rows)
	}
	if len(g.rows) == 0 {
		a.line("goals.no_cards")
		return nil
	}
	g.print(a.stdout)
	return nil
}

// printCard prints what one card is made of, and what each weight does.
func (a *app) printCard(b goals.Book, c goals.Card) error {
	if a.Output == "json" {
		return writeJSON(a.stdout, goals.CardsAnswer([]goals.Card{c}))
	}
	g := grid{right: []bool{false, true, true, true, true, true}}
	for _, h := range []string{"goal", "weight", "attained", "counted", "points", "effect"} {
		g.head = append(g.head, a.text("goals.column."+h))
	}
	for i, x := range c.Goals {
		l := c.Lines[i]
		g.add(a.wording(b, x.Report).GoalTitle(x.Goal.Goal), a.share(l.Share), a.share(x.Item.Attainment), a.share(l.Counted), a.share(l.Points), a.say.Number(100*l.Effect, 2))
	}
	g.print(a.stdout)
	a.line("goals.score", "who", c.Who, "score", a.share(c.Score))
	return nil
}

// share writes a part of a whole; what is not known is a dash.
func (a *app) share(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return a.say.Percent(v, 0)
}
