package duck

import (
	"context"
	"fmt"
)

// PhoneLeads tells to which leads the facts give some numbers; a number that
// is missing in the answer is a lead of its own.
func (s *Store) PhoneLeads(ctx context.Context, phones []string) (map[string]string, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT phone, lead FROM lead_phones WHERE list_contains($1::VARCHAR[], phone)", phones)
	if err != nil {
		return nil, fmt.Errorf("find leads of numbers: %w", err)
	}
	defer rows.Close()
	leads := map[string]string{}
	for rows.Next() {
		var phone, lead string
		if err := rows.Scan(&phone, &lead); err != nil {
			return nil, fmt.Errorf("find leads of numbers: %w", err)
		}
		leads[phone] = lead
	}
	return leads, rows.Err()
}
