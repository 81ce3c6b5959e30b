package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

func audited(t *testing.T, entries int) *DB {
	t.Helper()
	db := open(t, t.TempDir())
	for i := range entries {
		require.NoError(t, db.Audit().CreateAuditEntry(ctx, AuditEntry{At: noon.Add(time.Duration(i) * time.Minute), AccountID: "ana",
			Action: fmt.Sprintf("act%d", i%2), Object: "input 7", Detail: map[string]any{"rows": i, "by": "a,b"}, Address: "192.0.2.1"}))
	}
	return db
}

func TestAuditChain(t *testing.T) {
	db := audited(t, 5)
	n, head, err := db.Audit().VerifyAudit(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 5, n)
	require.Len(t, head, 64)

	found, err := db.Audit().FindAuditEntries(ctx, AuditFilter{Action: "act0", From: noon.Add(time.Minute), Before: 5, Limit: 9})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.EqualValues(t, 3, found[0].Seq)
	require.Equal(t, noon.Add(2*time.Minute), found[0].At)
	require.Equal(t, map[string]any{"rows": 2.0, "by": "a,b"}, found[0].Detail)
}

func TestAuditIsAppendOnly(t *testing.T) {
	db := audited(t, 1)
	for _, text := range []string{"UPDATE audit SET object = ''", "DELETE FROM audit"} {
		_, err := db.write.Exec(text)
		require.ErrorContains(t, err, "append-only", text)
	}
}

func TestAuditTellsOfTampering(t *testing.T) {
	f := func(entry int64, statements ...string) {
		t.Helper()
		db := audited(t, 5)
		for _, s := range append([]string{"DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"}, statements...) {
			_, err := db.write.Exec(s)
			require.NoError(t, err, s)
		}
		_, _, err := db.Audit().VerifyAudit(ctx)
		fails(t, err, callpace.Damaged, "store.audit_broken")
		var e *callpace.Error
		require.ErrorAs(t, err, &e)
		require.EqualValues(t, entry, e.Args["entry"], statements)
	}
	for _, column := range []string{"account_id", "action", "object", "address", "hash"} {
		f(3, "UPDATE audit SET "+column+" = 'x' WHERE seq = 3")
	}
	f(3, "UPDATE audit SET at = at + 1 WHERE seq = 3")
	f(3, `UPDATE audit SET detail = '{"by": "a,b","rows":2}' WHERE seq = 3`)
	f(3, "UPDATE audit SET detail = 'no JSON' WHERE seq = 3")
	f(3, "DELETE FROM audit WHERE seq = 3")
	f(3, "DELETE FROM audit WHERE seq = 3", "UPDATE audit SET seq = seq - 1 WHERE seq > 3", "UPDATE audit_head SET seq = 4")
	f(5, "DELETE FROM audit WHERE seq = 5")
	f(1, "DELETE FROM audit")
	f(2, "UPDATE audit SET seq = -2 WHERE seq = 2", "UPDATE audit SET seq = 2 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = -2")
}
