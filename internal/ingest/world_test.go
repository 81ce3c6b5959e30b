package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/source"
)

var zagreb = facts.Settings{Zone: "Europe/Zagreb", Currency: "EUR", Country: "HR", WeekStart: time.Monday, Calendar: facts.Gregorian, CreditDays: 30, CallbackMinutes: 60}

// tb is what both testing.T and rapid.T offer.
type tb interface {
	require.TestingT
	Helper()
}

// folder is an open data folder in a test.
type folder struct {
	*ingest.Folder
	dir     string
	notices []string
}

// newFolder makes an organisation in a folder below dir and opens it.
func newFolder(t tb, dir, name string) *folder {
	t.Helper()
	f := &folder{dir: filepath.Join(dir, name)}
	require.NoError(t, ingest.Init(context.Background(), f.dir, zagreb, time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)))
	f.open(t)
	return f
}

func (f *folder) open(t tb) {
	t.Helper()
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var err error
	f.Folder, err = ingest.Open(context.Background(), f.dir, ingest.Deps{
		Formats: formats.All(),
		Now:     func() time.Time { at = at.Add(time.Second); return at },
		Notice:  func(key string, args ...any) { f.notices = append(f.notices, fmt.Sprint(key, args)) },
	})
	require.NoError(t, err)
}

// reopen closes the folder, lets fn do its worst to the files, and opens it again.
func (f *folder) reopen(t tb, fn func()) {
	t.Helper()
	require.NoError(t, f.Close())
	fn()
	f.open(t)
}

// file is one file of a source, whole.
type file struct {
	spec source.Spec
	name string
	head string   // header line, where every part needs it
	rows []string // records with their line ends
}

func (f file) text() []byte {
	var b bytes.Buffer
	b.WriteString(f.head)
	for _, r := range f.rows {
		b.WriteString(r)
	}
	return b.Bytes()
}

// with gives the file with other records.
func (f file) with(rows []string) file {
	f.rows = rows
	return f
}

// deliver imports bytes and checks the sum that always holds.
func (f *folder) deliver(t tb, spec source.Spec, name string, data []byte, after int) ingest.Report {
	t.Helper()
	r, err := f.Import(context.Background(), delivery(spec, name, data, after))
	require.NoError(t, err)
	require.Equal(t, r.Read, r.New+r.Updated+r.Unchanged+r.Skipped+r.Rejected, "%s: %+v", name, r.Counts)
	return r
}

func delivery(spec source.Spec, name string, data []byte, after int) ingest.Delivery {
	return ingest.Delivery{Spec: spec, Name: name, Continue: after,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

func (f *folder) whole(t tb, x file) ingest.Report {
	t.Helper()
	return f.deliver(t, x.spec, x.name, x.text(), 0)
}

// facts gives every fact as text; equal facts give equal texts.
func (f *folder) facts(t tb) string {
	t.Helper()
	text, err := f.Store().Dump(context.Background())
	require.NoError(t, err)
	return text
}

func (f *folder) sound(t tb) {
	t.Helper()
	r, err := f.Verify(context.Background())
	require.NoError(t, err)
	require.Empty(t, r.Damage)
}

func code(err error) callpace.Code { return callpace.CodeOf(err) }

// brokenFile gives a file that cannot be read to its end.
func brokenFile(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(text), iotest.ErrReader(errors.New("line lost")))), nil
	}
}
