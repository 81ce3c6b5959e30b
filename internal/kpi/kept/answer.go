package kept

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

// answer gives what a Select comes to, asking for the cells that changed. ok
// is false where the Select has no cells, or too many.
func (c *cube) answer(ctx context.Context, k *Keep, st State, s kpi.Select, q question) (groups []kpi.Group, ok bool, err error) {
	if !c.mu.TryLock() {
		if _, asks := st.(person); asks {
			k.own.GiveWay()
		}
		c.mu.Lock()
	}
	defer c.mu.Unlock()
	columns := c.columns(s.Fact, s.Measures)
	renew := c.days
	if s.Undated {
		renew = c.always
	}
	cells, ok, err := renew(ctx, k, st, s, q, columns)
	if err != nil || !ok {
		return nil, false, unlessTooMany(err)
	}
	groups, ok = c.sum(&s, cells, columns)
	return groups, ok && (s.MaxGroups == 0 || len(groups) <= s.MaxGroups), nil
}

// unlessTooMany forgives that a cube would be too large.
func unlessTooMany(err error) error {
	if callpace.CodeOf(err) == callpace.Limit {
		return nil
	}
	return err
}

// days asks for the days of a Select that changed, and gives all its days.
func (c *cube) days(ctx context.Context, k *Keep, st State, s kpi.Select, q question, columns []int) (all []int64, ok bool, err error) {
	version, steady := st.Version()
	stamps := make(map[int64]int64, s.To-s.From)
	var missing []calendar.Range
	for n := s.From; n < s.To; n++ {
		all = append(all, n)
		stamps[n] = q.joined(st, &s, s.Date, n, n+1)
		if c.has(n, stamps[n], columns) {
			continue
		}
		if last := len(missing) - 1; last >= 0 && missing[last].To == n {
			missing[last].To++
		} else {
			missing = append(missing, calendar.Range{From: n, To: n + 1})
		}
	}
	s.Dims = slices.DeleteFunc(slices.Clone(s.Dims), ofDay)
	if s.ByDay = !q.needs.period; !s.ByDay {
		s.Dims = append(s.Dims, kpi.Dim{Name: "day", Bucket: kpi.BucketDay})
	}
	f := filling{k, st, version, steady, columns, func(n int64) int64 { return stamps[n] }}
	ok, err = c.spans(ctx, f, s, calendar.Day, missing, func(days map[string]int64) kpi.Expr { return onDays(s.Date, days) })
	return all, ok, err
}

// onDays is the condition that a moment is on one of some days.
func onDays(moment string, days map[string]int64) kpi.Expr {
	args := []kpi.Expr{kpi.MomentField{Name: moment}}
	for _, n := range slices.Sorted(maps.Values(days)) {
		args = append(args, kpi.Date{Day: n})
	}
	return kpi.Op{Name: kpi.In, Args: args}
}

// mostParts is how many spans of days are asked for one by one. To ask for them
// at once would be to look at all days between them.
const mostParts = 12

// parted gives spans to be asked for at a time: each by itself, or all where
// they are many.
func parted(spans []calendar.Range) (out [][]calendar.Range) {
	if len(spans) > mostParts {
		return [][]calendar.Range{spans}
	}
	for i := range spans {
		out = append(out, spans[i:i+1])
	}
	return out
}

// always asks for what changed of a Select without a period, and gives all cells.
func (c *cube) always(ctx context.Context, k *Keep, st State, s kpi.Select, q question, columns []int) (all []int64, ok bool, err error) {
	version, steady := st.Version()
	stamp := q.stamp(st, &s)
	if stamp < c.asOf {
		return nil, false, errMoved // others have seen what this state has not
	}
	if stamp > c.asOf || len(c.cells) == 0 {
		f := filling{k, st, version, steady, columns, func(int64) int64 { return stamp }}
		changed, known := []int64(nil), false
		if len(c.cells) > 0 {
			changed, known = q.changed(st, &s, c.asOf)
		}
		if known && !slices.ContainsFunc(changed, func(n int64) bool { return !k.days.Has(n) }) {
			ok, err = c.some(ctx, f, s, changed)
		} else {
			ok, err = c.all(ctx, f, s)
		}
		if err != nil || !ok {
			if ctx.Err() == nil { // nobody waits any longer: what there was stays
				c.cells = map[int64]*cell{}
			}
			return nil, false, err
		}
		c.asOf = stamp
	}
	return slices.Sorted(maps.Keys(c.cells)), true, nil
}

// changed lists the days that changed since a stamp; known is false where that
// cannot be told.
func (q question) changed(st State, s *kpi.Select, since int64) (days []int64, known bool) {
	if q.needs.everywhere(st) > since {
		return nil, false // on whichever days the rows are to which it is joined
	}
	return st.Changed(s.Fact, s.Date, q.needs.story, since)
}

// all fills a cube anew.
func (c *cube) all(ctx context.Context, f filling, s kpi.Select) (ok bool, err error) {
	first, last, ok, err := f.st.Range(ctx, s.Fact, s.Date)
	if err != nil {
		return false, err
	}
	numbers := map[string]int64{"": undated}
	if ok {
		for _, b := range c.calendar.Buckets(c.unit, calendar.Range{From: max(first, f.k.days.From), To: min(last+1, f.k.days.To)}) {
			numbers[b.Key] = b.From
		}
	}
	s.Dims = append(slices.Clone(s.Dims), kpi.Dim{Name: "cell", Bucket: kpi.Bucket(c.unit)})
	before := c.cells
	c.cells = map[int64]*cell{}
	if ok, err = c.fill(ctx, f, s, numbers); err != nil {
		c.cells = before
	}
	return ok, err
}

// some renews the cells of some days.
func (c *cube) some(ctx context.Context, f filling, s kpi.Select, days []int64) (ok bool, err error) {
	var spans []calendar.Range
	for _, n := range days {
		spans = append(spans, c.calendar.Span(c.unit, n))
	}
	slices.SortFunc(spans, func(a, b calendar.Range) int { return cmp.Compare(a.From, b.From) })
	s.Undated, s.Dims = false, append(slices.Clone(s.Dims), kpi.Dim{Name: "cell", Bucket: kpi.Bucket(c.unit)})
	return c.spans(ctx, f, s, c.unit, slices.Compact(spans), func(cells map[string]int64) kpi.Expr {
		names := []kpi.Expr{kpi.BucketKey{Bucket: kpi.Bucket(c.unit)}}
		for _, key := range slices.Sorted(maps.Keys(cells)) {
			names = append(names, kpi.String{Value: key})
		}
		return kpi.Op{Name: kpi.In, Args: names}
	})
}

// spans asks for the cells of a unit in some spans; only is the condition that a
// row is in one of some cells.
func (c *cube) spans(ctx context.Context, f filling, s kpi.Select, unit calendar.Unit, spans []calendar.Range, only func(cells map[string]int64) kpi.Expr) (ok bool, err error) {
	for _, part := range parted(spans) {
		cells := map[string]int64{}
		for _, span := range part {
			for _, b := range c.calendar.Buckets(unit, span) {
				cells[b.Key] = b.From
			}
		}
		of := s
		of.From, of.To = part[0].From, part[len(part)-1].To
		if len(part) > 1 {
			of.Where = append(slices.Clone(s.Where), only(cells))
		}
		if ok, err = c.fill(ctx, f, of, cells); err != nil || !ok {
			return ok, err
		}
	}
	return true, nil
}

// filling is how cells are asked for: of which state, at which version, with which
// columns, and what their stamps are then.
type filling struct {
	k       *Keep
	st      State
	version int64
	steady  bool
	columns []int
	stamp   func(cell int64) int64
}

// errMoved tells that nobody can say as of when an answer is.
var errMoved = errors.New("the facts changed meanwhile")

// errOther ends the reading of an answer that cells cannot be made of.
var errOther = errors.New("no cell takes this")

// fill asks a Select whose last key is a cell's, for the values themselves instead
// of how many there are; numbers gives the cells that are asked for, by their
// keys. ok is false where the answer has others, or a value that cannot be added
// to others.
func (c *cube) fill(ctx context.Context, f filling, s kpi.Select, numbers map[string]int64) (ok bool, err error) {
	s.MaxGroups = f.k.most
	measures := s.Measures
	s.Measures = slices.Clone(measures)
	for i := range s.Measures {
		if s.Measures[i].Agg == kpi.Distinct {
			s.Measures[i].Agg = kpi.Set
		}
	}
	fresh := c.fresh(f, numbers)
	err = f.st.Each(ctx, s, func(n int, g kpi.Group) error {
		if n == 0 {
			fresh = c.fresh(f, numbers)
		}
		last := len(g.Key) - 1
		cell, known := numbers[g.Key[last]]
		if !known || !fresh[cell].put(c, c.group(g.Key[:last]), measures, g.Values, f.columns) {
			return errOther
		}
		return nil
	})
	if errors.Is(err, errOther) {
		return false, nil
	}
	if after, still := f.st.Version(); err == nil && !(f.steady && still && f.version == after) {
		err = errMoved
	}
	if err != nil {
		return false, err
	}
	for n, d := range fresh {
		for _, at := range f.columns {
			d.columns[at].pack()
		}
		d.keep(c.cells[n])
		c.cells[n] = d
	}
	return true, nil
}
