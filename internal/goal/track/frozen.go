package track

import (
	"context"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/kpi"
)

// Frozen is what a goal's instance is measured against, as it stood when the
// instance began: later corrections of the data do not move it.
type Frozen struct {
	From   calendar.Date           `json:"from"` // first day of the instance
	On     calendar.Date           `json:"on"`   // when it was read
	Days   calendar.Range          `json:"days"`
	Parts  map[string]Reading      `json:"parts,omitempty"`  // by agent or team; "" for all together
	Guards map[string][]GuardFloor `json:"guards,omitempty"` // by part, in the order of the goal's guardrails
	// Closing is what the instance came to, once it is over.
	Closing *goal.Closing `json:"closing,omitempty"`
}

// Reading is a KPI with its counts.
type Reading struct {
	Value  float64 `json:"value"` // per unit where the goal is
	Num    float64 `json:"num,omitempty"`
	Den    float64 `json:"den,omitempty"`
	NoData bool    `json:"no_data,omitempty"`
}

// GuardFloor is what a guardrail was held to.
type GuardFloor struct {
	KPI   string  `json:"kpi"`
	Value float64 `json:"value"`
	OK    bool    `json:"ok"`
}

func readingOf(x kpi.Figure, units float64) Reading {
	r := Reading{NoData: !x.Valid}
	if x.Valid {
		r.Value = x.Number / units
	}
	if x.Parts {
		r.Num, r.Den = x.Num, x.Den
	}
	return r
}

// Freeze reads what an instance is measured against.
func (d Desk) Freeze(ctx context.Context, g goal.Goal, i goal.Instance) (Frozen, error) {
	f := Frozen{From: calendar.Date(i.From), On: calendar.Date(d.Today), Parts: map[string]Reading{}, Guards: map[string][]GuardFloor{}}
	days, ok := g.BaselineDays(d.cal(), i)
	if ok && g.Target.Kind != goal.None {
		f.Days = days
		kind := ""
		if e, err := d.Catalogue.Explain(g.KPI); err == nil {
			kind = string(kindOf(e))
		}
		units := 1.0
		if kind == "count" || kind == "money" {
			units = d.units(g, days)
		}
		frame, err := d.ask(ctx, days, g.Scope.Filters(), g.Scope.By(), false, g.KPI)
		if err != nil {
			return f, err
		}
		for _, row := range frame.Rows {
			f.Parts[first(row.Key)] = readingOf(row.Figures[0], units)
		}
	}
	return f, d.floors(ctx, g, i, &f)
}

// floors reads the guardrails' baselines: over the goal's own, or over as many
// days before it.
func (d Desk) floors(ctx context.Context, g goal.Goal, i goal.Instance, f *Frozen) error {
	days, ok := g.BaselineDays(d.cal(), i)
	if !ok {
		days = calendar.Range{From: i.From - i.Days(), To: i.From}
	}
	if days.To > d.Today {
		days = calendar.Range{From: min(days.From, d.Today-28), To: d.Today}
	}
	for _, rail := range g.Guardrails {
		frame, err := d.ask(ctx, days, g.Scope.Filters(), g.Scope.By(), false, rail.KPI)
		if err != nil {
			return err
		}
		for _, row := range frame.Rows {
			key, x := first(row.Key), row.Figures[0]
			floor := GuardFloor{KPI: rail.KPI, Value: x.Number, OK: x.Valid}
			switch rail.Kind {
			case goal.Level:
				floor.Value, floor.OK = rail.Value.Float(), true
			case goal.Change:
				floor.Value *= 1 + rail.Value.Float()
			case goal.Points:
				floor.Value += rail.Value.Float()
			}
			f.Guards[key] = append(f.Guards[key], floor)
		}
	}
	return nil
}

// first is the only key of a row, or dimension of a question; "" without any.
func first(key []string) string {
	if len(key) == 0 {
		return ""
	}
	return key[0]
}

// units is how many of the goal's Per lie in some days: working days of a day,
// else parts of whole weeks, months …; 1 where the goal is not per anything.
func (d Desk) units(g goal.Goal, r calendar.Range) float64 {
	switch g.Target.Per {
	case "":
		return 1
	case calendar.Day:
		if n := d.Working.Days(r); n > 0 {
			return n
		}
		return float64(max(1, r.Days()))
	}
	var sum float64
	for day := r.From; day < r.To; {
		whole := d.cal().Span(g.Target.Per, day)
		sum += float64(min(whole.To, r.To)-day) / float64(whole.Days())
		day = whole.To
	}
	if sum == 0 {
		return 1
	}
	return sum
}

// findFrozen gives what was frozen for an instance.
func findFrozen(list []Frozen, i goal.Instance) (Frozen, bool) {
	for _, f := range list {
		if int64(f.From) == i.From {
			return f, true
		}
	}
	return Frozen{}, false
}
