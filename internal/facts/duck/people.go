package duck

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/facts"
)

// Agent is one agent of the roster, or a spelling that no roster knows.
type Agent struct {
	Name        string   `json:"name"`
	Team        string   `json:"team"` // the latest one
	Aliases     []string `json:"aliases"`
	Provisional bool     `json:"provisional"` // known from facts only: to be resolved
	Sources     []string `json:"sources"`     // that have rows of the agent
	Rows        int64    `json:"rows"`
}

// Agents lists everybody whom the roster or a fact names, in order.
func (s *Store) Agents(ctx context.Context) ([]Agent, error) {
	var parts []string
	for _, t := range facts.Tables {
		if !t.Derived && t != facts.Roster && t.Has("agent") {
			parts = append(parts, "SELECT agent, source, count(*) AS n FROM "+t.Name+" WHERE agent IS NOT NULL GROUP BY ALL")
		}
	}
	query := `WITH seen AS (SELECT agent, list_sort(list(DISTINCT source)) AS sources, sum(n)::BIGINT AS n FROM (` + strings.Join(parts, " UNION ALL ") + `) GROUP BY agent),
	known AS (SELECT agent, arg_max(team, coalesce(from_day, DATE '0001-01-01')) FILTER (team IS NOT NULL) AS team,
		list_sort(list(DISTINCT alias) FILTER (alias IS NOT NULL)) AS aliases FROM roster GROUP BY agent)
	SELECT agent, coalesce(team, ''), coalesce(array_to_string(aliases, chr(10)), ''), known.agent IS NULL,
		coalesce(array_to_string(sources, chr(10)), ''), coalesce(n, 0)
	FROM known FULL JOIN seen USING (agent) ORDER BY agent`
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("list agents: %w", err)
	}
	defer rows.Close()
	var list []Agent
	for rows.Next() {
		var a Agent
		var aliases, sources string
		if err := rows.Scan(&a.Name, &a.Team, &aliases, &a.Provisional, &sources, &a.Rows); err != nil {
			return nil, fmt.Errorf("list agents: %w", err)
		}
		a.Aliases, a.Sources = lines(aliases), lines(sources)
		list = append(list, a)
	}
	return list, rows.Err()
}

// TeamSpan says that an agent was in a team from a day to the day before
// another; OpenStart and OpenEnd where unbounded.
type TeamSpan struct {
	Agent, Team string
	From, To    int64
}

// TeamSpans lists who was in which team when, by agent and in order of time.
func (s *Store) TeamSpans(ctx context.Context) ([]TeamSpan, error) {
	var out []TeamSpan
	err := s.each(ctx, "SELECT agent, team, from_day, to_day FROM team_spans ORDER BY agent, from_day", nil, func(scan func(...any) error) error {
		var x TeamSpan
		var from, to time.Time
		if err := scan(&x.Agent, &x.Team, &from, &to); err != nil {
			return err
		}
		if x.From = dayNumber(from); x.From <= unboundedFrom {
			x.From = OpenStart
		}
		if x.To = dayNumber(to); x.To >= unboundedTo {
			x.To = OpenEnd
		}
		out = append(out, x)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list teams: %w", err)
	}
	return out, nil
}

func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return s == "" })
}
