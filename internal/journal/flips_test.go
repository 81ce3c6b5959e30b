package journal

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIndexBitFlips turns a bit of an index that was closed as it should be: by
// its digest it is known, wherever the bit was, and made again.
func TestIndexBitFlips(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small)
	a := rows("a", 30)
	receive(t, j, a)
	receive(t, j, rows("b", 9))
	require.NoError(t, j.Close())
	path := filepath.Join(dir, "journal", "index.db")
	for at, size := 0, 1; at < size; at += 503 * stride {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		size = len(text)
		text[at] ^= 1 << (at % 8)
		require.NoError(t, os.WriteFile(path, text, 0o600))
		j := open(t, dir, small)
		sound(t, j) // compares the index with one made of the headers
		require.Equal(t, a, read(t, j, 1))
		aside, err := os.ReadFile(path + ".aside")
		require.NoError(t, err)
		require.Equal(t, text, aside, "byte %d", at)
		require.NoError(t, j.Close())
	}
}

// TestIndexBitFlipsAfterACrash: then there is no digest. The journal opens or
// says why not, Verify ends, and bytes that it gives are those that came.
func TestIndexBitFlipsAfterACrash(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small)
	a := rows("a", 30)
	receive(t, j, a)
	require.NoError(t, j.Close())
	path := filepath.Join(dir, "journal", "index.db")
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	opened := 0
	for at := 0; at < len(whole); at += 211 * stride {
		spoilt := bytes.Clone(whole)
		spoilt[at] ^= 1 << (at % 8)
		require.NoError(t, removeIndex(path))
		require.NoError(t, os.WriteFile(path, spoilt, 0o600))
		j, err := Open(ctx, dir, small)
		if err != nil {
			continue
		}
		opened++
		_, err = j.Verify(ctx, nil)
		require.NoError(t, err, "byte %d", at)
		if got, err := readAll(j, 1); err == nil {
			require.Equal(t, a, got, "byte %d", at)
		}
		require.NoError(t, j.Close())
	}
	require.NotZero(t, opened)
}

// TestCutWithinTheFirstFrame: an index that knows more than is left is no other
// journal's, and what is left is not cut.
func TestCutWithinTheFirstFrame(t *testing.T) {
	dir := t.TempDir()
	o := Options{FS: quick()}
	j := open(t, dir, o)
	_, err := j.PutSettings(ctx, note(), t0)
	require.NoError(t, err)
	receive(t, j, rows("a", 9))
	require.NoError(t, j.Close())
	segment := lastSegment(t, dir)
	whole, err := os.ReadFile(segment)
	require.NoError(t, err)
	for cut := 0; cut < 700; cut += 7 * stride {
		again := copyFolder(t, dir)
		path := lastSegment(t, again)
		require.NoError(t, os.WriteFile(path, whole[:cut], 0o600))
		for range 2 {
			j := open(t, again, o)
			require.NotEmpty(t, j.Damage(), "cut at %d", cut)
			all, err := j.Inputs(ctx, Filter{})
			require.NoError(t, err)
			require.Len(t, all, 1, "the index knows it yet")
			require.NoError(t, j.Close())
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, whole[:cut], left)
		}
	}
}
