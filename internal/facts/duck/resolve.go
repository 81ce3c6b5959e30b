package duck

import (
	"context"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// resolveRows computes the columns that the projection fills, as far as the
// facts known so far tell: agent and team by the roster, the lead by the
// phone's owner, money in the organisation's currency.
func (s *Store) resolveRows(ctx context.Context, source string, rows *facts.Rows) (map[string]column, error) {
	t := rows.Table
	if t == facts.Roster {
		return map[string]column{"agent": textColumn(rosterAgents(rows))}, nil
	}
	derived := map[string]column{}
	s.resolveAgents(source, rows, derived)
	if t.Has("lead_ref") {
		leads, err := s.resolveLeads(ctx, rows)
		if err != nil {
			return nil, err
		}
		derived["lead"] = textColumn(leads)
	}
	for _, m := range money[t.Name] {
		derived[m.org] = column{kind: facts.Amount}
		if v := s.ownMoney(rows, m); v != nil {
			derived[m.org] = vectorColumn(facts.Amount, v)
		}
	}
	return derived, nil
}

// rosterAgents names the agents of a roster: the canonical name may come as
// agent, as the source's spelling or as the name alone.
func rosterAgents(rows *facts.Rows) []string {
	agent, alias, name := textAt(rows, "agent"), textAt(rows, "agent_alias"), textAt(rows, "name")
	out := make([]string, rows.N)
	for i := range out {
		for _, from := range []*facts.Vector{agent, alias, name} {
			if out[i] = from.Text(i); out[i] != "" {
				break
			}
		}
	}
	return out
}

func textAt(rows *facts.Rows, name string) *facts.Vector { return &rows.Cols[rows.Table.Col(name)] }

// resolveAgents fills agent and team of rows that name an agent; a team that
// the source gives to a row without an agent stays.
func (s *Store) resolveAgents(source string, rows *facts.Rows, derived map[string]column) {
	spellings := textAt(rows, "agent_alias")
	given := textAt(rows, "team")
	var days *facts.Vector
	if len(rows.Table.Moments) > 0 {
		days = textAt(rows, rows.Table.Moments[0]+"_day")
	}
	agents, teams := make([]string, rows.N), make([]string, rows.N)
	type key struct {
		spelling string
		day      int64
	}
	type answer struct{ agent, team string }
	known := map[key]answer{}
	for i := range agents {
		spelling := spellings.Text(i)
		if spelling == "" {
			teams[i] = given.Text(i)
			continue
		}
		k := key{spelling, Undated}
		if days != nil && days.Has(i) {
			k.day = days.Int(i)
		}
		if len(s.directory.names) == 0 {
			agents[i] = spelling
			continue
		}
		a, ok := known[k]
		if !ok {
			a.agent = s.directory.Agent(source, k.spelling, k.day)
			a.team = s.directory.Team(a.agent, k.day)
			known[k] = a
		}
		agents[i], teams[i] = a.agent, a.team
	}
	derived["agent"], derived["team"] = textColumn(agents), textColumn(teams)
}

// resolveLeads gives each row's lead: lead_ref, else the lead that has the
// phone, else the phone.
func (s *Store) resolveLeads(ctx context.Context, rows *facts.Rows) ([]string, error) {
	refs, phones := textAt(rows, "lead_ref"), textAt(rows, "phone")
	leads := make([]string, rows.N)
	ask := map[string]string{}
	for i := range leads {
		leads[i] = refs.Text(i)
		if leads[i] == "" {
			leads[i] = phones.Text(i)
			if leads[i] != "" && s.owned {
				ask[leads[i]] = leads[i]
			}
		}
	}
	if len(ask) == 0 {
		return leads, nil
	}
	if err := s.findOwners(ctx, ask); err != nil {
		return nil, err
	}
	for i := range leads {
		if refs.Text(i) == "" && leads[i] != "" {
			leads[i] = ask[leads[i]]
		}
	}
	return leads, nil
}

// findOwners replaces the values of a map by the leads that have the phones.
func (s *Store) findOwners(ctx context.Context, byPhone map[string]string) error {
	phones := make([]string, 0, len(byPhone))
	for p := range byPhone {
		phones = append(phones, p)
	}
	if err := s.fillTexts(ctx, phones); err != nil {
		return err
	}
	return s.each(ctx, "SELECT phone, lead FROM lead_phones WHERE phone IN (FROM temp.texts)", nil, func(scan func(...any) error) error {
		var phone, lead string
		if err := scan(&phone, &lead); err != nil {
			return err
		}
		byPhone[phone] = lead
		return nil
	})
}

// moneyColumn is an amount, its currency, the day whose rate holds, and where
// the same amount in the organisation's currency goes.
type moneyColumn struct{ amount, currency, day, org string }

var money = map[string][]moneyColumn{
	"calls":  {{"cost", "cost_currency", "started_day", "cost_org"}},
	"orders": {{"amount", "currency", "placed_day", "amount_org"}, {"margin", "currency", "placed_day", "margin_org"}},
	"costs":  {{"amount", "currency", "incurred_day", "amount_org"}},
}

// ownMoney copies amounts that are in the organisation's currency already, or
// in none: then they are taken to be.
func (s *Store) ownMoney(rows *facts.Rows, m moneyColumn) *facts.Vector {
	amounts, currencies := textAt(rows, m.amount), textAt(rows, m.currency)
	if amounts.Count() == 0 {
		return nil
	}
	var out facts.Vector
	for i := range rows.N {
		if c := currencies.Text(i); amounts.Has(i) && (c == "" || c == s.settings.Currency) {
			out.SetInt(i, int64(callpace.Amount(amounts.Int(i))))
		}
	}
	return &out
}
