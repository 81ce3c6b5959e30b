package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/store"
)

// What is done to a goal on a page stands in the audit log, with who did it;
// what was refused does not.
func TestGoalChangesAreAudited(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.post("/goals/new", "text", "20 calls this month").goes("/goals/1?done=set")
	b.post("/goals/new", "text", "20 cals this month") // refused
	b.post("/goals/new", "of", "1", "text", "30 calls this month").goes("/goals/1?done=changed")
	b.post("/goals/1/split", "to", "team", "way", "equal").goes("/goals/1?done=split")
	b.post("/goals/1/close").goes("/goals/1?done=closed")
	b.post("/goals/1/delete").goes("/goals?done=deleted")
	b.post("/plan/chain", "name", "usual", "chain", "sales <- calls").goes("/plan?done=saved&chain=usual")

	entries, err := s.State.Audit().FindAuditEntries(t.Context(), store.AuditFilter{Limit: 100})
	require.NoError(t, err)
	var done []string
	for i := len(entries) - 1; i >= 0; i-- {
		if e := entries[i]; e.AccountID == s.ids[auth.Manager] && (e.Action == string(auth.GoalChanged) || e.Object == "plan chain") {
			did, _ := e.Detail["did"].(string)
			done = append(done, e.Object+" "+did)
		}
	}
	require.Equal(t, []string{"1 set", "1 changed", "1 split", "1 closed", "1 deleted", "plan chain "}, done)
}
