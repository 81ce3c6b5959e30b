package goal

import (
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

// Parse reads a goal from one line, in the language of the context or in
// English: "50 sales of product=X next month", "conversion rate 6 % this quarter
// by improving the script". The order of its parts is free. A text that lacks a
// number or a period gives a draft. What is not understood gives an Invalid
// error that says which word, where, and what may have been meant.
func Parse(text string, ctx Context) (Goal, error) {
	if len(text) > maxText {
		return Goal{}, callpace.E(callpace.Limit, "goal.too_long", "count", maxText)
	}
	base, err := words(ctx.Lang)
	if err != nil {
		return Goal{}, err
	}
	v := base.with(ctx)
	l := &lexer{vocabulary: v, folded: fold(text, v.fold), original: []rune(text)}
	l.run()
	p := &parser{lexer: l, ctx: ctx, goal: Goal{Text: strings.TrimSpace(text)}}
	if err := p.parse(); err != nil {
		return Goal{}, err
	}
	return p.goal, nil
}

// parser takes what it understands out of the tokens, step by step.
type parser struct {
	*lexer
	ctx     Context
	goal    Goal
	values  []value // numbers of the target
	dir     int     // +1 up, -1 down
	bound   Bound
	each    calendar.Unit // the unit of "a week"
	by      bool          // the period is a deadline
	between bool
	now     *amount
}

// value is a number with the place where it stands.
type value struct {
	amount
	token token
	to    bool // a level to be reached: to 6 %
}

func (p *parser) parse() error {
	p.takeMeans()
	if err := p.takeFields(); err != nil {
		return err
	}
	if err := p.takeNames(); err != nil {
		return err
	}
	rails := p.takeGuardrails()
	if err := p.takeRest(); err != nil {
		return err
	}
	if err := p.findKPI(); err != nil {
		return err
	}
	if err := p.target(); err != nil {
		return err
	}
	for _, r := range rails {
		if err := p.guardrail(r); err != nil {
			return err
		}
	}
	p.finish()
	return p.goal.Validate(p.ctx.Catalogue)
}

// takeMeans cuts out the means: from their mark to a stop, a guardrail or a period.
func (p *parser) takeMeans() {
	ends := []code{isStop, isWhile, isRolling, isWithin, isEndOf, isEndOfNth, isEndOfMonth, isMonth, isThisUnit, isNextUnit, isRollingOne, isField}
	for i := 0; i < len(p.tokens); i++ {
		t := p.tokens[i]
		after := code("")
		if i+1 < len(p.tokens) {
			after = p.tokens[i+1].code
		}
		// "by 15 %" is an amount, "by improving the script" are means.
		means := t.code == isMeans || t.code == isMeansKept ||
			t.code == isBy && !slices.Contains([]code{isNumeral, isDated, isMonth, isStop, "", isLeast, isMost, isEndOf, isEachAgent, isEachTeam, isDimension}, after)
		if !means {
			continue
		}
		end := i + 1
		for end < len(p.tokens) && !slices.Contains(ends, p.tokens[end].code) {
			end++
		}
		start := t.to
		if t.code == isMeansKept {
			start = t.from
		}
		if text := p.raw(start, p.tokens[end-1].to); text != "" {
			if p.goal.Means != "" {
				text = p.goal.Means + ", " + text
			}
			p.goal.Means = unquote(text)
		}
		p.tokens = slices.Delete(p.tokens, i, end)
		i--
	}
}

// takeFields cuts out name=value of the goal's own fields, and their marks
// with what follows: objective "retention", weight 2.
func (p *parser) takeFields() error {
	marks := map[code]string{isObjective: "objective", isOwner: "owner", isWeight: "weight"}
	for i := 0; i < len(p.tokens); i++ {
		t, name, text, end := p.tokens[i], "", "", i+1
		if mark := marks[t.code]; mark != "" {
			name = mark
			for end < len(p.tokens) && p.tokens[end].code != isStop && (mark == "objective" || end == i+1) {
				end++
			}
			if end == i+1 {
				return p.unknown(t)
			}
			text = unquote(p.raw(p.tokens[i+1].from, p.tokens[end-1].to))
		} else if t.code == isField {
			name, text, _ = strings.Cut(t.value, "\x00")
		} else {
			continue
		}
		if err := p.goal.set(name, text); err != nil {
			return err
		}
		p.tokens = slices.Delete(p.tokens, i, end)
		i--
	}
	return nil
}

// takeNames cuts out the scope: filters, names after "product", "team" and the
// like, names that are known.
func (p *parser) takeNames() error {
	where := func(dim, name string) { p.goal.Scope.Where = append(p.goal.Scope.Where, dim+" = "+quote(name)) }
	for i := 0; i < len(p.tokens); i++ {
		t, end := p.tokens[i], i+1
		switch t.code {
		case isTeamName:
			p.goal.Scope.Team = t.value
		case isAgentName:
			p.goal.Scope.Agent = t.value
		case isCampaignName:
			where("campaign", t.value)
		case isProductName:
			where("product", t.value)
		case isEachAgent:
			p.goal.Scope.Each = EachAgent
		case isEachTeam:
			p.goal.Scope.Each = EachTeam
		case isFilter:
			for end < len(p.tokens) && p.tokens[end].code == isWord && t.n > 0 && !strings.HasSuffix(t.value, "'") && !strings.HasSuffix(t.value, `"`) {
				end++
			}
			p.goal.Scope.Where = append(p.goal.Scope.Where, p.filter(p.raw(t.from, p.tokens[end-1].to), t))
		case isDimension:
			name := ""
			name, end = p.nameAfter(i)
			switch {
			case name != "" && t.value == "team":
				p.goal.Scope.Team = name
			case name != "" && t.value == "agent":
				p.goal.Scope.Agent = name
			case name != "":
				where(t.value, name)
			case t.value == "agent":
				p.goal.Scope.Each = EachAgent
			case t.value != "team":
				return p.fault("goal.no_name_after", t, "word", t.raw)
			}
		default:
			continue
		}
		p.tokens = slices.Delete(p.tokens, i, end)
		i--
	}
	return nil
}

// nameAfter reads the name that follows a mark: in quotes, or unknown words.
func (p *parser) nameAfter(i int) (name string, end int) {
	end = i + 1
	for end < len(p.tokens) && p.tokens[end].code == isSkip {
		end++
	}
	switch {
	case end < len(p.tokens) && p.tokens[end].code == isQuoted:
		return p.tokens[end].value, end + 1
	case end < len(p.tokens) && slices.Contains([]code{isTeamName, isAgentName, isCampaignName, isProductName}, p.tokens[end].code):
		return p.tokens[end].value, end + 1
	}
	first := end
	for end < len(p.tokens) && p.tokens[end].code == isWord {
		end++
	}
	if end == first {
		return "", i + 1
	}
	return p.raw(p.tokens[first].from, p.tokens[end-1].to), end
}

// filter writes a filter as KPI queries take it: the known name of a dimension
// in place of the reader's word for it, a value in quotes.
func (p *parser) filter(text string, t token) string {
	if t.n == 0 {
		return text
	}
	r := []rune(text)
	head := strings.TrimRight(string(r[:t.n]), " !<>=")
	sign, rest := strings.TrimSpace(string(r[len([]rune(head)):t.n])), strings.TrimSpace(string(r[t.n:]))
	for _, e := range p.vocabulary.entries[p.runes[t.from]] {
		if m, ok := p.vocabulary.match(e.pattern, p.folded, t.from); ok && e.code == isDimension && m.end-t.from == len([]rune(head)) {
			head = e.value
			break
		}
	}
	if _, number := callpace.ParseAmount(rest); !number {
		rest = quote(unquote(rest))
	}
	return head + " " + sign + " " + rest
}

// unknown is the error for a word that means nothing here.
func (p *parser) unknown(t token) error {
	text := t.raw
	if near := kpi.Nearest(p.text(t.from, t.to), p.vocabulary.known); near != "" {
		return p.fault("goal.unknown_word_near", t, "word", text, "nearest", near)
	}
	return p.fault("goal.unknown_word", t, "word", text)
}

func (p *parser) fault(key string, t token, args ...any) error {
	return fault(key, append([]any{"column", t.column}, args...)...)
}
