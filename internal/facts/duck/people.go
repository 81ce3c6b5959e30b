package duck

import (
	"context"
	"fmt"
	"slices"
	"strings"

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

func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return s == "" })
}
