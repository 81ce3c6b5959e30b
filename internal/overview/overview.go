// Package overview answers the questions that a day begins with: how are the
// figures that matter, where does the funnel lose most, and what to look at
// first, with the reason and the count. It computes nothing of its own but
// comparisons of KPIs, and accuses nobody: a finding is a place to look.
package overview

import (
	"cmp"
	"context"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/stats"
)

// Focus are the KPIs that the overview shows, and Stages the steps of the
// funnel, in their order: counted per period, since of the leads of a running
// month fewer have had the time to close than of the one before. Teams are
// compared in Steps, the same by lead, for their leads are of the same age;
// agents in Watched, among those of their campaign. Leads are looked at by the
// lists that they came in, in Worked; queues in Served.
var (
	Focus   = []string{"calls", "reach_rate", "appointments", "sales", "revenue", "conversion_rate", "average_wait", "abandonment_rate"}
	Stages  = []string{"reach_rate", "contact_rate", "appointment_rate:per_call", "appointment_close_rate:per_period"}
	Steps   = []string{"reach_rate", "contact_rate", "appointment_rate", "appointment_close_rate"}
	Watched = []string{"reach_rate", "appointment_rate", "appointment_close_rate", "drop_off_rate", "premature_loss_rate", "callbacks_kept_rate", "cancellation_rate"}
	Worked  = []string{"reach_rate", "appointment_rate", "premature_loss_rate", "untouched_leads_share"}
	Served  = []string{"abandonment_rate", "service_level"}
)

// falseShare is the share of findings that may be false (see
// stats.BenjaminiHochberg); minimum is the least denominator worth comparing.
const (
	falseShare = 0.10
	minimum    = 30
	mostFirst  = 5
)

// Overview is the answer.
type Overview struct {
	Focus   *kpi.Frame // one row, compared with the days before
	Stages  *kpi.Frame // one row, compared with the days before
	Weakest *Finding   // the stage and team that fall behind the others by most; nil: none beyond chance
	First   []Finding  // what to look at first: agents, lists of leads, queues; the clearest first
}

// Finding is a rate of one part (an agent, a team, a list of leads, a queue) that differs from that of
// the others by more than chance explains, and not for the better.
type Finding struct {
	KPI    string
	By     string // the dimension of which Of is a part: agent, team, list, queue
	Of     string
	Among  string // the campaign that the others are of; "" for all
	Own    stats.Proportion
	Others stats.Proportion
	P      float64
	// Followed is for how many days the leads were followed, those younger left
	// out, where the outcome comes later; 0 for all other rates.
	Followed int
	better   string
}

// followed and leastFollowed bound for how many days leads are followed.
const mostFollowed, leastFollowed = 30, 1

// Follow gives for how many days outcomes are followed when the parts of a
// period are judged: half of the time since its first day, a month at most. The
// older half of the leads is enough to compare by, and all of it is followed
// for equally long: who began last week does not look worse for it.
func Follow(q kpi.Query) int {
	if q.Period == nil {
		return mostFollowed
	}
	today := facts.NewClock(q.Now.Location()).Moment(q.Now).Day
	return int(min(max((today+1-q.Period.From)/2, leastFollowed), mostFollowed))
}

// Judged is a query for rates of parts that are judged beside each other.
func Judged(q kpi.Query, kpis []string, by ...string) kpi.Query {
	q.KPIs, q.By, q.Compare, q.Sort, q.Desc, q.Limit, q.Offset, q.Shrink, q.Intervals = kpis, by, nil, "", false, 0, 0, false, false
	q.Followed = Follow(q)
	return q
}

// Missed is how many more (or fewer) would have been, at the others' rate.
func (f Finding) Missed() float64 {
	others, _ := f.Others.Value()
	return math.Abs(others*f.Own.N - f.Own.X)
}

// Make computes the overview of a period against another, with the KPIs in
// focus (Focus are the usual ones). base carries the scope, the clock and the
// organisation's settings.
func Make(ctx context.Context, c *kpi.Catalogue, e kpi.Engine, focus []string, base kpi.Query, period calendar.Range, before kpi.Comparison) (*Overview, error) {
	base.Period, base.Compare = &period, nil
	compared := base
	compared.Compare, compared.Intervals = &before, true
	var o Overview
	var teams, agents, lists, queues *kpi.Frame
	g, ctx := errgroup.WithContext(ctx)
	for _, part := range []struct {
		into **kpi.Frame
		q    kpi.Query
		kpis []string
		by   []string
	}{
		{&o.Focus, compared, focus, nil},
		{&o.Stages, compared, Stages, nil},
		{&teams, Judged(base, nil), Steps, []string{"team"}},
		{&agents, Judged(base, nil), Watched, []string{"campaign", "agent"}},
		{&lists, Judged(base, nil), Worked, []string{"list"}},
		{&queues, Judged(base, nil), Served, []string{"queue"}},
	} {
		g.Go(func() error {
			q := part.q
			q.KPIs, q.By = part.kpis, part.by
			f, err := c.Run(ctx, e, q)
			if err != nil && len(part.by) == 1 && kpi.NotJoinable(err) { // no source tells lists, or queues
				return nil
			}
			*part.into = f
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if found := behind(teams); len(found) > 0 {
		o.Weakest = &found[0]
	}
	o.First = first(behind(agents), behind(lists), behind(queues))
	return &o, nil
}

// first chooses what to look at first: the clearest of each kind, and then the
// clearest of all, no part twice. They come the clearest first.
func first(kinds ...[]Finding) []Finding {
	var out, rest []Finding
	clearest := func(a, b Finding) int { return cmp.Compare(a.P, b.P) }
	for _, found := range kinds {
		named := map[string]bool{}
		for _, f := range found {
			switch {
			case len(named) == 0:
				out = append(out, f)
			case !named[f.Of]:
				rest = append(rest, f)
			}
			named[f.Of] = true
		}
	}
	slices.SortStableFunc(rest, clearest)
	out = append(out, rest[:min(len(rest), max(mostFirst-len(out), 0))]...)
	slices.SortStableFunc(out, clearest)
	return out
}

// behind finds the parts whose rates fall behind those of the others, the
// clearest first: the frame's last dimension names the part, the ones before it
// whom it is compared among.
func behind(f *kpi.Frame) []Finding {
	if f == nil {
		return nil
	}
	var all, found []Finding
	var p []float64
	for i := range f.Columns {
		for _, finding := range compare(f, i) {
			all, p = append(all, finding), append(p, finding.P)
		}
	}
	marks := stats.BenjaminiHochberg(p, falseShare)
	for i, x := range all {
		own, _ := x.Own.Value()
		others, _ := x.Others.Value()
		if marks[i] && (x.better == "lower") == (own > others) {
			found = append(found, x)
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.P, b.P) })
	return found
}

// compare sets every part's proportion in a column against the sum of the
// others that share its key but for the last dimension.
func compare(f *kpi.Frame, column int) []Finding {
	last := len(f.Dims) - 1
	among := map[string]stats.Proportion{}
	group := func(r kpi.FrameRow) string {
		if last == 0 {
			return ""
		}
		return r.Key[0]
	}
	for _, r := range f.Rows {
		if x := r.Figures[column]; x.Valid && r.Key[last] != "" {
			sum := among[group(r)]
			among[group(r)] = stats.Proportion{X: sum.X + x.Num, N: sum.N + x.Den}
		}
	}
	var out []Finding
	for _, r := range f.Rows {
		x := r.Figures[column]
		sum := among[group(r)]
		others := stats.Proportion{X: sum.X - x.Num, N: sum.N - x.Den}
		if !x.Valid || r.Key[last] == "" || x.Den < minimum || others.N < minimum {
			continue
		}
		own := stats.Proportion{X: x.Num, N: x.Den}
		if c, ok := stats.ProportionChange(own, others); ok {
			out = append(out, Finding{KPI: f.Columns[column].Name, better: f.Columns[column].Better, By: f.Dims[last], Of: r.Key[last], Among: group(r), Own: own, Others: others, P: c.P, Followed: f.Columns[column].Followed})
		}
	}
	return out
}
