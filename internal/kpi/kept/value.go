package kept

import (
	"slices"
	"sync"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/kpi"
)

// column holds one measure of a day, a value for each of the day's groups.
type column struct {
	exact run
	loose []callpace.Total  // until it is packed
	null  []bool            // nil once it is packed: none is
	hist  []map[int64]int64 // of histograms
	sets  [][]uint32        // of sets and counts of different values: their names' numbers
}

// ofValues tells a measure of which the values themselves have to be kept.
func ofValues(m kpi.Measure) bool { return m.Agg == kpi.Set || m.Agg == kpi.Distinct }

// put appends a value; ok is false for one that cannot be added to others:
// money that is not in the organisation's currency.
func (c *column) put(m kpi.Measure, v kpi.Value, names *names, currency string) (ok bool) {
	if v.Mixed || m.Agg == kpi.Money && v.Valid && v.Currency != currency {
		return false
	}
	c.null = append(c.null, !v.Valid)
	switch {
	case m.Agg == kpi.Histogram:
		c.hist = append(c.hist, v.Hist())
	case ofValues(m):
		c.sets = append(c.sets, names.numbers(v.Set()))
	default:
		c.loose = append(c.loose, v.Exact)
	}
	return true
}

// pack ends the appending.
func (c *column) pack() {
	if c.loose != nil {
		c.exact, c.loose = packed(c.loose), nil
	}
	if !slices.Contains(c.null, true) {
		c.null = nil
	}
}

// isNull tells whether a value of a packed column is missing.
func (c *column) isNull(i int) bool { return c.null != nil && c.null[i] }

// addTo adds the values of some groups to those of a measure in an answer,
// where at says their places, from 1; ok is false where a sum does not fit.
func (c *column) addTo(out []kpi.Group, measure int, groups []int32, at []int, m kpi.Measure, currency string) (ok bool) {
	for i, id := range groups {
		if c.isNull(i) {
			continue
		}
		sum := &out[at[id]-1].Values[measure]
		switch first := !sum.Valid; {
		case m.Agg == kpi.Histogram:
			if first {
				sum.More = &kpi.More{Hist: map[int64]int64{}}
			}
			for x, n := range c.hist[i] {
				sum.More.Hist[x] += n
			}
		case first || m.Agg == kpi.Max && less(sum.Exact, c.exact.at(i)):
			sum.Exact = c.exact.at(i)
		case m.Agg != kpi.Max:
			if sum.Exact, ok = sum.Exact.Add(c.exact.at(i)); !ok {
				return false
			}
		}
		if sum.Valid = true; m.Agg == kpi.Money {
			sum.Currency = currency
		}
	}
	return true
}

// gather lists the sets of some groups by their places, from 1.
func (c *column) gather(sets [][][]uint32, groups []int32, at []int) [][][]uint32 {
	for i, id := range groups {
		if g := at[id] - 1; !c.isNull(i) {
			sets[g] = append(sets[g], c.sets[i])
		}
	}
	return sets
}

func less(a, b callpace.Total) bool {
	diff, ok := b.Add(a.Neg())
	return ok && diff.Sign() > 0 || !ok && b.Sign() > a.Sign()
}

// take copies one value from another column of the same measure, a packed one.
func (c *column) take(from *column, group int) {
	c.null = append(c.null, from.isNull(group))
	switch {
	case from.hist != nil:
		c.hist = append(c.hist, from.hist[group])
	case from.sets != nil:
		c.sets = append(c.sets, from.sets[group])
	default:
		c.loose = append(c.loose, from.exact.at(group))
	}
}

func (c *column) size() int {
	n := 120 + len(c.null)
	if c.exact != nil {
		n += c.exact.size()
	}
	for _, h := range c.hist {
		n += 48 + 16*len(h)
	}
	for _, s := range c.sets {
		n += 24 + 4*len(s)
	}
	return n
}

// names numbers texts, so that a lead who was called on ten days is held once.
type names struct {
	mu   sync.Mutex
	ids  map[string]uint32
	all  []string
	size int // in bytes, about
}

func newNames() *names { return &names{ids: map[string]uint32{}} }

func (n *names) numbers(texts []string) []uint32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := make([]uint32, len(texts))
	for i, s := range texts {
		id, ok := n.ids[s]
		if !ok {
			id = uint32(len(n.all))
			n.ids[s] = id
			n.all = append(n.all, s)
			n.size += 64 + len(s)
		}
		out[i] = id
	}
	return out
}

// union finds the different members of some sets; seen is as long as there are
// names, and all false before and after.
func union(sets [][]uint32, seen []bool) (members []uint32) {
	for _, set := range sets {
		for _, id := range set {
			if !seen[id] {
				seen[id] = true
				members = append(members, id)
			}
		}
	}
	for _, id := range members {
		seen[id] = false
	}
	return members
}

// texts gives the members of a set in order.
func (n *names) texts(members []uint32) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := make([]string, len(members))
	for i, id := range members {
		out[i] = n.all[id]
	}
	slices.Sort(out)
	return out
}

// bytes is about the memory of all names.
func (n *names) bytes() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.size
}

func (n *names) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.all)
}

// size is about the memory of some groups, in bytes.
func size(groups []kpi.Group) int {
	n := 0
	for _, g := range groups {
		n += 48
		for _, k := range g.Key {
			n += 16 + len(k)
		}
		for _, v := range g.Values {
			n += 64 + 16*len(v.Hist())
			for _, s := range v.Set() {
				n += 16 + len(s)
			}
		}
	}
	return n
}
