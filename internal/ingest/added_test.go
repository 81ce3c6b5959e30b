package ingest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

const eventMapping = `{version: 1, layout: {kind: jsonl}, key: id, version: {column: version}, facts: {calls: {id: id, started: started, direction: {value: outbound}, agent: ext, phone: phone, outcome: {column: result, map: {none: no_answer, sold: sale}}, talk: talk}}}`

// event is a line: a call, and which version of it.
func event(id, talk int) string {
	return fmt.Sprintf(`{"id":"%d","started":"2026-11-%02d 10:00:00","ext":"101","phone":"+3859111%05d","result":"sold","talk":%d}`+"\n", id, 1+id%20, id, talk)
}

var eventSpec = source.Spec{Source: "app", Format: "mapping", Mapping: strings.Replace(eventMapping, "version: {column: version}, ", "", 1)}

// busy is a shared folder of which the figures follow only between hold and let.
type busy struct {
	*ingest.SharedFolder
	t   *testing.T
	let func()
}

func newBusy(t *testing.T) *busy {
	b := &busy{SharedFolder: ingesttest.Share(t, filepath.Join(t.TempDir(), "data"), time.Now, nil), t: t}
	require.NoError(t, b.Found(t.Context(), zagreb))
	ingesttest.Import(t, b.SharedFolder, "app", "first.jsonl", eventSpec.Mapping, event(0, 1))
	return b
}

func (b *busy) hold() {
	b.t.Helper()
	begun, end, out := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		out <- b.Write(context.Background(), nil, func(*ingest.Folder) error { close(begun); <-end; return nil })
	}()
	<-begun
	b.let = sync.OnceFunc(func() { close(end); require.NoError(b.t, <-out) })
	b.t.Cleanup(b.let) // of a test that failed, too
}

func (b *busy) add(rows string) ingest.Added {
	b.t.Helper()
	in, err := b.Add(b.t.Context(), "app", func(*ingest.Folder) (source.Spec, error) { return eventSpec, nil }, []byte(rows))
	require.NoError(b.t, err)
	return in
}

func (b *busy) facts() (text string) {
	b.t.Helper()
	require.NoError(b.t, b.Read(func(f *ingest.Folder) (err error) {
		text, err = f.Store().Dump(context.Background())
		return err
	}))
	return text
}

// counted waits for an input and gives its counts.
func (b *busy) counted(in ingest.Added) (r ingest.Report) {
	b.t.Helper()
	require.True(b.t, b.Counted(b.t.Context(), in.Input))
	require.NoError(b.t, b.Read(func(f *ingest.Folder) (err error) {
		r, err = f.Report(context.Background(), in.Input)
		return err
	}))
	return r
}

// What was acknowledged and not yet projected when the program was killed is
// there after the next start, once.
func TestAddedSurvivesAKill(t *testing.T) {
	b := newBusy(t)
	b.hold()
	first := b.add(event(1, 10) + event(2, 10))
	require.Equal(t, first, b.add(event(1, 20)), "the same input until the figures follow")
	killed := filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.CopyFS(killed, os.DirFS(b.Dir())))
	b.let()
	require.EqualValues(t, 3, b.counted(first).Read)
	f := &folder{dir: killed}
	f.open(t)
	require.Equal(t, b.facts(), f.facts(t))
	f.sound(t)
	before := f.facts(t)
	require.NoError(t, f.Rebuild(t.Context()))
	require.Equal(t, before, f.facts(t), "a rebuild equals the live state")
	require.NoError(t, f.Close())
}

// A folder that is closed does not first count what was added: it is on disk,
// and there after the next start.
func TestAddedIsLeftByClose(t *testing.T) {
	b := newBusy(t)
	b.hold()
	in := b.add(event(1, 10) + event(2, 10))
	closed := make(chan error)
	go func() { closed <- b.Close(context.Background()) }()
	require.Eventually(t, b.Closing, time.Minute, time.Millisecond)
	b.let()
	require.NoError(t, <-closed)
	require.False(t, b.Counted(t.Context(), in.Input))
	f := &folder{dir: b.Dir()}
	f.open(t)
	r, err := f.Report(t.Context(), in.Input)
	require.NoError(t, err)
	require.EqualValues(t, 2, r.New)
	require.NoError(t, f.Close())
}

// The facts follow in the order of the journal: rows, a file, rows.
func TestAddedInOrder(t *testing.T) {
	b := newBusy(t)
	b.hold()
	first := b.add(event(1, 10) + event(2, 10))
	b.let()
	file := ingesttest.Import(t, b.SharedFolder, "app", "second.jsonl", eventSpec.Mapping, event(2, 20)+event(3, 20))
	last := b.add(event(3, 30) + event(4, 30))
	require.Less(t, first.Input, file.Input)
	require.Less(t, file.Input, last.Input)
	require.EqualValues(t, 1, file.Updated, "the rows before it counted already")
	r := b.counted(last)
	require.Equal(t, []int64{1, 1}, []int64{r.New, r.Updated})
	live := b.facts()
	require.NoError(t, b.Replace(t.Context(), nil, func(f *ingest.Folder) error { return f.Rebuild(t.Context()) }))
	require.Equal(t, live, b.facts())
}

// An input that waits can be withdrawn: nothing of it counts.
func TestAddedAndWithdrawn(t *testing.T) {
	b := newBusy(t)
	before := b.facts()
	b.hold()
	in := b.add(event(1, 10))
	b.let()
	require.NoError(t, b.Replace(t.Context(), nil, func(f *ingest.Folder) error {
		_, err := f.Withdraw(t.Context(), in.Input, false)
		return err
	}))
	require.Equal(t, before, b.facts())
	require.NotEqual(t, in.Input, b.add(event(1, 10)).Input, "nothing is added to what was withdrawn")
}

// Where the disk refuses, nothing is acknowledged; when it takes again, what was
// added before counts, and what is sent again does, once.
func TestAddedToASickDisk(t *testing.T) {
	disk := &sick{FS: journal.Disk}
	b := &busy{SharedFolder: ingest.Share(filepath.Join(t.TempDir(), "data"), ingest.Deps{Formats: formats.All(), Now: time.Now, Disk: disk}), t: t}
	t.Cleanup(func() { require.NoError(t, b.Close(context.Background())) })
	require.NoError(t, b.Found(t.Context(), zagreb))
	ingesttest.Import(t, b.SharedFolder, "app", "first.jsonl", eventSpec.Mapping, event(0, 1))
	b.hold()
	first := b.add(event(1, 10))
	full := error(syscall.ENOSPC)
	disk.err.Store(&full)
	_, err := b.Add(t.Context(), "app", func(*ingest.Folder) (source.Spec, error) { return eventSpec, nil }, []byte(event(2, 10)))
	require.Equal(t, callpace.Conflict, code(err))
	require.ErrorContains(t, err, "journal.disk_full")
	disk.err.Store(nil)
	again := b.add(event(2, 10))
	require.NotEqual(t, first.Input, again.Input)
	b.let()
	require.EqualValues(t, 1, b.counted(first).New)
	require.EqualValues(t, 1, b.counted(again).New)
	require.Zero(t, b.Behind().Inputs)
}

// Rows that cannot be read, or that would not stand behind others, are refused.
func TestAddedIsChecked(t *testing.T) {
	b := newBusy(t)
	csv := eventSpec
	csv.Mapping = strings.Replace(csv.Mapping, "layout: {kind: jsonl}, ", "", 1)
	for _, c := range []struct {
		spec source.Spec
		rows string
		key  string
	}{
		{csv, "\n", "table.empty"},
		{csv, "id,started,ext,phone,result,talk\n", "events.no_lines"},
	} {
		_, err := b.Add(t.Context(), c.spec.Source, func(*ingest.Folder) (source.Spec, error) { return c.spec, nil }, []byte(c.rows))
		require.ErrorContains(t, err, c.key)
		require.Equal(t, callpace.Invalid, code(err))
	}
}
