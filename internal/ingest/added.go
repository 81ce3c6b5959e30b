package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// What may be behind: of one write to the journal, and of all that the facts
// have still to follow, in bytes. The latter is on disk; it bounds how late
// numbers are, not memory.
const (
	maxTogether = 8 << 20
	maxBehind   = 256 << 20
)

// added is what came as rows and is on disk, and which the facts have still to
// follow. Rows of a source are put into one input until the facts follow it.
type added struct {
	turn sync.Mutex // held by who journals rows, and by who ends inputs

	mu      sync.Mutex
	groups  map[string]*group // by source: those that more can join
	growing map[string]grows  // by source: the input that rows are added to
	waiting []waiting         // inputs in their order
	unsure  bool              // a write failed: what it left shows when the journal is looked at again
	changed chan struct{}     // closed when fewer wait; nil: nobody listens
	most    int64             // bytes that may wait
	hurried chan struct{}     // holds something where somebody waits for the figures
}

// grows is an input that rows are added to.
type grows struct {
	input int
	spec  source.Spec
}

func newAdded() *added {
	return &added{groups: map[string]*group{}, growing: map[string]grows{}, most: maxBehind, hurried: make(chan struct{}, 1)}
}

// waiting is an input that the facts have still to follow.
type waiting struct {
	Added
	bytes    int64
	since    time.Time
	followed bool // the facts have it, and readers see them when the write is done
}

// group is rows of a source that are journalled together: putting them on disk
// takes much the same for one as for all.
type group struct {
	spec  source.Spec
	text  []byte // the spec as it is journalled
	rows  [][]byte
	size  int
	added Added
	err   error
	done  chan struct{} // closed when added or err is set
}

// Added tells in which input rows are.
type Added struct {
	Input int
	File  string // by what name it is listed
}

// Lag is how far the facts are behind the journal.
type Lag struct {
	Inputs int
	Bytes  int64
	Since  time.Time // when the first of them came; zero: nothing waits
}

// Behind is how long the facts have been behind.
func (l Lag) Behind(now time.Time) time.Duration {
	if l.Since.IsZero() {
		return 0
	}
	return max(0, now.Sub(l.Since))
}

func (a *added) lag() (l Lag) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range a.waiting {
		if w.followed {
			continue
		}
		if l.Since.IsZero() {
			l.Since = w.since
		}
		l.Inputs, l.Bytes = l.Inputs+1, l.Bytes+w.bytes
	}
	return l
}

// join puts rows into the group that waits for the journal, or begins one: the
// first of a group writes for all.
func (a *added) join(spec source.Spec, text, rows []byte) (g *group, first bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	g = a.groups[spec.Source]
	if first = g == nil || g.size+len(rows) > maxTogether || !bytes.Equal(g.text, text); first {
		g = &group{spec: spec, text: text, err: errors.New("the rows were not journalled"), done: make(chan struct{})}
		a.groups[spec.Source] = g
	}
	g.rows, g.size = append(g.rows, rows), g.size+len(rows)
	return g, first
}

// shut lets nobody join a group any longer, and gives the input that grows.
func (a *added) shut(g *group) (input int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.groups[g.spec.Source] == g {
		delete(a.groups, g.spec.Source)
	}
	return a.growing[g.spec.Source].input
}

// spec gives by what rows are read that are added to an input; known is false
// where none of the source grows.
func (a *added) spec(name string) (spec source.Spec, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	g, known := a.growing[name]
	return g.spec, known
}

// took notes what became of a group.
func (a *added) took(g *group, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if g.err != nil {
		delete(a.growing, g.spec.Source)
		a.unsure = true
		return
	}
	a.growing[g.spec.Source] = grows{g.added.Input, g.spec}
	i := a.find(g.added.Input)
	if i < 0 {
		i, a.waiting = len(a.waiting), append(a.waiting, waiting{Added: g.added, since: now})
	}
	a.waiting[i].bytes += int64(g.size)
	g.added = a.waiting[i].Added // its name is from when it began
}

// end lets nothing more be added to what waits, and gives what came before an
// input; 0: all. a.turn is held.
func (a *added) end(before int) (todo []int, unsure bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.growing)
	for _, w := range a.waiting {
		if !w.followed && (before == 0 || w.Input < before) {
			todo = append(todo, w.Input)
		}
	}
	return todo, a.unsure
}

// sure notes that the journal was looked at again. a.turn is held.
func (a *added) sure() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.unsure = false
}

// settled notes that the facts have followed an input; 0: everything, where
// nobody could add to the journal since they began to.
func (a *added) settled(input int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.waiting {
		a.waiting[i].followed = a.waiting[i].followed || input == 0 || a.waiting[i].Input == input
	}
	if input == 0 {
		clear(a.growing)
		a.unsure = false
	}
}

// finished leaves out of inputs those that the facts have still to follow in
// their turn: there may be more of them by then.
func (a *added) finished(inputs []int) []int {
	a.turn.Lock() // so that whatever the journal has of them waits
	defer a.turn.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(inputs, func(no int) bool {
		i := a.find(no)
		return i >= 0 && !a.waiting[i].followed
	})
}

// seen notes that readers see what the facts have followed, and wakes who waits for it.
func (a *added) seen() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting = slices.DeleteFunc(a.waiting, func(w waiting) bool { return w.followed })
	a.tell()
}

// tell wakes who listens. a.mu is held.
func (a *added) tell() {
	if a.changed != nil {
		close(a.changed)
		a.changed = nil
	}
}

// stuck wakes who waits for what cannot be followed now.
func (a *added) stuck() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tell()
}

// has tells whether readers do not see an input yet.
func (a *added) has(input int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.find(input) >= 0
}

// find gives an input's place among those that wait; -1: it does not. a.mu is held.
func (a *added) find(input int) int {
	return slices.IndexFunc(a.waiting, func(w waiting) bool { return w.Input == input })
}

// waits tells whether readers do not see an input yet, and what to listen to.
func (a *added) waits(input int) (bool, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.find(input) < 0 {
		return false, nil
	}
	if a.changed == nil {
		a.changed = make(chan struct{})
	}
	return true, a.changed
}

// hurry ends a pause, or the next one.
func (a *added) hurry() {
	select {
	case a.hurried <- struct{}{}:
	default:
	}
}

// pause waits, unless somebody is in a hurry.
func (a *added) pause(d time.Duration) {
	select {
	case <-a.hurried:
	case <-time.After(d):
	}
}

// add journals rows with those of others that wait at the same time, and gives
// the input that they are in.
func (f *Folder) add(ctx context.Context, spec source.Spec, rows []byte) (Added, error) {
	if f.added.lag().Bytes+int64(len(rows)) > f.added.most {
		return Added{}, callpace.E(callpace.Conflict, "events.behind")
	}
	if err := f.accepts(spec, rows); err != nil {
		return Added{}, err
	}
	spec.Settings = facts.Settings{} // the organisation's are journalled once, for all
	text, err := json.Marshal(spec)
	if err != nil {
		return Added{}, fmt.Errorf("write specification: %w", err)
	}
	g, first := f.added.join(spec, text, rows)
	if !first {
		<-g.done // begun, it is finished
		return g.added, g.err
	}
	f.addGroup(context.WithoutCancel(ctx), g) // those who joined wait, too
	return g.added, g.err
}

// addGroup journals a group when it is its turn.
func (f *Folder) addGroup(ctx context.Context, g *group) {
	defer close(g.done)
	f.added.turn.Lock()
	defer f.added.turn.Unlock()
	grows, now := f.added.shut(g), f.deps.Now()
	a := journal.Arrival{Source: g.spec.Source, Name: "events-" + now.UTC().Format("20060102-150405") + ".jsonl", Spec: g.text, At: now}
	r, err := f.journal.Add(ctx, a, grows, bytes.Join(g.rows, nil))
	g.added, g.err = Added{r.Input, a.Name}, err
	f.added.took(g, now)
}

// accepts tells what keeps rows from being read: what cannot be read must not be
// joined with what others send. Rows that their input could not begin with, or
// not go on with, are of a format with a header.
func (f *Folder) accepts(spec source.Spec, rows []byte) error {
	spec.Settings = f.settings
	d, err := f.openFormat(spec, rows[:min(len(rows), source.HeadSize)])
	if err != nil {
		return err
	}
	_, whole := d.(source.Whole)
	if head, _ := d.Start(); whole || head > 0 {
		return callpace.E(callpace.Invalid, "events.no_lines", "source", spec.Source)
	}
	return nil
}

// followAdded brings the facts up to what was added before an input; 0: to all.
func (f *Folder) followAdded(ctx context.Context, before int) error {
	todo, err := f.toFollow(ctx, before)
	for i := 0; err == nil && i < len(todo); i++ {
		if err = f.fallBehind(f.finishAdded(ctx, todo[i])); err == nil {
			f.added.settled(todo[i])
		}
	}
	if err != nil {
		f.added.stuck()
	}
	return err
}

// toFollow ends what was added before an input, 0: all, and gives it; after a
// write that failed, with whatever else the journal holds and the facts do not.
// Nothing is added to any of it from here on: what comes meanwhile waits for its turn.
func (f *Folder) toFollow(ctx context.Context, before int) ([]int, error) {
	f.added.turn.Lock()
	defer f.added.turn.Unlock()
	todo, unsure := f.added.end(before)
	if len(todo) == 0 && !unsure {
		return nil, nil
	}
	if err := f.Ready(); err != nil || !unsure {
		return todo, err
	}
	if err := f.journal.Mend(ctx); err != nil {
		return nil, err
	}
	left, err := f.unfinished(ctx, f.store)
	if err != nil {
		return nil, f.fallBehind(err)
	}
	f.added.sure()
	todo = append(todo, numbers(left)...)
	slices.Sort(todo)
	return slices.Compact(todo), nil
}

func (f *Folder) finishAdded(ctx context.Context, input int) error {
	in, err := f.journal.Input(ctx, input)
	if err != nil || in.Status != journal.Committed {
		return err
	}
	return f.store.Gently(ctx, func() error { return f.finishEach(ctx, f.store, []journal.Input{in}, "catching_up") })
}
