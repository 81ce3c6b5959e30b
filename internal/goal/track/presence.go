package track

import (
	"context"
	"math"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/cascade"
	"github.com/callpace/callpace/internal/kpi"
)

// Shift is what a schedule plans of somebody over some days.
type Shift struct {
	Hours float64 // planned, absences taken off
	// There is the share of the working days on which somebody is there, each by
	// its hours: below 1 for joiners, leavers and absences.
	There float64
}

// Shifts gives the planned time of agents or teams over the part of some days
// that is still to come. ok is false where the schedule does not reach over half of the
// working days: then nobody is to be told apart by it.
func (d Desk) Shifts(ctx context.Context, s goal.Scope, by string, days calendar.Range) (out map[string]Shift, ok bool, err error) {
	days.From = max(days.From, min(d.Today, days.To))
	of, _ := equals(facts.Schedule, goal.Scope{Team: s.Team}.Filters())
	seconds, there := kpi.Field{Name: "planned_seconds", Kind: facts.Seconds}, kpi.Op{Name: kpi.IsNull, Args: []kpi.Expr{kpi.Field{Name: "absence", Kind: facts.Text}}}
	groups, err := d.Engine.Aggregate(ctx, kpi.Select{Fact: facts.Schedule, Date: "planned", From: days.From, To: days.To, Scope: d.Base.Scope, Now: d.Base.Now, MaxGroups: kpi.MaxGroups,
		Dims: []kpi.Dim{{Name: by, Expr: kpi.Field{Name: by, Kind: facts.Text}}, {Name: "day", Bucket: kpi.BucketDay}}, Where: of,
		Measures: []kpi.Measure{{ID: "all", Agg: kpi.Sum, Value: seconds}, {ID: "there", Agg: kpi.Sum, Value: seconds, Where: there}}})
	if err != nil {
		return nil, false, err
	}
	places := d.places(days)
	planned, present := map[string][]float64{}, map[string][]float64{}
	covered := make([]bool, max(0, days.Days()))
	for _, g := range groups {
		at, known := places[g.Key[1]]
		if who := g.Key[0]; known && who != "" {
			if planned[who] == nil {
				planned[who], present[who] = make([]float64, len(covered)), make([]float64, len(covered))
			}
			covered[at] = true
			planned[who][at] += hours(g.Values[0])
			present[who][at] += hours(g.Values[1])
		}
	}
	known, all := 0.0, 0.0
	for i := range covered {
		share, _ := d.Working.Day(days.From + int64(i))
		if all += share; covered[i] {
			known += share
		}
	}
	if !(all > 0) || known < all/2 {
		return nil, false, nil
	}
	out = map[string]Shift{}
	for who, list := range planned {
		usual := usualDay(list)
		period, s := make([]float64, len(covered)), Shift{}
		for i := range period {
			if covered[i] {
				share, _ := d.Working.Day(days.From + int64(i))
				period[i] = math.Max(usual*share, list[i])
			}
			s.Hours += present[who][i]
		}
		s.There = cascade.Presence(present[who], period)
		out[who] = s
	}
	return out, true, nil
}

func hours(v kpi.Value) float64 {
	if !v.Valid {
		return 0
	}
	return float64(v.Exact.Whole()) / 3600
}

// usualDay is the mean of the days with anything planned.
func usualDay(list []float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range list {
		if v > 0 {
			sum, n = sum+v, n+1
		}
	}
	return sum / math.Max(1, n)
}

// TeamsOf gives the team in which each agent called last, over four weeks.
func (d Desk) TeamsOf(ctx context.Context, s goal.Scope) (map[string]string, error) {
	rows, err := d.lenient(ctx, calendar.Range{From: d.Today - paceDays, To: d.Today + 1}, goal.Scope{Team: s.Team}.Filters(), []string{"agent", "team", "day"}, "calls")
	if err != nil {
		return nil, err
	}
	out, last := map[string]string{}, map[string]string{}
	for _, r := range rows {
		agent, team, day := r.key[0], r.key[1], r.key[2]
		if agent != "" && team != "" && r.figures[0].Number > 0 && (day > last[agent] || day == last[agent] && team > out[agent]) {
			out[agent], last[agent] = team, day
		}
	}
	return out, nil
}
