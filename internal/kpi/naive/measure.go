package naive

import (
	"fmt"
	"math"
	"math/big"
	"sort"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/kpi"
)

// measure sums up the rows of one group.
func (e *Engine) measure(m kpi.Measure, group []position) (kpi.Value, error) {
	var rows []position
	var values []*value
	for _, p := range group {
		if m.Where != nil && !p.holds(m.Where) {
			continue
		}
		if m.Agg == kpi.Count {
			rows = append(rows, p)
			continue
		}
		if v := p.eval(m.Value); v != nil {
			rows, values = append(rows, p), append(values, v)
		}
	}
	kind := byte('0')
	if m.Agg != kpi.Count {
		kind = group[0].kindOf(m.Value)
	}
	switch m.Agg {
	case kpi.Count:
		return count(m, rows)
	case kpi.Distinct:
		return kpi.Value{Valid: true, Exact: callpace.TotalOf(int64(len(different(values, kind))), 1)}, nil
	}
	if len(values) == 0 {
		return kpi.Value{}, nil
	}
	switch m.Agg {
	case kpi.Sum:
		return sum(m, rows, values, kind)
	case kpi.Money:
		return e.money(m, rows, values)
	case kpi.Max:
		return maximum(values, kind), nil
	case kpi.Quantile:
		return kpi.Value{Valid: true, More: &kpi.More{Float: quantile(values, m.Q)}}, nil
	case kpi.Histogram:
		hist := map[int64]int64{}
		for _, v := range values {
			hist[units(floor(v.number), 1)]++
		}
		return kpi.Value{Valid: true, More: &kpi.More{Hist: hist}}, nil
	case kpi.Set:
		set := different(values, kind)
		if len(set) > 100_000 {
			return kpi.Value{}, callpace.E(callpace.Limit, "kpi.set_too_large", "max", 100_000)
		}
		return kpi.Value{Valid: true, More: &kpi.More{Set: set}}, nil
	}
	return kpi.Value{}, fmt.Errorf("naive: no aggregate %q", m.Agg)
}

// share is a row's part of its sale, 1 where it says none.
func (p position) share() *big.Rat {
	if v := p.column(p.rows, p.row, "share"); v != nil {
		return v.number
	}
	return big.NewRat(1, 1)
}

func count(m kpi.Measure, rows []position) (kpi.Value, error) {
	if !m.Shared {
		return kpi.Value{Valid: true, Exact: callpace.TotalOf(int64(len(rows)), 1)}, nil
	}
	total := new(big.Rat)
	for _, p := range rows {
		total.Add(total, p.share())
	}
	return exact(total, 1_000_000)
}

func sum(m kpi.Measure, rows []position, values []*value, kind byte) (kpi.Value, error) {
	scale := scaleOf(kind)
	total := new(big.Rat)
	for i, v := range values {
		part := v.number
		if m.Shared {
			part, scale = new(big.Rat).Mul(part, rows[i].share()), 1_000_000
		}
		total.Add(total, part)
	}
	return exact(total, scale)
}

func exact(r *big.Rat, scale int64) (kpi.Value, error) {
	n := roundRat(r, scale)
	t, ok := callpace.BigTotal(n.Mul(n, big.NewInt(int64(callpace.One)/scale)))
	if !ok {
		return kpi.Value{}, callpace.E(callpace.Limit, "kpi.number_too_large")
	}
	return kpi.Value{Valid: true, Exact: t}, nil
}

// money adds up in the organisation's currency where every row has an amount
// in it, else in the rows' own where it is the same for all.
func (e *Engine) money(m kpi.Measure, rows []position, values []*value) (kpi.Value, error) {
	name := m.Value.(kpi.Field).Name
	var converted []*value
	currencies := map[string]bool{}
	for _, p := range rows {
		if v := p.column(p.rows, p.row, name+"_org"); v != nil {
			converted = append(converted, v)
		}
		column := name + "_currency"
		if !p.s.Fact.Has(column) {
			column = "currency"
		}
		currency := ""
		if v := p.column(p.rows, p.row, column); v != nil {
			currency = v.text
		}
		currencies[currency] = true
	}
	own := ""
	switch {
	case len(converted) == len(values):
		own, values = e.currency, converted
	case len(currencies) > 1:
		return kpi.Value{Mixed: true}, nil
	default:
		for c := range currencies {
			own = c
		}
	}
	v, err := sum(m, rows, values, '6')
	v.Currency = own
	return v, err
}

// different gives the different values, printed and sorted.
func different(values []*value, kind byte) []string {
	seen := map[string]bool{}
	for _, v := range values {
		switch kind {
		case 't':
			seen[v.text] = true
		case 'b':
			seen[fmt.Sprint(v.truth)] = true
		case 'm':
			if v.moment.day != nil {
				seen[fmt.Sprint(*v.moment.day)] = true
			}
		default:
			seen[v.number.RatString()] = true
		}
	}
	out := make([]string, 0, len(seen))
	for s := range seen {
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}

func maximum(values []*value, kind byte) kpi.Value {
	if kind != 'm' {
		best := values[0].number
		for _, v := range values {
			if v.number.Cmp(best) > 0 {
				best = v.number
			}
		}
		scale := scaleOf(kind)
		return kpi.Value{Valid: true, Exact: callpace.TotalOf(units(best, scale), scale)}
	}
	var latest *int64
	for _, v := range values {
		if at := v.moment.at; at != nil && (latest == nil || *at > *latest) {
			latest = at
		}
	}
	if latest == nil {
		return kpi.Value{}
	}
	return kpi.Value{Valid: true, Exact: callpace.TotalOf(*latest, 1)}
}

// quantile interpolates between the two values around place (n−1)·q.
func quantile(values []*value, q float64) float64 {
	sorted := make([]float64, len(values))
	for i, v := range values {
		sorted[i], _ = v.number.Float64()
	}
	sort.Float64s(sorted)
	place := float64(len(sorted)-1) * q
	low, high := int(math.Floor(place)), int(math.Ceil(place))
	return sorted[low] + (sorted[high]-sorted[low])*(place-math.Floor(place))
}
