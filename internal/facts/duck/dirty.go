package duck

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// What is still to be derived is kept in the file, in the transactions that
// made it so: a crash before Derive loses nothing. Small things are flags in
// meta; leads and phones are sets, unless everything is dirty anyway.
const (
	dirtyAll    = "dirty_all"    // every lead and phone
	dirtyRoster = "dirty_roster" // agents and teams of every fact
	dirtyMoney  = "dirty_money"  // amounts in foreign currencies
)

func (s *Store) loadFlags(ctx context.Context) error {
	s.flags = map[string]bool{}
	return s.each(ctx, "SELECT key FROM meta WHERE key LIKE 'dirty_%'", nil, func(scan func(...any) error) error {
		var key string
		if err := scan(&key); err != nil {
			return err
		}
		s.flags[key] = true
		return nil
	})
}

func (s *Store) raise(ctx context.Context, flag string) error {
	if s.flags[flag] {
		return nil
	}
	s.flags[flag] = true
	return s.exec(ctx, "INSERT INTO meta VALUES (?, 'yes')", flag)
}

func (s *Store) lower(ctx context.Context, flag string) error {
	delete(s.flags, flag)
	return s.exec(ctx, "DELETE FROM meta WHERE key = ?", flag)
}

func (s *Store) markAll(ctx context.Context) error {
	if err := s.exec(ctx, "DELETE FROM dirty_leads"); err != nil {
		return err
	}
	if err := s.exec(ctx, "DELETE FROM dirty_phones"); err != nil {
		return err
	}
	return s.raise(ctx, dirtyAll)
}

// markTable raises the flags that any change of a table calls for.
func (s *Store) markTable(ctx context.Context, t *facts.Table) error {
	switch t {
	case facts.Roster:
		return s.raise(ctx, dirtyRoster)
	case facts.Rates:
		return s.raise(ctx, dirtyMoney)
	}
	return nil
}

// markRows marks what stored rows of a table touch, before they go. few tells
// that they are not many.
func (s *Store) markRows(ctx context.Context, t *facts.Table, where string, few bool) error {
	if err := s.touchRows(ctx, t, where, few); err != nil {
		return err
	}
	if err := s.markTable(ctx, t); err != nil {
		return err
	}
	if err := s.noteReplaced(ctx, t, where); err != nil {
		return err
	}
	if s.flags[dirtyAll] {
		return nil
	}
	if t.Has("lead_ref") {
		err := s.exec(ctx, fmt.Sprintf("INSERT INTO dirty_leads SELECT DISTINCT lead FROM %s WHERE lead IS NOT NULL AND %s", t.Name, where))
		if err != nil {
			return err
		}
	}
	if t == facts.Leads {
		return s.exec(ctx, "INSERT INTO dirty_phones SELECT DISTINCT unnest("+phonesOfLead+") FROM leads WHERE "+where)
	}
	return nil
}

// phonesOfLead lists all phones of a row of leads, in SQL.
const phonesOfLead = `list_filter(string_split(coalesce(phone, '') || ' ' || coalesce(phones, ''), ' '), lambda p: p <> '')`

// markNew marks what rows touch that were just appended.
func (s *Store) markNew(ctx context.Context, rows *facts.Rows, derived map[string]column, n int, sel []int32) error {
	t := rows.Table
	s.touchNew(rows, n, sel)
	if err := s.markTable(ctx, t); err != nil {
		return err
	}
	if s.hasForeignMoney(rows) {
		if err := s.raise(ctx, dirtyMoney); err != nil {
			return err
		}
	}
	if s.flags[dirtyAll] || !t.Has("lead_ref") {
		return nil
	}
	if t == facts.Calls {
		s.fresh.add(rows, n, sel)
	}
	leads, phones := map[string]bool{}, map[string]bool{}
	for i := range n {
		row := i
		if sel != nil {
			row = int(sel[i])
		}
		if lead := derived["lead"].strs[row]; lead != "" {
			leads[lead] = true
		}
		if t == facts.Leads {
			for _, p := range append(strings.Fields(textAt(rows, "phones").Text(row)), textAt(rows, "phone").Text(row)) {
				if p != "" {
					phones[p] = true
				}
			}
		}
	}
	if err := s.appendTexts(ctx, "dirty_leads", "lead", leads); err != nil {
		return err
	}
	return s.appendTexts(ctx, "dirty_phones", "phone", phones)
}

func (s *Store) hasForeignMoney(rows *facts.Rows) bool {
	for _, m := range money[rows.Table.Name] {
		currencies := textAt(rows, m.currency)
		for _, c := range currencies.Strs {
			if c != "" && c != s.settings.Currency {
				return true
			}
		}
	}
	return false
}

func (s *Store) appendTexts(ctx context.Context, table, column string, texts map[string]bool) error {
	sorted := slices.Sorted(maps.Keys(texts))
	return s.insert(ctx, table, []field{{column, textColumn(sorted)}}, len(sorted), nil)
}
