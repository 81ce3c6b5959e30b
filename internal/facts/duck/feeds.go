package duck

import (
	"context"
	"fmt"
)

// SourcesOf lists, in order, the sources that have brought rows of any of
// these facts.
func (s *Store) SourcesOf(ctx context.Context, facts []string) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT DISTINCT source FROM source_facts WHERE list_contains(?::VARCHAR[], fact) ORDER BY source", facts)
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
