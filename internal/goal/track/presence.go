package track

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/kpi"
)

// Stay is somebody's time in a team over some days, by the roster and the schedule.
type Stay struct {
	Agent string
	Team  string // "" where teams do not matter, or nobody knows it
	Days  float64
	Left  float64 // of Days, those from today on
	Of    float64 // the working days that there are
	Away  float64 // those that the schedule gives as absence
	Hours float64 // planned, absences taken off; 0 where nothing is planned
	// Joins is the first day there and Leaves the first no more, where they lie
	// within the days; else 0.
	Joins, Leaves int64
	// Shifts tells that the schedule knows them. Who it knows is there when it
	// says so; of who it does not, the roster alone tells.
	Shifts bool
}

// There is the share of the working days, 0 to 1: below 1 for joiners,
// leavers, absences and part-time. It is 1 where there are no working days.
func (s Stay) There() float64 {
	if s.Of <= 0 {
		return 1
	}
	return math.Min(1, s.Days/s.Of)
}

// Stays gives the time of a goal's people over some days: of who called or
// brought something in the last four weeks, and of who joins by the roster
// since. Where the roster knows their teams they have a stay for each (of the
// scope's team alone, where it names one), else one in the team in which they
// called last; with merged, one in all. planned tells that the schedule reaches over at least half of
// the working days: if it does not, nobody is told apart by it.
func (d Desk) Stays(ctx context.Context, g goal.Goal, days calendar.Range, merged bool) (out []Stay, planned bool, err error) {
	callers, err := d.members(ctx, g, "agent")
	if err != nil {
		return nil, false, err
	}
	roster, err := d.roster(ctx)
	if err != nil {
		return nil, false, err
	}
	called, err := d.TeamsOf(ctx, g.Scope)
	if err != nil {
		return nil, false, err
	}
	rota, err := d.rotaOf(ctx, days)
	if err != nil {
		return nil, false, err
	}
	agents := slices.Clone(callers)
	for agent, spans := range roster {
		if slices.ContainsFunc(spans, func(s facts.TeamSpan) bool { return s.From > d.Today-paceDays && s.From < days.To }) {
			agents = append(agents, agent)
		}
	}
	slices.Sort(agents)
	for _, agent := range slices.Compact(agents) {
		for _, in := range spansOf(roster[agent], called[agent], days, g.Scope.Team, merged) {
			out = append(out, d.stay(agent, in, days, rota))
		}
	}
	slices.SortStableFunc(out, func(a, b Stay) int { return cmp.Compare(a.Team, b.Team) })
	return out, rota.planned, nil
}

// spansOf are the times in teams that count, within some days and at least one long.
func spansOf(known []facts.TeamSpan, called string, days calendar.Range, only string, merged bool) (out []facts.TeamSpan) {
	if len(known) == 0 {
		known = []facts.TeamSpan{{Team: called, From: math.MinInt64, To: math.MaxInt64}}
		if only != "" {
			known[0].Team = only
		}
	}
	for _, s := range known {
		if only != "" && s.Team != only || s.From >= days.To || s.To <= days.From {
			continue
		}
		if n := len(out) - 1; merged {
			if s.Team = ""; n >= 0 && out[n].To == s.From {
				out[n].To = s.To
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

// stay counts the days of a span on which somebody is there.
func (d Desk) stay(agent string, in facts.TeamSpan, days calendar.Range, rota rota) Stay {
	s := Stay{Agent: agent, Team: in.Team}
	if in.From > days.From {
		s.Joins = in.From
	}
	if in.To < days.To {
		s.Leaves = in.To
	}
	own, known := rota.of[agent]
	s.Shifts = known && rota.planned
	for day := days.From; day < days.To; day++ {
		share, _ := d.Working.Day(day)
		s.Of += share
		if day < in.From || day >= in.To {
			continue
		}
		here, away := share, 0.0
		if at := day - days.From; s.Shifts && rota.covered[at] {
			full := math.Max(own.usual*share, own.planned[at])
			s.Hours += own.present[at]
			if here = 0; full > 0 {
				here = share * math.Min(1, own.present[at]/full)
				away = share * math.Min(1, (own.planned[at]-own.present[at])/full)
			}
		}
		s.Days += here
		s.Away += away
		if day >= d.Today {
			s.Left += here
		}
	}
	return s
}

// rota is what the schedule plans over some days.
type rota struct {
	of      map[string]duty
	covered []bool // days on which it plans for anybody
	planned bool   // it reaches over at least half of the working days
}

// duty is what it plans of one, in hours by day; usual is a day of theirs.
type duty struct {
	planned, present []float64
	usual            float64
}

// rotaOf reads the schedule over some days and, to know who is in it at all,
// the four weeks before.
func (d Desk) rotaOf(ctx context.Context, days calendar.Range) (out rota, err error) {
	wide := calendar.Range{From: days.From - paceDays, To: days.To}
	seconds, there := kpi.Field{Name: "planned_seconds", Kind: facts.Seconds}, kpi.Op{Name: kpi.IsNull, Args: []kpi.Expr{kpi.Field{Name: "absence", Kind: facts.Text}}}
	groups, err := d.Engine.Aggregate(ctx, kpi.Select{Fact: facts.Schedule, Date: "planned", From: wide.From, To: wide.To, Scope: d.Base.Scope, Now: d.Base.Now, MaxGroups: kpi.MaxGroups,
		Dims:     []kpi.Dim{{Name: "agent", Expr: kpi.Field{Name: "agent", Kind: facts.Text}}, {Name: "day", Bucket: kpi.BucketDay}},
		Measures: []kpi.Measure{{ID: "all", Agg: kpi.Sum, Value: seconds}, {ID: "there", Agg: kpi.Sum, Value: seconds, Where: there}}})
	if err != nil {
		return out, err
	}
	places := d.places(wide)
	out.of, out.covered = map[string]duty{}, make([]bool, max(0, days.Days()))
	for _, g := range groups {
		at, ok := places[g.Key[1]]
		if !ok || g.Key[0] == "" {
			continue
		}
		s, known := out.of[g.Key[0]]
		if !known {
			s = duty{planned: make([]float64, len(out.covered)), present: make([]float64, len(out.covered))}
		}
		if at -= paceDays; at >= 0 {
			out.covered[at] = true
			s.planned[at] += hours(g.Values[0])
			s.present[at] += hours(g.Values[1])
		}
		out.of[g.Key[0]] = s
	}
	known, all := 0.0, 0.0
	for i, covered := range out.covered {
		share, _ := d.Working.Day(days.From + int64(i))
		if all += share; covered {
			known += share
		}
	}
	out.planned = all > 0 && known >= all/2
	for who, s := range out.of {
		s.usual = usualDay(s.planned)
		out.of[who] = s
	}
	return out, nil
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

// roster gives who is in which team when, in order of time. Where two teams
// hold on a day, the one that began last does, as in the figures.
func (d Desk) roster(ctx context.Context) (map[string][]facts.TeamSpan, error) {
	column := func(name string, kind facts.Kind) kpi.Dim {
		return kpi.Dim{Name: name, Expr: kpi.Field{Name: name, Kind: kind}}
	}
	groups, err := d.Engine.Aggregate(ctx, kpi.Select{Fact: facts.Roster, Undated: true, Scope: d.Base.Scope, Now: d.Base.Now,
		Dims:     []kpi.Dim{column("agent", facts.Text), column("team", facts.Text), column("from_day", facts.Day), column("to_day", facts.Day)},
		Measures: []kpi.Measure{{ID: "all", Agg: kpi.Count}}})
	if err != nil {
		return nil, err
	}
	raw := map[string][]facts.TeamSpan{}
	for _, g := range groups {
		s := facts.TeamSpan{Team: g.Key[1], From: dayOr(g.Key[2], math.MinInt64), To: dayOr(g.Key[3], math.MaxInt64)}
		if g.Key[0] != "" && s.Team != "" && s.From < s.To {
			raw[g.Key[0]] = append(raw[g.Key[0]], s)
		}
	}
	for agent, list := range raw {
		raw[agent] = facts.Disjoint(list)
	}
	return raw, nil
}

// dayOr reads a key that is a day; open is what an empty one means.
func dayOr(key string, open int64) int64 {
	t, err := time.Parse(time.DateOnly, key)
	if err != nil {
		return open
	}
	return facts.DayOf(t.Year(), t.Month(), t.Day())
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
