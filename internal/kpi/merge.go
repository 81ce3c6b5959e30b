package kpi

import (
	"strings"

	"github.com/callpace/callpace"
)

const keySeparator = "\x00"

func (g *gathered) row(key []string) *row {
	id := strings.Join(key, keySeparator)
	r := g.rows[id]
	if r == nil {
		r = &row{key: key, values: make([]*Value, len(g.uses))}
		g.rows[id] = r
		g.order = append(g.order, r)
	}
	return r
}

// merge lays the groups of one Select beside those of the others.
func (g *gathered) merge(p *Plan, s *selection, groups []Group) error {
	for _, group := range groups {
		r := g.row(group.Key)
		if len(g.order) > MaxGroups {
			return callpace.E(callpace.Limit, "kpi.too_many_groups", "max", MaxGroups)
		}
		for i, u := range s.uses {
			column := g.uses[u.key]
			v := group.Values[i]
			r.values[column] = &v
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
	for _, group := range groups {
		n := len(group.Key) - 1
		r := g.row(group.Key[:n:n])
		if r.days == nil {
			r.days = map[string][]*Value{}
		}
		day := r.days[group.Key[n]]
		if day == nil {
			day = make([]*Value, len(g.uses))
			r.days[group.Key[n]] = day
		}
		for i, u := range daily {
			v := group.Values[i]
			day[g.uses[u.key]] = &v
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
