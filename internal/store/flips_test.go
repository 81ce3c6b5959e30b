package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

// A bit that turned while callpace was stopped is told, whichever it was, and
// the file is left as it is.
func TestBitFlips(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	account(t, db, "ana@example.hr")
	require.NoError(t, db.Close())
	path := filepath.Join(dir, Name)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for at := 0; at < len(whole); at += 509 {
		spoilt := bytes.Clone(whole)
		spoilt[at] ^= 1 << (at % 8)
		require.NoError(t, os.WriteFile(path, spoilt, 0o600))
		_, err := Open(ctx, dir)
		fails(t, err, callpace.Damaged, "store.changed")
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, spoilt, left)
	}
	require.NoError(t, os.WriteFile(path, whole, 0o600))
	require.NoError(t, open(t, dir).Close())
}

// After a crash there is no digest: what SQLite finds is told as damage, and
// what it does not find opens. Nothing else comes of it, and nothing is begun anew.
func TestBitFlipsAfterACrash(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	account(t, db, "ana@example.hr")
	require.NoError(t, db.Close())
	known, err := readMark(filepath.Join(dir, MarkName))
	require.NoError(t, err)
	whole, err := os.ReadFile(filepath.Join(dir, Name))
	require.NoError(t, err)
	told := 0
	for at := 0; at < len(whole); at += 2003 {
		crashed := t.TempDir()
		spoilt := bytes.Clone(whole)
		spoilt[at] ^= 1 << (at % 8)
		require.NoError(t, os.WriteFile(filepath.Join(crashed, Name), spoilt, 0o600))
		require.NoError(t, writeMark(filepath.Join(crashed, MarkName), left{id: known.id}))
		db, err := Open(ctx, crashed)
		if err != nil {
			require.Contains(t, []callpace.Code{callpace.Damaged, callpace.Unsupported}, callpace.CodeOf(err), "byte %d: %v", at, err)
			told++
			continue
		}
		all, err := db.Accounts().FindAccounts(ctx)
		if err == nil {
			require.Len(t, all, 1, "byte %d", at)
		}
		_ = db.Close()
	}
	require.NotZero(t, told)
}
