package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

func open(t *testing.T, dir string) *DB {
	t.Helper()
	db, err := Open(ctx, dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func account(t *testing.T, db *DB, login string) Account {
	t.Helper()
	a, err := db.Accounts().CreateAccount(ctx, Account{Login: login, Name: login, Role: "agent", CreatedAt: noon})
	require.NoError(t, err)
	return a
}

func fails(t *testing.T, err error, code callpace.Code, key string) {
	t.Helper()
	var e *callpace.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Code)
	require.Equal(t, key, e.Key)
}

func TestOpenAgain(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	a := account(t, db, "ana@example.hr")
	require.NoError(t, db.Close())
	require.NoError(t, os.Chmod(filepath.Join(dir, Name), 0o644))

	found, err := open(t, dir).Accounts().FindAccountByLogin(ctx, "ana@example.hr")
	require.NoError(t, err)
	require.Equal(t, a.ID, found.ID)
	for _, name := range []string{Name, Name + "-wal"} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
}

func TestOpenRefusesDamage(t *testing.T) {
	f := func(what string, spoil func(path string)) {
		t.Helper()
		dir := t.TempDir()
		db := open(t, dir)
		for i := range 200 {
			account(t, db, fmt.Sprintf("a%d@example.com", i))
		}
		require.NoError(t, db.Close())
		known, err := readMark(filepath.Join(dir, MarkName))
		require.NoError(t, err)
		require.NoError(t, writeMark(filepath.Join(dir, MarkName), left{id: known.id})) // as after a kill: no digest tells what changed
		spoil(filepath.Join(dir, Name))
		_, err = Open(ctx, dir)
		require.Error(t, err, what)
		fails(t, err, callpace.Damaged, "store.damaged")
	}
	f("no database", func(path string) {
		require.NoError(t, os.WriteFile(path, []byte("this is a text of more than one hundred bytes, which no database begins with; and it goes on for a while"), 0o600))
	})
	f("pages of zeros", func(path string) {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		clear(b[4096 : len(b)/2])
		require.NoError(t, os.WriteFile(path, b, 0o600))
	})
	f("cut off", func(path string) { require.NoError(t, os.Truncate(path, 8192)) })
}

func TestOpenRefusesNewer(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	_, err := db.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = Open(ctx, dir)
	fails(t, err, callpace.Unsupported, "store.newer")
}

func TestOpenNeedsFolder(t *testing.T) {
	_, err := Open(ctx, filepath.Join(t.TempDir(), "absent"))
	fails(t, err, callpace.NotFound, "store.no_folder")
}

func TestDurableAndForeignKeys(t *testing.T) {
	db := open(t, t.TempDir())
	for name, q := range map[string]*sql.DB{"write": db.write, "read": db.read} {
		var journal string
		var synchronous, foreign, busy int
		require.NoError(t, q.QueryRow("PRAGMA journal_mode").Scan(&journal), name)
		require.NoError(t, q.QueryRow("PRAGMA synchronous").Scan(&synchronous), name)
		require.NoError(t, q.QueryRow("PRAGMA foreign_keys").Scan(&foreign), name)
		require.NoError(t, q.QueryRow("PRAGMA busy_timeout").Scan(&busy), name)
		require.Equal(t, []any{"wal", 2, 1, 5000}, []any{journal, synchronous, foreign, busy}, name)
	}
	_, err := db.read.Exec("DELETE FROM accounts")
	require.ErrorContains(t, err, "readonly")
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	db := open(t, t.TempDir())
	wrong := errors.New("wrong")
	err := db.Update(ctx, func(s State) error {
		_, err := s.Accounts().CreateAccount(ctx, Account{Login: "a@example.com", CreatedAt: noon})
		require.NoError(t, err)
		_, err = s.Accounts().FindAccountByLogin(ctx, "a@example.com")
		require.NoError(t, err, "a transaction sees its own changes")
		_, err = db.Accounts().FindAccountByLogin(ctx, "a@example.com")
		require.Equal(t, callpace.NotFound, callpace.CodeOf(err), "nobody else does")
		return wrong
	})
	require.ErrorIs(t, err, wrong)
	n, err := db.Accounts().CountAccounts(ctx)
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestWritersWaitForEachOther(t *testing.T) {
	db := open(t, t.TempDir())
	var wg sync.WaitGroup
	errs := make(chan error, 80)
	for i := range 40 {
		wg.Add(2)
		go func() {
			defer wg.Done()
			_, err := db.Accounts().CreateAccount(ctx, Account{Login: fmt.Sprintf("a%d@example.com", i), CreatedAt: noon})
			errs <- err
		}()
		go func() {
			defer wg.Done()
			_, err := db.Accounts().FindAccounts(ctx)
			errs <- err
		}()
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	n, err := db.Accounts().CountAccounts(ctx)
	require.NoError(t, err)
	require.Equal(t, 40, n)
}
