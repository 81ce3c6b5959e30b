package plan

// Capacity is what the people of a scope can do in the working days left.
type Capacity struct {
	PerHour     float64 // of the first unit, per hour at work
	HoursPerDay float64 // at work with calls, of one person
	People      float64 // part-time counted as parts
	Absent      float64 // days of people away, summed
	Days        int     // working days left
}

// Load is a number of calls against a capacity.
type Load struct {
	Hours           float64 // that it takes
	AgentDays       float64 // that it takes, of one person each
	Available       float64 // agent-days, absences taken off
	PerAgentDay     float64 // of the first unit, if all available days are worked
	Used            float64 // share of capacity; above 1 it does not fit
	MissingAgentDay float64
}

// Fit holds a number of the first unit against a capacity. ok is false where
// the pace is not known; where nobody is there, Used and PerAgentDay are 0 and
// all is missing.
func (c Capacity) Fit(number int64) (l Load, ok bool) {
	if !(c.PerHour > 0) || !(c.HoursPerDay > 0) {
		return Load{}, false
	}
	l.Hours = float64(number) / c.PerHour
	l.AgentDays = l.Hours / c.HoursPerDay
	l.Available = max(0, c.People*float64(c.Days)-c.Absent)
	if l.Available > 0 {
		l.PerAgentDay = float64(number) / l.Available
		l.Used = l.AgentDays / l.Available
	}
	l.MissingAgentDay = max(0, l.AgentDays-l.Available)
	return l, true
}

// Leads is what a number of calls asks of a list.
type Leads struct {
	Needed, Left, Missing int64
}

// LeadsFor gives the leads for a number of calls at so many attempts per lead.
// ok is false where that is not known.
func LeadsFor(calls int64, attemptsPerLead float64, left int64) (l Leads, ok bool) {
	if !(attemptsPerLead > 0) {
		return Leads{}, false
	}
	l = Leads{Needed: up(float64(calls) / attemptsPerLead), Left: left}
	l.Missing = max(0, l.Needed-left)
	return l, true
}
