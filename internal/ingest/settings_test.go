package ingest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/kpi"
)

// What shapes answers only is kept beside what shapes facts, and rebuilds nothing.
func TestPolicyIsKept(t *testing.T) {
	ctx := context.Background()
	f := newFolder(t, t.TempDir(), "one")
	want := kpi.Policy{Allocation: kpi.ByHours}.With(kpi.SettingChange{KPI: "service_level", Name: "threshold", Value: "30", From: "2026-06-01"})
	store := f.Store()
	require.NoError(t, f.SetPolicy(ctx, want))
	require.Same(t, store, f.Store())
	require.NoError(t, f.Close())
	f.open(t)
	require.Empty(t, f.notices, "the fact file stands")
	require.Equal(t, want, f.Policy())
	require.Equal(t, zagreb, f.Settings())

	s := zagreb
	s.CreditDays = 60
	require.NoError(t, f.SetSettings(ctx, s))
	require.NoError(t, f.Close())
	f.open(t)
	require.Equal(t, want, f.Policy(), "a change of the other half leaves it")
	require.Equal(t, s, f.Settings())
	require.NoError(t, f.Close())
}
