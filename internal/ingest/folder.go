package ingest

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/currency"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/aside"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/source"
)

// Deps are what a folder needs of the outside.
type Deps struct {
	Formats  *source.Registry
	Now      func() time.Time
	Progress Progress                      // nil: nobody watches
	Sentence func(callpace.Message) string // the reader's text of a reject's reason
	Disk     journal.FS                    // of the journal; nil: the machine's
	Notice   func(key string, args ...any) // tells the reader that something was put right; nil: nobody listens
	Typed    Typed                         // what people typed beside the facts; nil: nothing
	MemoryMB int                           // that questions may take for their work; 0: 256
	keepMB   int                           // of answers kept as long as they hold; for who is asked more than once
	shared   bool                          // others read beside the writer: only who keeps them out may replace the facts
	added    *added                        // nil: nobody adds rows
	aside    *aside.Work                   // gives way to people who ask; nil: nothing does
}

// Progress is told how far long work has come. stage names a message
// ("progress.<stage>"); total is 0 where it is not known.
type Progress func(stage string, done, total int64)

// Folder is an open data folder: one organisation, owned by this process.
type Folder struct {
	dir      string
	deps     Deps
	journal  *journal.Journal
	store    *duck.Store
	settings facts.Settings
	policy   kpi.Policy
	defs     func() *kpi.Catalogue // by the policy
	warnings warnings
	panics   map[int]*callpace.Panic           // of the program, by the input over which it stumbled
	behind   atomic.Pointer[failure]           // why the facts could not follow the journal; nil: they did
	gaps     atomic.Pointer[[]gap]             // what the facts lack
	verified atomic.Pointer[[]*callpace.Error] // damage that the last Verify found
	added    *added
	rebuilt  bool                             // since it was opened
	respec   func(journal.Input) *source.Spec // in a trial: by what an input is read instead; nil where it is not
}

const factsFile = "facts.duckdb"

// decodersVersion is part of the facts' fingerprint: raise it whenever a
// decoder or the projection reads the same bytes differently than before.
const decodersVersion = "4"

// CheckSettings tells what is wrong with settings that a user chose.
func CheckSettings(s facts.Settings) error {
	if _, err := s.Clock(); err != nil || s.Zone == "" || s.Zone == "Local" {
		return callpace.E(callpace.Invalid, "settings.bad_zone", "zone", s.Zone)
	}
	if _, err := currency.ParseISO(s.Currency); err != nil {
		return callpace.E(callpace.Invalid, "settings.bad_currency", "currency", s.Currency)
	}
	if s.Country != "" && phonenumbers.GetCountryCodeForRegion(s.Country) == 0 {
		return callpace.E(callpace.Invalid, "settings.bad_country", "country", s.Country)
	}
	return nil
}

// Init makes a data folder for an organisation. The folder may exist, but must
// hold no organisation yet.
func Init(ctx context.Context, dir string, s facts.Settings, now time.Time) error {
	if strings.ContainsAny(dir, "?%") { // the fact file's engine takes these for its own
		return callpace.E(callpace.Invalid, "folder.bad_path", "dir", dir)
	}
	j, err := journal.Open(ctx, dir, journal.Options{})
	if err != nil {
		return err
	}
	err = func() error {
		if _, found, err := readSettings(ctx, j); err != nil {
			return err
		} else if damage := j.Damage(); len(damage) > 0 {
			return damage[0]
		} else if found {
			return callpace.E(callpace.Conflict, "init.exists", "dir", dir)
		}
		return putSettings(ctx, j, organisation{Settings: s}, now)
	}()
	return errors.Join(err, j.Close())
}

// Open opens a data folder and brings its facts up to the journal: a fact file
// that is missing, damaged, foreign or of other settings is set aside and
// rebuilt; inputs that were journalled but not projected are projected.
func Open(ctx context.Context, dir string, deps Deps) (*Folder, error) {
	if !Exists(dir) {
		return nil, callpace.E(callpace.NotFound, "folder.missing", "dir", dir)
	}
	j, err := journal.Open(ctx, dir, journal.Options{FS: deps.Disk})
	if err != nil {
		return nil, err
	}
	f := &Folder{dir: dir, deps: deps, journal: j, added: cmp.Or(deps.added, newAdded()), panics: map[int]*callpace.Panic{}}
	if err := f.open(ctx); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *Folder) open(ctx context.Context) error {
	s, found, err := readSettings(ctx, f.journal)
	if err != nil {
		return err
	}
	if damage := f.journal.Damage(); !found && len(damage) > 0 { // nobody may take it for a folder to begin in
		return damage[0]
	}
	if !found {
		return callpace.E(callpace.NotFound, "folder.missing", "dir", f.dir)
	}
	f.settings = s.Settings
	f.setPolicy(s.Policy)
	err = f.bringUp(ctx)
	if ctx.Err() != nil || callpace.CodeOf(err) == callpace.Conflict {
		return err
	}
	// What keeps the facts behind must not keep anybody from mending it.
	_ = f.fallBehind(err)
	for _, m := range f.Damage() {
		f.noticeMessage(m)
	}
	return nil
}

// follow brings the facts up to the journal.
func (f *Folder) follow(ctx context.Context) error {
	if f.store.Fresh {
		if err := f.catchUp(ctx, f.store); err != nil {
			return err
		}
		return errors.Join(f.markPast(ctx, f.store), f.bind(ctx, f.store))
	}
	// A source in pieces first: else the months would be compared without it.
	if name, cause, err := f.store.Replay(ctx); err != nil {
		return err
	} else if name != "" {
		if err := f.replay(ctx, f.store, name, cause); err != nil {
			return err
		}
	}
	if err := f.mendPast(ctx); err != nil {
		return err
	}
	return f.catchUp(ctx, f.store)
}

// Close lets the folder go.
func (f *Folder) Close() error {
	var err error
	if f.store != nil {
		err = f.store.Close()
	}
	return errors.Join(err, f.journal.Close())
}

// Store gives the folder's facts.
func (f *Folder) Store() *duck.Store { return f.store }

// Journal gives the folder's journal, for what copies it.
func (f *Folder) Journal() *journal.Journal { return f.journal }

// Settings gives what the organisation says of itself.
func (f *Folder) Settings() facts.Settings { return f.settings }

// SetSettings changes the organisation's settings and rebuilds the facts by them.
func (f *Folder) SetSettings(ctx context.Context, s facts.Settings) error {
	if err := putSettings(ctx, f.journal, organisation{s, f.policy}, f.deps.Now()); err != nil {
		return err
	}
	f.settings = s
	return f.Rebuild(ctx)
}

func (f *Folder) factsPath() string { return filepath.Join(f.dir, factsFile) }

func (f *Folder) progress(stage string, done, total int64) {
	if f.deps.Progress != nil {
		f.deps.Progress(stage, done, total)
	}
}

func (f *Folder) notice(key string, args ...any) {
	if f.deps.Notice != nil {
		f.deps.Notice(key, args...)
	}
}

func (f *Folder) noticeMessage(m callpace.Message) {
	args := make([]any, 0, 2*len(m.Args))
	for name, v := range m.Args {
		args = append(args, name, v)
	}
	f.notice(m.Key, args...)
}

// Exists tells whether there is an organisation in a folder.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "journal"))
	return err == nil
}

// SourcesOf lists the sources that have brought rows of any of these facts.
func (f *Folder) SourcesOf(ctx context.Context, facts []string) ([]string, error) {
	return f.store.SourcesOf(ctx, facts)
}
