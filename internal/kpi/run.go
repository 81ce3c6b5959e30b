package kpi

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
)

// Run answers a query.
func (c *Catalogue) Run(ctx context.Context, e Engine, q Query) (*Frame, error) {
	p, err := c.Plan(ctx, e, q)
	if err != nil {
		return nil, err
	}
	return p.Run(ctx, e)
}

// Run asks the engine and makes the frame.
func (p *Plan) Run(ctx context.Context, e Engine) (*Frame, error) {
	seen, err := p.probe(ctx, e)
	if err != nil {
		return nil, err
	}
	now, err := p.gather(ctx, e, p.Query.Period, seen, p.Query.Earlier)
	if err != nil {
		return nil, err
	}
	f := p.frame(now)
	if c := p.Query.Compare; c != nil {
		before, err := p.gather(ctx, e, &c.Range, seen, p.Query.Earlier+int(p.Query.Period.From-c.From))
		if err != nil {
			return nil, err
		}
		p.compare(f, now, before)
	}
	if err := p.finish(f, now); err != nil {
		return nil, err
	}
	return f, nil
}

// recorded is what is known of all data: the facts that have rows, and the
// uses that count rows which are nobody's.
type recorded struct {
	known   map[string]bool
	nobodys nobodys
}

// probe finds out which facts have rows and whose they are, and refuses
// dimensions that none of a fact's rows carry.
func (p *Plan) probe(ctx context.Context, e Engine) (seen recorded, err error) {
	seen.known = map[string]bool{}
	for _, o := range p.probes {
		groups, err := e.Aggregate(ctx, o.Select)
		if err != nil {
			return seen, fmt.Errorf("probe %s: %w", o.Fact.Name, err)
		}
		if len(groups) == 0 || groups[0].Values[0].Exact.Sign() == 0 {
			continue
		}
		seen.known[o.Fact.Name] = true
		for i, dim := range o.dims {
			if groups[0].Values[i+1].Exact.Sign() == 0 {
				return seen, notJoinable(o.kpi[i], dim, o.Fact)
			}
		}
	}
	seen.nobodys, err = p.nobodys(ctx, e)
	return seen, err
}

// gathered is what all Selects of one period came to, merged by key.
type gathered struct {
	period  *calendar.Range
	columns map[*use]int // of all KPIs' uses; those of one key share a column
	width   int
	blank   []*Value // room for the values of rows and days
	recorded
	rows   map[string]*row
	order  []*row          // in no particular order
	any    []bool          // by column: some row has a value
	narrow map[string]bool // groups of time in which a scoped cost stands above the level asked
	above  bool            // a scoped cost stands above what a filter chose
	// unshared are groups of time with a cost that there is nothing to share by.
	unshared map[string]bool
	spans    map[string][]string // the keys of the days of each group of time; nil: not asked for yet
}

// row is one group: a value per use, nil where its Select has no such group.
type row struct {
	key    []string
	values []*Value
	days   []dayValues // in order, for the uses that add up
}

// dayValues are a row's values on one day.
type dayValues struct {
	day    string
	values []*Value
}

// newGathered gives every measure its column.
func (p *Plan) newGathered(period *calendar.Range, seen recorded) *gathered {
	g := &gathered{period: period, columns: map[*use]int{}, recorded: seen, rows: map[string]*row{}, narrow: map[string]bool{}, unshared: map[string]bool{}}
	byKey := map[string]int{}
	for _, k := range p.kpis {
		for _, u := range k.uses {
			column, ok := byKey[u.key]
			if !ok {
				column = len(byKey)
				byKey[u.key] = column
			}
			g.columns[u] = column
		}
	}
	g.width = len(byKey)
	g.any = make([]bool, g.width)
	return g
}

// gather asks for a period as it stood some days before now.
func (p *Plan) gather(ctx context.Context, e Engine, period *calendar.Range, seen recorded, earlier int) (*gathered, error) {
	g := p.newGathered(period, seen)
	totals := make([][]Group, len(p.selections))
	byDay := make([][]Group, len(p.selections))
	eg, until := errgroup.WithContext(ctx)
	eg.SetLimit(4)
	for i, s := range p.selections {
		sel := s.Select
		if period != nil {
			sel.From, sel.To = period.From, period.To
		}
		if s.sharing != nil {
			sel.Where = slices.Concat(sel.Where, s.sharing.placed)
		}
		sel.Measures = s.asOf(earlier)
		eg.Go(func() (err error) {
			daily, ok := p.daily(s, sel)
			sel.DaysToo = ok
			if totals[i], err = e.Aggregate(until, sel); err != nil || !ok {
				return err
			}
			byDay[i], err = e.Aggregate(until, daily)
			if callpace.CodeOf(err) == callpace.Limit {
				return nil // too many days to hold: no interval, but the answer
			}
			return err
		})
	}
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	if err := p.costsAbove(ctx, e, g); err != nil {
		return nil, err
	}
	for i, s := range p.selections {
		if err := g.merge(p, s, totals[i]); err != nil {
			return nil, err
		}
		g.mergeDays(p.dailyUses(s), byDay[i])
	}
	for _, s := range p.selections {
		if err := p.shareOut(ctx, e, g, s); err != nil {
			return nil, err
		}
	}
	if len(p.Query.By) == 0 && len(g.order) == 0 {
		g.row(nil)
	}
	g.byKey()
	return g, nil
}

// daily is the Select by day from which errors are estimated: of the measures
// that add up, as the Select has them, where days are not groups themselves.
func (p *Plan) daily(s *selection, sel Select) (Select, bool) {
	q := p.Query
	if !q.Intervals && !q.Shrink && q.Compare == nil || sel.Span {
		return sel, false
	}
	for _, d := range sel.Dims {
		if d.Bucket == BucketDay {
			return sel, false
		}
	}
	sel.ByDay = true
	var days []Measure
	for i, u := range s.uses {
		if p.byDay(u) {
			days = append(days, sel.Measures[i])
		}
	}
	sel.Measures = days
	return sel, len(days) > 0
}

// dailyUses are the measures of a Select that are asked by day, too.
func (p *Plan) dailyUses(s *selection) []*use {
	var out []*use
	for _, u := range s.uses {
		if p.byDay(u) {
			out = append(out, u)
		}
	}
	return out
}

func (p *Plan) byDay(u *use) bool { return u.additive() && p.clustered(u) }

// clustered tells whether some figure takes its error from days of a measure.
func (p *Plan) clustered(u *use) bool {
	for _, k := range p.kpis {
		total := k.kind == KindCount || k.kind == KindSum
		if k.kind == KindProportion || total && p.Query.Compare == nil {
			continue
		}
		for _, o := range k.uses {
			if o.key == u.key {
				return true
			}
		}
	}
	return false
}

// costsAbove looks for costs of which it cannot be told whether a filter
// means them: those of the whole company, where one team is asked for.
func (p *Plan) costsAbove(ctx context.Context, e Engine, g *gathered) error {
	for _, s := range p.selections {
		if len(s.Where) == 0 || !s.uses[0].def.Scoped || s.sharing != nil {
			continue
		}
		sel := s.Select
		sel.Dims, sel.Where, sel.ByDay = nil, nil, false
		sel.Measures = []Measure{{ID: "above", Agg: Count, Where: Op{IsNull, []Expr{Op{And, s.Where}}}}}
		if g.period != nil {
			sel.From, sel.To = g.period.From, g.period.To
		}
		groups, err := e.Aggregate(ctx, sel)
		if err != nil {
			return err
		}
		g.above = g.above || len(groups) > 0 && groups[0].Values[0].Exact.Sign() > 0
	}
	return nil
}
