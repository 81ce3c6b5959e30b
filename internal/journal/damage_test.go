package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

// lastSegment gives the name of the newest segment.
func lastSegment(t testing.TB, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "journal", "*.seg"))
	require.NoError(t, err)
	return names[len(names)-1]
}

// copyFolder copies a data folder, as a crash would leave it.
func copyFolder(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
	return to
}

// TestTornTail cuts the last segment at every byte, as a crash in the middle of
// an import does, with the index from before the import and without any.
func TestTornTail(t *testing.T) {
	dir := t.TempDir()
	o := Options{FS: quick(), BlockBytes: 64, SegmentBytes: 1 << 20}
	j := open(t, dir, o)
	text := rows("a", 12)
	receive(t, j, text[:100])
	require.NoError(t, j.Close())
	before := copyFolder(t, dir)
	seg := lastSegment(t, dir)
	old, err := os.ReadFile(filepath.Join(before, "journal", "index.db"))
	require.NoError(t, err)
	require.NoError(t, removeIndex(filepath.Join(before, "journal", "index.db")))
	info, err := os.Stat(seg)
	require.NoError(t, err)
	j = open(t, dir, o)
	receive(t, j, text)
	require.NoError(t, j.Close())
	whole, err := os.ReadFile(seg)
	require.NoError(t, err)

	for cut := int(info.Size()); cut <= len(whole); cut += stride {
		for _, tail := range [][]byte{nil, make([]byte, 50)} { // a file may have grown before it was written
			require.NoError(t, os.WriteFile(lastSegment(t, before), append(bytes.Clone(whole[:cut]), tail...), 0o600))
			index := filepath.Join(before, "journal", "index.db")
			if tail != nil && cut%2 == 1 {
				continue // half a frame and then zeros: without an index it cannot be told from damage
			}
			if cut%2 == 0 {
				require.NoError(t, os.WriteFile(index, old, 0o600))
			}
			j := open(t, before, o)
			require.Empty(t, j.Damage(), "cut at %d", cut)
			require.True(t, receive(t, j, text[:100]).Recognised)
			got := read(t, j, 1)
			require.True(t, got == text[:100] || (got == text && cut == len(whole)), "cut at %d", cut)
			receive(t, j, text)
			require.Equal(t, text, read(t, j, 1))
			sound(t, j)
			require.NoError(t, j.Close())
			require.NoError(t, removeIndex(index)) // it has been further than the next cut
		}
	}
}

// TestTornBehindTheMark: with the index of before the crash, an end that no
// write order explains is cut too, for nothing there was acknowledged.
func TestTornBehindTheMark(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{BlockBytes: 64})
	receive(t, j, rows("a", 12))
	require.NoError(t, j.Close())
	f, err := os.OpenFile(lastSegment(t, dir), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(strings.Repeat("rubbish", 40))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	j = open(t, dir, Options{BlockBytes: 64})
	receive(t, j, rows("a", 13))
	sound(t, j)
}

// TestCutBeforeTheMark: bytes that were acknowledged and are gone are damage,
// and nothing is written in their place.
func TestCutBeforeTheMark(t *testing.T) {
	dir := t.TempDir()
	o := Options{BlockBytes: 64}
	j := open(t, dir, o)
	receive(t, j, rows("a", 12))
	receive(t, j, rows("b", 12))
	require.NoError(t, j.Close())
	seg := lastSegment(t, dir)
	whole, err := os.ReadFile(seg)
	require.NoError(t, err)
	require.NoError(t, os.Truncate(seg, int64(len(whole)-10)))
	j = open(t, dir, o)
	require.Len(t, j.Damage(), 1)
	require.Equal(t, "journal.short_segment", j.Damage()[0].Key)
	require.Equal(t, rows("a", 12), read(t, j, 1))
	receive(t, j, rows("c", 12))
	require.Equal(t, rows("c", 12), read(t, j, 3))
	now, err := os.ReadFile(seg)
	require.NoError(t, err)
	require.Equal(t, whole[:len(whole)-10], now)
}

// TestBitFlips turns a bit of every 7th byte: Verify names the damage, what
// is not touched stays readable, and no other bytes are ever given.
func TestBitFlips(t *testing.T) {
	dir := t.TempDir()
	o := Options{FS: quick(), BlockBytes: 256}
	j := open(t, dir, o)
	a, b := rows("a", 20), rows("b", 20)
	receive(t, j, a)
	receive(t, j, b)
	require.NoError(t, j.Close())
	whole, err := os.ReadFile(lastSegment(t, dir))
	require.NoError(t, err)
	for at := 0; at < len(whole); at += 7 * stride {
		for _, anew := range []bool{false, true} {
			if anew && at%4 != 0 {
				continue
			}
			seg := lastSegment(t, dir)
			spoilt := bytes.Clone(whole)
			spoilt[at] ^= 1 << (at % 8)
			require.NoError(t, os.WriteFile(seg, spoilt, 0o600))
			if anew {
				require.NoError(t, removeIndex(filepath.Join(dir, "journal", "index.db")))
			}
			j := open(t, dir, o)
			r, err := j.Verify(ctx, nil)
			require.NoError(t, err)
			require.NotEmpty(t, r.Damage, "bit in byte %d", at)
			require.Equal(t, callpace.Damaged, r.Damage[0].Code)
			require.EqualValues(t, 1, r.Damage[0].Args["segment"])
			if !anew {
				good := 0
				for stream, want := range []string{a, b} {
					got, err := readAll(j, stream+1)
					require.True(t, strings.HasPrefix(want, got))
					if err == nil {
						require.Equal(t, want, got)
						good++
					} else {
						require.Equal(t, callpace.Damaged, callpace.CodeOf(err))
					}
				}
				require.GreaterOrEqual(t, good, 1)
			}
			require.NoError(t, j.Close())
			require.NoError(t, os.WriteFile(seg, whole, 0o600))
			require.NoError(t, removeIndex(filepath.Join(dir, "journal", "index.db")))
			names, err := filepath.Glob(filepath.Join(dir, "journal", "*.seg"))
			require.NoError(t, err)
			require.Len(t, names, 1)
			sound(t, func() *Journal { j = open(t, dir, o); return j }())
			require.NoError(t, j.Close())
		}
	}
}

func readAll(j *Journal, stream int) (string, error) {
	rd, err := j.Read(ctx, stream, Range{0, -1})
	if err != nil {
		return "", err
	}
	defer rd.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(rd)
	return b.String(), err
}

// TestMissingSegment: the others stay readable and the journal goes on.
func TestMissingSegment(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small)
	for i := range 8 {
		receive(t, j, rows(fmt.Sprint(i), 20))
	}
	require.NoError(t, j.Close())
	require.NoError(t, os.Remove(filepath.Join(dir, "journal", "00000002.seg")))
	j = open(t, dir, small)
	r, err := j.Verify(ctx, nil)
	require.NoError(t, err)
	require.NotEmpty(t, r.Damage)
	require.Equal(t, "journal.missing_segment", r.Damage[0].Key)
	require.Equal(t, rows("0", 20), read(t, j, 1))
	require.Equal(t, rows("7", 20), read(t, j, 8))
	require.NoError(t, j.Close())
	require.NoError(t, os.Remove(lastSegment(t, dir)))
	j = open(t, dir, small)
	require.NotEmpty(t, j.Damage())
	receive(t, j, rows("z", 20))
	require.Equal(t, rows("z", 20), read(t, j, 9))
}
