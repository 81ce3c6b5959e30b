package goal

import (
	"strings"

	"github.com/callpace/callpace"
)

// Fields is a goal in words, as flags and forms give it: each is read as the
// same words would be in a line of text.
type Fields struct {
	ID, Name   string
	KPI        string // id, id:variant or name
	Target     string // 50, 6 %, +15 %, +2 points, between 3 and 6 min
	Baseline   string // previous month, year ago, 5 %
	Period     string // next month, in the next 60 days, 2026-Q4, weekly
	Team       string
	Agent      string
	Each       string // agent, team
	Where      []string
	Better     string // higher, lower
	Means      string
	Guardrails []string // conversion rate; conversion rate at least 5 %
	Weight     string
	Owner      string
	Objective  string
	State      string
}

// Goal reads the fields. Errors are those of Parse; the column counts in the
// field's text where Field is set.
func (f Fields) Goal(ctx Context) (Goal, error) {
	base, err := words(ctx.Lang)
	if err != nil {
		return Goal{}, err
	}
	p := &parser{ctx: ctx}
	v := base.with(ctx)
	var rails []rail
	for _, part := range []struct{ name, text string }{{"kpi", f.KPI}, {"target", f.Target}, {"period", f.Period}, {"baseline", f.Baseline}, {"guardrail", strings.Join(f.Guardrails, "; ")}} {
		if len(part.text) > maxText {
			return Goal{}, callpace.E(callpace.Limit, "goal.too_long", "count", maxText)
		}
		l := &lexer{vocabulary: v, folded: fold(part.text, v.fold), original: []rune(part.text)}
		l.run()
		p.lexer = l
		switch part.name {
		case "guardrail":
			rails = p.railsOf(l.tokens)
			continue
		case "baseline":
			p.asBaseline()
		}
		kpis := p.keepKPI()
		if err := p.takeRest(); err != nil {
			return Goal{}, inField(err, part.name)
		}
		if part.name == "kpi" {
			p.tokens = kpis
			if err := p.findKPI(); err != nil {
				return Goal{}, inField(err, part.name)
			}
		}
	}
	return p.fromFields(f, rails)
}

// fromFields sets what is a name or a text, and puts all together.
func (p *parser) fromFields(f Fields, rails []rail) (Goal, error) {
	g := &p.goal
	for _, set := range []struct{ name, text string }{{"id", f.ID}, {"name", f.Name}, {"team", f.Team}, {"agent", f.Agent},
		{"means", f.Means}, {"weight", f.Weight}, {"owner", f.Owner}, {"objective", f.Objective}} {
		if set.text == "" {
			continue
		}
		if err := g.set(set.name, set.text); err != nil {
			return Goal{}, inField(err, set.name)
		}
	}
	g.Scope.Each = Each(f.Each)
	g.Scope.Where = append(g.Scope.Where, f.Where...)
	// A band between two numbers needs no more words; the target is read after its KPI.
	if err := p.target(); err != nil {
		return Goal{}, inField(err, "target")
	}
	for _, r := range rails {
		if err := p.guardrail(r); err != nil {
			return Goal{}, inField(err, "guardrail")
		}
	}
	p.finish()
	if f.Better != "" {
		g.Better = Better(f.Better)
	}
	if f.State != "" {
		g.State = State(f.State)
	}
	return *g, g.Validate(p.ctx.Catalogue)
}

// keepKPI gives the KPI tokens of a field.
func (p *parser) keepKPI() (out []token) {
	for _, t := range p.tokens {
		if t.code == isKPI {
			out = append(out, t)
		}
	}
	return out
}

// asBaseline reads a number, "previous month" and the like as what to compare with.
func (p *parser) asBaseline() {
	for i, t := range p.tokens {
		switch t.code {
		case isNumeral:
			p.tokens = append([]token{{code: isNow}}, p.tokens...)
			return
		case isThisUnit, isNextUnit:
			p.tokens[i].code = isWord // no baseline lies ahead
		}
	}
}

// railsOf reads guardrails, each up to a stop.
func (p *parser) railsOf(tokens []token) []rail {
	first := token{code: isWhile}
	list := []token{first}
	for _, t := range tokens {
		if list = append(list, t); t.code == isStop {
			list = append(list, first)
		}
	}
	p.tokens = list
	return p.takeGuardrails()
}

func inField(err error, field string) error {
	return callpace.E(callpace.CodeOf(err), "goal.in_field", "field", field).Because(err)
}

// set gives a field of its own name a value.
func (g *Goal) set(name, text string) error {
	text = strings.TrimSpace(text)
	switch name {
	case "id":
		g.ID = text
	case "name":
		g.Name = text
	case "team":
		g.Scope.Team = text
	case "agent":
		g.Scope.Agent = text
	case "owner":
		g.Owner = text
	case "objective":
		g.Objective = text
	case "means":
		g.Means = text
	case "weight":
		if err := g.Weight.UnmarshalText([]byte(text)); err != nil {
			return err
		}
	default:
		return fault("goal.unknown_field", "field", name)
	}
	return nil
}
