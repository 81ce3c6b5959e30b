package ingest_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/source"
)

// faulty is a format with a fault that its records bring out.
type faulty struct{}

func (faulty) Open(source.Spec, []byte) (source.Decoder, error) { return faulty{}, nil }
func (faulty) Options() []source.Option                         { return nil }
func (faulty) Start() (bytes, lines int64)                      { return 0, 0 }
func (faulty) Cut(data []byte, _ bool) (n int, lines int64)     { return len(data), 1 }
func (faulty) Decode(c source.Chunk, _ *facts.Batch)            { _ = c.Data[len(c.Data)] }

// What a decoder stumbles over fails its import, with the reason, and is left
// out; everything else goes on, now and after each start, and the folder tells
// what the figures lack until the input is withdrawn.
func TestPanicOfADecoder(t *testing.T) {
	ctx, dir := context.Background(), brought(t, "ana")
	open := func() *ingest.Folder {
		registry := formats.All()
		registry.Register("faulty", faulty{})
		f, err := ingest.Open(ctx, dir, ingest.Deps{Formats: registry, Now: time.Now})
		require.NoError(t, err)
		return f
	}
	bring := func(f *ingest.Folder, name string, spec source.Spec, text string) error {
		_, err := f.Import(ctx, ingest.Delivery{Name: name, Spec: spec, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
		return err
	}
	f := open()
	var p *callpace.Panic
	require.ErrorAs(t, bring(f, "x", source.Spec{Source: "x", Format: "faulty"}, "a\n"), &p)
	require.Contains(t, string(p.Stack), "faulty.Decode")
	require.Equal(t, "facts.stumbled", bring(f, "y", source.Spec{Source: "x", Format: "faulty"}, "b\n").(*callpace.Error).Key)
	lacks := func() (inputs []any) {
		for _, d := range f.Damage() {
			require.Equal(t, "facts.stumbled", d.Key)
			require.Contains(t, d.Args["reason"], "out of range")
			inputs = append(inputs, d.Args["input"])
		}
		return inputs
	}
	people := func() int64 {
		n, err := f.Store().Engine().Count(ctx, kpi.RowsSpec{Select: kpi.Select{Fact: facts.Roster, Date: "", Undated: true, Scope: kpi.Everything()}})
		require.NoError(t, err)
		return n
	}
	before := people()
	require.Positive(t, before)
	require.NoError(t, bring(f, "boris", source.Spec{Source: "boris", Format: "mapping", Mapping: ingesttest.RosterMapping}, roster("boris")))
	require.Greater(t, people(), before, "the rest goes on")
	before = people()
	for range 2 {
		require.NoError(t, f.Ready())
		require.Equal(t, []any{2, 3}, lacks())
		require.Equal(t, before, people())
		require.NoError(t, f.Close())
		f = open()
	}
	for _, no := range []int{2, 3} {
		_, err := f.Withdraw(ctx, no, false)
		require.NoError(t, err)
	}
	require.NoError(t, f.Close())
	f = open()
	require.Empty(t, lacks())
	require.Equal(t, before, people())
	require.NoError(t, f.Close())
}
