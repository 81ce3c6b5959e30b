package duck

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder", "facts.duckdb")
	require.NoError(t, os.Mkdir(filepath.Dir(path), 0o755))
	open := func(fingerprint string) (fresh bool, fault Fault) {
		t.Helper()
		s, err := Open(path, fingerprint, testSettings, testOptions)
		if err != nil {
			fault, ok := NeedsRebuild(err)
			require.True(t, ok, err)
			return false, fault
		}
		require.NoError(t, s.Close())
		return s.Fresh, ""
	}
	check := func(fingerprint string, wantFresh bool, wantFault Fault) {
		t.Helper()
		fresh, fault := open(fingerprint)
		require.Equal(t, wantFault, fault)
		require.Equal(t, wantFresh, fresh)
	}
	check("one", true, "")
	check("one", false, "")
	check("two", false, Stale)

	aside, err := SetAside(path)
	require.NoError(t, err)
	require.FileExists(t, aside)
	check("two", true, "")

	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, content[:len(content)/2], 0o600))
	check("two", false, Damaged)
	require.NoError(t, os.WriteFile(path, []byte("this is a diary and no database, however long it may be"), 0o600))
	check("two", false, Foreign)
	require.NoError(t, os.WriteFile(path, append([]byte("SQLite format 3\x00"), make([]byte, 8192)...), 0o600))
	check("two", false, Foreign)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	check("two", false, Foreign)
	_, err = SetAside(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path+walSuffix, []byte("an orphan"), 0o600))
	check("two", true, "")
}

func TestSwap(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"live", "new"} {
		s, err := Open(filepath.Join(dir, name), name, testSettings, testOptions)
		require.NoError(t, err)
		require.NoError(t, s.Close())
	}
	require.NoError(t, Swap(filepath.Join(dir, "new"), filepath.Join(dir, "live")))
	s, err := Open(filepath.Join(dir, "live"), "new", testSettings, testOptions)
	require.NoError(t, err)
	require.False(t, s.Fresh)
	require.NoError(t, s.Close())
}

// Nothing is fetched from the internet, whatever a file or a question asks for.
func TestNothingIsFetched(t *testing.T) {
	s := testStore(t)
	for _, setting := range []string{"autoinstall_known_extensions", "autoload_known_extensions"} {
		var on bool
		require.NoError(t, s.DB().QueryRow("SELECT current_setting('"+setting+"')").Scan(&on))
		require.False(t, on, setting)
	}
}
