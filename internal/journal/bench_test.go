package journal

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// callLog makes about n bytes of a call log of 24 columns, 250 bytes a row.
func callLog(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.Grow(n + 400)
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "1763%06d.%05d,2026-11-%02d %02d:%02d:%02d,agent%03d,+38591%07d,+38598%07d,out,%s,%d,%d,%d,campaign-%d,product-%d,lead-%08x,queue-%d,SIP/trunk-%08x,,,%d.%02d,EUR,hr,note %d,%t,%d,%x\n",
			i/7, r.IntN(99999), 1+i/40000%28, r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(500), r.IntN(9999999), r.IntN(9999999),
			[]string{"no_answer", "busy", "answered", "sale"}[r.IntN(4)], r.IntN(900), r.IntN(60), r.IntN(120), r.IntN(3), r.IntN(5), r.Uint32(),
			r.IntN(9), r.Uint32(), r.IntN(400), r.IntN(100), r.IntN(1000), r.IntN(2) == 0, i, r.Uint64())
	}
	return b.String()
}

func BenchmarkReceive(b *testing.B) {
	synchronous = "FULL"
	text := callLog(256 << 20)
	a := arrival("calls.csv", "")
	a.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		b.StopTimer()
		j, err := Open(ctx, b.TempDir(), Options{})
		require.NoError(b, err)
		b.StartTimer()
		_, err = j.Receive(ctx, a, nil)
		require.NoError(b, err)
		b.StopTimer()
		require.NoError(b, j.Close())
		b.StartTimer()
	}
}

func BenchmarkRead(b *testing.B) {
	text := callLog(256 << 20)
	j := open(b, b.TempDir(), Options{})
	receive(b, j, text)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		rd, err := j.Read(ctx, 1, Range{0, -1})
		require.NoError(b, err)
		for err == nil {
			_, err = rd.Next()
		}
		require.Equal(b, io.EOF, err)
		require.NoError(b, rd.Close())
	}
}
