package journal

import (
	"context"
	"database/sql"
	"errors"
)

// fold adds one frame to the index. It is the only writer of the tables, live
// and when rebuilding, so both give the same index.
func fold(ctx context.Context, tx *sql.Tx, f *frame) error {
	switch f.Kind {
	case KindBlock:
		return foldBlock(ctx, tx, f)
	case KindBegin:
		if err := foldBegin(ctx, tx, f); err != nil {
			return err
		}
	case KindCommit:
		if _, err := tx.ExecContext(ctx, "UPDATE inputs SET status = $1, file = $2, committed = $3 WHERE input = $4",
			Committed, f.File[:], f.Seq, f.Input); err != nil {
			return err
		}
	case KindRespec:
		if _, err := tx.ExecContext(ctx, "UPDATE inputs SET spec = $1 WHERE input = $2", f.Spec[:], f.Input); err != nil {
			return err
		}
	case KindWithdraw:
		if err := foldWithdraw(ctx, tx, f.Input); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO entries VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		f.Seq, string(f.Kind), f.At.UnixNano(), f.Input, f.seg, f.off, f.size, f.Kept.Packed, f.SHA256[:], f.Chain[:])
	return err
}

// foldBegin puts a new input at the end of its stream. Where headers were
// lost, the hole has the same length in both ways of counting.
func foldBegin(ctx context.Context, tx *sql.Tx, f *frame) error {
	var sent, kept int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(sent_to), 0), coalesce(max(kept_to), 0) FROM inputs WHERE stream = $1",
		f.Stream).Scan(&sent, &kept); err != nil {
		return err
	}
	kept += max(0, f.From-sent)
	_, err := tx.ExecContext(ctx, "INSERT INTO inputs VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $9, x'', 0)",
		f.Input, f.Stream, f.Source, f.Name, f.At.UnixNano(), f.Spec[:], Unfinished, f.From, kept)
	return err
}

func foldBlock(ctx context.Context, tx *sql.Tx, f *frame) error {
	var sent, kept int64
	err := tx.QueryRowContext(ctx, "SELECT sent_to, kept_to FROM inputs WHERE input = $1", f.Input).Scan(&sent, &kept)
	if errors.Is(err, sql.ErrNoRows) { // its beginning was damaged: keep what can be read
		lost := *f
		lost.At = lost.At.UTC()
		if err := foldBegin(ctx, tx, &lost); err != nil {
			return err
		}
		return foldBlock(ctx, tx, f)
	}
	if err != nil {
		return err
	}
	kept += max(0, f.From-sent)
	if _, err := tx.ExecContext(ctx, "INSERT INTO blocks VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		f.Seq, f.Input, f.Stream, f.seg, f.off, f.size, f.Kept.Packed,
		f.From, f.Length, f.SHA256[:], kept, f.Kept.Length, f.Kept.SHA256[:]); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE inputs SET sent_to = $1, kept_to = $2 WHERE input = $3", f.From+f.Length, kept+f.Kept.Length, f.Input)
	return err
}

// foldWithdraw takes a committed input out of what is read. An unfinished one
// was never acknowledged: it is dropped as if it had not come, and the next
// input of the stream takes its place.
func foldWithdraw(ctx context.Context, tx *sql.Tx, input int) error {
	var status Status
	if err := tx.QueryRowContext(ctx, "SELECT status FROM inputs WHERE input = $1", input).Scan(&status); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	}
	if status == Unfinished {
		if _, err := tx.ExecContext(ctx, "DELETE FROM blocks WHERE input = $1", input); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE inputs SET sent_to = sent_from, kept_to = kept_from WHERE input = $1", input); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "UPDATE inputs SET status = $1 WHERE input = $2", Withdrawn, input)
	return err
}
