package kept

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// cube holds what measures of one shape came to in cells: single days, of
// which all totals, courses and comparisons are sums. Questions without a
// period have another cube, with a cell for what has no date, and with months
// in place of days where those would be many.
type cube struct {
	mu       sync.Mutex // held while cells are asked for, so that nobody asks for them twice
	calendar calendar.Calendar
	currency string
	names    *names
	unit     calendar.Unit // of the cells; "": not used yet

	ids      map[string]int32
	text     []byte     // room for the text of a key
	groups   [][]string // keys without time
	cells    map[int64]*cell
	measures map[string]int // their places, by identity
	asOf     int64          // the stamp of all cells, where there is no period
	answers  int64          // that were given
}

// cell is what was known of one day or month at a stamp.
type cell struct {
	stamp   int64
	used    int64     // the cube's latest answer that it was part of
	groups  []int32   // those that have rows in it
	columns []*column // by measure; nil: not asked for
}

// undated is the cell of rows without a day, as such a day is called.
const undated = Undated

func newCube(c calendar.Calendar, currency string, n *names) *cube {
	return &cube{calendar: c, currency: currency, names: n, ids: map[string]int32{}, cells: map[int64]*cell{}, measures: map[string]int{}}
}

// columns gives the places of measures.
func (c *cube) columns(fact *facts.Table, measures []kpi.Measure) []int {
	out := make([]int, len(measures))
	for i, m := range measures {
		id := identity(fact, m, &needs{})
		at, ok := c.measures[id]
		if !ok {
			at = len(c.measures)
			c.measures[id] = at
		}
		out[i] = at
	}
	return out
}

// has tells whether a cell stands as it was at a stamp, with some measures.
func (c *cube) has(number, stamp int64, columns []int) bool {
	d := c.cells[number]
	if d == nil || d.stamp != stamp {
		return false
	}
	return !slices.ContainsFunc(columns, func(at int) bool { return at >= len(d.columns) || d.columns[at] == nil })
}

// fresh are cells that nothing was put into yet.
func (c *cube) fresh(f filling, numbers map[string]int64) map[int64]*cell {
	all := make(map[int64]*cell, len(numbers))
	for _, n := range numbers {
		d := &cell{stamp: f.stamp(n), columns: make([]*column, len(c.measures))}
		for _, at := range f.columns {
			d.columns[at] = &column{}
		}
		all[n] = d
	}
	return all
}

// put takes in what a group came to; ok is false for a value that cannot be added
// to others.
func (d *cell) put(c *cube, group int32, measures []kpi.Measure, values []kpi.Value, columns []int) (ok bool) {
	d.groups = append(d.groups, group)
	for i, at := range columns {
		// A measure may be asked for twice.
		if column := d.columns[at]; len(column.null) < len(d.groups) && !column.put(measures[i], values[i], c.names, c.currency) {
			return false
		}
	}
	return true
}

// group gives the number of a key.
func (c *cube) group(key []string) int32 {
	c.text = appendWords(c.text[:0], key)
	id, ok := c.ids[string(c.text)]
	if !ok {
		id = int32(len(c.groups))
		c.ids[string(c.text)] = id
		c.groups = append(c.groups, slices.Clone(key))
	}
	return id
}

func words(key []string) string { return string(appendWords(nil, key)) }

// keep takes over measures that were known before of the same rows.
func (d *cell) keep(old *cell) {
	if old == nil || old.stamp != d.stamp || len(old.groups) != len(d.groups) {
		return
	}
	place := make(map[int32]int, len(old.groups))
	for i, id := range old.groups {
		place[id] = i
	}
	for at, known := range old.columns {
		if known == nil || d.columns[at] != nil {
			continue
		}
		column := &column{}
		for _, id := range d.groups {
			i, same := place[id]
			if !same {
				return
			}
			column.take(known, i)
		}
		column.pack()
		d.columns[at] = column
	}
}

// sum adds cells up into groups by the buckets that a Select asks for. ok is
// false where a sum does not fit its type.
func (c *cube) sum(s *kpi.Select, cells []int64, columns []int) (out []kpi.Group, ok bool) {
	at := make([]int, len(c.groups)) // by group: its place in out, from 1
	sets := make([][][][]uint32, len(columns))
	var room []kpi.Value
	c.answers++
	for _, t := range c.times(s, cells) {
		for _, d := range t.cells {
			d.used = c.answers
			for _, id := range d.groups {
				if at[id] != 0 {
					continue
				}
				if len(room) < len(columns) {
					room = make([]kpi.Value, len(columns)*len(d.groups))
				}
				out = append(out, kpi.Group{Key: keyOf(s, c.groups[id], t.buckets), Values: room[:len(columns):len(columns)]})
				room = room[len(columns):]
				at[id] = len(out)
			}
			for m, place := range columns {
				if ofValues(s.Measures[m]) {
					sets[m] = d.columns[place].gather(append(sets[m], make([][][]uint32, len(out)-len(sets[m]))...), d.groups, at)
				} else if !d.columns[place].addTo(out, m, d.groups, at, s.Measures[m], c.currency) {
					return nil, false
				}
			}
		}
		for _, d := range t.cells {
			for _, id := range d.groups {
				at[id] = 0
			}
		}
	}
	return out, c.unite(s, out, sets)
}

// times sorts cells that have rows by the buckets that they fall into.
func (c *cube) times(s *kpi.Select, cells []int64) (out []*sameTime) {
	known := map[string]*sameTime{}
	for _, n := range cells {
		d := c.cells[n]
		if d == nil || len(d.groups) == 0 {
			continue
		}
		buckets := bucketsOf(s, n, c.calendar)
		text := strings.Join(buckets, " ")
		t := known[text]
		if t == nil {
			t = &sameTime{buckets: buckets}
			known[text] = t
			out = append(out, t)
		}
		t.cells = append(t.cells, d)
	}
	return out
}

// sameTime are the cells that fall into the same buckets.
type sameTime struct {
	buckets []string
	cells   []*cell
}

// unite fills in what is known by the values themselves. ok is false for sets
// that are too large to be told.
func (c *cube) unite(s *kpi.Select, out []kpi.Group, sets [][][][]uint32) (ok bool) {
	var seen []bool
	for m, groups := range sets {
		if len(groups) == 0 {
			continue
		}
		if seen == nil {
			seen = make([]bool, c.names.count())
		}
		for g := range groups {
			members := union(groups[g], seen)
			v := &out[g].Values[m]
			switch {
			case s.Measures[m].Agg == kpi.Distinct:
				*v = kpi.Value{Valid: true, Exact: callpace.TotalOf(int64(len(members)), 1)}
			case len(members) > kpi.MaxSet:
				return false
			case len(members) > 0:
				*v = kpi.Value{Valid: true, More: &kpi.More{Set: c.names.texts(members)}}
			}
		}
	}
	return true
}

// bucketsOf are the keys of a day, for the dimensions that follow from it and
// for ByDay.
func bucketsOf(s *kpi.Select, n int64, cal calendar.Calendar) []string {
	var out []string
	for _, d := range s.Dims {
		switch {
		case !ofDay(d):
		case d.Bucket == kpi.BucketWeekday:
			out = append(out, strconv.FormatInt(calendar.Weekday(n), 10))
		default:
			out = append(out, cal.Key(calendar.Unit(d.Bucket), n))
		}
	}
	if s.ByDay {
		out = append(out, cal.Key(calendar.Day, n))
	}
	return out
}

func keyOf(s *kpi.Select, group, buckets []string) []string {
	out := make([]string, 0, len(group)+len(buckets))
	for _, d := range s.Dims {
		from := &group
		if ofDay(d) {
			from = &buckets
		}
		out = append(out, (*from)[0])
		*from = (*from)[1:]
	}
	return append(out, buckets...)
}

// shrink lets cells go until the rest fits into some memory, those first that
// were part of no answer for longest, and gives what is left, in bytes. Where the
// latest answer's alone do not fit, all go; so they do without a period, when each
// answer is made of all.
func (c *cube) shrink(limit int) int {
	n := 200 * (1 + len(c.groups))
	all := slices.Collect(maps.Keys(c.cells))
	for _, number := range all {
		n += c.cells[number].size()
	}
	if n <= limit {
		return n
	}
	slices.SortFunc(all, func(a, b int64) int { return cmp.Compare(c.cells[a].used, c.cells[b].used) })
	for _, number := range all {
		switch latest := c.cells[number].used == c.answers; {
		case n <= limit*3/4 || n <= limit && latest:
			return n
		case latest:
			c.cells = map[int64]*cell{}
			return 0
		}
		n -= c.cells[number].size()
		delete(c.cells, number)
	}
	return n
}

// size is about the memory of a cell, in bytes.
func (d *cell) size() int {
	n := 64 + 4*len(d.groups)
	for _, column := range d.columns {
		if column != nil {
			n += column.size()
		}
	}
	return n
}
