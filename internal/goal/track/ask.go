package track

import (
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/kpi"
)

// Ask is what somebody wants planned, as flags and forms give it. Rates that
// are not Given leave their stage out.
type Ask struct {
	Unit   string // of Target: one of Units, or the last of the chain
	Target float64
	Done   float64
	Open   float64
	Days   int
	From   int64 // the day from which Done was counted, where data say it
	Rates  Rates
	Chain  Chain // another than the standard one; Rates then say nothing
	// Left are the working days that Days counts, where their dates are known, and
	// Until the last day of the period (Desk.Left). InTime is the share of what
	// begins on them whose result comes by then; 0: all.
	Left   []int64
	Until  int64
	Doubts []callpace.Message // what is not certain of those days
	InTime float64
	// Capacity and leads; 0 is not known.
	PerHour, Hours, Agents, Absent, AttemptsPerLead float64
	LeadsLeft                                       *int64
}

// Rates are the stages of selling by telephone: a call that reaches the right
// person, a talk that ends in an appointment, an appointment that is won.
// Without appointments Close is of contacts, without contacts of calls.
type Rates struct{ Contact, Appointment, Close *plan.Rate }

// chain is the one to be planned along, as far as the unit asked for. Units of
// the standard chain whose rate is not known are left out.
func (a Ask) chain() Chain {
	if a.Chain != nil {
		return a.Chain.upto(a.Unit)
	}
	out := Chain{{Name: Calls, KPI: counted[Calls]}}
	for _, u := range []Unit{{Name: Contacts, KPI: counted[Contacts], Rate: a.Rates.Contact}, {Name: Appointments, KPI: Appointments, Rate: a.Rates.Appointment}, {Name: Sales, KPI: Sales, Rate: a.Rates.Close}} {
		if out.end() == a.Unit {
			break
		}
		if u.Rate != nil {
			out = append(out, u)
		}
	}
	return out
}

// Goal is the chain with its rates, down to the unit that is asked for.
func (a Ask) Goal() plan.Goal {
	g := plan.Goal{Target: a.Target, Done: a.Done, Open: a.Open, Days: a.Days, InTime: a.InTime}
	chain := a.chain()
	for i := 1; i < len(chain); i++ {
		if chain[i].Rate != nil {
			g.Stages = append(g.Stages, plan.Stage{From: chain[i-1].Name, To: chain[i].Name, Rate: *chain[i].Rate})
		}
	}
	return g
}

// Planned is a plan with what it asks of people and lists.
type Planned struct {
	Ask   Ask
	Goal  plan.Goal
	Plan  plan.Plan
	Load  *plan.Load // of the expected number; nil where the pace is not known
	Sure  *plan.Load // of the 80 %-sure one
	Leads *plan.Leads
	Ranks []plan.Weakness
	// Catalogue names the units of a chain of one's own; nil: by their keys.
	Catalogue *kpi.Catalogue
}

// Solve works an ask back. Rates that are none, and a chain that does not end
// in the unit asked for, give an Invalid error.
func (a Ask) Solve() (p Planned, err error) {
	if a.Chain != nil && a.Unit == "" {
		a.Unit = a.Chain.end()
	}
	p = Planned{Ask: a, Goal: a.Goal()}
	chain := a.chain()
	if chain.end() != a.Unit {
		return p, callpace.E(callpace.Invalid, "plan.rate_missing", "unit", chain.Label(nil, a.Unit))
	}
	for _, u := range chain[1:] {
		if u.Rate == nil {
			return p, callpace.E(callpace.Invalid, "plan.rate_missing", "unit", chain.Label(nil, u.Name))
		}
		if _, ok := u.Rate.Value(); !ok {
			return p, callpace.E(callpace.Invalid, "plan.rate_above", "unit", chain.Label(nil, u.Name))
		}
	}
	if !(a.Target > 0) || a.Target > 1e9 {
		return p, callpace.E(callpace.Invalid, "plan.no_target")
	}
	var ok bool
	if p.Plan, ok = plan.Solve(p.Goal); !ok {
		return p, callpace.E(callpace.Invalid, "plan.no_way")
	}
	c := plan.Capacity{PerHour: a.PerHour, HoursPerDay: a.Hours, People: a.Agents, Absent: a.Absent, Days: a.Days}
	if l, ok := c.Fit(p.Plan.Begin.Expected); ok {
		p.Load = &l
		sure, _ := c.Fit(p.Plan.Begin.Sure)
		p.Sure = &sure
	}
	if a.LeadsLeft != nil && chain[0].Name == Calls {
		if l, ok := plan.LeadsFor(p.Plan.Begin.Expected, a.AttemptsPerLead, *a.LeadsLeft); ok {
			p.Leads = &l
		}
	}
	return p, nil
}

// ParseRate reads 5%, 5 %, 0.05 and 1/3, with a comma or a point for decimals.
func ParseRate(text string) (plan.Rate, error) {
	bad := callpace.E(callpace.Invalid, "plan.bad_rate", "text", text)
	s := strings.ReplaceAll(strings.TrimSpace(text), ",", ".")
	if x, n, ok := strings.Cut(s, "/"); ok {
		a, ok1 := callpace.ParseAmount(strings.TrimSpace(x))
		b, ok2 := callpace.ParseAmount(strings.TrimSpace(n))
		if !ok1 || !ok2 || b <= 0 || a < 0 || a > b {
			return plan.Rate{}, bad
		}
		return plan.Set(a.Float() / b.Float()), nil
	}
	whole, percent := strings.CutSuffix(strings.ReplaceAll(s, "٪", "%"), "%")
	a, ok := callpace.ParseAmount(strings.TrimSpace(whole))
	v := a.Float()
	if percent {
		v /= 100
	}
	if !ok || v < 0 || v > 1 {
		return plan.Rate{}, bad
	}
	return plan.Set(v), nil
}

// Ratios says how many of the first unit one of each later one takes, as
// people put it: one appointment per 6.7 calls.
func (p Planned) Ratios() []callpace.Message {
	var out []callpace.Message
	steps := p.Plan.Steps
	for i := 1; i < len(steps); i++ {
		if !(steps[i].Expected > 0) || !(steps[0].Expected > 0) {
			continue
		}
		number := tenths(steps[0].Expected / steps[i].Expected)
		if p.Ask.Chain == nil {
			out = append(out, callpace.M("plan.one_per", "unit", callpace.M("plan.one."+steps[i].Unit), "count", number))
		} else {
			out = append(out, callpace.M("plan.one_per_unit", "unit", p.Label(steps[i].Unit), "number", number, "first", p.Label(steps[0].Unit)))
		}
	}
	return out
}

func tenths(v float64) callpace.Amount {
	return callpace.Amount(int64(v*10+0.5)) * (callpace.One / 10)
}

// Label names a unit of the plan, RateLabel the rate of a stage.
func (p Planned) Label(unit string) callpace.Message { return p.Ask.Chain.Label(p.Catalogue, unit) }

// RateLabel is described at Label.
func (p Planned) RateLabel(stage int) callpace.Message {
	return p.Ask.Chain.RateLabel(p.Catalogue, p.Goal.Stages[stage])
}

// Notes says what was reckoned with beside the rates: what falls past the
// deadline, and who is away.
func (p Planned) Notes() []callpace.Message {
	var out []callpace.Message
	if s := p.Ask.InTime; s > 0 && s < 1 {
		out = append(out, callpace.M("plan.in_time", "share", goal.Quantity{Value: percents(s), Relative: true}))
	}
	if all := p.Ask.Agents * float64(p.Ask.Days); p.Ask.Absent > 0 && all > 0 {
		out = append(out, callpace.M("plan.away", "absent", tenths(p.Ask.Absent), "all", tenths(all)))
	}
	return append(out, p.Ask.Doubts...)
}

// percents rounds a share to whole per cent.
func percents(v float64) callpace.Amount {
	return callpace.Amount(int64(v*100+0.5)) * (callpace.One / 100)
}

// PerAgentDay is what one agent does on a day of work, absences taken off;
// ok is false where no agents or days are known.
func (p Planned) PerAgentDay() (expected, sure float64, ok bool) {
	days := p.Ask.Agents*float64(p.Ask.Days) - p.Ask.Absent
	if !(days > 0) {
		return 0, 0, false
	}
	return float64(p.Plan.Begin.Expected) / days, float64(p.Plan.Begin.Sure) / days, true
}
