package duck

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// Dump writes every fact row as text, sorted, attributes by name: equal facts
// give equal dumps whatever the order in which they came. It is meant for
// tests and for comparing a rebuilt file with the live one.
func (s *Store) Dump(ctx context.Context, tables ...*facts.Table) (string, error) {
	if len(tables) == 0 {
		tables = facts.Tables
	}
	var out strings.Builder
	for _, t := range tables {
		if err := s.dump(ctx, t, &out); err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

func (s *Store) dump(ctx context.Context, t *facts.Table, out *strings.Builder) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var fields []string
	for _, c := range t.Columns {
		fields = append(fields, fmt.Sprintf("%s || coalesce(CAST(%s AS VARCHAR), '')", quote(c.Name+"="), c.Name))
	}
	known := s.attributes[t.Name]
	for _, name := range slices.Sorted(maps.Keys(known.index)) {
		col := attributeColumn(known.index[name])
		fields = append(fields, fmt.Sprintf("CASE WHEN %s IS NULL THEN '' ELSE %s || %s END", col, quote("attr."+name+"="), col))
	}
	query := fmt.Sprintf("SELECT concat_ws(' ', %s) AS line FROM %s ORDER BY line", strings.Join(fields, ", "), t.Name)
	return s.each(ctx, query, nil, func(scan func(...any) error) error {
		var line string
		if err := scan(&line); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s %s\n", t.Name, strings.Join(strings.Fields(line), " "))
		return nil
	})
}

// Digest is a hash of Dump over all tables, as hexadecimal text.
func (s *Store) Digest(ctx context.Context) (string, error) {
	hash := sha256.New()
	for _, t := range facts.Tables {
		text, err := s.Dump(ctx, t)
		if err != nil {
			return "", err
		}
		hash.Write([]byte(text))
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
