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

// Call names a call by its source and by its id there.
type Call struct{ Source, ID string }

// CallsOf lists the calls with any of some numbers or leads.
func (s *Store) CallsOf(ctx context.Context, phones, leads []string) ([]Call, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT DISTINCT source, source_id FROM calls
		WHERE source_id IS NOT NULL AND (list_contains($1::VARCHAR[], phone) OR list_contains($2::VARCHAR[], lead)) ORDER BY 1, 2`, phones, leads)
	if err != nil {
		return nil, fmt.Errorf("find calls of a person: %w", err)
	}
	defer rows.Close()
	var calls []Call
	for rows.Next() {
		var c Call
		if err := rows.Scan(&c.Source, &c.ID); err != nil {
			return nil, fmt.Errorf("find calls of a person: %w", err)
		}
		calls = append(calls, c)
	}
	return calls, rows.Err()
}
