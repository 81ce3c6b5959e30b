package track

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/kpi"
)

// lags are the days that leads took, from which it follows what of the work
// still to be done will bear fruit before a deadline.
type lags struct {
	toSale        forecast.Cycle // from the first contact
	toAppointment forecast.Cycle
	won, lost     forecast.Cycle // from the appointment
	open          []openLeads
}

// openLeads are appointments of the same age that are neither won nor lost.
type openLeads struct {
	age   float64
	count int
}

// How far back lags are looked for, and of how many leads they tell anything.
const (
	lagDays  = 366
	fewestOf = 20
)

// contactOf is where a lead's story with the people at work begins, as the KPI
// sales_cycle_time has it.
var contactOf = kpi.Op{Name: kpi.Coalesce, Args: []kpi.Expr{story("first_contact"), story("first_reached"), story("created")}}

func story(name string) kpi.Expr { return kpi.MomentField{Name: name} }

// lags measures them: of the scope, of all where that has too few.
func (d Desk) lags(ctx context.Context, where []string) (l lags, err error) {
	for _, x := range []struct {
		into     *forecast.Cycle
		from     kpi.Expr
		to, date string
	}{{&l.toSale, contactOf, "won", "won"}, {&l.toAppointment, contactOf, "appointment", "appointment"}, {&l.won, story("appointment"), "won", "won"}, {&l.lost, story("appointment"), "lost", "lost"}} {
		own, ok := equals(facts.LeadStory, where)
		var days []float64
		if ok {
			if days, err = d.lag(ctx, own, x.from, x.to); err != nil {
				return l, err
			}
		}
		if len(days) < fewestOf && len(own) > 0 {
			if days, err = d.lag(ctx, nil, x.from, x.to); err != nil {
				return l, err
			}
		}
		if len(days) >= fewestOf {
			*x.into = forecast.NewCycle(days)
		}
	}
	return l, nil
}

// lag gives the whole days from one moment of leads to another, of those that
// got there within the last year.
func (d Desk) lag(ctx context.Context, where []kpi.Expr, from kpi.Expr, to string) ([]float64, error) {
	seconds := kpi.Op{Name: kpi.SecondsBetween, Args: []kpi.Expr{from, story(to)}}
	day := kpi.Number{Value: 86400 * callpace.One}
	groups, err := d.Engine.Aggregate(ctx, kpi.Select{Fact: facts.LeadStory, Date: to, From: d.Today - lagDays, To: d.Today + 1, Scope: d.Base.Scope, Now: d.Base.Now, MaxGroups: kpi.MaxGroups,
		Where:    where,
		Measures: []kpi.Measure{{ID: "lag", Agg: kpi.Histogram, Value: kpi.Op{Name: kpi.Div, Args: []kpi.Expr{seconds, day}}, Where: kpi.Op{Name: kpi.Ge, Args: []kpi.Expr{seconds, kpi.Number{}}}}}})
	if err != nil {
		return nil, fmt.Errorf("measure lags: %w", err)
	}
	var out []float64
	for _, g := range groups {
		for days, n := range g.Values[0].Hist() {
			for range n {
				out = append(out, float64(days))
			}
		}
	}
	return out, nil // NewCycle puts them in order
}

var equal = regexp.MustCompile(`^(\w+) ={1,2} (?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")$`)

// equals turns conditions of the form team = 'East' into those of a table; ok is
// false for others, and where the table has no such column.
func equals(t *facts.Table, where []string) (out []kpi.Expr, ok bool) {
	for _, w := range where {
		m := equal.FindStringSubmatch(strings.TrimSpace(w))
		if m == nil || t.Col(m[1]) < 0 || t.Columns[t.Col(m[1])].Kind != facts.Text {
			return nil, false
		}
		value := strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\"`, `"`).Replace(m[2] + m[3])
		out = append(out, kpi.Op{Name: kpi.Eq, Args: []kpi.Expr{kpi.Field{Name: m[1], Kind: facts.Text}, kpi.String{Value: value}}})
	}
	return out, true
}

// sold are the KPIs that count sales: what a lead comes to.
var sold = []string{Sales, "gross_sales", "renewal_sales", "cross_sell_sales", "new_customer_sales", "won", "sale_calls"}

// inTime is the share of what begins on the working days left whose result
// comes before the deadline; 0 where no lag is known. As many of those that
// took too long are half a lead at least.
func (l lags) inTime(result string, left []int64, until int64) float64 {
	cycle := forecast.Cycle{}
	switch {
	case slices.Contains(sold, result):
		cycle = l.toSale
	case result == Appointments:
		cycle = l.toAppointment
	}
	if len(left) == 0 || cycle.Len() == 0 {
		return 0
	}
	ahead := make([]float64, len(left))
	for i, day := range left {
		ahead[i] = float64(until - day)
	}
	return math.Max(plan.InTime(ahead, cycle.Within), 0.5/float64(cycle.Len()))
}

// matures is how many of the open appointments will be won within so many
// days; ok is false where no lag is known.
func (l lags) matures(close, within float64) (sum float64, ok bool) {
	lost := l.lost
	if lost.Len() == 0 {
		lost = l.won
	}
	for _, o := range l.open {
		sum += float64(o.count) * forecast.Win(close, l.won, lost, o.age, within)
	}
	return sum, l.won.Len() > 0
}
