package kpi

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/stats"
)

// frame reckons every KPI for every row.
func (p *Plan) frame(g *gathered) *Frame {
	f := &Frame{Dims: p.Query.By, Period: g.period, Compare: p.Query.Compare}
	for _, k := range p.kpis {
		c := Column{Name: k.name, ID: k.def.ID, Variant: k.variant.Name, Version: k.def.Version,
			Unit: k.unit, Kind: k.kind, Better: k.def.Better, Target: k.def.Target, Settings: k.variant.Settings, Changes: k.changes, Delayed: k.delayed()}
		if c.Delayed {
			c.Followed = p.Query.Followed
		}
		c.None = p.figure(g, &row{key: slices.Repeat([]string{"any"}, len(p.Query.By)), values: make([]*Value, g.width)}, k)
		f.Columns = append(f.Columns, c)
	}
	for _, r := range g.order {
		out := FrameRow{Key: r.key, Figures: make([]Figure, len(p.kpis))}
		for i, k := range p.kpis {
			out.Figures[i] = p.figure(g, r, k)
			if x := &out.Figures[i]; x.Valid && len(k.changes) > 0 {
				x.Marks = append(x.Marks, Redefined)
			}
		}
		f.Rows = append(f.Rows, out)
	}
	for i, k := range p.kpis {
		if k.kind == KindShare {
			share(f, i)
		}
	}
	return f
}

func (p *Plan) figure(g *gathered, r *row, k *compiled) Figure {
	at := p.valueIn(g, r, r.values)
	if k.value != nil {
		return p.shown(g.eval(k.value, at), k)
	}
	num, den := g.eval(k.num, at), g.eval(k.den, at)
	f := p.shown(calculate("/", num, den), k)
	if num.ok && den.ok {
		f.Num, f.Den, f.Parts = num.v, den.v, true
	}
	if k.kind == KindProportion && f.Valid {
		if i, ok := stats.Wilson(stats.Proportion{X: num.v, N: den.v}, stats.Confidence); ok {
			f.Low, f.High, f.Interval = i.Low, i.High, true
		}
		if den.v < SmallGroup {
			f.Marks = append(f.Marks, Small)
		}
	} else if p.Query.Intervals {
		if e, ok := p.estimate(g, r, k); ok {
			if i, ok := e.Interval(stats.Confidence); ok && f.Valid {
				f.Low, f.High, f.Interval = i.Low, i.High, true
			}
		}
	}
	if k.immature != nil {
		if n := g.eval(k.immature, at); n.ok && n.v > 0 {
			f.Marks = append(f.Marks, Immature)
		}
	}
	return f
}

// shown makes a figure of a number.
func (p *Plan) shown(n number, k *compiled) Figure {
	f := Figure{Valid: n.ok, Number: n.v}
	if n.mark != "" {
		f.Marks = append(f.Marks, n.mark)
	}
	if !n.ok {
		f.Number = 0
		return f
	}
	if n.isExact {
		f.Exact, f.IsExact = n.exact, true
	}
	if k.unit == UnitMoney {
		f.Currency = n.currency
		if f.Currency == "" {
			f.Currency = p.Query.Currency
		}
	}
	return f
}

// clusters are a row's parts of a ratio by day, in the order of the days. A
// day with a denominator alone is one with a numerator of 0. There are none
// where amounts of single days stand in different currencies.
func (p *Plan) clusters(g *gathered, r *row, num, den formula) []stats.Cluster {
	if !linear(num) || !linear(den) {
		return nil
	}
	var out []stats.Cluster
	currency := ""
	for _, d := range r.days {
		at := p.valueIn(g, r, d.values)
		n, d := g.eval(num, at), g.eval(den, at)
		if !n.ok || !d.ok {
			continue
		}
		out = append(out, stats.Cluster{Num: n.v, Den: d.v})
		if c := cmp.Or(n.currency, d.currency); c != "" {
			if currency != "" && currency != c {
				return nil
			}
			currency = c
		}
	}
	return out
}

// estimate gives a row's figure with its error, where it has one.
func (p *Plan) estimate(g *gathered, r *row, k *compiled) (stats.Estimate, bool) {
	switch {
	case len(r.days) == 0:
	case k.num != nil:
		if c := p.clusters(g, r, k.num, k.den); len(c) > 1 {
			return stats.Ratio(c)
		}
	case (k.kind == KindCount || k.kind == KindSum) && g.period != nil:
		return stats.Total(p.perDay(g, r, k))
	}
	return stats.Estimate{}, false
}

// perDay lists a count or sum by the days of a row, those without any
// included, up to today.
func (p *Plan) perDay(g *gathered, r *row, k *compiled) []float64 {
	if !linear(k.value) {
		return nil
	}
	days := p.daysAt(g, r.key)
	out := make([]float64, 0, len(days))
	rest := r.days
	currency := ""
	for _, day := range days {
		for len(rest) > 0 && rest[0].day < day {
			rest = rest[1:]
		}
		n := number{}
		if len(rest) > 0 && rest[0].day == day {
			n = g.eval(k.value, p.valueIn(g, r, rest[0].values))
		}
		if n.currency != "" && currency != "" && n.currency != currency {
			return nil
		}
		currency = cmp.Or(n.currency, currency)
		out = append(out, n.v)
	}
	return out
}

// daysAt lists the keys of the days up to today that lie in the times that a
// row's key names.
func (p *Plan) daysAt(g *gathered, key []string) []string {
	if g.spans == nil {
		g.spans = map[string][]string{}
		for day := g.period.From; day < min(g.period.To, p.Query.today()+1); day++ {
			var times []string
			for _, name := range p.Query.By {
				switch b := buckets[name]; {
				case b == BucketWeekday:
					times = append(times, strconv.FormatInt(calendar.Weekday(day), 10))
				case inDays(name):
					times = append(times, p.Query.Calendar.Key(calendar.Unit(b), day))
				}
			}
			at := rowID(times)
			g.spans[at] = append(g.spans[at], p.Query.Calendar.Key(calendar.Day, day))
		}
	}
	return g.spans[p.timeOf(key)]
}

// share turns the figures of a column into their shares of all shown.
func share(f *Frame, column int) {
	var whole number
	for _, r := range f.Rows {
		if x := r.Figures[column]; x.Valid {
			n := number{ok: true, v: x.Number, exact: x.Exact, isExact: x.IsExact, currency: x.Currency}
			if !whole.ok && whole.mark == "" {
				whole = n
			} else {
				whole = calculate("+", whole, n)
			}
		}
	}
	for i := range f.Rows {
		x := &f.Rows[i].Figures[column]
		if !x.Valid {
			continue
		}
		if !whole.ok || whole.v == 0 {
			*x = Figure{Marks: x.Marks}
			if whole.mark != "" {
				x.Marks = append(x.Marks, whole.mark)
			}
			continue
		}
		*x = Figure{Valid: true, Number: x.Number / whole.v, Num: x.Number, Den: whole.v, Parts: true, Marks: x.Marks}
	}
}

// shrink draws each column's figures toward the mean of its rows.
func (p *Plan) shrink(f *Frame, g *gathered) {
	rows := map[string]*row{}
	for _, r := range g.order {
		rows[rowID(r.key)] = r
	}
	for i, k := range p.kpis {
		var shrunk []stats.Shrunk
		var ok bool
		if k.kind == KindProportion {
			peers := make([]stats.Proportion, len(f.Rows))
			for j, r := range f.Rows {
				peers[j] = stats.Proportion{X: r.Figures[i].Num, N: r.Figures[i].Den}
			}
			shrunk, ok = stats.ShrinkRates(peers)
		} else if k.num != nil {
			peers := make([]stats.Estimate, len(f.Rows))
			for j, r := range f.Rows {
				if e, ok := p.estimate(g, rows[rowID(r.Key)], k); ok {
					peers[j] = e
				}
			}
			shrunk, ok = stats.ShrinkMeans(peers)
		}
		if !ok {
			continue
		}
		for j := range f.Rows {
			if x := &f.Rows[j].Figures[i]; x.Valid {
				x.Shrunk, x.Weight, x.IsShrunk = shrunk[j].Value, shrunk[j].Weight, true
			}
		}
	}
}

// byKey orders rows by their keys, so that sums come out alike every time.
func (g *gathered) byKey() {
	slices.SortFunc(g.order, func(a, b *row) int { return cmp.Compare(rowID(a.key), rowID(b.key)) })
}
