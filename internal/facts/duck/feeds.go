package duck

import (
	"context"
	"fmt"
	"slices"

	"github.com/callpace/callpace/internal/facts"
)

// storied are the facts from which the story of a lead is made.
var storied = []*facts.Table{facts.Leads, facts.LeadStages, facts.Calls, facts.Orders, facts.Activities, facts.Callbacks}

// SourcesOf lists, in order, the sources that have brought rows of any of
// these facts; of lead_story those of what it is made from.
func (s *Store) SourcesOf(ctx context.Context, names []string) ([]string, error) {
	if slices.Contains(names, facts.LeadStory.Name) {
		names = slices.Clone(names)
		for _, t := range storied {
			names = append(names, t.Name)
		}
	}
	rows, err := s.db.QueryContext(ctx, "SELECT DISTINCT source FROM source_facts WHERE list_contains(?::VARCHAR[], fact) ORDER BY source", names)
	if err != nil {
		return nil, fmt.Errorf("list sources of facts: %w", err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("list sources of facts: %w", err)
		}
		list = append(list, name)
	}
	return list, rows.Err()
}
