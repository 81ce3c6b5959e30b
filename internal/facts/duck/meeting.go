package duck

import (
	"context"
	"fmt"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// Meeting tells how far the rows of one fact of a source meet the roster and
// the leads of all sources.
type Meeting struct {
	Fact        string `json:"fact"`
	Rows        int64  `json:"rows"`
	NoAgent     int64  `json:"no_agent"`     // name no agent
	Provisional int64  `json:"provisional"`  // name one that no roster knows
	NoLead      int64  `json:"no_lead"`      // name neither lead nor phone
	UnknownLead int64  `json:"unknown_lead"` // belong to a lead of which no source has a record
}

// Meetings counts, for every fact that a source has rows of, what does not meet.
func (s *Store) Meetings(ctx context.Context, source string) ([]Meeting, error) {
	var list []Meeting
	for _, t := range facts.Tables {
		if t.Derived || t == facts.Roster {
			continue
		}
		counts := []string{"count(*)", "0", "0", "0", "0"}
		if t.Has("agent") {
			counts[1] = "count(*) FILTER (agent IS NULL)"
			counts[2] = "count(*) FILTER (agent IS NOT NULL AND agent NOT IN (SELECT agent FROM roster WHERE agent IS NOT NULL))"
		}
		if t.Has("lead") && t != facts.Leads {
			counts[3] = "count(*) FILTER (lead IS NULL)"
			counts[4] = "count(*) FILTER (lead IS NOT NULL AND lead NOT IN (SELECT lead FROM leads WHERE lead IS NOT NULL))"
		}
		m := Meeting{Fact: t.Name}
		err := s.db.QueryRowContext(ctx, "SELECT "+strings.Join(counts, ", ")+" FROM "+t.Name+" WHERE source = ?", source).
			Scan(&m.Rows, &m.NoAgent, &m.Provisional, &m.NoLead, &m.UnknownLead)
		if err != nil {
			return nil, fmt.Errorf("count what meets in %s: %w", t.Name, err)
		}
		if m.Rows > 0 {
			list = append(list, m)
		}
	}
	return list, nil
}
