package track

import (
	"math"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/kpi"
)

// Report is a goal as it stands: one State for all together, or one for each
// agent or team that it is set for.
type Report struct {
	Goal     goal.Goal
	Instance goal.Instance
	Begun    bool
	Judged   calendar.Range // the days by which it is judged
	Frozen   Frozen         // as it was kept, or as it would be
	Fresh    bool           // Frozen was read now and is to be kept
	Unit     kpi.Unit
	Form     kpi.Kind // of the KPI
	Currency string
	Kind     forecast.Kind // "": no forecast can be made of this KPI
	LastDay  int64         // that the data know of
	DaysLeft float64       // working days, today included
	DaysAll  float64
	DayShare float64 // how much of today is worked, 0 outside the judged days
	Parts    []State // the worst first; of a goal for all together just one
	// Status is that of the part in the middle: a goal for each is not lost
	// with its slowest.
	Status pace.Status
	Checks []goal.Check
	Moved  []Moved // KPIs that moved when it turned
}

// State is one part of a Report.
type State struct {
	Part    string // agent or team; "" for all together
	Target  pace.Target
	Has     bool // Target is known
	Figure  kpi.Figure
	Actual  float64 // of the goal's KPI over the judged days so far; NaN without data
	Pace    pace.Pace
	Known   bool // there is a forecast
	Verdict pace.Verdict
	Since   int64 // the day that brought the status; 0: none
	Turned  int64 // the day on which it turned; 0: it never did
	Attain  *forecast.Attainability
	Best    *float64 // past period
	Typical *float64
	Guards  []Guarded
	Course  []Point // what was and what may be, by day; of a looked-into goal only
	Seen    int
	Today   float64 // of a sum: what today has brought so far
}

// Guarded is how a guardrail stands.
type Guarded struct {
	goal.Guardrail
	Floor  GuardFloor
	Now    kpi.Figure
	State  forecast.Guard
	Chance float64
	Unit   kpi.Unit
}

// Point is a day of a pace chart. Values are NaN where there is none.
type Point struct {
	Day                                int64
	Actual, AtLeast, Expected          float64 // AtLeast: of a band, its lower end
	Low80, High80, Low50, High50, Mean float64
}

// Told is what was said of a goal on a day.
type Told struct {
	Day       calendar.Date `json:"day"`
	Status    pace.Status   `json:"status"`
	Settled   pace.Status   `json:"settled,omitempty"`
	Chance    *float64      `json:"chance,omitempty"`
	Actual    *float64      `json:"actual,omitempty"`
	Expected  *float64      `json:"expected,omitempty"`
	AtLeast   *float64      `json:"at_least,omitempty"` // of a band, its lower end
	Projected *float64      `json:"projected,omitempty"`
	Low       *float64      `json:"low,omitempty"`
	High      *float64      `json:"high,omitempty"`
	Version   int           `json:"version"`
}

// Tell is what is to be kept of a state today.
func (r *Report) Tell(s State, today int64) Told {
	t := Told{Day: calendar.Date(today), Status: s.Verdict.Status, Version: r.Goal.Version, Actual: some(s.Actual)}
	if s.Known {
		if s.Target.Better == pace.Within {
			t.AtLeast = some(s.Pace.AtLeast)
		}
		t.Chance, t.Expected, t.Projected, t.Low, t.High = some(s.Pace.Chance), some(s.Pace.Expected), some(s.Pace.Projected), some(s.Pace.Low), some(s.Pace.High)
	}
	switch s.Verdict.Status {
	case pace.Reached, pace.Missed:
		t.Settled = s.Verdict.Status
	}
	return t
}

// Due is what a state asks of today: the share of today in what was missing
// when it began, by the working days left, and what is done of it. ok is false
// for what is no total to be reached, and without a target.
func (r *Report) Due(s State) (needed, done float64, ok bool) {
	if !additive(r.Kind) || !s.Has || s.Target.Better != pace.Higher || math.IsNaN(s.Actual) {
		return 0, 0, false
	}
	missing := math.Max(0, s.Target.High-(s.Actual-s.Today))
	if r.DaysLeft > 0 {
		needed = missing * math.Min(1, r.DayShare/r.DaysLeft)
	}
	if r.Unit == kpi.UnitCount { // nobody makes half a call
		needed = math.Ceil(needed - 1e-9)
	}
	return needed, s.Today, true
}

func some(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// Result is what the instance came to, for closing; part by part.
func (r *Report) Result(s State) goal.Result {
	out := goal.Result{Days: r.Judged, NoData: math.IsNaN(s.Actual)}
	if !out.NoData {
		out.Value = goal.Number(callpace.Amount(math.Round(s.Actual * float64(callpace.One))))
		out.Reached = s.Has && s.Target.Met(s.Actual)
	}
	return out
}

// Whole is the state of all together; ok is false for a goal for each.
func (r *Report) Whole() (s State, ok bool) {
	if len(r.Parts) == 1 && r.Parts[0].Part == "" {
		return r.Parts[0], true
	}
	return State{}, false
}

// Part gives the state of an agent or team.
func (r *Report) Part(name string) (s State, ok bool) {
	for _, p := range r.Parts {
		if p.Part == name {
			return p, true
		}
	}
	return State{}, false
}

// Good counts the parts that are ahead, on track or reached.
func (r *Report) Good() (n int) {
	for _, p := range r.Parts {
		switch p.Verdict.Status {
		case pace.Ahead, pace.OnTrack, pace.Reached:
			n++
		}
	}
	return n
}

// Attained is the share of the target that is reached, for a scorecard: of
// what was to be expected to date while the period runs, of sums.
func (r *Report) Attained(s State) float64 {
	t := s.Target
	switch {
	case !s.Has || math.IsNaN(s.Actual):
		return math.NaN()
	case t.Better == pace.Within:
		return band(s.Actual, t.Low, t.High)
	}
	want := t.High
	if additive(r.Kind) && s.Known && s.Pace.Expected > 0 {
		want = s.Pace.Expected
	}
	return attained(s.Actual, want, t.Better == pace.Lower)
}
