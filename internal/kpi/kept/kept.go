// Package kept answers questions about facts from answers that were given
// before, as long as the facts that they rest on stand: those that add up are
// kept by day, so that after a write only the days are read that it changed,
// and any period, course or comparison is a sum of days; all others are kept
// as they were given. An answer from here is always the one that the engine
// would give now.
package kept

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callpace/callpace/internal/aside"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// State is one state of the facts, or the facts as they are, with what is
// known of their changes.
type State interface {
	// Each answers a Select from the facts themselves. It hands over group by
	// group, each valid until the next; where it has to begin anew, n is 0 again.
	Each(ctx context.Context, s kpi.Select, take func(n int, g kpi.Group) error) error
	Range(ctx context.Context, fact *facts.Table, date string) (first, last int64, ok bool, err error)
	// Stamp is the number of the last change to rows of a table that had or
	// have a moment within some days; of any change to the table where moment
	// is "". Equal stamps mean equal rows. StoryStamp is the same for the
	// stories of those rows' leads.
	Stamp(t *facts.Table, moment string, from, to int64) int64
	StoryStamp(t *facts.Table, moment string, from, to int64) int64
	// Changed lists the days of a moment, Undated among them, on which rows
	// changed after a stamp, or their leads' stories; known is false where it
	// cannot be told.
	Changed(t *facts.Table, moment string, stories bool, since int64) (days []int64, known bool)
	// Version counts the changes; not steady while one is under way, when it
	// cannot be told which state Each reads.
	Version() (n int64, steady bool)
}

// Groups is the answer of a state as a whole.
func Groups(ctx context.Context, st State, s kpi.Select) (groups []kpi.Group, err error) {
	err = st.Each(ctx, s, func(n int, g kpi.Group) error {
		groups = append(groups[:n], kpi.Group{Key: slices.Clone(g.Key), Values: slices.Clone(g.Values)})
		return nil
	})
	return groups, err
}

// Undated stands for a day where a moment is null.
const Undated = math.MinInt64

// The largest answer by cells that is kept in parts, in groups; the largest
// count of different values of which the values are kept; and that of groups
// and of values from which the cells of questions without a period are months.
const (
	mostCells  = 40_000
	mostValues = 60_000
	fewGroups  = 30
	fewValues  = 1000
)

// Keep holds answers. It is safe for concurrent use. Its answers are shared:
// nobody may change them.
type Keep struct {
	now      func() time.Time
	calendar calendar.Calendar
	days     calendar.Range
	currency string
	limit    int // of memory, in bytes
	most     int // of groups by day

	askers atomic.Int64
	own    *aside.Work // what Refresh asks

	mu      sync.Mutex
	held    int
	clock   int64
	shapes  map[string]*shape
	wholes  map[string]*whole
	recent  map[string]recent // by question
	asOf    time.Time         // the latest of theirs that depend on it
	names   *names
	flights flights
}

// shape is all that is kept of questions with the same rows and groups.
type shape struct {
	cube   *cube
	width  int            // groups without time in the largest answer; -1: not known
	values map[string]int // different values in the largest answer, by measure
	size   int
	used   int64
}

// whole is an answer as it was given.
type whole struct {
	stamp  int64
	groups []kpi.Group
	size   int
	used   int64
}

// New makes an empty Keep of at most limit bytes, for an organisation's
// calendar and currency. days are those that the facts' calendar covers: rows
// outside have no bucket. now tells how long questions take; own is what gives way
// to people who ask, Refresh among it.
func New(limit int, now func() time.Time, own *aside.Work, c calendar.Calendar, days calendar.Range, currency string) *Keep {
	k := &Keep{now: now, own: own, calendar: c, days: days, currency: currency, limit: limit, most: mostCells, recent: map[string]recent{}}
	k.forget()
	return k
}

// Aggregate answers a Select as st does.
func (k *Keep) Aggregate(ctx context.Context, st State, s kpi.Select) ([]kpi.Group, error) {
	k.askers.Add(1)
	defer k.askers.Add(-1)
	if !aside.Within(ctx) {
		st = person{st, k}
	}
	s = bounded(s)
	q := ask(&s)
	groups, err := k.answer(ctx, st, s, q)
	if err == nil { // what goes wrong is not asked again by ourselves
		k.mu.Lock()
		defer k.mu.Unlock()
		k.note(q, s)
	}
	return groups, err
}

// person is a state that somebody asks. What nobody waits for gives way when the
// facts are asked themselves; who joins a question under way, or finds the answer
// kept, does not need that.
type person struct {
	State
	k *Keep
}

// Each is the state's own, when the rest gave way.
func (p person) Each(ctx context.Context, s kpi.Select, take func(n int, g kpi.Group) error) error {
	p.k.own.GiveWay()
	return p.State.Each(ctx, s, take)
}

func (k *Keep) answer(ctx context.Context, st State, s kpi.Select, q question) ([]kpi.Group, error) {
	stamp := q.stamp(st, &s)
	if groups, ok := k.recall(q.whole, stamp); ok {
		return groups, nil
	}
	return k.flights.do(ctx, fmt.Sprint(stamp, q.whole), func(ctx context.Context) ([]kpi.Group, error) { return k.work(ctx, st, s, q, stamp) })
}

// work finds an answer that is not kept.
func (k *Keep) work(ctx context.Context, st State, s kpi.Select, q question, stamp int64) ([]kpi.Group, error) {
	version, steady := st.Version()
	if sh, parts := k.parts(&s, q); len(parts) > 0 && len(parts) == len(s.Measures) {
		groups, ok, err := sh.cube.answer(ctx, k, st, s, q)
		if !errors.Is(err, errMoved) {
			k.grown(q.shape, sh, ok)
			if err != nil || ok {
				return groups, err
			}
		}
	} else if len(parts) > 0 {
		groups, ok, err := k.both(ctx, st, s, parts)
		if err != nil || ok {
			return groups, err
		}
	}
	groups, err := Groups(ctx, st, s)
	if err != nil {
		return nil, err
	}
	if after, still := st.Version(); steady && still && version == after && stamp == q.stamp(st, &s) {
		k.remember(q, stamp, &s, groups)
	}
	return groups, nil
}

// both answers the measures that add up from parts and the others as a whole;
// ok is false where the two are not of the same state.
func (k *Keep) both(ctx context.Context, st State, s kpi.Select, parts []int) (groups []kpi.Group, ok bool, err error) {
	left, right := s, s
	left.Measures, right.Measures = nil, nil
	var of []int // the places of the right ones
	for i, m := range s.Measures {
		if slices.Contains(parts, i) {
			left.Measures = append(left.Measures, m)
		} else {
			right.Measures, of = append(right.Measures, m), append(of, i)
		}
	}
	a, err := k.answer(ctx, st, left, ask(&left))
	if err != nil {
		return nil, false, err
	}
	b, err := k.answer(ctx, st, right, ask(&right))
	if err != nil || len(a) != len(b) {
		return nil, false, err
	}
	place := make(map[string]int, len(a))
	for i, g := range a {
		place[words(g.Key)] = i
	}
	for _, g := range b {
		i, same := place[words(g.Key)]
		if !same {
			return nil, false, nil
		}
		values := make([]kpi.Value, len(s.Measures))
		for n, at := range parts {
			values[at] = a[i].Values[n]
		}
		for n, at := range of {
			values[at] = g.Values[n]
		}
		groups = append(groups, kpi.Group{Key: g.Key, Values: values})
	}
	return groups, true, nil
}

// parts gives where the parts of an answer are kept, and the places of the
// measures that they answer: none where it has no parts or they would be too
// many. What has groups beside time and is not asked by day as well is asked as
// a whole first, to see how many; so is what counts different values.
func (k *Keep) parts(s *kpi.Select, q question) (sh *shape, measures []int) {
	if !q.splits(s, k.days) {
		return nil, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	sh = k.shapes[q.shape]
	if sh == nil {
		sh = &shape{cube: newCube(k.calendar, k.currency, k.names), width: -1, values: map[string]int{}, size: 400 + 2*len(q.shape)}
		k.held += sh.size
		k.shapes[q.shape] = sh
	}
	k.clock++
	sh.used = k.clock
	few := s.ByDay || s.DaysToo || !s.Undated && !slices.ContainsFunc(s.Dims, func(d kpi.Dim) bool { return !ofDay(d) })
	length := int(s.To - s.From)
	if s.Undated {
		length = 1000 // so many days, or rather months, are enough for most
	}
	if sh.width < 0 && !few || sh.width*length > k.most {
		return nil, nil
	}
	looked, sum := false, 0 // rows without a condition are counted without looking at them
	for i, m := range s.Measures {
		n, known := sh.values[identity(s.Fact, m, &needs{})]
		if addsUp(m) && (!ofValues(m) || known && n <= mostValues) {
			measures = append(measures, i)
		}
		looked = looked || m.Agg != kpi.Count || m.Where != nil
		sum += n
	}
	if sh.width < 0 && len(measures) < len(s.Measures) && !s.ByDay && !s.DaysToo {
		return nil, nil
	}
	if s.Undated && len(s.Dims)+len(s.Where) == 0 && s.Scope.All() && !looked {
		return nil, nil
	}
	if sh.cube.unit == "" {
		sh.cube.unit = calendar.Day
		if s.Undated && (sh.width > fewGroups || sum > fewValues) {
			sh.cube.unit = calendar.Month
		}
	}
	return sh, measures
}

// grown notes the size of a shape after it was used; of one that proved too
// large nothing is kept.
func (k *Keep) grown(id string, sh *shape, ok bool) {
	sh.cube.mu.Lock()
	if !ok {
		sh.cube.cells = map[int64]*cell{}
	}
	n, width := sh.cube.shrink(k.limit/4), max(1, len(sh.cube.groups))
	sh.cube.mu.Unlock()
	n += 400 + 2*len(id)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.shapes[id] != sh {
		return // forgotten meanwhile
	}
	if sh.width = max(sh.width, width); !ok {
		sh.width = k.most + 1
	}
	k.held += n - sh.size
	sh.size = n
	k.shrink()
}

func (k *Keep) recall(id string, stamp int64) ([]kpi.Group, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w := k.wholes[id]
	if w == nil || w.stamp != stamp {
		return nil, false
	}
	k.clock++
	w.used = k.clock
	return w.groups, true
}

func (k *Keep) remember(q question, stamp int64, s *kpi.Select, groups []kpi.Group) {
	n := size(groups) + 2*len(q.whole)
	k.mu.Lock()
	defer k.mu.Unlock()
	if sh := k.shapes[q.shape]; sh != nil && sh.width <= k.most {
		sh.width = max(sh.width, width(s, groups))
		for i, m := range s.Measures {
			if id := identity(s.Fact, m, &needs{}); ofValues(m) {
				sh.values[id] = max(sh.values[id], values(groups, i))
			}
		}
	}
	if n > k.limit/4 {
		return
	}
	k.clock++
	if old := k.wholes[q.whole]; old != nil {
		k.held -= old.size
	}
	k.wholes[q.whole] = &whole{stamp: stamp, groups: groups, size: n, used: k.clock}
	k.held += n
	k.shrink()
}

// width counts the groups of an answer that differ by more than time.
func width(s *kpi.Select, groups []kpi.Group) int {
	seen := map[string]bool{}
	for _, g := range groups {
		var key []string
		for i, d := range s.Dims {
			if !ofDay(d) {
				key = append(key, g.Key[i])
			}
		}
		seen[words(key)] = true
	}
	return max(1, len(seen))
}

// values counts the different values of a measure's groups.
func values(groups []kpi.Group, measure int) (n int) {
	for _, g := range groups {
		v := g.Values[measure]
		n += len(v.Set()) + int(v.Exact.Whole())
	}
	return n
}

// shrink forgets what was not used for longest, down to three quarters.
func (k *Keep) shrink() {
	if k.names.bytes() > k.limit/2 { // those that nobody has any more cannot be told
		k.forget()
	}
	if k.held <= k.limit {
		return
	}
	type entry struct {
		used   int64
		forget func()
	}
	var all []entry
	for id, w := range k.wholes {
		all = append(all, entry{w.used, func() { delete(k.wholes, id); k.held -= w.size }})
	}
	for id, sh := range k.shapes {
		all = append(all, entry{sh.used, func() { delete(k.shapes, id); k.held -= sh.size }})
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.used, b.used) })
	for _, e := range all {
		if k.held <= k.limit*3/4 {
			return
		}
		e.forget()
	}
}

// Held is about the memory of what is kept, in bytes.
func (k *Keep) Held() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.held
}

// Forget lets everything go.
func (k *Keep) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forget()
}

func (k *Keep) forget() {
	k.held, k.shapes, k.wholes, k.names = 0, map[string]*shape{}, map[string]*whole{}, newNames()
}
