package duck

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// Person is every number (E.164) and lead id under which facts know somebody.
type Person struct {
	Phones, Leads []string
}

// FindPerson follows a phone number or a lead id (either may be "") through
// the facts: the leads whose records have the number, the numbers under which
// any fact knows those leads, and so on until nothing new turns up. A number
// that a call gives beside a lead does not lead to other leads: it may be a
// switchboard's.
func (s *Store) FindPerson(ctx context.Context, phone, lead string) (Person, error) {
	phones, leads := map[string]bool{}, map[string]bool{}
	if phone != "" {
		phones[phone] = true
	}
	if lead != "" {
		leads[lead] = true
	}
	for known := -1; known != len(phones)+len(leads); {
		known = len(phones) + len(leads)
		rows, err := s.db.QueryContext(ctx, `SELECT coalesce(lead_ref, ''), concat_ws(' ', phone, phones) FROM leads
			WHERE list_has_any(string_split(concat_ws(' ', phone, phones), ' '), $1::VARCHAR[]) OR list_contains($2::VARCHAR[], lead_ref)
			`+numbersOfLeads(), keys(phones), keys(leads))
		if err != nil {
			return Person{}, fmt.Errorf("find person: %w", err)
		}
		for rows.Next() {
			var ref, numbers string
			if err := rows.Scan(&ref, &numbers); err != nil {
				return Person{}, fmt.Errorf("find person: %w", err)
			}
			if ref != "" {
				leads[ref] = true
			}
			for _, n := range strings.Fields(numbers) {
				phones[n] = true
			}
		}
		if err := rows.Close(); err != nil {
			return Person{}, fmt.Errorf("find person: %w", err)
		}
	}
	return Person{keys(phones), keys(leads)}, nil
}

// numbersOfLeads adds the numbers that other facts give beside the leads of $2.
func numbersOfLeads() string {
	var b strings.Builder
	for _, t := range facts.Tables {
		if !t.Derived && t != facts.Leads && t.Has("lead_ref") {
			fmt.Fprintf(&b, "UNION ALL SELECT DISTINCT '', phone FROM %s WHERE phone IS NOT NULL AND list_contains($2::VARCHAR[], lead_ref)\n", t.Name)
		}
	}
	return b.String()
}

func keys(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for k := range set {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
