package journal

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/journal/disk/faulty"
)

// blankLines replaces a word in lines, emitting line by line.
func blankLines(word, by string) func(context.Context, Stream, io.Reader, func(int, []byte) error) error {
	return func(_ context.Context, _ Stream, r io.Reader, emit func(int, []byte) error) error {
		lines := bufio.NewReader(r)
		for {
			line, err := lines.ReadBytes('\n')
			if len(line) > 0 {
				if err := emit(len(line), bytes.ReplaceAll(line, []byte(word), []byte(by))); err != nil {
					return err
				}
			}
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
		}
	}
}

// grepFolder tells whether a word stands in any file, packed payloads included.
func grepFolder(t testing.TB, dir, word string) bool {
	t.Helper()
	dec, err := zstd.NewReader(nil)
	require.NoError(t, err)
	defer dec.Close()
	found := false
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found = found || bytes.Contains(b, []byte(word))
		for i := 0; i < len(b); i++ { // every zstd frame anywhere in the file
			next := bytes.Index(b[i:], []byte{0x28, 0xb5, 0x2f, 0xfd})
			if next < 0 {
				break
			}
			i += next
			z, err := zstd.NewReader(bytes.NewReader(b[i:]), zstd.IgnoreChecksum(true))
			if err != nil {
				return err
			}
			raw, _ := io.ReadAll(z)
			z.Close()
			found = found || bytes.Contains(raw, []byte(word))
		}
		return nil
	}))
	return found
}

func TestErase(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small)
	const person = "+385911234567"
	text := "id,phone,amount\n"
	for i := range 60 {
		phone := "+385980000000"
		if i%7 == 0 {
			phone = person
		}
		text += strings.Join([]string{rows("r", 1)[:4+i%9], phone, "12.50"}, ",") + "\n"
	}
	cuts := []int{100, 733, 1500, len(text)} // inputs end inside records
	for _, to := range cuts {
		receive(t, j, text[:to])
	}
	other := arrival("other.csv", "1;"+person+"\n")
	other.Source = "crm"
	_, err := j.Receive(ctx, other, nil)
	require.NoError(t, err)
	require.NoError(t, j.Withdraw(ctx, 3, t0))
	leaveUnfinished(t, j, "x\n"+person+strings.Repeat("y", 90))
	leaveUnfinished(t, j, "x\n"+person+strings.Repeat("z", 90))
	require.NoError(t, j.Withdraw(ctx, 6, t0)) // dropped: its blocks stand in the segment, nobody reads them
	require.True(t, grepFolder(t, dir, person))
	before, err := j.Verify(ctx, nil)
	require.NoError(t, err)

	rd, err := j.Read(ctx, 1, Range{0, 10})
	require.NoError(t, err)
	_, err = j.Rewrite(ctx, Erasure{At: t0, Blank: blankLines(person, "")})
	require.Equal(t, callpace.Conflict, callpace.CodeOf(err), "a reader is open")
	require.NoError(t, rd.Close())

	p, err := j.Rewrite(ctx, Erasure{At: t0, Blank: blankLines(person, "~"), Note: note})
	require.NoError(t, err)
	require.NotEmpty(t, p.Blocks)
	require.False(t, grepFolder(t, dir, person))
	after := sound(t, j)
	require.Equal(t, before.Frames+1, after.Frames)

	check := func() {
		t.Helper()
		want := strings.ReplaceAll(text, person, "~")
		ins, err := j.Inputs(ctx, Filter{Stream: 1})
		require.NoError(t, err)
		require.Len(t, ins, 4)
		got, from := "", int64(0)
		for i, in := range ins {
			require.Equal(t, from, in.Kept.From)
			from = in.Kept.To
			require.EqualValues(t, cuts[i], in.Sent.To)
			if in.Status == Withdrawn {
				got += want[in.Kept.From:in.Kept.To]
				continue
			}
			rd, err := j.Read(ctx, 1, in.Kept)
			require.NoError(t, err)
			b, err := io.ReadAll(rd)
			require.NoError(t, err)
			require.NoError(t, rd.Close())
			got += string(b)
		}
		require.Equal(t, want, got)
		require.Equal(t, "1;~\n", read(t, j, 2))
		proofs, err := j.Erasures(ctx)
		require.NoError(t, err)
		require.Len(t, proofs, 1)
		require.Equal(t, p, proofs[0])
	}
	check()
	j = reopen(t, j, dir, small)
	check()

	r, err := j.Receive(ctx, other, nil)
	require.NoError(t, err)
	require.True(t, r.Recognised, "the unerased file sent again")
	require.True(t, receive(t, j, text[:733]).Recognised)
	require.NoError(t, removeIndex(filepath.Join(dir, "journal", "index.db")+"x"))
	sound(t, j)
}

func leaveUnfinished(t testing.TB, j *Journal, text string) {
	t.Helper()
	a := arrival("calls.csv", "")
	a.Open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(text), readerFunc(func([]byte) (int, error) { return 0, os.ErrClosed }))), nil
	}
	_, err := j.Receive(ctx, a, nil)
	require.ErrorIs(t, err, os.ErrClosed)
}

func TestEraseFailsWhole(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small)
	receive(t, j, rows("a", 40))
	f := func(name string, blank func(context.Context, Stream, io.Reader, func(int, []byte) error) error) {
		_, err := j.Rewrite(ctx, Erasure{At: t0, Blank: blank})
		require.Error(t, err, name)
		require.Equal(t, rows("a", 40), read(t, j, 1), name)
		names, err := Disk.List(filepath.Join(dir, "journal"))
		require.NoError(t, err)
		require.NotContains(t, strings.Join(names, " "), newSuffix, name)
		sound(t, j)
	}
	f("fails", func(_ context.Context, _ Stream, _ io.Reader, emit func(int, []byte) error) error {
		_ = emit(100, []byte("erased"))
		return os.ErrClosed
	})
	f("too little", func(_ context.Context, _ Stream, _ io.Reader, emit func(int, []byte) error) error {
		return emit(799, nil)
	})
	f("too much", func(_ context.Context, _ Stream, _ io.Reader, emit func(int, []byte) error) error {
		return emit(801, nil)
	})
	f("added", func(_ context.Context, _ Stream, _ io.Reader, emit func(int, []byte) error) error {
		_ = emit(800, []byte("a"))
		return emit(0, []byte("b"))
	})
}

// TestEraseSurvivesACrash stops a rewrite at every file operation, as a crash
// would, and opens what is there: all of it is done or none.
func TestEraseSurvivesACrash(t *testing.T) {
	text := rows("a", 30) + "person\n" + rows("b", 100) + "person\n"
	var done, undone int
	for k := 1; ; k += stride {
		dir := t.TempDir()
		fs := quick()
		o := small
		o.FS = fs
		j := open(t, dir, o)
		receive(t, j, text)
		fs.FailAt(k, faulty.Crash)
		_, err := j.Rewrite(ctx, Erasure{At: t0, Blank: blankLines("person", "X")})
		hit := fs.Hit()
		fs.Heal()
		j = reopen(t, j, dir, small)
		proofs, perr := j.Erasures(ctx)
		require.NoError(t, perr)
		if got := read(t, j, 1); got == text {
			undone++
			require.Error(t, err)
			require.Empty(t, proofs)
		} else {
			done++
			require.Equal(t, strings.ReplaceAll(text, "person", "X"), got)
			require.Len(t, proofs, 1)
			require.False(t, grepFolder(t, dir, "person"))
		}
		require.True(t, receive(t, j, text).Recognised)
		sound(t, j)
		require.NoError(t, j.Close())
		if !hit {
			break
		}
	}
	require.Positive(t, undone)
	require.Positive(t, done)
}

// TestDivide: replacing runs block by block loses no byte, whatever the sizes.
func TestDivide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []byte
		var list []run
		total := 0
		for range rapid.IntRange(1, 20).Draw(t, "runs") {
			r := run{rapid.IntRange(1, 40).Draw(t, "consumed"), []byte(rapid.StringN(0, 40, 80).Draw(t, "data"))}
			list, want, total = append(list, r), append(want, r.data...), total+r.consumed
		}
		b := &blanking{started: true, runs: make(chan run, len(list))}
		for _, r := range list {
			b.runs <- r
		}
		close(b.runs)
		var got []byte
		for left := total; left > 0; {
			n := rapid.IntRange(1, left).Draw(t, "block")
			part, err := b.take(int64(n))
			require.NoError(t, err)
			got, left = append(got, part...), left-n
		}
		require.NoError(t, b.finish())
		require.Equal(t, string(want), string(got))
	})
}
