package ingest_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/mapping"
)

// hooked is a format of which the next opening has something happen first: when
// an input is projected, after it was settled which ones are.
type hooked struct {
	source.Format
	next atomic.Pointer[func()]
}

func (h *hooked) Open(spec source.Spec, head []byte) (source.Decoder, error) {
	if fn := h.next.Swap(nil); fn != nil {
		(*fn)()
	}
	return h.Format.Open(spec, head)
}

// newHooked is a busy folder without inputs, of which mappings are opened by the hook.
func newHooked(t *testing.T, disk journal.FS) (*busy, *hooked) {
	h, registry := &hooked{Format: mapping.New()}, source.Registry{}
	registry.Register("mapping", h)
	b := &busy{SharedFolder: ingest.Share(filepath.Join(t.TempDir(), "data"), ingest.Deps{Formats: &registry, Now: time.Now, Disk: disk}), t: t}
	t.Cleanup(func() { require.NoError(t, b.Close(context.Background())) })
	require.NoError(t, b.Found(t.Context(), zagreb))
	return b, h
}

// What is added while the facts follow after a write that failed counts in its turn.
func TestAddedWhileMending(t *testing.T) {
	disk := &sick{FS: journal.Disk}
	b, h := newHooked(t, disk)
	b.hold()
	first := b.add(event(1, 10))
	full := error(syscall.ENOSPC)
	disk.err.Store(&full)
	_, err := b.Add(t.Context(), "app", func(*ingest.Folder) (source.Spec, error) { return eventSpec, nil }, []byte(event(2, 10)))
	require.ErrorContains(t, err, "journal.disk_full")
	disk.err.Store(nil)
	var second ingest.Added
	meanwhile := func() { second = b.add(event(3, 10)) }
	h.next.Store(&meanwhile)
	b.let()
	require.EqualValues(t, 1, b.counted(first).New)
	require.NotZero(t, second.Input)
	require.EqualValues(t, 1, b.counted(second).New)
	live := b.facts()
	require.Contains(t, live, "385911100003")
	require.NoError(t, b.Replace(t.Context(), nil, func(f *ingest.Folder) error { return f.Rebuild(t.Context()) }))
	require.Equal(t, b.facts(), live)
}

// A source that is projected anew while rows are added to it is not done with
// those: killed then, all of them are there after the next start.
func TestAddedWhileReplaying(t *testing.T) {
	b, h := newHooked(t, nil)
	bring := func(f *ingest.Folder, text string) error {
		_, err := f.Import(t.Context(), ingest.Delivery{Name: "a.jsonl", Spec: eventSpec, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
		return err
	}
	open := event(1, 1) + strings.TrimSpace(event(1, 2)) // its last line overwrote, and may go on
	require.NoError(t, b.Write(t.Context(), nil, func(f *ingest.Folder) error { return bring(f, open) }))
	meanwhile := func() { b.add(event(3, 10)) }
	checked := func() { h.next.Store(&meanwhile) } // a file is opened before it is journalled, too
	killed := filepath.Join(t.TempDir(), "data")
	require.NoError(t, b.Write(t.Context(), nil, func(f *ingest.Folder) error {
		h.next.Store(&checked)
		if err := bring(f, open+"\n"+event(2, 1)); err != nil {
			return err
		}
		b.add(event(4, 10))
		return os.CopyFS(killed, os.DirFS(b.Dir()))
	}))
	f := &folder{dir: killed}
	f.open(t)
	text := f.facts(t)
	require.Contains(t, text, "385911100003")
	require.Contains(t, text, "385911100004")
	require.NoError(t, f.Close())
}
