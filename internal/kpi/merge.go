package kpi

import (
	"slices"
	"strings"

	"github.com/callpace/callpace"
)

const keySeparator = "\x00"

func (g *gathered) row(key []string) *row {
	id := strings.Join(key, keySeparator)
	r := g.rows[id]
	if r == nil {
		r = &row{key: key, values: g.values()}
		g.rows[id] = r
		g.order = append(g.order, r)
	}
	return r
}

// values makes room for a value of every measure.
func (g *gathered) values() []*Value {
	const atOnce = 64
	if len(g.blank) < g.width {
		g.blank = make([]*Value, atOnce*g.width)
	}
	out := g.blank[:g.width:g.width]
	g.blank = g.blank[g.width:]
	return out
}

// day gives the values of one of the row's days.
func (g *gathered) day(r *row, day string) []*Value {
	i, found := slices.BinarySearchFunc(r.days, day, func(d dayValues, day string) int { return strings.Compare(d.day, day) })
	if !found {
		r.days = slices.Insert(r.days, i, dayValues{day, g.values()})
	}
	return r.days[i].values
}

// merge lays the groups of one Select beside those of the others.
func (g *gathered) merge(p *Plan, s *selection, groups []Group) error {
	for _, group := range groups {
		r := g.row(group.Key)
		if len(g.order) > MaxGroups {
			return callpace.E(callpace.Limit, "kpi.too_many_groups", "max", MaxGroups)
		}
		for i, u := range s.uses {
			column, v := g.columns[u], &group.Values[i]
			r.values[column] = v
			if v.Valid || v.Mixed {
				g.any[column] = true
			}
			if u.def.Scoped && s.sharing == nil && v.Valid && v.Exact.Sign() != 0 && p.unplaced(group.Key) {
				g.narrow[p.timeOf(group.Key)] = true
			}
		}
	}
	return nil
}

// mergeDays keeps the values of each day beside the row's totals.
func (g *gathered) mergeDays(daily []*use, groups []Group) {
	columns := make([]int, len(daily))
	for i, u := range daily {
		columns[i] = g.columns[u]
	}
	for _, group := range groups {
		n := len(group.Key) - 1
		day := g.day(g.row(group.Key[:n:n]), group.Key[n])
		for i, column := range columns {
			day[column] = &group.Values[i]
		}
	}
}

// unplaced tells whether a group of costs lacks one of the dimensions asked:
// the cost stands above that level.
func (p *Plan) unplaced(key []string) bool {
	for i, name := range p.Query.By {
		if !inDays(name) && key[i] == "" {
			return true
		}
	}
	return false
}

// inDays tells whether a dimension is a time that the day of a cost decides:
// costs know no hours.
func inDays(dimension string) bool {
	b, time := buckets[dimension]
	return time && b != BucketHour
}

// timeOf is the part of a key that is time.
func (p *Plan) timeOf(key []string) string {
	var out []string
	for i, name := range p.Query.By {
		if inDays(name) {
			out = append(out, key[i])
		}
	}
	return strings.Join(out, keySeparator)
}
