package duck

import (
	"context"
	"fmt"
	"strings"
)

// Conflict counts where sources disagree on who a lead is. Both ways they
// still meet: leads by their id, rows without one by their number.
type Conflict struct {
	Kind     string   `json:"kind"` // id: one id, different numbers in different sources; number: one number, several ids
	Count    int64    `json:"count"`
	Examples []string `json:"examples,omitempty"` // up to three
}

// conflictQueries give an example for each case. An id is in conflict where a source that has numbers of it shares none of
// them with another that has some.
var conflictQueries = []struct{ kind, query string }{
	{"id", `WITH numbers AS (SELECT lead_ref, source, list_sort(list_distinct(flatten(list(` + phonesOfLead + `)))) AS phones
			FROM leads WHERE lead_ref IS NOT NULL GROUP BY ALL)
		SELECT m.lead_ref || ': ' || m.phones[1] || ' (' || m.source || '), ' || min(o.phones[1] || ' (' || o.source || ')')
		FROM numbers m JOIN numbers o ON o.lead_ref = m.lead_ref AND o.source <> m.source
		WHERE m.source = $1 AND len(m.phones) > 0 AND len(o.phones) > 0 AND NOT list_has_any(m.phones, o.phones)
		GROUP BY m.lead_ref, m.phones, m.source`},
	{"number", `WITH claims AS (SELECT DISTINCT unnest(` + phonesOfLead + `) AS phone, lead_ref, source FROM leads WHERE lead_ref IS NOT NULL)
		SELECT phone || ': ' || array_to_string(list_sort(list(DISTINCT lead_ref))[1:4], ', ')
		FROM claims WHERE phone IN (SELECT phone FROM claims WHERE source = $1)
		GROUP BY phone HAVING count(DISTINCT lead_ref) > 1`},
}

// Conflicts counts what the lead records of a source contradict, those of the
// source itself and of all others.
func (s *Store) Conflicts(ctx context.Context, source string) ([]Conflict, error) {
	var list []Conflict
	for _, q := range conflictQueries {
		c := Conflict{Kind: q.kind}
		var examples string
		err := s.db.QueryRowContext(ctx, "SELECT count(*), coalesce(array_to_string(list(example ORDER BY example)[1:3], chr(10)), '') FROM ("+q.query+") AS t(example)", source).
			Scan(&c.Count, &examples)
		if err != nil {
			return nil, fmt.Errorf("count conflicts of %ss: %w", q.kind, err)
		}
		if c.Count > 0 {
			c.Examples = strings.Split(examples, "\n")
		}
		list = append(list, c)
	}
	return list, nil
}
