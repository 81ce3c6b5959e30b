package track

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
	InTime    *float64   `json:"in_time,omitempty" doc:"Share of what begins from now on whose result comes before the deadline"`
	Absent    float64    `json:"agent_days_away,omitempty"`
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
	if s := p.Ask.InTime; s > 0 && s < 1 {
		out.InTime = &s
	}
	out.Absent = p.Ask.Absent
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
