package duck

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// MaxAttributes is how many different attributes one fact may have.
const MaxAttributes = 500

// attributeColumns are the attributes of one fact: names[i] stands in column a(i+1).
type attributeColumns struct {
	names []string
	index map[string]int
}

func (a *attributeColumns) add(name string) {
	a.index[name] = len(a.names)
	a.names = append(a.names, name)
}

func attributeColumn(i int) string { return fmt.Sprintf("a%d", i+1) }

func (s *Store) loadAttributes(ctx context.Context) error {
	s.attributes = map[string]*attributeColumns{}
	for _, t := range facts.Tables {
		s.attributes[t.Name] = &attributeColumns{index: map[string]int{}}
	}
	return s.each(ctx, "SELECT fact, name FROM attributes ORDER BY fact, CAST(col[2:] AS INTEGER)", nil, func(scan func(...any) error) error {
		var fact, name string
		if err := scan(&fact, &name); err != nil {
			return err
		}
		s.attributes[fact].add(name)
		return nil
	})
}

// addAttributes gives every new attribute of a batch its column. It runs
// before the batch's transaction: an empty column more changes nothing.
func (s *Store) addAttributes(ctx context.Context, b *facts.Batch) error {
	if len(s.newAttributes(b)) == 0 {
		return nil
	}
	return s.inTransaction(ctx, func() error { return s.createAttributes(ctx, b) })
}

// newAttributes lists pairs of fact and attribute that have no column yet.
func (s *Store) newAttributes(b *facts.Batch) (fresh [][2]string) {
	for _, rows := range b.Tables {
		if rows == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(rows.Attrs)) {
			if _, ok := s.attributes[rows.Table.Name].index[name]; !ok {
				fresh = append(fresh, [2]string{rows.Table.Name, name})
			}
		}
	}
	return fresh
}

// createAttributes does the work of addAttributes in an open transaction.
func (s *Store) createAttributes(ctx context.Context, b *facts.Batch) error {
	for _, pair := range s.newAttributes(b) {
		fact, name := pair[0], pair[1]
		known := s.attributes[fact]
		if len(known.names) == MaxAttributes {
			return callpace.E(callpace.Limit, "facts.too_many_attributes", "fact", fact, "attribute", name, "limit", MaxAttributes)
		}
		col := attributeColumn(len(known.names))
		if err := s.exec(ctx, fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s VARCHAR", fact, col)); err != nil {
			return err
		}
		if err := s.exec(ctx, "INSERT INTO attributes VALUES (?, ?, ?)", fact, name, col); err != nil {
			return err
		}
		known.add(name)
	}
	return nil
}
