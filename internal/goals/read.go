package goals

import (
	"context"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
)

// Words are a goal as somebody writes it: in one line, or by fields. Draft
// keeps it one where nothing is missing. Was is the goal that is changed, if
// any: of fields, those that are left empty stay as they were there.
type Words struct {
	Lang   string // of the words
	Text   string
	Fields goal.Fields // without Text
	Draft  bool
	Tomans bool // amounts without a currency are tomans
	Was    *goal.Goal
}

// Read makes a goal of words. One of a lead that names nobody is their team's;
// one that is not theirs to set is Forbidden.
func (b Book) Read(ctx context.Context, s Sight, w Words) (g goal.Goal, err error) {
	c := goal.Context{Today: b.Desk.Today, Calendar: b.Desk.Base.Calendar, Catalogue: b.Desk.Catalogue, Lang: w.Lang, Currency: b.Desk.Base.Currency, Tomans: w.Tomans}
	if err := b.Desk.Names(ctx, &c); err != nil {
		return g, err
	}
	if w.Text != "" {
		g, err = goal.Parse(w.Text, c)
	} else {
		g, err = w.Fields.Goal(c)
	}
	if err == nil && w.Text == "" && w.Was != nil {
		g = w.keep(g)
		err = g.Validate(b.Desk.Catalogue)
	}
	if err != nil {
		return g, err
	}
	if w.Draft {
		g.State = goal.Draft
	}
	if !s.all && g.Scope.Team == "" && g.Scope.Agent == "" && len(s.led) == 1 {
		g.Scope.Team = s.led[0]
	}
	if !s.Sets(g) {
		return g, callpace.E(callpace.Forbidden, "goals.not_yours")
	}
	return g, nil
}

// keep leaves what no field says as it was.
func (w Words) keep(g goal.Goal) goal.Goal {
	if w.Fields.Target == "" {
		g.Target, g.Better = w.Was.Target, w.Was.Better
	}
	if w.Fields.Baseline == "" && w.Fields.Target != "" && g.Target.Baseline.Kind == goal.Previous {
		g.Target.Baseline = w.Was.Target.Baseline
	}
	if w.Fields.Period == "" {
		g.Period = w.Was.Period
	}
	if len(w.Fields.Guardrails) == 0 {
		g.Guardrails = w.Was.Guardrails
	}
	if len(w.Fields.Where) == 0 {
		g.Scope.Where = w.Was.Scope.Where
	}
	g.KPIVersion = w.Was.KPIVersion
	if g.State = goal.Active; g.Target.Kind == goal.None || g.Period.Kind == goal.NoPeriod {
		g.State = goal.Draft
	}
	return g
}
