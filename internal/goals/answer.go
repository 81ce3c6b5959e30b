package goals

import (
	"math"
	"strconv"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/store"
)

// GoalAnswer is a goal and how it stands, as JSON. The command and the API give the same.
type GoalAnswer struct {
	Goal     goal.Goal         `json:"goal"`
	Parent   string            `json:"parent,omitempty"`
	Status   string            `json:"status,omitempty"`
	From     string            `json:"from,omitempty" doc:"First day by which it is judged"`
	To       string            `json:"to,omitempty" doc:"Last day, included"`
	DaysLeft float64           `json:"working_days_left"`
	Days     float64           `json:"working_days"`
	Baseline *BaselineAnswer   `json:"baseline,omitempty"`
	Parts    []PartAnswer      `json:"parts"`
	Checks   []CheckAnswer     `json:"checks,omitempty"`
	Plan     *track.PlanAnswer `json:"plan,omitempty" doc:"What it asks of the working days left; of one goal of sales or appointments"`
	Closing  *ClosingAnswer    `json:"closing,omitempty"`
}

// BaselineAnswer is what a goal is measured against, as it stood on a day.
type BaselineAnswer struct {
	From   string                        `json:"from"`
	To     string                        `json:"to" doc:"Last day, included"`
	On     string                        `json:"on" doc:"When it was read; later data do not move it"`
	Parts  map[string]track.Reading      `json:"parts" doc:"By agent or team; of all together under the empty name"`
	Guards map[string][]track.GuardFloor `json:"guards,omitempty" doc:"What the guardrails are held to"`
}

// ClosingAnswer is how a goal ended: as told on that day, and by today's data.
type ClosingAnswer struct {
	On    string       `json:"on"`
	First ResultAnswer `json:"first"`
	Now   ResultAnswer `json:"now"`
}

// ResultAnswer is what a goal came to.
type ResultAnswer struct {
	From    string  `json:"from"`
	To      string  `json:"to" doc:"Last day, included"`
	Value   *string `json:"value" doc:"Exact; null without data"`
	Reached bool    `json:"reached"`
}

func resultAnswer(r goal.Result) ResultAnswer {
	out := ResultAnswer{From: calendar.Date(r.Days.From).String(), To: calendar.Date(r.Days.To - 1).String(), Reached: r.Reached}
	if !r.NoData {
		value := r.Value.String()
		out.Value = &value
	}
	return out
}

// PartAnswer is one part of a GoalAnswer.
type PartAnswer struct {
	Part      string         `json:"part,omitempty" doc:"Agent or team of a goal for each; empty: all together"`
	Status    string         `json:"status"`
	Target    *float64       `json:"target"`
	Actual    *float64       `json:"actual"`
	Expected  *float64       `json:"expected_to_date"`
	PerDay    *float64       `json:"needed_per_working_day,omitempty"`
	Projected *float64       `json:"projected"`
	Low       *float64       `json:"low" doc:"Lower end of the 80 % interval"`
	High      *float64       `json:"high"`
	Chance    *float64       `json:"chance"`
	Verdict   string         `json:"verdict,omitempty"`
	Lift      *float64       `json:"required_lift,omitempty"`
	Rank      *float64       `json:"lift_percentile,omitempty" doc:"Of the required lift among those achieved"`
	Best      *float64       `json:"best_past,omitempty"`
	Typical   *float64       `json:"typical_past,omitempty"`
	Turned    *calendar.Date `json:"turned,omitempty"`
}

// CheckAnswer is the verdict of a letter.
type CheckAnswer struct {
	Letter  string   `json:"letter"`
	Verdict string   `json:"verdict"`
	Reasons []string `json:"reasons" doc:"Message keys"`
}

// Answer makes the JSON of a goal; r is nil where nothing can be said.
func Answer(g store.Goal, r *track.Report) GoalAnswer {
	out := GoalAnswer{Goal: g.Goal, Parent: g.Parent, Parts: []PartAnswer{}}
	if c := g.Closing; c != nil {
		out.Closing = &ClosingAnswer{c.On.String(), resultAnswer(c.First), resultAnswer(c.Now)}
	}
	if r == nil {
		return out
	}
	out.Status, out.DaysLeft, out.Days = string(r.Status), r.DaysLeft, r.DaysAll
	out.From, out.To = calendar.Date(r.Judged.From).String(), calendar.Date(r.Judged.To-1).String()
	if len(r.Frozen.Parts) > 0 {
		f := r.Frozen
		out.Baseline = &BaselineAnswer{calendar.Date(f.Days.From).String(), calendar.Date(f.Days.To - 1).String(), f.On.String(), f.Parts, f.Guards}
	}
	for _, s := range r.Parts {
		out.Parts = append(out.Parts, part(s))
	}
	for _, c := range r.Checks {
		a := CheckAnswer{Letter: string(c.Letter), Verdict: string(c.Verdict)}
		for _, m := range c.Reasons {
			a.Reasons = append(a.Reasons, m.Key)
		}
		out.Checks = append(out.Checks, a)
	}
	return out
}

func part(s track.State) PartAnswer {
	p := PartAnswer{Part: s.Part, Status: string(s.Verdict.Status), Actual: finite(s.Actual), Best: s.Best, Typical: s.Typical}
	if s.Has {
		p.Target = finite(s.Target.High)
	}
	if s.Known {
		p.Expected, p.Projected, p.Low, p.High, p.Chance = finite(s.Pace.Expected), finite(s.Pace.Projected), finite(s.Pace.Low), finite(s.Pace.High), finite(s.Pace.Chance)
		if s.Pace.NeededDay > 0 {
			p.PerDay = finite(s.Pace.NeededDay)
		}
	}
	if a := s.Attain; a != nil {
		p.Verdict, p.Lift, p.Rank = string(a.Verdict), &a.Lift, &a.Percentile
	}
	if s.Turned != 0 {
		d := calendar.Date(s.Turned)
		p.Turned = &d
	}
	return p
}

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// RecordHead and Record are a goal as a line of CSV; parts of a goal for each
// are in its JSON.
func RecordHead() []string {
	return []string{"id", "kpi", "text", "state", "status", "from", "to", "target", "actual", "chance"}
}

// Record is the line of one goal.
func Record(e Entry) []string {
	a := Answer(e.Goal, e.Report)
	out := []string{e.ID, e.KPI, e.Text, string(e.State), a.Status, a.From, a.To, "", "", ""}
	if len(a.Parts) == 1 {
		for i, v := range []*float64{a.Parts[0].Target, a.Parts[0].Actual, a.Parts[0].Chance} {
			if v != nil {
				out[7+i] = strconv.FormatFloat(*v, 'f', -1, 64)
			}
		}
	}
	return out
}

// ChangeAnswer is one goal, KPI, measure or chain of a configuration's diff.
type ChangeAnswer struct {
	Kind  string   `json:"kind"` // goal, kpi, measure, chain
	ID    string   `json:"id,omitempty"`
	New   bool     `json:"new"`
	Lines []string `json:"lines"`
}

// DiffAnswer makes the JSON of a diff.
func DiffAnswer(changes []Change) []ChangeAnswer {
	out := []ChangeAnswer{}
	for _, c := range changes {
		a := ChangeAnswer{Kind: "goal", New: c.Was == nil && !c.replaces()}
		if c.Chain != "" {
			a.Kind, a.ID = "chain", c.Chain
		}
		if c.Was != nil {
			a.ID = c.Was.ID
		}
		for _, l := range c.Lines {
			a.Lines = append(a.Lines, l.Sign+" "+l.Text)
		}
		out = append(out, a)
	}
	return out
}

// CardAnswer is a scorecard as JSON.
type CardAnswer struct {
	Who     string       `json:"who"`
	Score   *float64     `json:"score"`
	Covered *float64     `json:"covered" doc:"Share of the weight that has data"`
	Lines   []LineAnswer `json:"lines"`
}

// LineAnswer is one goal on a CardAnswer.
type LineAnswer struct {
	Goal     string   `json:"goal"`
	Weight   float64  `json:"weight"`
	Attained *float64 `json:"attained"`
	Points   *float64 `json:"points"`
	Effect   *float64 `json:"effect" doc:"Of one more hundredth of all weight on it"`
}

// CardsAnswer makes the JSON of scorecards.
func CardsAnswer(cards []Card) []CardAnswer {
	out := []CardAnswer{}
	for _, c := range cards {
		a := CardAnswer{Who: c.Who, Score: finite(c.Score), Covered: finite(c.Covered)}
		for i, g := range c.Goals {
			a.Lines = append(a.Lines, LineAnswer{g.ID, g.Item.Weight, finite(g.Item.Attainment), finite(c.Lines[i].Points), finite(c.Lines[i].Effect)})
		}
		out = append(out, a)
	}
	return out
}
