package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Bare DuckDB runs in another process of the same program: here, of the test's.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-sql" {
		main()
		return
	}
	os.Exit(m.Run())
}

// The bench runs, and callpace's numbers are those of plain SQL: of what it
// imported, and of what an earlier run did after corrections and a rebuild.
func TestNumbersAreThoseOfSQL(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds callpace and imports 100,000 calls")
	}
	dir := t.TempDir()
	o := options{calls: "100k", seed: 7, rounds: 1, peers: "duckdb", works: "import,questions,find,disk",
		callpace: filepath.Join(dir, "callpace"), results: filepath.Join(dir, "results.json"), keep: filepath.Join(dir, "work")}
	out, err := exec.Command("go", "build", "-o", o.callpace, "../../cmd/callpace").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NoError(t, start(t.Context(), o))
	o.works, o.loaded = "correct,rebuild", true
	require.NoError(t, start(t.Context(), o))
	kept, err := readResults(o.results)
	require.NoError(t, err)
	for _, work := range []string{"import", "kpis", "trend", "funnel", "find", "correct", "rebuild"} {
		require.NotZero(t, kept.of(smallest).row(work).median(us), work)
	}
	for _, work := range []string{"import", "kpis", "trend", "funnel", "find", "correct"} {
		require.NotZero(t, kept.of(smallest).row(work).median("bare DuckDB"), work)
	}
}
