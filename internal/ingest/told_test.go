package ingest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
)

func (f *folder) changes(t *testing.T) []duck.Change {
	t.Helper()
	list, err := f.Store().Changes(context.Background(), duck.ChangeFilter{})
	require.NoError(t, err)
	return list
}

// What readers were told of corrections outlives the fact file, also what
// withdrawals and erasures told: nobody could compute that from what is left.
func TestChangeLogOutlivesTheFactFile(t *testing.T) {
	ctx := context.Background()
	f := newFolder(t, t.TempDir(), "data")
	defer func() { require.NoError(t, f.Close()) }()
	spec := mapped("dialler", callsMapping)
	head, _, _ := strings.Cut(miasCalls, "\n")
	row := func(id, rev, day, result, amount string) string {
		return id + "," + rev + "," + day + " 09:00:00,Ana,091 234 5671," + result + ",60," + amount + ",\n"
	}
	september, october := row("1", "1", "2026-09-10", "sale", "100.25"), row("2", "1", "2026-10-10", "sale", "50")
	f.deliver(t, spec, "a.csv", []byte(head+"\n"+september+october), 0)
	require.Empty(t, f.changes(t))
	f.deliver(t, spec, "b.csv", []byte(head+"\n"+row("1", "2", "2026-09-10", "no", "")), 0)
	late := f.deliver(t, spec, "c.csv", []byte(head+"\n"+row("3", "1", "2026-09-11", "sale", "7")), 0)
	_, err := f.Withdraw(ctx, late.Input, false)
	require.NoError(t, err)
	want := f.changes(t)
	require.NotEmpty(t, want)
	inputs := map[int]bool{}
	for _, c := range want {
		inputs[c.Input] = true
	}
	require.Equal(t, map[int]bool{2: true, 3: true}, inputs)

	path := filepath.Join(f.dir, "facts.duckdb")
	f.reopen(t, func() { require.NoError(t, os.WriteFile(path, []byte("rubble"), 0o600)) })
	require.Equal(t, want, f.changes(t), "damaged")
	f.reopen(t, func() { require.NoError(t, os.Remove(path)) })
	require.Equal(t, want, f.changes(t), "gone")
	require.NoError(t, f.Rebuild(ctx))
	require.Equal(t, want, f.changes(t), "rebuilt")

	// And goes on from there.
	f.deliver(t, spec, "d.csv", []byte(head+"\n"+row("4", "1", "2026-09-12", "sale", "9")), 0)
	more := f.changes(t)
	require.Greater(t, len(more), len(want))
	f.reopen(t, func() {
		require.NoError(t, os.Remove(path))
		require.NoError(t, os.Remove(filepath.Join(f.dir, "journal", "index.db")))
	})
	require.Equal(t, more, f.changes(t), "with the journal's index gone, too")
}

// A source that is projected anew and interrupted on the way is no month
// without calls: what is told is what would have been told without the crash.
func TestInterruptedReplayTellsNothingFalse(t *testing.T) {
	spec := mapped("dialler", strings.Replace(callsMapping, "row_version: rev\n", "", 1))
	head, _, _ := strings.Cut(miasCalls, "\n")
	first := head + "\n1,1,2026-09-10 09:00:00,Ana,0912345671,sale,60,100,\n2,1,2026-10-10 09:00:00,Ana,0912345671,sale,60,50,\n"
	open := head + "\n3,1,2026-10-11 09:00:00,Ana,0912345671,no,60,,\n1,1,2026-09-10 09:00:00,Ana,0912345671,no,60,," // without an end, in the place of another
	grown := open + "x\n4,1,2026-10-12 09:00:00,Ana,0912345671,no,60,,\n"
	play := func(interrupted bool) []duck.Change {
		f := newFolder(t, t.TempDir(), "data")
		defer func() { require.NoError(t, f.Close()) }()
		f.deliver(t, spec, "a.csv", []byte(first), 0)
		f.deliver(t, spec, "b.csv", []byte(open), 0)
		if !interrupted {
			f.deliver(t, spec, "b.csv", []byte(grown), 0)
			return f.changes(t)
		}
		require.NoError(t, f.Close())
		ctx, stop := context.WithCancel(context.Background())
		replaying := false
		g, err := ingest.Open(ctx, f.dir, ingest.Deps{Formats: formats.All(), Now: func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) },
			Progress: func(stage string, _, _ int64) {
				if stage == "replaying" {
					replaying = true
					stop()
				}
			}})
		require.NoError(t, err)
		_, err = g.Import(ctx, delivery(spec, "b.csv", []byte(grown), 0))
		require.ErrorIs(t, err, context.Canceled)
		require.True(t, replaying, "the last record took another's place, so the source is projected anew")
		require.NoError(t, g.Close())
		f.open(t)
		return f.changes(t)
	}
	want := play(false)
	require.NotEmpty(t, want)
	require.Equal(t, want, play(true))
}
