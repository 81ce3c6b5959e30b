package store

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// older makes the state file that a program wrote which knew only the first
// migrations, with an account and two entries of the audit log.
func older(t *testing.T, dir string, version int64) {
	t.Helper()
	db, err := sql.Open("sqlite", source(filepath.Join(dir, Name), "&_txlock=immediate"))
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	p, err := provider(db)
	require.NoError(t, err)
	_, err = p.UpTo(ctx, version)
	require.NoError(t, err)
	s := State{db, db, db}
	_, err = s.Accounts().CreateAccount(ctx, Account{Login: "ana@adria.example", Name: "Ana", Role: "admin", Language: "hr", Password: "hashed", CreatedAt: noon, PasswordAt: noon})
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, s.Audit().CreateAuditEntry(ctx, AuditEntry{At: noon, Action: "sign_in", Address: "127.0.0.1"}))
	}
}

// newest gives the newest version that this program knows.
func newest(t *testing.T) int64 {
	t.Helper()
	entries, err := migrations.ReadDir("migrations")
	require.NoError(t, err)
	return int64(len(entries))
}

// A state of every older version opens with all that was in it, and what was
// there before is kept aside.
func TestOlderStateIsBroughtUpToDate(t *testing.T) {
	for version := int64(1); version < newest(t); version++ {
		dir := t.TempDir()
		older(t, dir, version)
		for range 2 { // the second time there is nothing to be done
			db := open(t, dir)
			a, err := db.Accounts().FindAccountByLogin(ctx, "ana@adria.example")
			require.NoError(t, err)
			require.Equal(t, "Ana", a.Name)
			n, _, err := db.Audit().VerifyAudit(ctx)
			require.NoError(t, err)
			require.EqualValues(t, 2, n)
			_, err = db.Jobs().CreateJob(ctx, "of the newest version")
			require.NoError(t, err)
			require.NoError(t, db.Close())
		}
		aside, err := filepath.Glob(filepath.Join(dir, Name+".v*"))
		require.NoError(t, err)
		require.Equal(t, []string{filepath.Join(dir, fmt.Sprintf("%s.v%d", Name, version))}, aside)
		back := t.TempDir() // the older program would find what it left
		require.NoError(t, os.Rename(aside[0], filepath.Join(back, Name)))
		require.Equal(t, version, versionOf(t, back))
	}
}

// Killed between the copy and the last step, the next start goes on, and the
// copy stays what it was.
func TestInterruptedMigrationGoesOn(t *testing.T) {
	dir := t.TempDir()
	older(t, dir, 1)
	path := filepath.Join(dir, Name)
	require.NoError(t, os.WriteFile(path+".v1.new", []byte("half a copy"), 0o600))
	db := open(t, dir)
	require.NoError(t, db.Close())
	require.NoFileExists(t, path+".v1.new")
	info, err := os.Stat(path + ".v1")
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())

	dir = t.TempDir()
	older(t, dir, 1)
	aside := filepath.Join(dir, Name+".v1")
	require.NoError(t, os.WriteFile(aside, []byte("whole, by its name"), 0o600))
	require.NoError(t, open(t, dir).Close())
	text, err := os.ReadFile(aside)
	require.NoError(t, err)
	require.Equal(t, "whole, by its name", string(text))
}

// A new folder has nothing to keep aside.
func TestNewStateKeepsNothingAside(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, open(t, dir).Close())
	aside, err := filepath.Glob(filepath.Join(dir, Name+".v*"))
	require.NoError(t, err)
	require.Empty(t, aside)
	require.Equal(t, newest(t), versionOf(t, dir))
}

func versionOf(t *testing.T, dir string) int64 {
	t.Helper()
	db, err := sql.Open("sqlite", source(filepath.Join(dir, Name), ""))
	require.NoError(t, err)
	defer db.Close()
	var version int64
	require.NoError(t, db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version))
	return version
}
