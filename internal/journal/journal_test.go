package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

var (
	ctx = context.Background()
	t0  = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
)

func TestMain(m *testing.M) {
	synchronous = "OFF"
	if stride > 1 {
		_ = flag.Set("rapid.checks", "15")
	}
	os.Exit(m.Run())
}

// small makes several blocks and segments out of very little.
var small = Options{FS: quick(), BlockBytes: 64, SegmentBytes: 4000}

func open(t testing.TB, dir string, o Options) *Journal {
	t.Helper()
	j, err := Open(ctx, dir, o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// reopen closes and opens again.
func reopen(t testing.TB, j *Journal, dir string, o Options) *Journal {
	t.Helper()
	require.NoError(t, j.Close())
	return open(t, dir, o)
}

func arrival(name, text string) Arrival {
	return Arrival{Source: "pbx", Name: name, Spec: []byte(`{"format":"x"}`), At: t0, Size: int64(len(text)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

func receive(t require.TestingT, j *Journal, text string) Receipt {
	r, err := j.Receive(ctx, arrival("calls.csv", text), nil)
	require.NoError(t, err)
	return r
}

func read(t require.TestingT, j *Journal, stream int) string {
	rd, err := j.Read(ctx, stream, Range{0, -1})
	require.NoError(t, err)
	defer rd.Close()
	b, err := io.ReadAll(rd)
	require.NoError(t, err)
	return string(b)
}

// sound verifies and fails on any damage.
func sound(t require.TestingT, j *Journal) Report {
	r, err := j.Verify(ctx, nil)
	require.NoError(t, err)
	require.Empty(t, j.Damage())
	require.Empty(t, r.Damage)
	return r
}

// rows makes n distinct rows of 20 bytes.
func rows(prefix string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s%019d\n", prefix, i*7919)
	}
	return b.String()[:20*n]
}

func TestGrowth(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small)
	all := rows("a", 50)
	steps := []struct {
		send string
		want Receipt
	}{
		{all[:130], Receipt{Input: 1, Stream: 1, Kept: Range{0, 130}, AddedBytes: 130}},
		{all[:130], Receipt{Input: 1, Stream: 1, Recognised: true}},
		{all[:7], Receipt{Input: 1, Stream: 1, Recognised: true}},
		{all[:500], Receipt{Input: 2, Stream: 1, Kept: Range{130, 500}, AddedBytes: 370}},
		{all[:64], Receipt{Input: 1, Stream: 1, Recognised: true}},
		{all[:131], Receipt{Input: 2, Stream: 1, Recognised: true}},
		{all[:499] + "other", Receipt{Input: 3, Stream: 2, Kept: Range{0, 504}, AddedBytes: 504}},
		{"b" + all, Receipt{Input: 4, Stream: 3, Kept: Range{0, 1001}, AddedBytes: 1001}},
		{all, Receipt{Input: 5, Stream: 1, Kept: Range{500, 1000}, AddedBytes: 500}},
		{"", Receipt{Recognised: true}},
		{"x", Receipt{Input: 6, Stream: 4, Kept: Range{0, 1}, AddedBytes: 1}},
	}
	for i, s := range steps {
		r := receive(t, j, s.send)
		if s.send == "" {
			r.Stream, r.Input = 0, 0
		}
		require.Equal(t, s.want, r, "step %d", i)
		if i%2 == 0 {
			j = reopen(t, j, dir, small)
		}
	}
	require.Equal(t, all, read(t, j, 1))
	require.Equal(t, all[:499]+"other", read(t, j, 2))
	require.Equal(t, "b"+all, read(t, j, 3))
	require.Greater(t, sound(t, j).Segments, 1)

	for from := int64(0); from < 1000; from += 93 { // any range
		for to := from; to < 1000; to += 131 {
			rd, err := j.Read(ctx, 1, Range{from, to})
			require.NoError(t, err)
			b, err := io.ReadAll(rd)
			require.NoError(t, err)
			require.NoError(t, rd.Close())
			require.Equal(t, all[from:to], string(b))
		}
	}
}

func TestSourcesAreApart(t *testing.T) {
	j := open(t, t.TempDir(), small)
	receive(t, j, rows("a", 5))
	a := arrival("calls.csv", rows("a", 6))
	a.Source = "crm"
	r, err := j.Receive(ctx, a, nil)
	require.NoError(t, err)
	require.Equal(t, 2, r.Stream)
	require.EqualValues(t, 120, r.AddedBytes)
	a.ContinueStream = 1
	_, err = j.Receive(ctx, a, nil)
	require.Equal(t, callpace.Conflict, callpace.CodeOf(err))
	a.ContinueStream = 9
	_, err = j.Receive(ctx, a, nil)
	require.Equal(t, callpace.NotFound, callpace.CodeOf(err))
}

func TestContinue(t *testing.T) {
	j := open(t, t.TempDir(), small)
	receive(t, j, rows("a", 5))
	a := arrival("calls.csv", rows("b", 5))
	a.ContinueStream = 1
	r, err := j.Receive(ctx, a, nil)
	require.NoError(t, err)
	require.Equal(t, Receipt{Input: 2, Stream: 1, Kept: Range{100, 200}, AddedBytes: 100}, r)
	require.Equal(t, rows("a", 5)+rows("b", 5), read(t, j, 1))
	require.True(t, receive(t, j, rows("a", 5)+rows("b", 5)).Recognised)
}

func TestPacked(t *testing.T) {
	j := open(t, t.TempDir(), small)
	text := rows("a", 40)
	var gz, zs bytes.Buffer
	g := gzip.NewWriter(&gz)
	_, _ = g.Write([]byte(text[:500]))
	require.NoError(t, g.Close())
	z, err := zstd.NewWriter(&zs)
	require.NoError(t, err)
	_, _ = z.Write([]byte(text))
	require.NoError(t, z.Close())

	r := receive(t, j, gz.String())
	require.EqualValues(t, 500, r.AddedBytes)
	in, err := j.Input(ctx, r.Input)
	require.NoError(t, err)
	require.Equal(t, digestOf(gz.Bytes()), in.File)
	require.EqualValues(t, 300, receive(t, j, zs.String()).AddedBytes)
	require.True(t, receive(t, j, text).Recognised)
	require.Equal(t, text, read(t, j, 1))

	_, err = j.Receive(ctx, arrival("cut.gz", gz.String()[:gz.Len()-12]), nil)
	require.Equal(t, callpace.Invalid, callpace.CodeOf(err))
}

func TestWithdraw(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small)
	a, b, c := rows("a", 10), rows("b", 10), rows("c", 10)
	receive(t, j, a)
	receive(t, j, a+b)
	receive(t, j, a+b+c)
	require.NoError(t, j.Withdraw(ctx, 2, t0))
	require.Equal(t, callpace.Conflict, callpace.CodeOf(j.Withdraw(ctx, 2, t0)))
	require.Equal(t, callpace.NotFound, callpace.CodeOf(j.Withdraw(ctx, 99, t0)))
	rd, err := j.Read(ctx, 1, Range{150, -1})
	require.NoError(t, err)
	text, err := io.ReadAll(rd)
	require.NoError(t, err)
	require.NoError(t, rd.Close())
	require.Equal(t, a[150:]+c, string(text))
	require.Equal(t, []Range{{200, 400}}, rd.Skipped)

	require.True(t, receive(t, j, a).Recognised)
	r := receive(t, j, a+b+c)
	require.Equal(t, Receipt{Input: 4, Stream: 2, Kept: Range{0, 600}, AddedBytes: 600}, r)
	x := arrival("calls.csv", "more")
	x.ContinueStream = 1
	r, err = j.Receive(ctx, x, nil)
	require.NoError(t, err)
	require.Equal(t, Range{600, 604}, r.Kept)
	require.Equal(t, a+c+"more", read(t, j, 1))

	require.NoError(t, j.Withdraw(ctx, 1, t0))
	require.Equal(t, 2, receive(t, j, a).Stream)
	log, err := j.Log(ctx, 0)
	require.NoError(t, err)
	var kinds []string
	for _, e := range log {
		kinds = append(kinds, fmt.Sprint(e.Kind, e.Input))
	}
	require.Equal(t, "commit1 commit2 commit3 withdraw2 commit4 commit5 withdraw1", strings.Join(kinds, " "))
	sound(t, reopen(t, j, dir, small))
}

func TestSettingsAndSpecs(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small)
	_, err := j.Settings(ctx)
	require.Equal(t, callpace.NotFound, callpace.CodeOf(err))
	one, err := j.PutSettings(ctx, []byte(`{"zone":"Europe/Zagreb"}`), t0)
	require.NoError(t, err)
	_, err = j.PutSettings(ctx, []byte(`{"zone":"Asia/Tehran"}`), t0.Add(time.Hour))
	require.NoError(t, err)
	receive(t, j, rows("a", 3))
	receive(t, j, rows("b", 3))
	j = reopen(t, j, dir, small)
	s, err := j.Settings(ctx)
	require.NoError(t, err)
	require.Equal(t, `{"zone":"Asia/Tehran"}`, string(s.JSON))
	require.Equal(t, t0.Add(time.Hour), s.At)
	s, err = j.SettingsAt(ctx, one)
	require.NoError(t, err)
	require.Equal(t, `{"zone":"Europe/Zagreb"}`, string(s.JSON))
	ins, err := j.Inputs(ctx, Filter{Source: "pbx", Status: Committed})
	require.NoError(t, err)
	require.Len(t, ins, 2)
	require.Equal(t, t0, ins[0].At)
	_, err = j.Spec(ctx, Digest{1})
	require.Equal(t, callpace.Damaged, callpace.CodeOf(err), "what an input is read by was journalled before it")
	spec, err := j.Spec(ctx, ins[1].Spec)
	require.NoError(t, err)
	require.Equal(t, `{"format":"x"}`, string(spec))
	log, err := j.Log(ctx, 0, KindSpec)
	require.NoError(t, err)
	require.Len(t, log, 1, "stored once")
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small)
	_, err := Open(ctx, dir, small)
	require.Equal(t, callpace.Conflict, callpace.CodeOf(err))
	require.ErrorContains(t, err, fmt.Sprintf("pid=%d", os.Getpid()))
	reopen(t, j, dir, small)
}

func TestIndexIsMadeAgain(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	j := open(t, dir, small)
	a := rows("a", 60)
	receive(t, j, a[:300])
	receive(t, j, a)
	receive(t, j, rows("b", 9))
	require.NoError(t, j.Withdraw(ctx, 2, t0))
	k := open(t, other, small)
	receive(t, k, rows("z", 70))
	require.NoError(t, k.Close())

	path := filepath.Join(dir, "journal", "index.db")
	f := func(name string, spoil func()) {
		require.NoError(t, j.Close())
		spoil()
		j = open(t, dir, small)
		sound(t, j) // compares the index with one made of the headers
		require.Equal(t, a[:300], read(t, j, 1), name)
	}
	f("missing", func() { require.NoError(t, removeIndex(path)) })
	f("damaged", func() { require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("no"), 5000), 0o600)) })
	f("foreign", func() {
		b, err := os.ReadFile(filepath.Join(other, "journal", "index.db"))
		require.NoError(t, err)
		require.NoError(t, removeIndex(path))
		require.NoError(t, os.WriteFile(path, b, 0o600))
	})
	var old []byte
	f("behind", func() {
		var err error
		old, err = os.ReadFile(path)
		require.NoError(t, err)
		k := open(t, dir, small)
		receive(t, k, rows("c", 99))
		require.NoError(t, k.Close())
		require.NoError(t, removeIndex(path))
		require.NoError(t, os.WriteFile(path, old, 0o600))
	})
	require.Equal(t, rows("c", 99), read(t, j, 3))
}

func TestProgressAndCancel(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small)
	text := rows("a", 500)
	stop, cancel := context.WithCancel(ctx)
	a := arrival("calls.csv", text)
	a.Open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(text[:3000]), readerFunc(func([]byte) (int, error) {
			cancel()
			return 0, io.ErrUnexpectedEOF
		}))), nil
	}
	_, err := j.Receive(stop, a, nil)
	require.Error(t, err)
	in, err := j.Input(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, Unfinished, in.Status)
	require.Empty(t, read(t, j, 1), "nothing unfinished is read")

	var last int64
	r, err := j.Receive(ctx, arrival("calls.csv", text), func(done, total int64) {
		require.LessOrEqual(t, done, total)
		last = done
	})
	require.NoError(t, err)
	require.Equal(t, Receipt{Input: 1, Stream: 1, Kept: Range{0, 10000}, AddedBytes: 10000}, r)
	require.EqualValues(t, len(text), last)
	require.Equal(t, text, read(t, j, 1))
	sound(t, j)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// TestUnfinishedOfAnotherFile: what a crash left is only gone on with where it is the same.
func TestUnfinishedOfAnotherFile(t *testing.T) {
	j := open(t, t.TempDir(), small)
	a := rows("a", 20)
	receive(t, j, a[:200])
	leave := func(text string, spec string) {
		x := arrival("calls.csv", "")
		x.Spec = []byte(spec)
		x.Open = func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(text), readerFunc(func([]byte) (int, error) { return 0, os.ErrClosed }))), nil
		}
		_, err := j.Receive(ctx, x, nil)
		require.ErrorIs(t, err, os.ErrClosed)
	}
	leave(a[:200]+rows("x", 10), `{"format":"x"}`)
	r := receive(t, j, a) // differs from what was left: that is dropped
	require.Equal(t, Receipt{Input: 3, Stream: 1, Kept: Range{200, 400}, AddedBytes: 200}, r)
	leave(a+rows("y", 10), `{"format":"y"}`)
	r = receive(t, j, a+rows("y", 10)) // the same bytes, to be read otherwise
	require.Equal(t, Receipt{Input: 5, Stream: 1, Kept: Range{400, 600}, AddedBytes: 200}, r)
	require.Equal(t, a+rows("y", 10), read(t, j, 1))
	log, err := j.Log(ctx, 0)
	require.NoError(t, err)
	require.Len(t, log, 3, "what was dropped shapes nothing")
	sound(t, j)
}

func note() json.RawMessage { return json.RawMessage(`{"who":"5f"}`) }
