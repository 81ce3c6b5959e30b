package ingest_test

import (
	"context"
	"io"
	"os"
	"strings"
	"sync/atomic"
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

// sick is a disk that refuses to be written while err is set.
type sick struct {
	journal.FS
	err atomic.Pointer[error]
}

func (s *sick) fails() error {
	if e := s.err.Load(); e != nil {
		return *e
	}
	return nil
}

func (s *sick) Open(name string, flag int) (journal.File, error) {
	if err := s.fails(); err != nil && flag != os.O_RDONLY {
		return nil, err
	}
	f, err := s.FS.Open(name, flag)
	return sickFile{f, s}, err
}

type sickFile struct {
	journal.File
	s *sick
}

func (f sickFile) WriteAt(b []byte, off int64) (int, error) {
	if err := f.s.fails(); err != nil {
		return 0, err
	}
	return f.File.WriteAt(b, off)
}

func (f sickFile) Sync() error {
	if err := f.s.fails(); err != nil {
		return err
	}
	return f.File.Sync()
}

const people = "agent,extension,team\nAna,101,East\nBoris,102,West\n"

func bring(ctx context.Context, s *ingest.SharedFolder, name, text string, progress ingest.Progress) (rep ingest.Report, err error) {
	err = s.Write(ctx, progress, func(f *ingest.Folder) error {
		rep, err = f.Import(ctx, ingest.Delivery{Name: name, Spec: source.Spec{Source: name, Format: "mapping", Mapping: ingesttest.RosterMapping},
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
		return err
	})
	return rep, err
}

// A disk that refuses is told in words, questions are answered meanwhile, and
// work goes on by itself when the disk does.
func TestHealthOfASickDisk(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	for refusal, key := range map[error]string{syscall.ENOSPC: "journal.disk_full", syscall.EROFS: "journal.read_only", syscall.EIO: "journal.write_failed"} {
		disk := &sick{FS: journal.Disk}
		s := ingest.Share(t.TempDir(), ingest.Deps{Formats: formats.All(), Now: time.Now, Disk: disk})
		require.NoError(t, s.Found(ctx, ingesttest.Adria))
		done := make(chan struct{})
		go func() { s.Heal(ctx); close(done) }()
		_, err := bring(ctx, s, "a", people, nil)
		require.NoError(t, err)
		require.NoError(t, s.Health())

		disk.err.Store(&refusal)
		_, err = bring(ctx, s, "b", people, nil)
		require.Equal(t, callpace.Conflict, callpace.CodeOf(err))
		require.Equal(t, key, s.Health().(*callpace.Error).Key)
		require.NoError(t, s.Read(func(f *ingest.Folder) error {
			inputs, err := f.Inputs(ctx)
			require.Len(t, inputs, 1)
			return err
		}))
		disk.err.Store(nil)
		require.Eventually(t, func() bool { return s.Health() == nil }, time.Minute, 10*time.Millisecond)
		rep, err := bring(ctx, s, "b", people, nil)
		require.NoError(t, err)
		require.EqualValues(t, 2, rep.New)
		t.Cleanup(func() { <-done; require.NoError(t, s.Close(context.Background())) })
	}
	t.Cleanup(stop)
}

// What is in the journal counts, or nothing is said: a projection that failed
// is made good without a new start.
func TestHealthAfterAFailedProjection(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	s := ingest.Share(t.TempDir(), ingest.Deps{Formats: formats.All(), Now: time.Now})
	require.NoError(t, s.Found(ctx, ingesttest.Adria))
	importing, cancel := context.WithCancel(ctx)
	_, err := bring(importing, s, "a", people, func(stage string, _, _ int64) {
		if stage == "importing" {
			cancel()
		}
	})
	require.Error(t, err)
	require.Error(t, s.Ready())
	require.Error(t, s.Read(func(*ingest.Folder) error { return nil }))
	done := make(chan struct{})
	go func() { s.Heal(ctx); close(done) }()
	require.Eventually(t, func() bool { return s.Ready() == nil }, time.Minute, 10*time.Millisecond)
	require.NoError(t, s.Read(func(f *ingest.Folder) error {
		inputs, err := f.Inputs(ctx)
		require.Len(t, inputs, 1)
		require.EqualValues(t, 2, inputs[0].New)
		return err
	}))
	stop()
	<-done
	require.NoError(t, s.Close(context.Background()))
}

// Facts that fall behind within a write are not mended under those who read
// them: what else the write brings is refused, and the next one mends first.
func TestReadersKeepTheFactsThatFellBehind(t *testing.T) {
	ctx := context.Background()
	s := ingest.Share(t.TempDir(), ingest.Deps{Formats: formats.All(), Now: time.Now})
	require.NoError(t, s.Found(ctx, ingesttest.Adria))
	_, err := bring(ctx, s, "a", people, nil)
	require.NoError(t, err)
	reading, wrote, read := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		read <- s.Read(func(f *ingest.Folder) error {
			store := f.Store()
			close(reading)
			<-wrote
			_, err := store.Inputs(ctx)
			return err
		})
	}()
	<-reading
	importing, cancel := context.WithCancel(ctx)
	take := func(ctx context.Context, f *ingest.Folder, name string) error {
		_, err := f.Import(ctx, ingest.Delivery{Name: name, Spec: source.Spec{Source: name, Format: "mapping", Mapping: ingesttest.RosterMapping},
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(people)), nil }})
		return err
	}
	require.NoError(t, s.Write(ctx, func(stage string, _, _ int64) {
		if stage == "importing" {
			cancel()
		}
	}, func(f *ingest.Folder) error {
		require.ErrorIs(t, take(importing, f, "b"), context.Canceled)
		require.Equal(t, callpace.Conflict, callpace.CodeOf(take(ctx, f, "c")))
		return nil
	}))
	close(wrote)
	require.NoError(t, <-read)
	rep, err := bring(ctx, s, "c", people, nil)
	require.NoError(t, err)
	require.EqualValues(t, 2, rep.New)
	require.NoError(t, s.Read(func(f *ingest.Folder) error {
		inputs, err := f.Inputs(ctx)
		require.Len(t, inputs, 3)
		return err
	}))
	require.NoError(t, s.Close(ctx))
}

// After a rebuild that failed there are no facts at all: what needs them says
// so, and what may make them anew does.
func TestPastWithoutFacts(t *testing.T) {
	ctx := context.Background()
	stopped, stop := context.WithCancel(ctx)
	stop()
	f := newFolder(t, t.TempDir(), "data")
	defer func() { require.NoError(t, f.Close()) }()
	calls := f.deliver(t, mapped("dialler", callsMapping), "calls.csv", []byte(miasCalls), 0)
	mia := ingest.Person{Phone: "091 234 5671"}
	lose := func() {
		require.Error(t, f.Rebuild(stopped))
		require.Nil(t, f.Store())
	}
	lose()
	_, err := f.FindPerson(ctx, mia)
	require.Equal(t, callpace.Conflict, code(err))
	_, err = f.ApplyMapping(ctx, mapped("dialler", callsMapping), 1, true)
	require.Equal(t, callpace.Conflict, code(err))
	done, err := f.Erase(ctx, mia)
	require.NoError(t, err)
	require.NotZero(t, done.Records)
	lose()
	_, err = f.Withdraw(ctx, calls.Input, false)
	require.NoError(t, err)
	require.NoError(t, f.Ready())
	require.NotContains(t, f.facts(t), "dialler")
}
