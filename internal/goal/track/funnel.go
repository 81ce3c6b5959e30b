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
	Rates   Rates                  // of the standard chain
	Chain   Chain                  // that was measured, with its rates
	Records map[string]plan.Record // by the stage's To
	PerHour float64                // calls of an hour logged in
	Hours   float64                // logged in, of one agent's day
	Agents  float64                // who called in the last four weeks
	Present float64                // the share of working days that they were there, 0 to 1
	PerLead float64                // attempts
	Left    *int64                 // leads never tried
	Open    float64                // expected from open appointments, whenever they end
	Days    calendar.Range         // that were measured
	lags    lags
	shifts  map[int64]float64 // agent-days planned, by day, absences taken off
	absent  map[int64]float64 // agent-days of absence among them
	listed  float64           // of Agents, those whom the schedule knows
}

// History reads the funnel of a scope's last quarter. What the data do not hold
// stays empty. unit is the KPI that stands at the chain's end: sales, or a kind of them.
func (d Desk) History(ctx context.Context, where []string, unit string) (History, error) {
	return d.ChainHistory(ctx, where, Standard(unit))
}

// ChainHistory is History along a chain of one's own. Rates that it sets stand.
func (d Desk) ChainHistory(ctx context.Context, where []string, chain Chain) (h History, err error) {
	h.Days = calendar.Range{From: d.Today - funnelDays, To: d.Today}
	h.Records = map[string]plan.Record{}
	rows, err := d.counts(ctx, h.Days, where, nil, chain)
	if err != nil {
		return h, err
	}
	h.Chain = measured(chain, rows)
	h.Rates = h.Chain.rates()
	for i := int64(3); i >= 1; i-- {
		q, err := d.counts(ctx, calendar.Range{From: h.Days.From - i*funnelDays, To: h.Days.To - i*funnelDays}, where, nil, chain)
		if err != nil {
			return h, err
		}
		for _, c := range q {
			h.note(chain, c, false)
		}
	}
	if err := d.teams(ctx, &h, where, chain); err != nil {
		return h, err
	}
	if err := d.pace(ctx, &h, where); err != nil {
		return h, err
	}
	if h.lags, err = d.lags(ctx, where); err != nil {
		return h, err
	}
	return h, d.stock(ctx, &h, where)
}

// note adds a quarter's, or a team's, rates to the records.
func (h *History) note(chain Chain, counts []float64, team bool) {
	for _, s := range stagesOf(chain, counts) {
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

type countedStage struct {
	to string
	p  stats.Proportion
}

// stagesOf gives the steps of a chain with their counts, one count for each
// unit. In the standard chain, appointments that are fewer than the sales are
// no stage of these: not all of them were booked.
func stagesOf(chain Chain, counts []float64) (out []countedStage) {
	from := 0
	for i := 1; i < len(chain); i++ {
		if u := chain[i]; u.Name == Appointments && u.KPI == Appointments && i+1 < len(chain) && chain[i+1].Name == Sales &&
			(counts[i] < counts[i+1] || counts[i] == 0 || counts[i] > counts[from]) {
			continue
		}
		out = append(out, countedStage{chain[i].Name, stats.Proportion{X: counts[i], N: counts[from]}})
		from = i
	}
	return out
}

// measured is a chain with the rates that were counted, where none was set. A
// rate without data stays out.
func measured(chain Chain, rows [][]float64) Chain {
	out := make(Chain, len(chain))
	copy(out, chain)
	if len(rows) == 0 {
		return out
	}
	rate := map[string]stats.Proportion{}
	for _, s := range stagesOf(chain, rows[0]) {
		rate[s.to] = s.p
	}
	for i := range out {
		if p, ok := rate[out[i].Name]; ok && out[i].Rate == nil && p.N > 0 && p.X > 0 {
			m := plan.Measured(p.X, p.N)
			out[i].Rate = &m
		}
	}
	return out
}

// rates are those of the standard chain; what is above 1 is none.
func (c Chain) rates() (r Rates) {
	for _, u := range c {
		if u.Rate == nil {
			continue
		}
		if _, ok := u.Rate.Value(); !ok {
			continue
		}
		switch u.Name {
		case Contacts:
			r.Contact = u.Rate
		case Appointments:
			r.Appointment = u.Rate
		case Sales:
			r.Close = u.Rate
		}
	}
	return r
}

// counts gives how many of each unit of a chain there were, for each group.
func (d Desk) counts(ctx context.Context, days calendar.Range, where, by []string, chain Chain) (out [][]float64, err error) {
	at := map[string]int{}
	for i, u := range chain {
		conditions := where
		if u.Where != "" {
			conditions = with(where, u.Where)
		}
		rows, err := d.lenient(ctx, days, conditions, by, u.KPI)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			key := first(row.key)
			n, ok := at[key]
			if !ok {
				n = len(out)
				at[key] = n
				out = append(out, make([]float64, len(chain)))
			}
			if out[n][i] = row.figures[0].Number; u.KPI == counted[Contacts] {
				out[n][i] = row.figures[0].Num
			}
		}
	}
	return out, nil
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
func (d Desk) teams(ctx context.Context, h *History, where []string, chain Chain) error {
	rows, err := d.counts(ctx, h.Days, nil, []string{"team"}, chain)
	if err != nil || len(where) > 0 && len(rows) < 2 {
		return err
	}
	for _, c := range rows {
		h.note(chain, c, true)
	}
	return nil
}

// stock counts leads that are left, and appointments that are open.
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
	close, ok := h.Chain.closeRate()
	if !ok {
		return nil
	}
	rows, err := d.lenient(ctx, calendar.Range{From: h.Days.From, To: d.Today + 1}, with(where, "stage == 'appointment'"), []string{"day"}, "appointments")
	if err != nil {
		return err
	}
	keys := d.places(calendar.Range{From: h.Days.From, To: d.Today + 1})
	for _, row := range rows {
		if at, ok := keys[row.key[0]]; ok {
			h.lags.open = append(h.lags.open, openLeads{age: float64(d.Today - h.Days.From - at), count: int(row.figures[0].Number)})
		}
		h.Open += row.figures[0].Number * close
	}
	return nil
}

// closeRate is that of appointments, where they are the stage before sales.
func (c Chain) closeRate() (float64, bool) {
	for i, u := range c {
		if u.Name == Sales && u.Rate != nil && i > 0 && c[i-1].Rate != nil && c[i-1].Name == Appointments {
			return u.Rate.Value()
		}
	}
	return 0, false
}

// Rank orders the stages of a plan by what they could be lifted to.
func (h History) Rank(g plan.Goal) []plan.Weakness {
	records := make([]plan.Record, len(g.Stages))
	for i, s := range g.Stages {
		records[i] = h.Records[s.To]
	}
	return plan.Rank(g, records)
}
