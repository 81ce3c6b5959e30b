package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

// A state file that is gone, another's or changed meanwhile is told, and left
// as it is; without the mark whatever is there is taken.
func TestMark(t *testing.T) {
	ctx := context.Background()
	fresh := func() string {
		dir := t.TempDir()
		db, err := Open(ctx, dir)
		require.NoError(t, err)
		require.NoError(t, db.Close())
		return dir
	}
	other := fresh()
	for key, spoil := range map[string]func(path string) error{
		"store.lost": os.Remove,
		"store.changed": func(path string) error {
			text, err := os.ReadFile(filepath.Join(other, Name))
			require.NoError(t, err)
			return os.WriteFile(path, text, 0o600)
		},
	} {
		dir := fresh()
		path := filepath.Join(dir, Name)
		require.NoError(t, spoil(path))
		before, _ := os.ReadFile(path)
		_, err := Open(ctx, dir)
		require.Equal(t, callpace.Damaged, callpace.CodeOf(err))
		require.Equal(t, key, err.(*callpace.Error).Key)
		after, _ := os.ReadFile(path)
		require.Equal(t, before, after)

		require.NoError(t, os.Remove(filepath.Join(dir, MarkName)))
		db, err := Open(ctx, dir)
		require.NoError(t, err)
		require.NoError(t, db.Close())
	}
	// After a crash there is no digest, and the id decides.
	dir := fresh()
	known, err := readMark(filepath.Join(dir, MarkName))
	require.NoError(t, err)
	require.NoError(t, writeMark(filepath.Join(dir, MarkName), left{id: "another"}))
	_, err = Open(ctx, dir)
	var told *callpace.Error
	require.ErrorAs(t, err, &told)
	require.Equal(t, "store.foreign", told.Key)
	require.NoError(t, writeMark(filepath.Join(dir, MarkName), left{id: known.id}))
	db, err := Open(ctx, dir)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// The mark's name is durable before the state may change.
func TestMarkIsSynced(t *testing.T) {
	dir := t.TempDir()
	sync := syncDir
	defer func() { syncDir = sync }()
	synced := 0
	syncDir = func(path string) error {
		require.Equal(t, dir, path)
		require.FileExists(t, filepath.Join(dir, MarkName))
		synced++
		return sync(path)
	}
	db, err := Open(context.Background(), dir)
	require.NoError(t, err)
	require.Equal(t, 1, synced)
	require.NoError(t, db.Close())
	require.Equal(t, 2, synced)
	syncDir = func(string) error { return os.ErrPermission }
	_, err = Open(context.Background(), dir)
	require.ErrorIs(t, err, os.ErrPermission)
}
