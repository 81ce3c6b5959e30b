package track

import (
	"context"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/kpi"
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

// Brought gives what each team, agent, or agent of a team brought of a goal's
// KPI over some days.
func (d Desk) Brought(ctx context.Context, g goal.Goal, by []goal.Each, days calendar.Range) (map[goal.Place]kpi.Figure, error) {
	out := map[goal.Place]kpi.Figure{}
	if days.Days() <= 0 {
		return out, nil
	}
	dims := make([]string, len(by))
	for i, level := range by {
		dims[i] = string(level)
	}
	f, err := d.ask(ctx, days, g.Scope.Filters(), dims, false, g.KPI)
	if err != nil {
		return nil, err
	}
	for _, row := range f.Rows {
		var at goal.Place
		for i, level := range by {
			if level == goal.EachTeam {
				at.Team = row.Key[i]
			} else {
				at.Agent = row.Key[i]
			}
		}
		if at != (goal.Place{}) {
			out[at] = row.Figures[0]
		}
	}
	return out, nil
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
