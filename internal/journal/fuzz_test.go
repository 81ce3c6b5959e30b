package journal

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// bytesFile is a segment in memory.
type bytesFile struct {
	File
	r *bytes.Reader
}

func (f bytesFile) ReadAt(b []byte, off int64) (int, error) { return f.r.ReadAt(b, off) }

// FuzzScan: whatever a segment holds, scanning comes to its end, and gives only
// frames that lie inside it, in order.
func FuzzScan(f *testing.F) {
	text := []byte(`{"seq":1,"kind":"begin"}`)
	front, err := encodeFrame(header{Entry: text, Chain: chainOf(Digest{}, text), Kept: kept{Packed: 3}})
	require.NoError(f, err)
	whole := append(front, "abc"...)
	f.Add(whole)
	f.Add(append(bytes.Clone(whole), whole...))
	f.Add(append([]byte("CPJ1rubbish"), whole...))
	f.Add(whole[:len(whole)-1])
	f.Add(make([]byte, 40))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := scanner{f: bytesFile{r: bytes.NewReader(data)}, seg: 1, size: int64(len(data))}
		for at := int64(-1); ; {
			require.Greater(t, s.off, at)
			at = s.off
			fr, err := s.next()
			if err == io.EOF {
				require.EqualValues(t, len(data), s.off)
				return
			}
			if bad, ok := err.(*fault); ok {
				require.NoError(t, s.skip(bad))
				continue
			}
			require.NoError(t, err)
			require.Equal(t, at, fr.off)
			_, err = readPayload(s.f, &fr)
			require.NoError(t, err)
		}
	})
}

func TestFrameSurvives(t *testing.T) {
	e := entry{Seq: 7, Kind: KindBegin, At: time.Date(2026, 3, 29, 1, 30, 0, 5, time.UTC), Input: 3, Stream: 2, From: 10, Length: 20,
		SHA256: digestOf([]byte("x")), Source: "pbx", Name: "a <b> & \"c\" šđ \xff.csv", Spec: digestOf(nil)}
	dir := t.TempDir()
	j := open(t, dir, small)
	_, err := j.append(ctx, e, kept{}, nil)
	require.NoError(t, err)
	require.NoError(t, j.flush(ctx))
	j = reopen(t, j, dir, small)
	in, err := j.Input(ctx, 3)
	require.NoError(t, err)
	require.Equal(t, "a <b> & \"c\" šđ \ufffd.csv", in.Name)
	require.Equal(t, e.At, in.At)
	sound(t, j)
}
