package goals

import (
	"context"
	"math"
	"slices"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/scorecard"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/store"
)

// CardSettings say what attainment is cut to: under Floor it counts nothing,
// above Cap no more than that.
type CardSettings struct {
	Floor float64 `json:"floor"`
	Cap   float64 `json:"cap"`
}

// CardSetting is the name of the setting that holds CardSettings.
const CardSetting = "scorecard"

// FindCardSettings reads them; without any, half of a target counts nothing
// and more than half as much again counts no more.
func FindCardSettings(ctx context.Context, s store.State) (c CardSettings, err error) {
	c = CardSettings{Floor: 0.5, Cap: 1.5}
	return c, s.Settings().FindSetting(ctx, CardSetting, &c)
}

// Card is the scorecard of one person or team.
type Card struct {
	Who   string
	Goals []CardGoal // one for each line of the card
	scorecard.Card
}

// CardGoal is a goal on a card with how it stands there.
type CardGoal struct {
	Entry
	State track.State
	Item  scorecard.Item
}

// Cards weighs the goals of each agent, or team: their own, and their part of
// those that are set for each. The best stand first.
func Cards(entries []Entry, by goal.Each, c CardSettings) []Card {
	found := map[string][]CardGoal{}
	for _, e := range entries {
		if e.Report == nil || e.State == goal.Draft {
			continue
		}
		for _, s := range e.Report.Parts {
			who := s.Part
			switch {
			case who != "" && e.Scope.Each != by:
				continue
			case who == "" && by == goal.EachAgent:
				who = e.Scope.Agent
			case who == "" && by == goal.EachTeam && e.Scope.Agent == "":
				who = e.Scope.Team
			}
			if who != "" {
				found[who] = append(found[who], CardGoal{e, s, c.item(e, s)})
			}
		}
	}
	var out []Card
	for who, list := range found {
		items := make([]scorecard.Item, len(list))
		for i, g := range list {
			items[i] = g.Item
		}
		out = append(out, Card{who, list, scorecard.Of(items)})
	}
	slices.SortFunc(out, func(a, b Card) int {
		switch x, y := score(a), score(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		case a.Who < b.Who:
			return -1
		}
		return 1
	})
	return out
}

func score(c Card) float64 {
	if math.IsNaN(c.Score) {
		return -1
	}
	return c.Score
}

// item is a goal as it counts. What is due within a month is short-term.
func (c CardSettings) item(e Entry, s track.State) scorecard.Item {
	it := scorecard.Item{Weight: 1, Attainment: e.Report.Attained(s), Floor: c.Floor, Cap: c.Cap, Term: scorecard.Long}
	if e.Weight != 0 {
		it.Weight = e.Weight.Float()
	}
	p := e.Period
	recurs := p.Kind == goal.Recurring && (p.Unit == calendar.Day || p.Unit == calendar.Week || p.Unit == calendar.Month)
	if recurs || p.Kind != goal.Recurring && p.Range().Days() <= 31 {
		it.Term = scorecard.Short
	}
	return it
}

// CardGoalStatus is the key of the status's message.
func (g CardGoal) CardGoalStatus() string { return g.State.Verdict.Status.Key() }
