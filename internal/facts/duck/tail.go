package duck

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/callpace/callpace/internal/facts"
)

// ErrReplay tells that an undo is not possible in place, since what was
// overwritten is not in the facts: the source has to be projected anew.
var ErrReplay = errors.New("duck: the source has to be projected anew")

// noteTail remembers which records came from a stream's unterminated last
// record, and whether they took another's place. The position stays before it.
func (s *Store) noteTail(ctx context.Context, a facts.Application, p *plan) error {
	replaced := map[uint64]bool{}
	for _, origin := range p.revise {
		replaced[origin] = true
	}
	for _, at := range p.entries {
		origin := a.Batch.Records[at].Origin
		// As text, since database/sql takes no uint64 above its sign bit.
		if err := s.exec(ctx, "INSERT INTO tails VALUES (?, ?, ?, ?)", a.Stream, a.Input, strconv.FormatUint(origin, 10), replaced[origin]); err != nil {
			return err
		}
	}
	err := s.exec(ctx, "INSERT INTO tail_counts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", append([]any{a.Stream, a.Input}, countValues(p.counts)...)...)
	if err != nil {
		return err
	}
	return s.addCounts(ctx, a, p.counts)
}

// RetractTail undoes a stream's last, unterminated record, because the stream
// goes on and the record is to be read again as a whole. Without such a record
// it does nothing. The error is ErrReplay where the record had overwritten
// another. assembler may be nil for sources without parts.
func (s *Store) RetractTail(ctx context.Context, stream int, assembler facts.Assembler) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	has, err := s.exists(ctx, "FROM tail_counts WHERE stream = ?", stream)
	if err != nil || !has {
		return err
	}
	overwrote, err := s.exists(ctx, "FROM tails WHERE stream = ? AND overwrote", stream)
	if err != nil {
		return err
	}
	if !overwrote {
		// An input that came since may have brought the same record, and relied on the tail's.
		overwrote, err = s.exists(ctx, `FROM inputs i JOIN tail_counts t ON i.input > t.input JOIN inputs own ON own.input = t.input
			WHERE t.stream = ? AND i.source = own.source`, stream)
		if err != nil {
			return err
		}
	}
	if overwrote {
		return ErrReplay
	}
	err = s.inTransaction(ctx, func() error { return s.retractTail(ctx, stream, assembler) })
	if err != nil {
		return fmt.Errorf("retract the tail of stream %d: %w", stream, err)
	}
	return nil
}

func (s *Store) retractTail(ctx context.Context, stream int, assembler facts.Assembler) error {
	var source string
	err := s.conn.QueryRowContext(ctx, "SELECT i.source FROM inputs i JOIN tail_counts t USING (input) WHERE t.stream = ? LIMIT 1", stream).Scan(&source)
	if err != nil {
		return fmt.Errorf("find source of the tail: %w", err)
	}
	// What another input has overwritten since is its own.
	mine, err := s.origins(ctx, `SELECT DISTINCT r.origin FROM records r JOIN tails t ON t.origin = r.origin AND t.input = r.input
		WHERE t.stream = ?`, stream)
	if err != nil {
		return err
	}
	if err := s.removeRecords(ctx, source, mine, assembler); err != nil {
		return err
	}
	return s.execAll(ctx, []string{`UPDATE inputs SET read = inputs.read - t.read, new = inputs.new - t.new,
			updated = inputs.updated - t.updated, unchanged = inputs.unchanged - t.unchanged, skipped = inputs.skipped - t.skipped,
			rejected = inputs.rejected - t.rejected, warned = inputs.warned - t.warned
			FROM tail_counts t WHERE t.input = inputs.input AND t.stream = $1`,
		"DELETE FROM tails WHERE stream = $1",
		"DELETE FROM tail_counts WHERE stream = $1",
	}, stream)
}

// removeRecords takes records with their facts and parts away.
func (s *Store) removeRecords(ctx context.Context, source string, origins []uint64, assembler facts.Assembler) error {
	if len(origins) == 0 {
		return nil
	}
	if err := s.fillScratch(ctx, "outgoing", origins); err != nil {
		return err
	}
	if err := s.deleteOrigins(ctx, source, "outgoing"); err != nil {
		return err
	}
	if err := s.exec(ctx, "DELETE FROM records WHERE origin IN (FROM temp.outgoing)"); err != nil {
		return err
	}
	touched, links := map[string]bool{}, map[string]bool{}
	if err := s.removeParts(ctx, source, touched, links); err != nil {
		return err
	}
	return s.assemble(ctx, source, assembler, touched, links)
}

func (s *Store) origins(ctx context.Context, query string, args ...any) ([]uint64, error) {
	var origins []uint64
	err := s.each(ctx, query, args, func(scan func(...any) error) error {
		var o uint64
		if err := scan(&o); err != nil {
			return err
		}
		origins = append(origins, o)
		return nil
	})
	return origins, err
}
