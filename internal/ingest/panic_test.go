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
	"github.com/callpace/callpace/internal/source"
)

// faulty is a format with a fault that its records bring out.
type faulty struct{}

func (faulty) Open(source.Spec, []byte) (source.Decoder, error) { return faulty{}, nil }
func (faulty) Options() []source.Option                         { return nil }
func (faulty) Start() (bytes, lines int64)                      { return 0, 0 }
func (faulty) Cut(data []byte, _ bool) (n int, lines int64)     { return len(data), 1 }
func (faulty) Decode(c source.Chunk, _ *facts.Batch)            { _ = c.Data[len(c.Data)] }

// What a decoder stumbles over fails its import; the folder opens again and
// tells why it is behind.
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
	require.NoError(t, f.Close())
	f = open()
	require.Equal(t, "facts.behind", f.Ready().(*callpace.Error).Key)
	require.NoError(t, f.Close())
}
