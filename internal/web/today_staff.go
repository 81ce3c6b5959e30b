package web

import (
	"context"
	"fmt"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
)

// staffing is how long people are planned to work on a day, and were on the
// same weekdays before: what is to be expected of a day goes by that.
type staffing struct {
	now, before map[string]float64 // seconds by group; before: the mean of days with any
}

func staffKey(dimension, name string) string { return dimension + "\x00" + name }

// known tells whether a schedule says anything about the day and those before.
func (s staffing) known(dimension, name string) bool {
	key := staffKey(dimension, name)
	return s.now[key] > 0 && s.before[key] > 0
}

// factor is how much longer than usual is worked; 1 where nobody planned.
func (s staffing) factor(dimension, name string) float64 {
	if !s.known(dimension, name) {
		return 1
	}
	key := staffKey(dimension, name)
	return s.now[key] / s.before[key]
}

// away tells that there is a schedule for the day, and somebody is not in it.
func (s staffing) away(dimension, name string) bool {
	return s.now[staffKey("", "")] > 0 && s.now[staffKey(dimension, name)] == 0
}

// staffing asks the schedule; q names scope and days.
func (r *request) staffing(q kpi.Query, day int64) (staffing, error) {
	v, err := r.s.memo.recall(r.known(), fmt.Sprintf("staff %#v %d %d", q.Scope, q.Period.From, day), func() (found any, err error) {
		err = r.read(func(e kpi.Engine) (err error) {
			found, err = e.Aggregate(context.WithoutCancel(r.Context()), kpi.Select{Fact: facts.Schedule, Date: "planned", From: q.Period.From, To: day + 1,
				Scope: q.Scope, Now: q.Now, MaxGroups: kpi.MaxGroups,
				Dims:     []kpi.Dim{textDim("team"), textDim("agent"), {Name: "day", Bucket: kpi.BucketDay}},
				Where:    []kpi.Expr{kpi.Op{Name: kpi.Eq, Args: []kpi.Expr{kpi.BucketKey{Bucket: kpi.BucketWeekday}, kpi.String{Value: weekdayNumber(day)}}}},
				Measures: []kpi.Measure{{ID: "planned", Agg: kpi.Sum, Value: kpi.Field{Name: "planned_seconds", Kind: facts.Seconds}, Where: kpi.Op{Name: kpi.IsNull, Args: []kpi.Expr{kpi.Field{Name: "absence", Kind: facts.Text}}}}}})
			return err
		})
		return found, err
	})
	if err != nil {
		return staffing{}, err
	}
	return gatherStaff(v.([]kpi.Group), r.dayKey(day)), nil
}

func textDim(name string) kpi.Dim {
	return kpi.Dim{Name: name, Expr: kpi.Field{Name: name, Kind: facts.Text}}
}

func gatherStaff(groups []kpi.Group, today string) staffing {
	out := staffing{now: map[string]float64{}, before: map[string]float64{}}
	byDay := map[string]map[string]float64{}
	for _, g := range groups {
		seconds := whole(g.Values[0])
		for _, key := range []string{staffKey("", ""), staffKey("team", g.Key[0]), staffKey("agent", g.Key[1])} {
			if g.Key[2] == today {
				out.now[key] += seconds
				continue
			}
			if byDay[key] == nil {
				byDay[key] = map[string]float64{}
			}
			byDay[key][g.Key[2]] += seconds
		}
	}
	for key, days := range byDay {
		sum, n := 0.0, 0
		for _, seconds := range days { // whole numbers: their sum does not depend on the order
			if seconds > 0 {
				sum, n = sum+seconds, n+1
			}
		}
		if n > 0 && n <= overview.Weeks {
			out.before[key] = sum / float64(n)
		}
	}
	return out
}

// whole is a value that was summed up, as far as whole numbers go; none is 0.
func whole(v kpi.Value) float64 {
	if !v.Valid {
		return 0
	}
	return float64(v.Exact.Whole())
}
