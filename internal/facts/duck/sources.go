package duck

import (
	"context"
	"fmt"

	"github.com/callpace/callpace/internal/facts"
)

// sourceState is what the writer remembers of a source.
type sourceState struct {
	facts map[string]bool // tables that hold rows of it
	// records and groups hold every origin that the source has in the file, as
	// long as this process wrote all of them: a first import then never looks
	// for earlier versions. Nil where that is not known.
	records, groups *originSet
}

func (s *Store) loadSources(ctx context.Context) error {
	s.sources = map[string]*sourceState{}
	err := s.each(ctx, "SELECT source, fact FROM source_facts", nil, func(scan func(...any) error) error {
		var source, fact string
		if err := scan(&source, &fact); err != nil {
			return err
		}
		if s.sources[source] == nil {
			s.sources[source] = &sourceState{facts: map[string]bool{}}
		}
		s.sources[source].facts[fact] = true
		return nil
	})
	if err != nil {
		return err
	}
	// A source may have records and yet no rows.
	return s.each(ctx, "SELECT DISTINCT source FROM inputs", nil, func(scan func(...any) error) error {
		var source string
		if err := scan(&source); err != nil {
			return err
		}
		if s.sources[source] == nil {
			s.sources[source] = &sourceState{facts: map[string]bool{}}
		}
		return nil
	})
}

func (s *Store) source(name string) *sourceState {
	if s.sources[name] == nil {
		s.sources[name] = &sourceState{facts: map[string]bool{}, records: &originSet{}, groups: &originSet{}}
	}
	return s.sources[name]
}

// uses notes that a source has rows in a table.
func (s *Store) uses(ctx context.Context, source string, t *facts.Table) error {
	state := s.source(source)
	if state.facts[t.Name] {
		return nil
	}
	state.facts[t.Name] = true
	return s.exec(ctx, "INSERT INTO source_facts VALUES (?, ?)", source, t.Name)
}

// tablesOf lists the tables that hold rows of a source, in the schema's order.
func (s *Store) tablesOf(source string) []*facts.Table {
	var tables []*facts.Table
	for _, t := range facts.Tables {
		if s.source(source).facts[t.Name] {
			tables = append(tables, t)
		}
	}
	return tables
}

// fillScratch replaces the contents of a temporary table of hashes.
func (s *Store) fillScratch(ctx context.Context, table string, origins []uint64) error {
	if err := s.renew(ctx, table); err != nil {
		return err
	}
	return s.insert(ctx, "temp."+table, []field{{"origin", hashColumn(origins)}}, len(origins), nil)
}

// fillTexts replaces the contents of the temporary table of texts.
func (s *Store) fillTexts(ctx context.Context, texts []string) error {
	if err := s.renew(ctx, "texts"); err != nil {
		return err
	}
	return s.insert(ctx, "temp.texts", []field{{"text", textColumn(texts)}}, len(texts), nil)
}

func hashColumn(hashes []uint64) column {
	ints := make([]int64, len(hashes))
	for i, h := range hashes {
		ints[i] = int64(h)
	}
	return intColumn(facts.Hash, ints)
}

// deleteOrigins takes the rows of the origins in a temporary table out of
// every fact table of a source, leaving marks of what they touched.
func (s *Store) deleteOrigins(ctx context.Context, source, from string) error {
	for _, t := range s.tablesOf(source) {
		n, err := s.findRows(ctx, "found", t.Name, "origin IN (FROM temp."+from+")")
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := s.markRows(ctx, t, among("found"), n <= fewRows); err != nil {
			return err
		}
		if err := s.exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s", t.Name, among("found"))); err != nil {
			return err
		}
		s.removed += n
	}
	return nil
}

// findRows notes the numbers of a table's rows where a condition holds, in a
// temporary table, and counts them: what is looked for once is met again at a
// fraction of the price, until the transaction ends.
func (s *Store) findRows(ctx context.Context, into, table, where string) (int64, error) {
	if err := s.renew(ctx, into); err != nil {
		return 0, err
	}
	return s.count(ctx, fmt.Sprintf("INSERT INTO temp.%s SELECT rowid FROM %s WHERE %s", into, table, where))
}

// among is the condition for the rows that findRows noted.
func among(into string) string { return "rowid IN (FROM temp." + into + ")" }
