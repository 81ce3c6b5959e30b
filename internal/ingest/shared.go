package ingest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/aside"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/journal"
)

// SharedFolder lets many read a folder while one writes: what a server does. Readers
// never wait for an import, only while the facts are replaced as a whole. It
// also stands for a folder that is still being opened, or that holds no
// organisation yet.
type SharedFolder struct {
	dir  string
	deps Deps
	turn chan struct{} // held by the writer
	rev  atomic.Int64
	news atomic.Int64 // how often all that can be read became another

	whole  sync.RWMutex            // held by whoever replaces the facts, the settings or the folder
	folder *Folder                 // nil until it is open
	closed atomic.Pointer[failure] // why it could not be opened

	settled atomic.Pointer[Settled] // nil until it is open
	beside  sync.WaitGroup          // whoever is at the journal without a turn

	added     *added
	following atomic.Bool     // somebody brings the facts up to what was added
	closing   context.Context // ended by Close: what follows on by itself stops where it is
	letGo     context.CancelFunc

	refreshing, resting due
	aside               aside.Work
}

// keepMB bounds the memory of answers that a server keeps.
const keepMB = 32

// Share makes a SharedFolder of a folder that Open is to open.
func Share(dir string, deps Deps) *SharedFolder {
	s := &SharedFolder{dir: dir, deps: deps, turn: make(chan struct{}, 1), added: newAdded()}
	s.closing, s.letGo = context.WithCancel(context.Background())
	return s
}

// Aside is what gives way to people who ask: answers that are renewed after a
// write, and whatever else is asked beforehand.
func (s *SharedFolder) Aside() *aside.Work { return &s.aside }

// Dir is the folder's path.
func (s *SharedFolder) Dir() string { return s.dir }

// Open opens the folder and brings its facts up to the journal, which can take
// long. Where there is no organisation, that is no error: Found makes one.
func (s *SharedFolder) Open(ctx context.Context, progress Progress) error {
	if !Exists(s.dir) {
		return nil
	}
	if err := s.take(ctx); err != nil {
		return err
	}
	defer func() { <-s.turn }()
	return s.open(ctx, progress)
}

func (s *SharedFolder) open(ctx context.Context, progress Progress) error {
	deps := s.deps
	deps.Progress, deps.keepMB, deps.shared, deps.added, deps.aside = progress, keepMB, true, s.added, &s.aside
	f, err := Open(ctx, s.dir, deps)
	if err != nil {
		s.closed.Store(&failure{error: err})
		return err
	}
	s.closed.Store(nil)
	s.whole.Lock()
	defer s.whole.Unlock()
	s.folder = f
	s.added.seen()
	s.settle()
	s.rev.Add(1)
	s.news.Add(1)
	return nil
}

// Found makes an organisation in a folder that holds none, and opens it.
func (s *SharedFolder) Found(ctx context.Context, settings facts.Settings) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer func() { <-s.turn }()
	if err := Init(ctx, s.dir, settings, s.deps.Now()); err != nil {
		return err
	}
	return s.open(ctx, nil)
}

// Read runs fn on the folder. fn must not write, and must not keep the folder.
// Where the facts are behind the journal, the reason is the answer; where they
// are being replaced and that takes long, a Conflict.
func (s *SharedFolder) Read(fn func(*Folder) error) error {
	if !s.look() {
		return replacing()
	}
	defer s.whole.RUnlock()
	if err := s.ready(); err != nil {
		return err
	}
	return s.held(fn)
}

// held runs fn on one state of the facts, whatever is written meanwhile.
func (s *SharedFolder) held(fn func(*Folder) error) error {
	if s.folder.store == nil { // a rebuild failed: there is the journal alone
		return fn(s.folder)
	}
	defer s.resting.after(idle, s.rest)
	release := s.folder.store.Hold()
	err := fn(s.folder)
	s.folder.Spoilt(err)
	return errors.Join(err, release())
}

func (s *SharedFolder) ready() error {
	switch {
	case s.folder == nil && s.closed.Load() != nil:
		return s.closed.Load().error
	case s.folder == nil && Exists(s.dir):
		return callpace.E(callpace.Conflict, "folder.opening")
	case s.folder == nil:
		return callpace.E(callpace.NotFound, "folder.missing", "dir", s.dir)
	}
	return s.folder.Ready()
}

// Look is Read where facts that are behind the journal do not matter, or are
// what is looked at.
func (s *SharedFolder) Look(fn func(*Folder) error) error {
	if !s.look() {
		return replacing()
	}
	defer s.whole.RUnlock()
	if s.folder == nil {
		return s.ready()
	}
	return s.held(fn)
}

// Ready tells why questions cannot be answered now, if they cannot.
func (s *SharedFolder) Ready() error {
	if !s.look() {
		return replacing()
	}
	defer s.whole.RUnlock()
	return s.ready()
}

// Write runs fn when it is its turn: one at a time. progress is told how far
// fn has come; nil: nobody watches. It also serves to mend what keeps the facts
// behind.
func (s *SharedFolder) Write(ctx context.Context, progress Progress, fn func(*Folder) error) (err error) {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer func() { <-s.turn }()
	if s.folder == nil {
		return s.Ready()
	}
	defer s.begin(progress)()
	if s.folder.Ready() != nil {
		s.whole.Lock()
		_ = s.folder.Mend(ctx) // Ready tells, where it did not help
		s.whole.Unlock()
	}
	return s.frozen(ctx, fn)
}

// frozen runs fn when the facts have followed all that was added. Readers see
// the state before it until it is done.
func (s *SharedFolder) frozen(ctx context.Context, fn func(*Folder) error) (err error) {
	store := s.folder.store
	if store == nil {
		return fn(s.folder)
	}
	if err := store.Freeze(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Thaw(ctx)) }()
	defer s.renew(ctx)
	if err := s.folder.followAdded(s.closing, 0); err != nil { // for all, whoever asked
		return err
	}
	return fn(s.folder)
}

// Damage lists what is known to be damaged; see Folder.Damage.
func (s *SharedFolder) Damage() []callpace.Message {
	if !s.whole.TryRLock() {
		return nil // being replaced: the next one asks again
	}
	defer s.whole.RUnlock()
	if s.folder == nil {
		return nil
	}
	return s.folder.Damage()
}

// begin is what every write begins with; the writer calls end when it is done.
func (s *SharedFolder) begin(progress Progress) (end func()) {
	s.folder.deps.Progress = progress
	s.rev.Add(1)
	return func() {
		s.settle()
		s.rev.Add(1)
		s.added.seen()
		s.folder.deps.Progress = nil // whoever watched is gone
		s.refreshing.after(calm, s.refresh)
		s.resting.after(idle, s.rest)
	}
}

// Revision is another number after anything was written than before it, for
// whoever keeps answers.
func (s *SharedFolder) Revision() int64 { return s.rev.Load() }

// Replace is Write for what replaces the facts or the settings as a whole:
// readers wait until it is done.
func (s *SharedFolder) Replace(ctx context.Context, progress Progress, fn func(*Folder) error) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer func() { <-s.turn }()
	if s.folder != nil { // as much as can be done while others read; what keeps the facts behind, fn may mend
		_ = s.frozen(ctx, func(*Folder) error { return nil })
	}
	s.whole.Lock()
	defer s.whole.Unlock()
	if s.folder == nil {
		return s.ready()
	}
	defer s.news.Add(1)
	defer s.begin(progress)()
	if s.folder.store != nil {
		_ = s.folder.followAdded(s.closing, 0)
	}
	return fn(s.folder)
}

// Whole is another number after the folder was opened, or the facts or the
// settings were replaced as a whole: nothing is kept then that was read before.
func (s *SharedFolder) Whole() int64 { return s.news.Load() }

// Beside runs fn on the folder's journal, however long that takes: neither
// readers nor the writer wait for it. fn must not write.
func (s *SharedFolder) Beside(fn func(*journal.Journal) error) error {
	if !s.look() {
		return replacing()
	}
	if s.folder == nil {
		defer s.whole.RUnlock()
		return s.ready()
	}
	j := s.folder.journal
	s.beside.Add(1)
	defer s.beside.Done()
	s.whole.RUnlock()
	return fn(j)
}

// Busy tells whether somebody writes.
func (s *SharedFolder) Busy() bool { return len(s.turn) > 0 }

// Close waits for the writer and the readers, and lets the folder go. What was
// added and not followed yet is on disk: the next Open goes on with it.
func (s *SharedFolder) Close(ctx context.Context) error {
	s.letGo()
	if err := s.take(ctx); err != nil {
		return err
	}
	defer func() { <-s.turn }()
	s.resting.stop()
	s.whole.Lock()
	defer s.whole.Unlock()
	if s.folder == nil {
		return nil
	}
	f := s.folder
	s.folder = nil
	s.beside.Wait()
	return f.Close()
}

// take takes the writer's turn. What is refreshed is ended here, before anybody
// waits for whole: it is a reader that would hold up all others.
func (s *SharedFolder) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		s.refreshing.stop()
		return nil
	case <-ctx.Done():
		return callpace.E(callpace.Conflict, "error.interrupted").Because(ctx.Err())
	}
}
