package goal

import (
	"strings"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

// findKPI takes the one KPI that the text names; an alias may carry a filter.
func (p *parser) findKPI() error {
	name := ""
	for _, t := range p.tokens {
		if t.code != isKPI || t.value == name {
			continue
		}
		if name != "" {
			return p.fault("goal.two_kpis", t, "kpi", kpiName(name), "other", kpiName(t.value))
		}
		name = t.value
	}
	if name == "" {
		return fault("goal.no_kpi")
	}
	id, where, filtered := strings.Cut(name, " where ")
	if filtered {
		p.goal.Scope.Where = append(p.goal.Scope.Where, where)
	}
	p.goal.KPI = id
	def, err := p.ctx.Catalogue.Find(id)
	if err == nil {
		p.goal.KPIVersion = def.Version
	}
	return err
}

func kpiName(value string) string {
	id, _, _ := strings.Cut(value, " where ")
	return id
}

// additive tells KPIs whose figure grows over a period.
func additive(k kpi.Kind) bool { return k == kpi.KindCount || k == kpi.KindSum }

// target makes the target of the numbers that were read.
func (p *parser) target() error {
	e, err := p.ctx.Catalogue.Explain(p.goal.KPI)
	if err != nil {
		return err
	}
	g := &p.goal
	if p.now != nil {
		n, err := p.inUnit(*p.now, e.Unit)
		if err != nil {
			return err
		}
		g.Target.Baseline = Baseline{Kind: Fixed, Value: n}
	}
	switch {
	case len(p.values) == 2 && (p.between || p.values[1].to) && p.dir == 0:
		return p.band(e.Unit)
	case len(p.values) > 1:
		return p.fault("goal.two_numbers", p.values[1].token)
	case len(p.values) == 0:
		return nil
	}
	v := p.values[0]
	if v.signed || p.dir != 0 && !v.to && p.bound == "" {
		return p.change(v, e.Unit)
	}
	n, err := p.inUnit(v.amount, e.Unit)
	if err != nil {
		return err
	}
	g.Target.Kind, g.Target.Value = Level, n
	if additive(e.Kind) {
		g.Target.Kind = Total
	}
	return nil
}

func (p *parser) band(u kpi.Unit) error {
	low, high := p.values[0].amount, p.values[1].amount
	if low.kind == "" { // 3 to 6 minutes
		low.kind, low.currency = high.kind, high.currency
		if low.value == low.written && high.written != 0 && high.value%high.written == 0 {
			if scaled, ok := times(low.value, int64(high.value/high.written)); ok {
				low.value = scaled
			}
		}
	}
	a, err := p.inUnit(low, u)
	if err != nil {
		return err
	}
	b, err := p.inUnit(high, u)
	if err != nil {
		return err
	}
	p.goal.Target.Kind, p.goal.Target.Low, p.goal.Target.High = Band, a, b
	return nil
}

// change makes a relative change of per cent, and one in points of anything
// else.
func (p *parser) change(v value, u kpi.Unit) error {
	n := v.value
	if p.dir < 0 && !v.signed {
		n = -n
	}
	if p.dir < 0 && v.signed && n > 0 || p.dir > 0 && v.signed && n < 0 {
		return p.fault("goal.up_and_down", v.token)
	}
	t := &p.goal.Target
	if v.kind == isPercent {
		part, ok := hundredth(n)
		if !ok {
			return p.fault("goal.bad_number", v.token, "text", v.token.raw)
		}
		t.Kind, t.Value = Change, Number(part)
		return nil
	}
	if u == kpi.UnitPercent && v.kind != isPoints {
		return p.fault("goal.percent_or_points", v.token, "text", v.token.raw)
	}
	v.value = n
	value, err := p.inUnit(v.amount, u)
	t.Kind, t.Value = Points, value
	return err
}

// inUnit turns an amount into the unit of a KPI.
func (p *parser) inUnit(a amount, u kpi.Unit) (Number, error) {
	bad := func(key string) (Number, error) {
		return 0, fault(key, "kpi", p.goal.KPI, "unit", string(u), "value", a.value)
	}
	switch {
	case a.kind == isPercent && u == kpi.UnitPercent, a.kind == isPoints && u == kpi.UnitPercent:
		n, ok := hundredth(a.value)
		if !ok {
			return bad("goal.too_fine")
		}
		return Number(n), nil
	case a.kind == isPercent:
		return bad("goal.percent_of_what")
	case u == kpi.UnitPercent:
		return bad("goal.percent_missing")
	case a.kind == isSeconds && u != kpi.UnitSeconds, a.kind == isCurrency && u != kpi.UnitMoney:
		return bad("goal.wrong_unit")
	case a.kind == isCurrency && p.goal.Target.Currency != "" && p.goal.Target.Currency != a.currency:
		return bad("goal.two_currencies")
	case u == kpi.UnitMoney && a.kind == isCurrency:
		p.goal.Target.Currency = a.currency
	case u == kpi.UnitMoney && p.goal.Target.Currency == "":
		p.goal.Target.Currency = p.ctx.Currency
	}
	if u == kpi.UnitMoney && a.kind != isCurrency && p.ctx.Tomans {
		return Number(a.value * rialsOfToman), nil
	}
	return Number(a.value), nil
}

// rialsOfToman is how many rials a toman is.
const rialsOfToman = 10

func (p *parser) guardrail(r rail) error {
	id := kpiName(r.kpi)
	e, err := p.ctx.Catalogue.Explain(id)
	if err != nil {
		return err
	}
	out := Guardrail{KPI: id, KPIVersion: e.Def.Version, Bound: r.bound, Kind: Change}
	if out.Bound == "" && e.Def.Better == "lower" {
		out.Bound = AtMost
	} else if out.Bound == "" {
		out.Bound = AtLeast
	}
	if r.number != nil {
		sub := parser{lexer: p.lexer, ctx: p.ctx, goal: Goal{KPI: id}, dir: r.dir, values: []value{*r.number}}
		if r.bound != "" && !r.number.signed {
			sub.values[0].to = true
		}
		if err := sub.target(); err != nil {
			return err
		}
		t := sub.goal.Target
		if out.Kind, out.Value, out.Currency = t.Kind, t.Value, t.Currency; out.Kind == Total {
			out.Kind = Level
		}
		if r.bound == "" && t.Value < 0 && out.Kind != Level { // "while conversion falls by 2 % only"
			out.Bound = AtLeast
		}
	}
	p.goal.Guardrails = append(p.goal.Guardrails, out)
	return nil
}

// finish draws what follows from the rest.
func (p *parser) finish() {
	g := &p.goal
	moves := g.Target.Kind == Change || g.Target.Kind == Points
	if moves && g.Target.Baseline.Kind == NoBaseline {
		g.Target.Baseline.Kind = Previous
	}
	if u := p.each; u != "" {
		if moves {
			g.Target.Per = u
			if p.by && u != calendar.Day {
				g.Target.Judge = Last
			}
		} else {
			g.Period = recurring(g.Period, u, p.ctx.Today)
		}
	}
	g.Better = p.better()
	g.State = Active
	if g.Target.Kind == None || g.Period.Kind == NoPeriod {
		g.State = Draft
	}
}

// recurring makes every unit of a period count: from today on, where none was named.
func recurring(in Period, u calendar.Unit, today int64) Period {
	out := Period{Kind: Recurring, Unit: u, From: calendar.Date(today)}
	if in.Kind != NoPeriod {
		out.From, out.Until = in.From, in.Until
	}
	return out
}

// better is the way that the text says, else the KPI's own.
func (p *parser) better() Better {
	t := p.goal.Target
	switch {
	case t.Kind == Band:
		return Inside
	case t.Kind == Change || t.Kind == Points:
		if t.Value < 0 {
			return Lower
		}
		return Higher
	case p.bound == AtLeast || p.dir > 0:
		return Higher
	case p.bound == AtMost || p.dir < 0:
		return Lower
	case t.Baseline.Kind == Fixed && t.Kind != None && t.Value != t.Baseline.Value:
		if t.Value < t.Baseline.Value {
			return Lower
		}
		return Higher
	}
	def, err := p.ctx.Catalogue.Find(p.goal.KPI)
	if err != nil || def.Better == "target" {
		return ""
	}
	return Better(def.Better)
}
