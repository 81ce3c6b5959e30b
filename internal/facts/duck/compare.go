package duck

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// FactDiff counts how one source's rows of a fact differ in another file. Rows
// are the same thing by origin and source_id.
type FactDiff struct {
	Fact    string `json:"fact"`
	Before  int64  `json:"before"`
	After   int64  `json:"after"`
	Added   int64  `json:"added"`
	Removed int64  `json:"removed"`
	Altered int64  `json:"altered"` // in any column
}

// ColumnDiff counts the rows in which a column differs.
type ColumnDiff struct {
	Fact   string `json:"fact"`
	Column string `json:"column"` // attributes as attr.NAME
	Rows   int64  `json:"rows"`
}

// CompareSource compares a source's rows with those of another fact file,
// which must be closed.
func (s *Store) CompareSource(ctx context.Context, other, source string) (diffs []FactDiff, columns []ColumnDiff, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.exec(ctx, "ATTACH "+quote(other)+" AS trial (READ_ONLY)"); err != nil {
		return nil, nil, fmt.Errorf("open the facts to compare with: %w", err)
	}
	defer func() { err = errors.Join(err, s.exec(ctx, "DETACH trial")) }()
	diffs, columns = []FactDiff{}, []ColumnDiff{}
	for _, t := range facts.Tables {
		if t.Derived {
			continue
		}
		d, cols, err := s.compareTable(ctx, t, source)
		if err != nil {
			return nil, nil, fmt.Errorf("compare %s: %w", t.Name, err)
		}
		if d.Before+d.After > 0 {
			diffs, columns = append(diffs, d), append(columns, cols...)
		}
	}
	return diffs, columns, nil
}

func (s *Store) compareTable(ctx context.Context, t *facts.Table, source string) (FactDiff, []ColumnDiff, error) {
	d := FactDiff{Fact: t.Name}
	pairs, err := s.comparable(ctx, t)
	if err != nil {
		return d, nil, err
	}
	differs := make([]string, len(pairs))
	for i, p := range pairs {
		differs[i] = fmt.Sprintf("(%s IS DISTINCT FROM %s)", p.ours, p.theirs)
	}
	counts := []string{"count(a.n)", "count(b.n)", "count(b.n) FILTER (a.n IS NULL)", "count(a.n) FILTER (b.n IS NULL)",
		"count(*) FILTER (a.n IS NOT NULL AND b.n IS NOT NULL AND (" + strings.Join(differs, " OR ") + "))"}
	for _, x := range differs {
		counts = append(counts, "count(*) FILTER (a.n IS NOT NULL AND b.n IS NOT NULL AND "+x+")")
	}
	// Rows that share a name (joint sales, say) are told apart by their agent.
	rows := func(from string) string {
		return "(SELECT *, row_number() OVER (PARTITION BY origin, source_id ORDER BY agent_alias) AS n FROM " + from + t.Name + " WHERE source = $1)"
	}
	query := "SELECT " + strings.Join(counts, ", ") + " FROM " + rows("") + " a FULL JOIN " + rows("trial.") +
		" b ON a.origin = b.origin AND a.source_id IS NOT DISTINCT FROM b.source_id AND a.n = b.n"
	values := make([]int64, len(pairs))
	targets := []any{&d.Before, &d.After, &d.Added, &d.Removed, &d.Altered}
	for i := range values {
		targets = append(targets, &values[i])
	}
	if err := s.conn.QueryRowContext(ctx, query, source).Scan(targets...); err != nil {
		return d, nil, err
	}
	var columns []ColumnDiff
	for i, n := range values {
		if n > 0 {
			columns = append(columns, ColumnDiff{t.Name, pairs[i].name, n})
		}
	}
	return d, columns, nil
}

// columnPair is a column of both files, as SQL; NULL where one has no such attribute.
type columnPair struct{ name, ours, theirs string }

// comparable lists what decoders fill: what is derived depends on other sources.
func (s *Store) comparable(ctx context.Context, t *facts.Table) ([]columnPair, error) {
	derived := []string{"origin", "source", "source_id", "agent", "team", "lead", "kept", "touches", "sale_call"}
	var pairs []columnPair
	for _, c := range t.Columns {
		if !slices.Contains(derived, c.Name) && !strings.HasSuffix(c.Name, "_org") {
			pairs = append(pairs, columnPair{c.Name, "a." + c.Name, "b." + c.Name})
		}
	}
	ours, err := s.attributeColumnsIn(ctx, "", t)
	if err != nil {
		return nil, err
	}
	theirs, err := s.attributeColumnsIn(ctx, "trial.", t)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(ours)+len(theirs))
	for n := range ours {
		names = append(names, n)
	}
	for n := range theirs {
		if _, both := ours[n]; !both {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		p := columnPair{"attr." + n, "NULL", "NULL"}
		if col := ours[n]; col != "" {
			p.ours = "a." + col
		}
		if col := theirs[n]; col != "" {
			p.theirs = "b." + col
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

// attributeColumnsIn gives a fact's attribute columns by name, in this or an attached file.
func (s *Store) attributeColumnsIn(ctx context.Context, file string, t *facts.Table) (map[string]string, error) {
	columns := map[string]string{}
	err := s.each(ctx, "SELECT name, col FROM "+file+"attributes WHERE fact = ?", []any{t.Name}, func(scan func(...any) error) error {
		var name, col string
		err := scan(&name, &col)
		columns[name] = col
		return err
	})
	return columns, err
}
