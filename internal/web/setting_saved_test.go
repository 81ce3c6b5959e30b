package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/store"
)

// A form that changes a setting leaves an audit entry; one that is refused
// changes and leaves nothing.
func TestSavedSettingsAreAudited(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	changed := func() (names []string) {
		entries, err := s.State.Audit().FindAuditEntries(t.Context(), store.AuditFilter{Action: string(auth.SettingsChanged), Limit: 100})
		require.NoError(t, err)
		for _, e := range entries {
			names = append(names, e.Object)
		}
		return names
	}
	b.post("/settings/calendar", "country", "HR", "days", "Inventory").has(422)
	require.Empty(t, changed())
	b.post("/settings/calendar", "country", "HR", "days", "2026-11-30 0 Inventory").goes("/settings/calendar?done=saved")
	require.Equal(t, []string{store.WorkRulesSetting}, changed())
	b.post("/scorecard", "floor", "10", "cap", "150").goes("/scorecard?done=saved")
	require.Equal(t, []string{goals.CardSetting, store.WorkRulesSetting}, changed())
}

// Pages write settings by saveSetting, which leaves the entry. What writes
// otherwise is named here with why it may.
func TestSettingsAreWrittenInOnePlace(t *testing.T) {
	may := map[string]string{"saveSetting": "", "found": "the set-up, audited as such", "keepWarnings": "an import's, audited as such"}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if x, ok := n.(*ast.SelectorExpr); ok && (x.Sel.Name == "UpdateSetting" || x.Sel.Name == "DeleteSetting") {
					require.Contains(t, may, fn.Name.Name, "%s writes a setting by itself", name)
				}
				return true
			})
		}
	}
}

// Working days that are settled anew hold at once: for what goals expect by
// now, and for whether a day is worked.
func TestWorkingDaysHoldAtOnce(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	b.post("/goals/new", "text", "20 calls this month").goes("/goals/1?done=set")
	b.get("/goals/1").has(200, "<bdi>6 of 20</bdi>") // working days left
	b.get("/today?day=2026-11-17").has(200).lacks("Inventory")
	b.post("/settings/calendar", "country", "HR", "days", "2026-11-02..2026-11-20 0 Inventory").goes("/settings/calendar?done=saved")
	b.get("/goals/1").has(200, "<bdi>6 of 6</bdi>")
	b.get("/today?day=2026-11-17").has(200, "Special day: Inventory is not worked")
}

// Days before 1970 have their names, too.
func TestWeekdayOfLongAgo(t *testing.T) {
	s := newSite(t)
	s.as(auth.Admin).get("/today?day=1965-05-05").has(200, "Wednesday").lacks("weekday.")
}
