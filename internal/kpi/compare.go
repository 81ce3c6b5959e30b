package kpi

import (
	"strings"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/stats"
)

func rowID(key []string) string { return strings.Join(key, keySeparator) }

// compare sets each figure beside that of the other period. Rows of a time
// are compared with those of the same place in the other period: its first
// week with the first.
func (p *Plan) compare(f *Frame, now, before *gathered) {
	other := map[string]*row{}
	align := p.alignment(now, before)
	for _, r := range before.order {
		if key, ok := align(r.key); ok {
			other[rowID(key)] = r
		}
	}
	for i := range f.Rows {
		r := &f.Rows[i]
		mine := now.rows[rowID(r.Key)]
		old := other[rowID(r.Key)]
		if old == nil {
			old = &row{key: r.Key, values: make([]*Value, before.width)}
		}
		for j, k := range p.kpis {
			if k.kind != KindShare {
				r.Figures[j].Compared = p.judge(r.Figures[j], k, now, mine, before, old)
			}
		}
	}
	for j, k := range p.kpis {
		if k.kind == KindShare {
			p.compareShares(f, j, before, other)
		}
	}
}

func (p *Plan) judge(x Figure, k *compiled, now *gathered, mine *row, before *gathered, old *row) *Compared {
	was := p.figure(before, old, k)
	c := &Compared{Before: was, Valid: x.Valid && was.Valid && x.Currency == was.Currency}
	if !c.Valid {
		return c
	}
	c.Diff = x.Number - was.Number
	if x.IsExact && was.IsExact {
		if c.Exact, c.IsExact = x.Exact.Add(was.Exact.Neg()); c.IsExact {
			c.Diff = c.Exact.Float()
		}
	}
	if was.Number != 0 {
		c.Relative = c.Diff / was.Number
	}
	var change stats.Change
	var ok bool
	if k.kind == KindProportion {
		change, ok = stats.ProportionChange(stats.Proportion{X: x.Num, N: x.Den}, stats.Proportion{X: was.Num, N: was.Den})
	} else {
		a, ok1 := p.estimate(now, mine, k)
		b, ok2 := p.estimate(before, old, k)
		if ok1 && ok2 {
			change, ok = stats.Difference(a, b)
		}
	}
	if ok {
		c.Low, c.High, c.Judged, c.Beyond = change.Low, change.High, true, change.MoreThanChance()
	}
	return c
}

// compareShares compares shares of the whole, which only a whole frame has.
func (p *Plan) compareShares(f *Frame, column int, before *gathered, other map[string]*row) {
	was := p.frame(before)
	figures := map[string]Figure{}
	for _, r := range was.Rows {
		figures[rowID(r.Key)] = r.Figures[column]
	}
	for i := range f.Rows {
		x := &f.Rows[i].Figures[column]
		x.Compared = &Compared{}
		if old := other[rowID(f.Rows[i].Key)]; old != nil {
			b := figures[rowID(old.key)]
			x.Compared.Before = b
			if x.Compared.Valid = x.Valid && b.Valid; x.Compared.Valid {
				x.Compared.Diff = x.Number - b.Number
				if b.Number != 0 {
					x.Compared.Relative = x.Compared.Diff / b.Number
				}
			}
		}
	}
}

// alignment maps the keys of the other period to those of this one.
func (p *Plan) alignment(now, before *gathered) func(key []string) ([]string, bool) {
	maps := make([]map[string]string, len(p.Query.By))
	for i, name := range p.Query.By {
		b, ok := buckets[name]
		if !ok || b == BucketHour || b == BucketWeekday {
			continue
		}
		maps[i] = map[string]string{}
		mine := p.Query.Calendar.Buckets(calendar.Unit(b), *now.period)
		for j, theirs := range p.Query.Calendar.Buckets(calendar.Unit(b), *before.period) {
			if j < len(mine) {
				maps[i][theirs.Key] = mine[j].Key
			}
		}
	}
	return func(key []string) ([]string, bool) {
		out := append([]string(nil), key...)
		for i, m := range maps {
			if m == nil {
				continue
			}
			mine, ok := m[key[i]]
			if !ok {
				return nil, false
			}
			out[i] = mine
		}
		return out, true
	}
}
