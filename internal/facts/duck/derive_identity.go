package duck

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/callpace/callpace/internal/facts"
)

// deriveAgents resolves every spelling anew after a change of the roster, so
// that a late correction moves history.
func (s *Store) deriveAgents(ctx context.Context) error {
	if !s.flags[dirtyRoster] {
		return nil
	}
	if err := s.loadDirectory(ctx); err != nil {
		return err
	}
	if err := s.storeTeams(ctx); err != nil {
		return err
	}
	for _, t := range facts.Tables {
		if t.Derived || t == facts.Roster {
			continue
		}
		if err := s.resolveAgain(ctx, t); err != nil {
			return err
		}
	}
	return s.markAll(ctx) // teams of stories and of credited orders hang on it, too
}

// resolveAgain corrects agent and team of the rows of a table.
func (s *Store) resolveAgain(ctx context.Context, t *facts.Table) error {
	day := t.Moments[0] + "_day"
	var sources, aliases, agents, teams []string
	var days facts.Vector
	query := fmt.Sprintf("SELECT DISTINCT source, agent_alias, %s, agent, coalesce(team, '') FROM %s WHERE agent_alias IS NOT NULL", day, t.Name)
	err := s.each(ctx, query, nil, func(scan func(...any) error) error {
		var source, alias, agent, team string
		var at sql.NullTime
		if err := scan(&source, &alias, &at, &agent, &team); err != nil {
			return err
		}
		number := int64(Undated)
		if at.Valid {
			number = dayNumber(at.Time)
		}
		wantAgent := s.directory.Agent(source, alias, number)
		wantTeam := s.directory.Team(wantAgent, number)
		if wantAgent == agent && wantTeam == team {
			return nil
		}
		if at.Valid {
			days.SetInt(len(sources), number)
		}
		sources, aliases = append(sources, source), append(aliases, alias)
		agents, teams = append(agents, wantAgent), append(teams, wantTeam)
		return nil
	})
	if err != nil || len(sources) == 0 {
		return err
	}
	if err := s.renew(ctx, "spellings"); err != nil {
		return err
	}
	err = s.insert(ctx, "temp.spellings", []field{{"source", textColumn(sources)}, {"alias", textColumn(aliases)},
		{"day", vectorColumn(facts.Day, &days)}, {"agent", textColumn(agents)}, {"team", textColumn(teams)}}, len(sources), nil)
	if err != nil {
		return err
	}
	s.touchAll(t)
	return s.exec(ctx, fmt.Sprintf(`UPDATE %s AS f SET agent = n.agent, team = n.team FROM (SELECT DISTINCT * FROM temp.spellings) n
		WHERE f.source = n.source AND f.agent_alias = n.alias AND f.%s IS NOT DISTINCT FROM n.day`, t.Name, day))
}

// phoneOwners computes who has the phones in temp.phones: the lead with an id
// that was created last, else a lead without an id, known by its first phone.
const phoneOwners = `
CREATE OR REPLACE TEMP TABLE owners AS
WITH claims AS (
	SELECT unnest(` + phonesOfLead + `) AS phone, phone AS own, lead_ref, created_at FROM leads
), wanted AS (
	SELECT phone FROM temp.phones UNION
	SELECT own FROM claims WHERE lead_ref IS NULL AND phone IN (SELECT phone FROM temp.phones)
), by_id AS (
	SELECT DISTINCT ON (phone) phone, lead_ref AS lead FROM claims
	WHERE lead_ref IS NOT NULL AND phone IN (SELECT phone FROM wanted)
	ORDER BY phone, created_at DESC NULLS LAST, lead_ref
), by_phone AS (
	SELECT DISTINCT ON (c.phone) c.phone, coalesce(by_id.lead, c.own) AS lead FROM claims c LEFT JOIN by_id ON by_id.phone = c.own
	WHERE c.lead_ref IS NULL AND c.own IS NOT NULL AND c.phone IN (SELECT phone FROM temp.phones)
	ORDER BY c.phone, c.created_at DESC NULLS LAST, coalesce(by_id.lead, c.own)
)
SELECT p.phone, coalesce(by_id.lead, by_phone.lead, p.phone) AS lead
FROM temp.phones p LEFT JOIN by_id USING (phone) LEFT JOIN by_phone ON by_phone.phone = p.phone`

// deriveLeads finds the owners of the phones whose claims changed and moves
// the rows that have only the phone.
func (s *Store) deriveLeads(ctx context.Context) error {
	changed := `SELECT phone FROM dirty_phones UNION
		SELECT unnest(` + phonesOfLead + `) FROM leads
		WHERE lead_ref IS NULL AND list_has_any(` + phonesOfLead + `, (SELECT list(phone) FROM dirty_phones))`
	if s.flags[dirtyAll] {
		changed = "SELECT DISTINCT unnest(" + phonesOfLead + ") FROM leads UNION SELECT phone FROM lead_phones"
	} else if some, err := s.exists(ctx, "FROM dirty_phones"); err != nil || !some {
		return err
	}
	if err := s.renew(ctx, "phones"); err != nil {
		return err
	}
	err := s.execAll(ctx, []string{"INSERT INTO temp.phones " + changed, phoneOwners})
	if err != nil {
		return err
	}
	var owners int64
	if err := s.conn.QueryRowContext(ctx, "SELECT count(*) FROM temp.owners").Scan(&owners); err != nil {
		return fmt.Errorf("count owners of phones: %w", err)
	}
	for _, t := range facts.Tables {
		if !t.Has("lead_ref") {
			continue
		}
		moved := "f.lead_ref IS NULL AND f.phone = o.phone AND f.lead IS DISTINCT FROM o.lead"
		if !s.flags[dirtyAll] {
			err := s.exec(ctx, fmt.Sprintf(`INSERT INTO dirty_leads SELECT DISTINCT unnest([f.lead, o.lead]) FROM %s f, temp.owners o WHERE %s`, t.Name, moved))
			if err != nil {
				return err
			}
		}
		key := ""
		if slices.Contains(keyed[t], "lead") {
			key = ", lead_key = key_of(o.lead)"
		}
		n, err := s.count(ctx, fmt.Sprintf("UPDATE %s AS f SET lead = o.lead%s FROM temp.owners o WHERE %s", t.Name, key, moved))
		if err != nil {
			return err
		}
		s.fresh.anywhere = s.fresh.anywhere || n > 0 && t == facts.Calls
		if err := s.touchIf(ctx, n, t, "lead IN (SELECT lead FROM temp.owners)", owners <= fewRows); err != nil {
			return err
		}
	}
	err = s.execAll(ctx, []string{"DELETE FROM lead_phones WHERE phone IN (SELECT phone FROM temp.phones)",
		"INSERT INTO lead_phones SELECT phone, lead FROM temp.owners WHERE lead <> phone"})
	if err != nil {
		return err
	}
	s.owned, err = s.exists(ctx, "FROM lead_phones")
	return err
}
