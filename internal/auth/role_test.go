package auth

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

func TestGrantsHaveAColumnForEachRole(t *testing.T) {
	seen := map[Permission]bool{}
	for _, g := range grants {
		require.Len(t, g.roles, len(Roles()), g.permission)
		require.False(t, seen[g.permission], g.permission)
		seen[g.permission] = true
		require.True(t, Admin.Permissions().Has(g.permission), "an admin may %s", g.permission)
	}
	require.Empty(t, Role("boss").Permissions())
}

func TestWhoMay(t *testing.T) {
	f := func(p Permission, roles ...Role) {
		t.Helper()
		var got []Role
		for _, r := range Roles() {
			if r.Permissions().Has(p) {
				got = append(got, r)
			}
		}
		require.Equal(t, roles, got, p)
	}
	f(ManageAccounts, Admin)
	f(ManageSettings, Admin)
	f(Erase, Admin)
	f(ViewAll, QA, Analyst, Manager, Admin)
	f(Import, Analyst, Manager, Admin)
	f(ReviewCalls, Lead, QA, Manager, Admin)
}

func TestScope(t *testing.T) {
	nothing := kpi.Scope{}
	f := func(role Role, teams []string, agent string, peers bool, want, rows kpi.Scope) {
		t.Helper()
		id := identify(store.Account{Role: string(role), Teams: teams, Agent: agent}, home)
		require.Equal(t, want, id.Scope(peers))
		require.Equal(t, rows, id.RowScope())
	}
	east := []string{"East"}
	ana := []string{"ana"}
	f(Agent, nil, "ana", false, kpi.Only(nil, ana), kpi.Only(nil, ana))
	f(Agent, east, "ana", false, kpi.Only(nil, ana), kpi.Only(nil, ana))
	f(Agent, east, "ana", true, kpi.Only(east, ana), kpi.Only(nil, ana))
	f(Agent, nil, "", true, nothing, nothing)
	f(Lead, east, "", false, kpi.Only(east, nil), kpi.Only(east, nil))
	f(Lead, east, "ana", true, kpi.Only(east, ana), kpi.Only(east, ana))
	f(Lead, nil, "", false, nothing, nothing)
	f(Manager, nil, "", false, kpi.Everything(), kpi.Everything())
	f(QA, east, "", false, kpi.Only(east, nil), kpi.Only(east, nil))
	f(Admin, nil, "ana", false, kpi.Everything(), kpi.Everything())
	f("boss", east, "ana", true, nothing, nothing)
}
