package goal

import (
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

// Part is one line of a goal told back: what it is about, and what was understood.
type Part struct {
	Label callpace.Message
	Text  callpace.Message
}

// Quantity is an argument of a message: an amount in a KPI's unit, or a
// relative change. An edge writes it by Print.
type Quantity struct {
	Value    callpace.Amount
	Unit     kpi.Unit
	Currency string
	Relative bool // Value is a fraction of something else
	Chance   bool // Value is a probability
	Points   bool // of per cent
	Signed   bool
}

// Named is an argument of a message that has a name in each language.
type Named struct {
	def     *kpi.Def
	variant string
}

// Name gives the KPI's name in a language, with its variant where one is named.
func (n Named) Name(lang string) string {
	if n.variant == "" {
		return n.def.Name(lang)
	}
	return n.def.Name(lang) + " · " + n.def.VariantName(lang, n.variant)
}

// Describe tells a goal back in parts: KPI, scope, target, period with its
// dates, baseline, means, guardrails and the rest that is set.
func (g Goal) Describe(catalogue *kpi.Catalogue, cal calendar.Calendar) ([]Part, error) {
	e, err := catalogue.Explain(g.KPI)
	if err != nil {
		return nil, err
	}
	var out []Part
	add := func(label string, m callpace.Message) {
		out = append(out, Part{Label: callpace.M("goal.part." + label), Text: m})
	}
	add("kpi", callpace.M("goal.kpi", "kpi", NameOf(e)))
	add("scope", g.Scope.message())
	add("target", g.Target.message(e, g.Better))
	if days, ok := g.BaselineDays(cal, g.first(cal)); ok && g.Period.Kind != NoPeriod {
		add("baseline", callpace.M("goal.baseline."+string(g.Target.Baseline.Kind), "from", calendar.Date(days.From), "until", calendar.Date(days.To-1)))
	} else if g.Target.Baseline.Kind == Fixed {
		add("baseline", callpace.M("goal.baseline.fixed", "value", Quantity{Value: g.Target.Baseline.Value.Amount(), Unit: e.Unit, Currency: g.Target.Currency}))
	}
	add("period", g.Period.message())
	if g.Means != "" {
		add("means", callpace.M("goal.text", "text", g.Means))
	}
	for _, r := range g.Guardrails {
		m, err := r.message(catalogue)
		if err != nil {
			return nil, err
		}
		add("guardrail", m)
	}
	for _, s := range []struct{ label, text string }{{"objective", g.Objective}, {"owner", g.Owner}} {
		if s.text != "" {
			add(s.label, callpace.M("goal.text", "text", s.text))
		}
	}
	if g.Weight != 0 {
		add("weight", callpace.M("goal.number", "value", g.Weight.Amount()))
	}
	add("state", callpace.M("goal.state."+string(g.State)))
	return out, nil
}

// NameOf gives the name of an explained KPI, with its variant, as an argument of a message.
func NameOf(e *kpi.Explanation) Named {
	_, variant, _ := strings.Cut(e.Name, ":")
	return Named{e.Def, variant}
}

// first gives the goal's first instance, for what a reader is told beforehand.
func (g Goal) first(cal calendar.Calendar) Instance {
	if i, ok := g.Period.At(cal, int64(g.Period.From)); ok && g.Period.Kind != NoPeriod {
		return i
	}
	return Instance{}
}

func (s Scope) message() callpace.Message {
	m := callpace.M("goal.scope.company")
	switch {
	case s.Each == EachAgent && s.Team != "":
		m = callpace.M("goal.scope.each_of_team", "team", s.Team)
	case s.Each != Together:
		m = callpace.M("goal.scope.each_" + string(s.Each))
	case s.Agent != "":
		m = callpace.M("goal.scope.agent", "agent", s.Agent)
	case s.Team != "":
		m = callpace.M("goal.scope.team", "team", s.Team)
	}
	if len(s.Where) > 0 {
		m = callpace.M("goal.scope.where", "scope", m, "filter", strings.Join(s.Where, "; "))
	}
	return m
}

func (t Target) message(e *kpi.Explanation, better Better) callpace.Message {
	q := func(n Number) Quantity { return Quantity{Value: n.Amount(), Unit: e.Unit, Currency: t.Currency} }
	var m callpace.Message
	switch t.Kind {
	case Total:
		m = callpace.M("goal.target.total", "value", q(t.Value))
	case Level:
		m = callpace.M("goal.target."+map[bool]string{true: "at_most", false: "at_least"}[better == Lower], "value", q(t.Value))
	case Band:
		m = callpace.M("goal.target.band", "low", q(t.Low), "high", q(t.High))
	case Change:
		m = callpace.M("goal.target.change", "value", Quantity{Value: t.Value.Amount(), Relative: true, Signed: true})
	case Points:
		v := q(t.Value)
		v.Signed, v.Points = true, e.Unit == kpi.UnitPercent
		m = callpace.M("goal.target.points", "value", v)
	default:
		return callpace.M("goal.target.none")
	}
	if t.Kind == Total && better == Lower {
		m.Key = "goal.target.total_at_most"
	}
	if t.Per != "" {
		key := "goal.target.per"
		if t.Judge == Last {
			key = "goal.target.per_last"
		}
		m = callpace.M(key, "target", m, "unit", callpace.M("goal.unit."+string(t.Per)))
	}
	return m
}

func (p Period) message() callpace.Message {
	args := []any{"from", p.From, "until", p.Until}
	switch p.Kind {
	case NoPeriod:
		return callpace.M("goal.period.none")
	case Rolling:
		return callpace.M("goal.period.rolling_"+string(p.Unit), append(args, "count", p.Count)...)
	case Recurring:
		key := "goal.period.every_until"
		if p.Until == 0 {
			key = "goal.period.every"
		}
		return callpace.M(key, append(args, "unit", callpace.M("goal.every."+string(p.Unit)))...)
	}
	return callpace.M("goal.period.dates", args...)
}

func (r Guardrail) message(catalogue *kpi.Catalogue) (callpace.Message, error) {
	e, err := catalogue.Explain(r.KPI)
	if err != nil {
		return callpace.Message{}, err
	}
	v := Quantity{Value: r.Value.Amount(), Unit: e.Unit, Currency: r.Currency}
	key := "goal.guardrail." + string(r.Bound)
	switch {
	case r.Kind == Change && r.Value == 0:
		key += "_baseline"
	case r.Kind != Level:
		v.Relative, v.Points, v.Signed = r.Kind == Change, r.Kind == Points && e.Unit == kpi.UnitPercent, true
		key += "_change"
	}
	return callpace.M(key, "kpi", NameOf(e), "value", v), nil
}
