package track

import (
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal/plan"
)

// Ask is what somebody wants planned, as flags and forms give it. Rates that
// are not Given leave their stage out.
type Ask struct {
	Unit   string // of Target: one of Units, the last of the chain
	Target float64
	Done   float64
	Open   float64
	Days   int
	From   int64 // the day from which Done was counted, where data say it
	Rates  Rates
	// Capacity and leads; 0 is not known.
	PerHour, Hours, Agents, Absent, AttemptsPerLead float64
	LeadsLeft                                       *int64
}

// Rates are the stages of selling by telephone: a call that reaches the right
// person, a talk that ends in an appointment, an appointment that is won.
// Without appointments Close is of contacts, without contacts of calls.
type Rates struct{ Contact, Appointment, Close *plan.Rate }

// The units of the chain; each has a message plan.unit.<unit>.
const (
	Calls        = "calls"
	Contacts     = "contacts"
	Appointments = "appointments"
	Sales        = "sales"
)

// Units are what can be planned for.
func Units() []string { return []string{Sales, Appointments, Contacts, Calls} }

// Goal is the chain that the rates make, down to the unit that is asked for.
func (a Ask) Goal() plan.Goal {
	g := plan.Goal{Target: a.Target, Done: a.Done, Open: a.Open, Days: a.Days}
	from := Calls
	for _, s := range []struct {
		to   string
		rate *plan.Rate
	}{{Contacts, a.Rates.Contact}, {Appointments, a.Rates.Appointment}, {Sales, a.Rates.Close}} {
		if from == a.Unit {
			break
		}
		if s.rate != nil {
			g.Stages = append(g.Stages, plan.Stage{From: from, To: s.to, Rate: *s.rate})
			from = s.to
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
}

// Solve works an ask back. Rates that are none, and a chain that does not end
// in the unit asked for, give an Invalid error.
func (a Ask) Solve() (p Planned, err error) {
	p = Planned{Ask: a, Goal: a.Goal()}
	if n := len(p.Goal.Stages); a.Unit != Calls && (n == 0 || p.Goal.Stages[n-1].To != a.Unit) {
		return p, callpace.E(callpace.Invalid, "plan.rate_missing", "unit", callpace.M("plan.unit."+a.Unit))
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
	if a.LeadsLeft != nil {
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
		if steps[i].Expected > 0 && steps[0].Expected > 0 {
			out = append(out, callpace.M("plan.one_per", "unit", callpace.M("plan.one."+steps[i].Unit), "number", tenths(steps[0].Expected/steps[i].Expected)))
		}
	}
	return out
}

func tenths(v float64) callpace.Amount {
	return callpace.Amount(int64(v*10+0.5)) * (callpace.One / 10)
}

// PlanAnswer is a plan as JSON.
type PlanAnswer struct {
	Target    float64    `json:"target"`
	Unit      string     `json:"unit"`
	Need      int64      `json:"need" doc:"Still missing, what open leads will bring deducted"`
	Days      int        `json:"working_days,omitempty"`
	Steps     []PlanStep `json:"steps" doc:"From what people do to what is wanted"`
	Sure      int64      `json:"sure" doc:"Of the first unit, to be 80 % sure"`
	PerDay    int64      `json:"per_day"`
	SureDay   int64      `json:"sure_per_day"`
	Chance    float64    `json:"chance" doc:"That the expected number suffices"`
	AgentDays *float64   `json:"agent_days,omitempty"`
	Used      *float64   `json:"capacity_used,omitempty"`
	LeadsNeed *int64     `json:"leads_needed,omitempty"`
	LeadsLeft *int64     `json:"leads_left,omitempty"`
}

// PlanStep is one unit of a PlanAnswer with the rate at which it is reached.
type PlanStep struct {
	Unit   string   `json:"unit"`
	Number int64    `json:"number"`
	Rate   *float64 `json:"rate,omitempty"`
}

// Answer makes the JSON of a plan.
func (p Planned) Answer() PlanAnswer {
	b := p.Plan.Begin
	out := PlanAnswer{Target: p.Ask.Target, Unit: p.Ask.Unit, Need: p.Plan.Need, Days: p.Ask.Days, Sure: b.Sure, PerDay: b.ExpectedPerDay, SureDay: b.SurePerDay, Chance: p.Plan.Chance}
	for i, s := range p.Plan.Steps {
		step := PlanStep{Unit: s.Unit, Number: s.Number}
		if i > 0 {
			v, _ := p.Goal.Stages[i-1].Rate.Value()
			step.Rate = &v
		}
		out.Steps = append(out.Steps, step)
	}
	if p.Load != nil {
		out.AgentDays = &p.Load.AgentDays
		if p.Load.Available > 0 {
			out.Used = &p.Load.Used
		}
	}
	if p.Leads != nil {
		out.LeadsNeed, out.LeadsLeft = &p.Leads.Needed, &p.Leads.Left
	}
	return out
}

// Fill puts what history knows in place of what was not given.
func (h History) Fill(a *Ask) {
	fill := func(into **plan.Rate, r *plan.Rate) {
		if *into == nil {
			*into = r
		}
	}
	if a.Rates == (Rates{}) {
		fill(&a.Rates.Contact, h.Rates.Contact)
		fill(&a.Rates.Appointment, h.Rates.Appointment)
		fill(&a.Rates.Close, h.Rates.Close)
		a.Open = h.Open
	}
	for _, x := range []struct {
		into *float64
		v    float64
	}{{&a.PerHour, h.PerHour}, {&a.Hours, h.Hours}, {&a.Agents, h.Agents}, {&a.AttemptsPerLead, h.PerLead}} {
		if *x.into == 0 {
			*x.into = x.v
		}
	}
	if a.LeadsLeft == nil {
		a.LeadsLeft = h.Left
	}
}
