package track

import (
	"context"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
)

// Names puts the company's own names into the context that texts of goals are
// read with.
func (d Desk) Names(ctx context.Context, c *goal.Context) error {
	values, err := d.Catalogue.Values(ctx, d.Engine, d.Base, []string{"team", "agent", "campaign", "product"})
	if err != nil {
		return err
	}
	c.Teams, c.Agents, c.Campaigns, c.Products = values["team"], values["agent"], values["campaign"], values["product"]
	return nil
}

// Usual gives the members of a goal's scope, by team or agent, and what each
// brought over some days.
func (d Desk) Usual(ctx context.Context, g goal.Goal, by string, days calendar.Range) (names []string, sums map[string]float64, err error) {
	if names, err = d.members(ctx, g, by); err != nil {
		return nil, nil, err
	}
	f, err := d.ask(ctx, days, g.Scope.Filters(), []string{by}, false, g.KPI)
	if err != nil {
		return nil, nil, err
	}
	sums = map[string]float64{}
	for _, row := range f.Rows {
		sums[row.Key[0]] = row.Figures[0].Number
	}
	return names, sums, nil
}

// LoggedHours gives the hours that teams or agents were logged in over the
// last four weeks: absences and part-time show in them.
func (d Desk) LoggedHours(ctx context.Context, s goal.Scope, by string) (map[string]float64, error) {
	var where []string
	if s.Team != "" {
		where = goal.Scope{Team: s.Team}.Filters()
	}
	f, err := d.ask(ctx, calendar.Range{From: d.Today - 28, To: d.Today}, where, []string{by}, false, "calls_per_hour")
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for _, row := range f.Rows {
		out[row.Key[0]] = row.Figures[0].Den
	}
	return out, nil
}
