package track

import (
	"context"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/stats"
)

// funnelDays is how far back the rates of a plan are measured: a quarter.
const funnelDays = 91

// reference is a rate that is good by common experience: one appointment in three.
const reference = 1.0 / 3

// History is the own funnel of a scope, and what its people can do.
type History struct {
	Rates   Rates
	Records map[string]plan.Record // by the stage's To
	PerHour float64                // calls of an hour logged in
	Hours   float64                // logged in, of one agent's day
	Agents  float64                // who called in the last four weeks
	PerLead float64                // attempts
	Left    *int64                 // leads never tried
	Open    float64                // expected from open appointments
	Days    calendar.Range         // that were measured
}

// History reads the funnel of a scope's last quarter. What the data do not hold
// stays empty. unit is the KPI that stands at the chain's end: sales, or a kind of them.
func (d Desk) History(ctx context.Context, where []string, unit string) (h History, err error) {
	h.Days = calendar.Range{From: d.Today - funnelDays, To: d.Today}
	h.Records = map[string]plan.Record{}
	counts, err := d.funnel(ctx, h.Days, where, unit)
	if err != nil {
		return h, err
	}
	h.Rates = counts.rates()
	for i := int64(3); i >= 1; i-- {
		q, err := d.funnel(ctx, calendar.Range{From: h.Days.From - i*funnelDays, To: h.Days.To - i*funnelDays}, where, unit)
		if err != nil {
			return h, err
		}
		h.note(q, false)
	}
	if err := d.teams(ctx, &h, where, unit); err != nil {
		return h, err
	}
	if err := d.pace(ctx, &h, where); err != nil {
		return h, err
	}
	return h, d.stock(ctx, &h, where)
}

// note adds a quarter's, or a team's, rates to the records.
func (h *History) note(c funnelCounts, team bool) {
	for _, s := range c.stages() {
		if !(s.p.N > 0) || s.p.X > s.p.N {
			continue
		}
		r := h.Records[s.to]
		if team {
			r.Teams = append(r.Teams, s.p)
		} else {
			r.Quarters = append(r.Quarters, s.p)
		}
		if s.to == Sales {
			r.Reference = reference
		}
		h.Records[s.to] = r
	}
}

// funnelCounts are the counts of a funnel over some days.
type funnelCounts struct{ calls, contacts, appointments, sales float64 }

type countedStage struct {
	to string
	p  stats.Proportion
}

// stages gives the steps with their counts. Appointments that are fewer than
// the sales are no stage of these.
func (c funnelCounts) stages() []countedStage {
	out := []countedStage{{Contacts, stats.Proportion{X: c.contacts, N: c.calls}}}
	from := c.contacts
	if c.appointments >= c.sales && c.appointments > 0 && c.appointments <= c.contacts {
		out = append(out, countedStage{Appointments, stats.Proportion{X: c.appointments, N: c.contacts}})
		from = c.appointments
	}
	return append(out, countedStage{Sales, stats.Proportion{X: c.sales, N: from}})
}

func (c funnelCounts) rates() (r Rates) {
	for _, s := range c.stages() {
		if !(s.p.N > 0) || s.p.X > s.p.N || s.p.X == 0 {
			continue
		}
		m := plan.Measured(s.p.X, s.p.N)
		switch s.to {
		case Contacts:
			r.Contact = &m
		case Appointments:
			r.Appointment = &m
		case Sales:
			r.Close = &m
		}
	}
	return r
}

func (d Desk) funnel(ctx context.Context, days calendar.Range, where []string, unit string) (c funnelCounts, err error) {
	x, err := d.lenient(ctx, days, where, nil, "contact_rate", "appointments", unit)
	if err != nil || len(x) == 0 {
		return c, err
	}
	return countsOf(x[0].figures), nil
}

func countsOf(x []kpi.Figure) funnelCounts {
	return funnelCounts{calls: x[0].Den, contacts: x[0].Num, appointments: x[1].Number, sales: x[2].Number}
}

// answered is one group of an answer in which KPIs that cannot be asked stay empty.
type answered struct {
	key     []string
	figures []kpi.Figure
}

// lenient asks each KPI by itself: one that has no such dimension (calls carry
// no product) stays without data instead of failing all.
func (d Desk) lenient(ctx context.Context, days calendar.Range, where, by []string, kpis ...string) ([]answered, error) {
	var out []answered
	at := map[string]int{}
	for i, id := range kpis {
		f, err := d.ask(ctx, days, where, by, false, id)
		if callpace.CodeOf(err) == callpace.Invalid || callpace.CodeOf(err) == callpace.Unsupported {
			continue
		} else if err != nil {
			return nil, err
		}
		for _, row := range f.Rows {
			name := ""
			for _, k := range row.Key {
				name += k + "\x00"
			}
			n, ok := at[name]
			if !ok {
				n = len(out)
				at[name] = n
				out = append(out, answered{key: row.Key, figures: make([]kpi.Figure, len(kpis))})
			}
			out[n].figures[i] = row.Figures[0]
		}
	}
	return out, nil
}

// teams notes how the stages stand in each team of the company now.
func (d Desk) teams(ctx context.Context, h *History, where []string, unit string) error {
	rows, err := d.lenient(ctx, h.Days, nil, []string{"team"}, "contact_rate", "appointments", unit)
	if err != nil || len(where) > 0 && len(rows) < 2 {
		return err
	}
	for _, row := range rows {
		h.note(countsOf(row.figures), true)
	}
	return nil
}

// pace measures what an agent does in an hour and a day, over four weeks.
func (d Desk) pace(ctx context.Context, h *History, where []string) error {
	weeks := calendar.Range{From: d.Today - 28, To: d.Today}
	rows, err := d.lenient(ctx, weeks, where, []string{"agent", "day"}, "calls_per_hour", "outbound_calls")
	if err != nil {
		return err
	}
	agents, days, calls, hours := map[string]bool{}, 0.0, 0.0, 0.0
	for _, r := range rows {
		if r.key[0] == "" || r.figures[1].Number+r.figures[0].Num == 0 {
			continue
		}
		agents[r.key[0]] = true
		if x := r.figures[0]; x.Den > 0 {
			days++
			calls += x.Num
			hours += x.Den
		}
	}
	h.Agents = float64(len(agents))
	if days > 0 && hours > 0 {
		h.PerHour, h.Hours = calls/hours, hours/days
	}
	return nil
}

// stock counts leads that are left, and what open appointments will bring.
func (d Desk) stock(ctx context.Context, h *History, where []string) error {
	all := calendar.Range{From: d.Today - 2*365, To: d.Today + 1}
	x, err := d.lenient(ctx, all, where, nil, "leads_remaining", "calls_per_lead")
	if err != nil {
		return err
	}
	if len(x) > 0 {
		if v := x[0].figures[0]; v.Valid {
			n := int64(v.Number)
			h.Left = &n
		}
		h.PerLead = x[0].figures[1].Number
	}
	if h.Rates.Close == nil {
		return nil
	}
	open, err := d.lenient(ctx, calendar.Range{From: h.Days.From, To: d.Today + 1}, with(where, "stage == 'appointment'"), nil, "appointments")
	if err != nil || len(open) == 0 {
		return err
	}
	rate, _ := h.Rates.Close.Value()
	h.Open = open[0].figures[0].Number * rate
	return nil
}

// Rank orders the stages of a plan by what they could be lifted to.
func (h History) Rank(g plan.Goal) []plan.Weakness {
	records := make([]plan.Record, len(g.Stages))
	for i, s := range g.Stages {
		records[i] = h.Records[s.To]
	}
	return plan.Rank(g, records)
}
