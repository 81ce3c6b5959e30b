package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// AuditEntry is one line of the audit log. It names people by the ids of their
// accounts only, so that erasing a person does not break the chain.
type AuditEntry struct {
	Seq       int64          `json:"seq"` // from 1, without gaps
	At        time.Time      `json:"at"`
	AccountID string         `json:"account_id"` // "" where nobody was signed in
	Action    string         `json:"action"`
	Object    string         `json:"object"`
	Detail    map[string]any `json:"detail,omitempty"`
	Address   string         `json:"address"`
	Hash      string         `json:"hash"` // of this entry and the hash before it
}

// Audit is the append-only log of who did what.
type Audit struct{ s State }

// Audit gives the audit log.
func (s State) Audit() Audit { return Audit{s} }

// link is an entry with its detail as it was hashed.
type link struct {
	AuditEntry
	detail string
}

func readAudit(r row) (l link, err error) {
	if err = r.Scan(&l.Seq, instant{&l.At}, &l.AccountID, &l.Action, &l.Object, &l.detail, &l.Address, &l.Hash); err == nil {
		err = decoded{&l.Detail}.Scan(l.detail)
	}
	return l, err
}

const auditColumns = "seq, at, account_id, action, object, detail, address, hash"

// digest chains an entry to the one before it. JSON keeps the fields apart.
func (l link) digest(before string) string {
	sum := sha256.Sum256([]byte(encoded([]any{before, l.Seq, l.At.UnixMicro(), l.AccountID, l.Action, l.Object, l.detail, l.Address})))
	return hex.EncodeToString(sum[:])
}

// CreateAuditEntry appends an entry; its number and hash are given by the log.
func (r Audit) CreateAuditEntry(ctx context.Context, e AuditEntry) error {
	err := r.s.Update(ctx, func(s State) error {
		l := link{e, encoded(e.Detail)}
		var before string
		if err := s.read.QueryRowContext(ctx, "SELECT seq + 1, hash FROM audit_head").Scan(&l.Seq, &before); err != nil {
			return err
		}
		l.Hash = l.digest(before)
		if _, err := change(ctx, s.write, "INSERT INTO audit ("+auditColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			l.Seq, at(l.At), l.AccountID, l.Action, l.Object, l.detail, l.Address, l.Hash); err != nil {
			return err
		}
		_, err := change(ctx, s.write, "UPDATE audit_head SET seq = $1, hash = $2", l.Seq, l.Hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	return nil
}

// AuditFilter chooses entries; what is empty does not limit.
type AuditFilter struct {
	AccountID, Action string
	From, To          time.Time // To exclusive
	Before            int64     // only entries with a lower number: the next page
	Limit             int       // 0 is 100
}

// FindAuditEntries lists entries, the latest first.
func (r Audit) FindAuditEntries(ctx context.Context, f AuditFilter) ([]AuditEntry, error) {
	if f.Limit == 0 {
		f.Limit = 100
	}
	found, err := list(ctx, r.s.read, readAudit, `SELECT `+auditColumns+` FROM audit
		WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR action = $2) AND ($3 = 0 OR at >= $3) AND ($4 = 0 OR at < $4)
			AND ($5 = 0 OR seq < $5) ORDER BY seq DESC LIMIT $6`,
		f.AccountID, f.Action, bound(f.From), bound(f.To), f.Before, f.Limit)
	if err != nil {
		return nil, fmt.Errorf("find audit entries: %w", err)
	}
	out := make([]AuditEntry, len(found))
	for i, l := range found {
		out[i] = l.AuditEntry
	}
	return out, nil
}

func bound(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// VerifyAudit follows the chain from the first entry to the last and gives
// their number and the last hash. A changed, missing or exchanged entry is an
// Error with the code Damaged that names its number. Who can write the file
// could also write a whole new chain: against that, keep the hash elsewhere.
func (r Audit) VerifyAudit(ctx context.Context) (entries int64, head string, err error) {
	err = r.s.snapshot(ctx, func(q querier) error {
		var last int64
		var want string
		if err := q.QueryRowContext(ctx, "SELECT seq, hash FROM audit_head").Scan(&last, &want); err != nil {
			return err
		}
		rows, err := q.QueryContext(ctx, "SELECT "+auditColumns+" FROM audit ORDER BY seq")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			l, err := readAudit(rows)
			if err != nil {
				return broken(entries + 1).Because(err)
			}
			if entries++; l.Seq != entries || l.Hash != l.digest(head) {
				return broken(entries)
			}
			head = l.Hash
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if entries != last || head != want {
			return broken(min(entries, last) + 1)
		}
		return nil
	})
	if err != nil {
		return 0, "", fmt.Errorf("verify the audit log: %w", err)
	}
	return entries, head, nil
}

func broken(seq int64) *callpace.Error {
	return callpace.E(callpace.Damaged, "store.audit_broken", "entry", seq)
}
