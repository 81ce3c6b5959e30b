package ingest_test

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/kpi"
)

// A last line without an end is read at once. When the file goes on, it was no
// reject after all, and is in no rejects file any more.
func TestRejectedTailIsTakenBack(t *testing.T) {
	f := newFolder(t, t.TempDir(), "data")
	defer f.Close()
	spec := mapped("dialler", callsMapping)
	const head = "id,rev,when,agent,phone,result,talk,amount,note\n1,1,never,Ana,1,sale,1,1,\n"
	first := f.deliver(t, spec, "calls.csv", []byte(head+"2,1,2026-10-0"), 0)
	require.EqualValues(t, 2, first.Rejected)
	second := f.deliver(t, spec, "calls.csv", []byte(head+"2,1,2026-10-05,Ana,1,sale,1,1,\n3,1,later,Ana,1,sale,1,1,\n"), 0)
	require.EqualValues(t, 1, second.Rejected)
	read := func(input int) string {
		text, err := os.ReadFile(f.RejectsPath(input))
		require.NoError(t, err)
		return string(text)
	}
	require.Equal(t, "line,reason,row\n2,mapping.reject.date,\"1,1,never,Ana,1,sale,1,1,\"\n", read(first.Input))
	require.Equal(t, "line,reason,row\n4,mapping.reject.date,\"3,1,later,Ana,1,sale,1,1,\"\n", read(second.Input))
	require.NoError(t, f.Rebuild(context.Background()))
	require.Contains(t, read(first.Input), "2,mapping")
	require.NotContains(t, read(first.Input), "3,mapping")
}

// Sources that disagree on who a lead is are counted, with examples.
func TestConflictsOfSourcesAreCounted(t *testing.T) {
	f := newFolder(t, t.TempDir(), "data")
	defer f.Close()
	const head = "id,rev,day,owner,phone,mobile,stage,amount,name\n"
	f.deliver(t, mapped("crm", leadsMapping), "a.csv", []byte(head+
		"7,1,2026-10-01,Ana,0912345671,,new,0,\n8,1,2026-10-01,Ana,0912345672,,new,0,\n9,1,2026-10-01,Ana,0912345673,,new,0,\n"), 0)
	f.deliver(t, mapped("shop", leadsMapping), "b.csv", []byte(head+
		"7,1,2026-10-01,Ana,0912345699,,new,0,\n8,1,2026-10-01,Ana,012345678,0912345672,new,0,\n10,1,2026-10-01,Ana,0912345673,,new,0,\n"), 0)
	defs, err := kpi.Load()
	require.NoError(t, err)
	q := kpi.Query{Scope: kpi.Everything()}
	r, err := f.Reconcile(context.Background(), defs, q, "crm")
	require.NoError(t, err)
	require.Equal(t, []duck.Conflict{
		{Kind: "id", Count: 1, Examples: []string{"7: +385912345671 (crm), +385912345699 (shop)"}},
		{Kind: "number", Count: 1, Examples: []string{"+385912345673: 10, 9"}},
	}, r.Conflicts)
}
