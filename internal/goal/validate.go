package goal

import (
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

var units = []calendar.Unit{calendar.Day, calendar.Week, calendar.Month, calendar.Quarter, calendar.Year}

// Validate tells what is wrong with a goal. A draft may lack what it will be
// measured by; nothing may contradict itself, or the catalogue.
func (g Goal) Validate(catalogue *kpi.Catalogue) error {
	e, err := catalogue.Explain(g.KPI)
	if err != nil {
		return err
	}
	for _, check := range []func(*kpi.Explanation) error{g.checkWords, g.checkTarget, g.checkPeriod} {
		if err := check(e); err != nil {
			return err
		}
	}
	for _, r := range g.Guardrails {
		if _, err := catalogue.Explain(r.KPI); err != nil {
			return err
		}
		if r.KPI == g.KPI {
			return fault("goal.guards_itself", "kpi", g.KPI)
		}
		if !slices.Contains([]Bound{AtLeast, AtMost}, r.Bound) || !slices.Contains([]TargetKind{Level, Change, Points}, r.Kind) {
			return fault("goal.bad_guardrail", "kpi", r.KPI)
		}
	}
	if g.State != Draft {
		return g.complete()
	}
	return nil
}

// complete tells what keeps a goal a draft.
func (g Goal) complete() error {
	switch {
	case g.Target.Kind == None:
		return callpace.E(callpace.Conflict, "goal.no_target", "kpi", g.KPI)
	case g.Period.Kind == NoPeriod:
		return callpace.E(callpace.Conflict, "goal.no_period", "kpi", g.KPI)
	case g.Better == "":
		return fault("goal.no_direction", "kpi", g.KPI)
	}
	return nil
}

func (g Goal) checkWords(*kpi.Explanation) error {
	for _, w := range []struct {
		field, value string
		known        []string
	}{
		{"state", string(g.State), []string{"", "draft", "active", "closed"}},
		{"better", string(g.Better), []string{"", "higher", "lower", "inside"}},
		{"each", string(g.Scope.Each), []string{"", "agent", "team"}},
		{"target", string(g.Target.Kind), []string{"", "total", "level", "change", "points", "band"}},
		{"judge", string(g.Target.Judge), []string{"", "last"}},
		{"baseline", string(g.Target.Baseline.Kind), []string{"", "previous", "year_ago", "fixed"}},
		{"period", string(g.Period.Kind), []string{"", "rolling", "calendar", "dates", "recurring"}},
	} {
		if !slices.Contains(w.known, w.value) {
			return fault("goal.unknown_value", "field", w.field, "value", w.value, "known", kpi.Nearest(w.value, w.known[1:]))
		}
	}
	for _, u := range []calendar.Unit{g.Target.Per, g.Target.Baseline.Unit, g.Period.Unit} {
		if u != "" && !slices.Contains(units, u) {
			return fault("goal.unknown_value", "field", "unit", "value", string(u), "known", "day, week, month, quarter, year")
		}
	}
	if g.Weight < 0 {
		return fault("goal.bad_weight", "value", g.Weight.String())
	}
	if g.Scope.Agent != "" && g.Scope.Each != Together {
		return fault("goal.each_of_one", "agent", g.Scope.Agent)
	}
	return nil
}

func (g Goal) checkTarget(e *kpi.Explanation) error {
	t := g.Target
	switch {
	case t.Kind == Total && !additive(e.Kind):
		return fault("goal.no_total", "kpi", g.KPI)
	case t.Kind == Total && t.Value <= 0:
		return fault("goal.not_positive", "kpi", g.KPI, "value", t.Value.String())
	case t.Kind == Change && t.Value <= -Number(callpace.One):
		return fault("goal.below_nothing", "kpi", g.KPI)
	case t.Kind == Band && t.Low >= t.High:
		return fault("goal.empty_band", "low", t.Low.String(), "high", t.High.String())
	case (t.Kind == Change || t.Kind == Points) && t.Value == 0:
		return fault("goal.no_change", "kpi", g.KPI)
	case (t.Kind == Change || t.Kind == Points) && t.Baseline.Kind == NoBaseline:
		return fault("goal.no_baseline", "kpi", g.KPI)
	case t.Kind == Change && t.Baseline.Kind == Fixed && t.Baseline.Value <= 0:
		// A per cent of nothing, or of a loss, is no number to reach.
		return fault("goal.change_of_nothing", "kpi", g.KPI)
	case t.Kind == Band && g.Better != Inside, t.Kind != Band && g.Better == Inside:
		return fault("goal.band_direction", "kpi", g.KPI)
	case t.Judge == Last && t.Per == "":
		return fault("goal.judge_without_unit")
	}
	return nil
}

func (g Goal) checkPeriod(*kpi.Explanation) error {
	p := g.Period
	switch {
	case p.Kind == NoPeriod:
		return nil
	case p.From == 0 || p.Until == 0 && p.Kind != Recurring:
		return fault("goal.open_period")
	case p.Until != 0 && p.Until < p.From:
		return fault("goal.backwards", "from", p.From, "until", p.Until)
	case p.Unit == "" && p.Kind != Dates, p.Kind == Rolling && p.Count < 1:
		return fault("goal.period_without_unit", "period", string(p.Kind))
	}
	return nil
}
