package ingest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts/duck"
)

// Whatever becomes of the fact file, the facts are those of the journal. What
// cannot be used is set aside, and only the newest of these is kept.
func TestFactFileIsMadeAgain(t *testing.T) {
	f := newFolder(t, t.TempDir(), "data")
	defer func() { require.NoError(t, f.Close()) }()
	f.deliver(t, mapped("dialler", callsMapping), "calls.csv", []byte(miasCalls), 0)
	f.deliver(t, mapped("crm", leadsMapping), "leads.csv", []byte(miasLeads), 0)
	want := f.facts(t)
	path := filepath.Join(f.dir, "facts.duckdb")
	aside := path + ".aside"

	try := func(name string, setAside bool, spoil func(data []byte) []byte) {
		t.Helper()
		f.notices = nil
		var spoilt []byte
		f.reopen(t, func() {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			if spoilt = spoil(data); spoilt == nil {
				spoilt, err = os.ReadFile(path)
				require.NoError(t, err)
				return
			}
			require.NoError(t, os.WriteFile(path, spoilt, 0o600))
		})
		require.Equal(t, want, f.facts(t), name)
		require.Equal(t, setAside, len(f.notices) > 0, "%s: %v", name, f.notices)
		if setAside {
			kept, err := os.ReadFile(aside)
			require.NoError(t, err)
			require.Equal(t, spoilt, kept, "%s: the one set aside is the newest", name)
		}
		extra, err := filepath.Glob(path + "*")
		require.NoError(t, err)
		for _, x := range extra {
			x = strings.TrimPrefix(x, path)
			require.Contains(t, []string{"", ".wal", ".aside", ".tmp"}, x, name)
		}
	}
	try("sound", false, func(data []byte) []byte { return data })
	try("foreign", true, func([]byte) []byte { return []byte(strings.Repeat("a letter to Santa Claus\n", 1000)) })
	try("empty settings page", true, func(data []byte) []byte { return append(make([]byte, 4096), data[4096:]...) })
	try("damaged", true, func(data []byte) []byte {
		for i := 4096; i < len(data); i += 97 { // every page
			data[i] ^= 0x55
		}
		return data
	})
	try("cut", true, func(data []byte) []byte { return data[:len(data)/3] })
	try("old", true, func([]byte) []byte {
		require.NoError(t, os.Remove(path))
		old := zagreb
		old.Zone = "Asia/Tehran"
		s, err := duck.Open(path, "0", old, duck.Options{})
		require.NoError(t, err)
		require.NoError(t, s.Close())
		return nil
	})
	f.reopen(t, func() { require.NoError(t, os.Remove(path)) })
	require.Equal(t, want, f.facts(t), "missing")
}
