package duck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/callpace/callpace/internal/facts"
)

// Apply brings a batch into the facts and notes the position that it reaches,
// in one transaction. A batch that was applied before changes nothing and
// counts nothing. Derived columns hold what the facts known so far say;
// Derive puts the rest right.
func (s *Store) Apply(ctx context.Context, a facts.Application) (facts.Counts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	done, err := s.applied(ctx, a)
	if done || err != nil {
		return facts.Counts{}, err
	}
	if err := s.addAttributes(ctx, a.Batch); err != nil {
		return facts.Counts{}, err
	}
	if len(a.Batch.Records) >= manyRecords {
		if err := s.allowMemory(ctx, s.allowedMB); err != nil { // the facts grow, and what it keeps of them
			return facts.Counts{}, err
		}
	}
	p, err := s.applyOnce(ctx, a)
	if outOfMemory(err) {
		if err = s.widenMemory(ctx); err == nil {
			p, err = s.applyOnce(ctx, a)
		}
	}
	if err != nil {
		return facts.Counts{}, fmt.Errorf("apply input %d up to byte %d: %w", a.Input, a.Position.Offset, err)
	}
	return p.counts, nil
}

// applyOnce applies a batch in a transaction.
func (s *Store) applyOnce(ctx context.Context, a facts.Application) (p *plan, err error) {
	err = s.inTransaction(ctx, func() (err error) {
		p, err = s.apply(ctx, a)
		return err
	})
	if errors.Is(err, errCommit) && !s.closed {
		if done, ask := s.applied(ctx, a); done && ask == nil {
			err = nil
		}
	}
	return p, err
}

// applied tells whether the facts hold a batch already.
func (s *Store) applied(ctx context.Context, a facts.Application) (bool, error) {
	if a.Tail {
		return s.exists(ctx, "FROM tail_counts WHERE stream = ? AND input = ?", a.Stream, a.Input)
	}
	return s.exists(ctx, "FROM streams WHERE stream = ? AND position >= ?", a.Stream, a.Position.Offset)
}

func (s *Store) exists(ctx context.Context, query string, args ...any) (yes bool, err error) {
	if err := s.conn.QueryRowContext(ctx, "SELECT EXISTS ("+query+")", args...).Scan(&yes); err != nil {
		return false, fmt.Errorf("%s: %w", query, err)
	}
	return yes, nil
}

func (s *Store) apply(ctx context.Context, a facts.Application) (*plan, error) {
	if err := s.beginSource(ctx, a.Source, a.Batch); err != nil {
		return nil, err
	}
	p, err := s.planBatch(ctx, a)
	if err != nil {
		return nil, err
	}
	if len(p.replace) > 0 {
		if err := s.fillScratch(ctx, "outgoing", p.replace); err != nil {
			return nil, err
		}
		if err := s.deleteOrigins(ctx, a.Source, "outgoing"); err != nil {
			return nil, err
		}
	}
	if err := s.insertFacts(ctx, a.Source, a.Input, a.Batch, p.keep); err != nil {
		return nil, err
	}
	if err := s.applyParts(ctx, a, p); err != nil {
		return nil, err
	}
	if err := s.writeLedger(ctx, a, p); err != nil {
		return nil, err
	}
	if a.Tail {
		return p, s.noteTail(ctx, a, p)
	}
	return p, s.notePosition(ctx, a, p.counts)
}

// manyRecords is the size of a first batch from which a source is likely to
// touch most leads, so that a set of them is not worth keeping.
const manyRecords = 10_000

// beginSource makes room for a source that brings its first facts.
func (s *Store) beginSource(ctx context.Context, source string, b *facts.Batch) error {
	if s.sources[source] != nil {
		return nil
	}
	s.source(source)
	if len(b.Records) < manyRecords {
		return nil
	}
	return s.markAll(ctx)
}

// insertFacts appends the kept rows of a batch to their tables; input is 0 where
// rows are put together of several inputs' records.
func (s *Store) insertFacts(ctx context.Context, source string, input int, b *facts.Batch, keep []bool) error {
	for _, rows := range b.Tables {
		if rows == nil || rows.N == 0 {
			continue
		}
		sel, all := selected(rows, keep)
		if len(sel) == 0 && !all {
			continue
		}
		n := len(sel)
		if all {
			n, sel = rows.N, nil
		}
		sel = inOrder(rows, n, sel)
		if err := s.uses(ctx, source, rows.Table); err != nil {
			return err
		}
		derived, err := s.resolveRows(ctx, source, rows)
		if err != nil {
			return err
		}
		if err := s.insert(ctx, rows.Table.Name, s.columns(source, input, b.Records, rows, derived), n, sel); err != nil {
			return err
		}
		if err := s.markNew(ctx, rows, derived, n, sel); err != nil {
			return err
		}
	}
	return nil
}

// selected lists the rows of kept records; all is true where that is every row.
func selected(rows *facts.Rows, keep []bool) (sel []int32, all bool) {
	all = true
	for _, r := range rows.Record {
		if !keep[r] {
			all = false
			break
		}
	}
	if all {
		return nil, true
	}
	for i, r := range rows.Record {
		if keep[r] {
			sel = append(sel, int32(i))
		}
	}
	return sel, false
}

// inOrder puts rows that are appended into the order of their main date; n and
// sel as in insert.
//
// A log is in that order but for its corrections of long ago, and these, strewn
// among the others, would make a question about some days read every block of
// rows. Side by side they fill a block of their own in some sixty.
func inOrder(rows *facts.Rows, n int, sel []int32) []int32 {
	if len(rows.Table.Moments) == 0 {
		return sel
	}
	at := textAt(rows, rows.Table.Moments[0]+"_at")
	type place struct {
		at  int64
		row int32
	}
	places := make([]place, n)
	for i := range places {
		row := int32(i)
		if sel != nil {
			row = sel[i]
		}
		places[i] = place{math.MinInt64, row}
		if at.Has(int(row)) {
			places[i].at = at.Int(int(row))
		}
	}
	before := func(a, b place) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.row, b.row)) }
	if slices.IsSortedFunc(places, before) {
		return sel
	}
	slices.SortFunc(places, before)
	sorted := make([]int32, n)
	for i, p := range places {
		sorted[i] = p.row
	}
	return sorted
}

// columns puts together what a table's columns are filled from: origin and
// source, columns known by derivation, the batch's own, where a row was read, and
// its attributes.
func (s *Store) columns(source string, input int, records []facts.Record, rows *facts.Rows, derived map[string]column) []field {
	t := rows.Table
	known := s.attributes[t.Name]
	origins, lines := make([]int64, rows.N), make([]int64, rows.N)
	for row, record := range rows.Record {
		origins[row], lines[row] = int64(records[record].Origin), records[record].Line
	}
	columns := make([]field, len(t.Columns), len(t.Columns)+len(rows.Attrs))
	for i, c := range t.Columns {
		columns[i].name = c.Name
		switch own, ok := derived[c.Name]; {
		case ok:
			columns[i].column = own
		case c.Name == "origin":
			columns[i].column = intColumn(facts.Hash, origins)
		case c.Name == "source":
			columns[i].column = sameText(source)
		default:
			columns[i].column = vectorColumn(c.Kind, &rows.Cols[i])
		}
	}
	columns = append(columns, keyFields(t, columns, rows.N)...)
	if input != 0 {
		columns = append(columns, field{"input", intColumn(facts.Int, slices.Repeat([]int64{int64(input)}, rows.N))}, field{"line", intColumn(facts.Int, lines)})
	}
	for _, name := range slices.Sorted(maps.Keys(rows.Attrs)) {
		columns = append(columns, field{attributeColumn(known.index[name]), vectorColumn(facts.Text, rows.Attrs[name])})
	}
	return columns
}
