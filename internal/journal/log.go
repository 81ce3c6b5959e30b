package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// Event is one thing that shapes facts, at its position in the journal.
type Event struct {
	Seq   int64
	Kind  Kind // settings, commit, withdraw or erase
	At    time.Time
	Input int    // commit, withdraw
	Chain Digest // binds this position to all before it: two journals that agree here agree in what came before
}

// Log lists in order what shapes facts behind a position of the journal:
// settings, committed inputs, withdrawals, new specs and erasures, or only the kinds named.
// Replaying it from the beginning gives the facts. A withdrawal of an input
// that was never committed shapes nothing and is left out.
func (j *Journal) Log(ctx context.Context, after int64, kinds ...Kind) ([]Event, error) {
	if len(kinds) == 0 {
		kinds = []Kind{KindSettings, KindCommit, KindWithdraw, KindRespec, KindErase}
	}
	args := []any{after}
	marks := ""
	for i, k := range kinds {
		args = append(args, string(k))
		marks += fmt.Sprintf(", $%d", i+2)
	}
	rows, err := j.idx.db.QueryContext(ctx, `SELECT e.seq, e.kind, e.at, e.input, e.chain FROM entries e LEFT JOIN inputs i ON i.input = e.input
		WHERE e.seq > $1 AND e.kind IN (`+marks[2:]+`) AND NOT (e.kind = 'withdraw' AND coalesce(i.committed, 0) = 0) ORDER BY e.seq`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	defer rows.Close()
	var events []Event
	for rows.Next() {
		var e Event
		var at int64
		var chain []byte
		if err := rows.Scan(&e.Seq, &e.Kind, &at, &e.Input, &chain); err != nil {
			return nil, fmt.Errorf("reading the log: %w", err)
		}
		e.At = time.Unix(0, at).UTC()
		copy(e.Chain[:], chain)
		events = append(events, e)
	}
	return events, rows.Err()
}

// Last gives the last entry that is no block, with the chain there; 0 where there is none.
func (j *Journal) Last(ctx context.Context) (seq int64, d Digest, err error) {
	err = j.idx.db.QueryRowContext(ctx, "SELECT seq, chain FROM entries ORDER BY seq DESC LIMIT 1").Scan(&seq, digestColumn{&d})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, d, nil
	}
	return seq, d, err
}

// ChainAt gives the chain at an entry that is no block; NotFound where there is none.
func (j *Journal) ChainAt(ctx context.Context, seq int64) (d Digest, err error) {
	err = j.idx.db.QueryRowContext(ctx, "SELECT chain FROM entries WHERE seq = $1", seq).Scan(digestColumn{&d})
	if errors.Is(err, sql.ErrNoRows) {
		return d, callpace.E(callpace.NotFound, "journal.no_entry")
	}
	return d, err
}

// NoteLost keeps in mind that entries stood behind the journal's end that are
// gone, as somebody knows who had read them.
func (j *Journal) NoteLost(ctx context.Context) error {
	return j.write(ctx, func() error {
		if err := j.idx.note(ctx, []hole{{j.at.seg, j.at.off, lost}}); err != nil {
			return err
		}
		j.damage = append(j.damage, callpace.E(callpace.Damaged, lost, "segment", j.at.seg, "offset", j.at.off))
		return nil
	})
}
