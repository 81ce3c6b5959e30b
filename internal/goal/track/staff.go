package track

import (
	"context"
	"math"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// paceDays is how far back it is looked what people do in an hour and a day.
const paceDays = 28

// pace measures what an agent does in an hour and a day, over four weeks, and
// on how many of the days on which anybody worked they are there: absences and part-time show in it.
func (d Desk) pace(ctx context.Context, h *History, where []string) error {
	weeks := calendar.Range{From: d.Today - paceDays, To: d.Today}
	rows, err := d.lenient(ctx, weeks, where, []string{"agent", "day"}, "calls_per_hour", "outbound_calls")
	if err != nil {
		return err
	}
	agents, worked, days, there, calls, hours := map[string]bool{}, map[string]bool{}, 0.0, 0.0, 0.0, 0.0
	for _, r := range rows {
		if r.key[0] == "" || r.figures[1].Number+r.figures[0].Num == 0 {
			continue
		}
		agents[r.key[0]], worked[r.key[1]] = true, true
		there++
		if x := r.figures[0]; x.Den > 0 {
			days++
			calls += x.Num
			hours += x.Den
		}
	}
	h.Agents, h.Present = float64(len(agents)), 1
	if days > 0 && hours > 0 {
		h.PerHour, h.Hours = calls/hours, hours/days
	}
	if all := len(agents) * len(worked); all > 0 {
		h.Present = there / float64(all)
	}
	return d.shifts(ctx, h, where, weeks, agents)
}

// shifts reads what is planned of the year ahead, in days of the length that
// was usual over four weeks, and which of the agents the schedule knows at all.
func (d Desk) shifts(ctx context.Context, h *History, where []string, weeks calendar.Range, agents map[string]bool) error {
	of, ok := equals(facts.Schedule, where)
	if !ok {
		return nil
	}
	seconds, away := kpi.Field{Name: "planned_seconds", Kind: facts.Seconds}, kpi.Op{Name: kpi.IsNull, Args: []kpi.Expr{kpi.Field{Name: "absence", Kind: facts.Text}}}
	ask := kpi.Select{Fact: facts.Schedule, Date: "planned", From: weeks.From, To: d.Today + 366, Scope: d.Base.Scope, Now: d.Base.Now, MaxGroups: kpi.MaxGroups,
		Dims: []kpi.Dim{{Name: "day", Bucket: kpi.BucketDay}}, Where: of,
		Measures: []kpi.Measure{{ID: "planned", Agg: kpi.Sum, Value: seconds, Where: away}, {ID: "days", Agg: kpi.Count, Where: away},
			{ID: "absent", Agg: kpi.Sum, Value: seconds, Where: kpi.Op{Name: kpi.Not, Args: []kpi.Expr{away}}}}}
	groups, err := d.Engine.Aggregate(ctx, ask)
	if err != nil {
		return err
	}
	ask.Dims, ask.Measures = []kpi.Dim{{Name: "agent", Expr: kpi.Field{Name: "agent", Kind: facts.Text}}}, []kpi.Measure{{ID: "all", Agg: kpi.Count}}
	known, err := d.Engine.Aggregate(ctx, ask)
	if err != nil {
		return err
	}
	for _, g := range known {
		if agents[g.Key[0]] {
			h.listed++
		}
	}
	whole := func(v kpi.Value) float64 {
		if !v.Valid {
			return 0
		}
		return float64(v.Exact.Whole())
	}
	keys := d.places(calendar.Range{From: weeks.From, To: d.Today + 366})
	var sum, n float64
	h.shifts, h.absent = map[int64]float64{}, map[int64]float64{}
	for _, g := range groups {
		at, ok := keys[g.Key[0]]
		if !ok {
			continue
		}
		day := weeks.From + at
		if day < d.Today {
			sum, n = sum+whole(g.Values[0]), n+whole(g.Values[1])
		}
		h.shifts[day], h.absent[day] = whole(g.Values[0]), whole(g.Values[2])
	}
	usual := 8.0 * 3600
	if n > 0 {
		usual = sum / n
	}
	for day := range h.shifts {
		h.shifts[day] /= usual
		h.absent[day] /= usual
	}
	return nil
}

// away is how many agent-days of those left will not be worked, of so many
// agents: as the schedule plans, where it reaches over at least half of the
// days; else, and of agents whom it does not know, as many as of late.
func (h History) away(agents float64, days int, left []int64) float64 {
	planned, known := 0.0, 0
	for _, day := range left {
		if x, ok := h.shifts[day]; ok && x+h.absent[day] > 0 {
			planned += x
			known++
		}
	}
	usual := float64(days) * (1 - h.Present)
	if all := h.listed * float64(len(left)); 2*known >= len(left) && known > 0 && agents == h.Agents {
		return math.Max(0, all-planned*float64(len(left))/float64(known)) + (agents-h.listed)*usual
	}
	return agents * usual
}
