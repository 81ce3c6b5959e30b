package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/callpace/callpace/internal/facts"
)

// Input is what the facts know of an input of the journal.
type Input struct {
	Input    int
	Stream   int
	Source   string
	Position facts.Position // reached in the stream
	Counts   facts.Counts
	Done     bool // Finish ran after its last batch
}

const countColumns = "read, new, updated, unchanged, skipped, rejected, warned"

// Inputs lists the inputs of which batches were applied, in their order.
func (s *Store) Inputs(ctx context.Context) ([]Input, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT input, stream, source, position, line, done, "+countColumns+" FROM inputs ORDER BY input")
	if err != nil {
		return nil, fmt.Errorf("list inputs of the facts: %w", err)
	}
	defer rows.Close()
	var inputs []Input
	for rows.Next() {
		var in Input
		err := rows.Scan(append([]any{&in.Input, &in.Stream, &in.Source, &in.Position.Offset, &in.Position.Line, &in.Done}, countTargets(&in.Counts)...)...)
		if err != nil {
			return nil, fmt.Errorf("list inputs of the facts: %w", err)
		}
		inputs = append(inputs, in)
	}
	return inputs, rows.Err()
}

// CountsOf gives the counts of an input; none where no batch of it was applied.
func (s *Store) CountsOf(ctx context.Context, input int) (c facts.Counts, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT "+countColumns+" FROM inputs WHERE input = ?", input).Scan(countTargets(&c)...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("read counts of input %d: %w", input, err)
	}
	return c, nil
}

// StreamPosition tells how far a stream has been turned into facts; the zero
// Position where nothing of it has.
func (s *Store) StreamPosition(ctx context.Context, stream int) (p facts.Position, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT position, line FROM streams WHERE stream = ?", stream).Scan(&p.Offset, &p.Line)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("read position of stream %d: %w", stream, err)
	}
	return p, nil
}

func countTargets(c *facts.Counts) []any {
	return []any{&c.Read, &c.New, &c.Updated, &c.Unchanged, &c.Skipped, &c.Rejected, &c.Warned}
}

func countValues(c facts.Counts) []any {
	return []any{c.Read, c.New, c.Updated, c.Unchanged, c.Skipped, c.Rejected, c.Warned}
}

// notePosition stores the position that a batch reached and adds its counts.
func (s *Store) notePosition(ctx context.Context, a facts.Application, c facts.Counts) error {
	n, err := s.count(ctx, "UPDATE streams SET position = ?, line = ? WHERE stream = ?", a.Position.Offset, a.Position.Line, a.Stream)
	if err != nil {
		return err
	}
	if n == 0 {
		err = s.exec(ctx, "INSERT INTO streams VALUES (?, ?, ?, ?)", a.Stream, a.Source, a.Position.Offset, a.Position.Line)
		if err != nil {
			return err
		}
	}
	return s.addCounts(ctx, a, c)
}

// addCounts adds to an input's counts, which may begin here.
func (s *Store) addCounts(ctx context.Context, a facts.Application, c facts.Counts) error {
	n, err := s.count(ctx, `UPDATE inputs SET position = ?, line = ?, done = false, read = read + ?, new = new + ?, updated = updated + ?,
		unchanged = unchanged + ?, skipped = skipped + ?, rejected = rejected + ?, warned = warned + ? WHERE input = ?`,
		append(append([]any{a.Position.Offset, a.Position.Line}, countValues(c)...), a.Input)...)
	if n > 0 || err != nil {
		return err
	}
	return s.exec(ctx, "INSERT INTO inputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false)",
		append([]any{a.Input, a.Stream, a.Source, a.Position.Offset, a.Position.Line}, countValues(c)...)...)
}
