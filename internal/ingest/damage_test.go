package ingest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/source"
)

// brought makes a folder of two companies' rosters: one per source.
func brought(t *testing.T, agents ...string) string {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	require.NoError(t, ingest.Init(ctx, dir, ingesttest.Adria, time.Now()))
	withFolder(t, dir, func(f *ingest.Folder) {
		for _, name := range agents {
			text := roster(name)
			_, err := f.Import(ctx, ingest.Delivery{Name: name, Spec: source.Spec{Source: name, Format: "mapping", Mapping: ingesttest.RosterMapping},
				Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
			require.NoError(t, err)
		}
	})
	return dir
}

// roster is a company of fifty, who share a name.
func roster(name string) string {
	text := "agent,extension,team\n"
	for k := range 50 {
		text += fmt.Sprintf("%s %d,%d,East\n", name, k, 1000*len(name)+k)
	}
	return text
}

func withFolder(t *testing.T, dir string, fn func(*ingest.Folder)) {
	t.Helper()
	f, err := ingest.Open(context.Background(), dir, ingest.Deps{Formats: formats.All(), Now: time.Now})
	require.NoError(t, err)
	fn(f)
	require.NoError(t, f.Close())
}

func digest(t *testing.T, dir string) (text string, damage []string) {
	t.Helper()
	withFolder(t, dir, func(f *ingest.Folder) {
		require.NoError(t, f.Ready())
		var err error
		text, err = f.Store().Digest(context.Background())
		require.NoError(t, err)
		for _, m := range f.Damage() {
			damage = append(damage, m.Key)
		}
	})
	return text, damage
}

// What the journal cannot give is left out and named; when it can again, it counts again.
func TestDamagedBlockIsLeftOutUntilItIsBack(t *testing.T) {
	dir := brought(t, "Ana", "Boris")
	whole, none := digest(t, dir)
	require.Empty(t, none)
	other, _ := digest(t, brought(t, "Boris"))

	segment := filepath.Join(dir, "journal", "00000001.seg")
	sound, err := os.ReadFile(segment)
	require.NoError(t, err)
	at := bytes.Index(sound, []byte(`"kind":"block"`)) + 400 // in the payload of the first block
	spoilt := bytes.Clone(sound)
	spoilt[at] ^= 1
	require.NoError(t, os.WriteFile(segment, spoilt, 0o600))
	kept, _ := digest(t, dir)
	require.Equal(t, whole, kept, "the facts have it yet")
	require.NoError(t, os.Remove(filepath.Join(dir, "facts.duckdb")))
	left, damage := digest(t, dir)
	require.Equal(t, other, left)
	require.Equal(t, []string{"facts.gap"}, damage)
	_, damage = digest(t, dir)
	require.Equal(t, []string{"facts.gap"}, damage, "and after another start")

	require.NoError(t, os.WriteFile(segment, sound, 0o600))
	back, damage := digest(t, dir)
	require.Equal(t, whole, back)
	require.Empty(t, damage)
}

// Facts of another journal are set aside, and the right ones made.
func TestFactsOfAnotherJournal(t *testing.T) {
	dir, other := brought(t, "Ana"), brought(t, "Boris")
	want, _ := digest(t, dir)
	foreign, err := os.ReadFile(filepath.Join(other, "facts.duckdb"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "facts.duckdb"), foreign, 0o600))
	got, _ := digest(t, dir)
	require.Equal(t, want, got)
	aside, err := os.ReadFile(filepath.Join(dir, "facts.duckdb.aside"))
	require.NoError(t, err)
	require.Equal(t, foreign, aside)
}

// What turns out while the folder is open not to be readable is told at once,
// not only after the next start.
func TestGapIsToldAtOnce(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	require.NoError(t, ingest.Init(ctx, dir, ingesttest.Adria, time.Now()))
	withFolder(t, dir, func(f *ingest.Folder) {
		for _, name := range []string{"Ana", "Boris"} {
			_, err := f.Import(ctx, ingest.Delivery{Name: name, Spec: source.Spec{Source: "people", Format: "mapping", Mapping: ingesttest.RosterMapping},
				Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(roster(name))), nil }})
			require.NoError(t, err)
		}
		require.Empty(t, f.Damage())
		segment := filepath.Join(dir, "journal", "00000001.seg")
		bytesOf, err := os.ReadFile(segment)
		require.NoError(t, err)
		bytesOf[bytes.Index(bytesOf, []byte(`"kind":"block"`))+400] ^= 1
		require.NoError(t, os.WriteFile(segment, bytesOf, 0o600))
		_, err = f.Withdraw(ctx, 2, false) // the source is read again
		require.NoError(t, err)
		require.Len(t, f.Damage(), 1)
		require.Equal(t, "facts.gap", f.Damage()[0].Key)
	})
}

// A folder whose settings cannot be read is a damaged one: nobody may take it
// for one in which nothing was begun.
func TestDamagedSettingsAreNoEmptyFolder(t *testing.T) {
	ctx, dir := context.Background(), brought(t, "Ana")
	segment := filepath.Join(dir, "journal", "00000001.seg")
	text, err := os.ReadFile(segment)
	require.NoError(t, err)
	damaged := func(err error) {
		t.Helper()
		require.Equal(t, callpace.Damaged, callpace.CodeOf(err), "%v", err)
	}
	spoilt := bytes.Clone(text)
	clear(spoilt[:1000])
	for _, anew := range []bool{false, true} { // the index knows where it stood, or nothing does
		for _, left := range [][]byte{spoilt, text[:100]} {
			if anew && len(left) == 100 {
				continue // it cannot be told from a start that was interrupted
			}
			require.NoError(t, os.WriteFile(segment, left, 0o600))
			if anew {
				require.NoError(t, os.Remove(filepath.Join(dir, "journal", "index.db")))
			}
			for range 2 {
				_, err := ingest.Open(ctx, dir, ingest.Deps{Formats: formats.All(), Now: time.Now})
				damaged(err)
				damaged(ingest.Init(ctx, dir, ingesttest.Adria, time.Now()))
			}
			after, err := os.ReadFile(segment)
			require.NoError(t, err)
			require.Equal(t, left, after)
		}
	}
}
