package kpi

import (
	"context"
	"slices"

	"github.com/expr-lang/expr/ast"

	"github.com/callpace/callpace/internal/facts"
)

// Walk tells how one source's rows of a fact are thinned out to what a measure
// counts: condition by condition, so that every row left out has a reason.
type Walk struct {
	Measure string     `json:"measure"`
	KPIs    []string   `json:"kpis"` // that use it
	Fact    string     `json:"fact"`
	Rows    int64      `json:"rows"` // of the source, in the period
	Steps   []WalkStep `json:"steps"`
	Counted int64      `json:"counted"`
}

// WalkStep is one condition, as it is written, and the rows that met all
// before it but not this one.
type WalkStep struct {
	Condition string `json:"condition"`
	Out       int64  `json:"left_out"`
}

// walk is a Walk on its way: counts holds where its numbers stand in the answer.
type walk struct {
	Walk
	at    *selection
	first int // measure with the first condition met; the ones after it go on from there
	conds []Expr
}

// Walks follows every measure of the KPIs' default variants. Of the query,
// period, scope, clock and settings count. Facts without rows of the source are left out.
func (c *Catalogue) Walks(ctx context.Context, e Engine, q Query, source string) ([]Walk, error) {
	var walks []*walk
	for _, d := range c.Defs() {
		k, err := c.resolve(d.ID, c.settingsFor(q))
		if err != nil {
			return nil, err
		}
		for _, u := range k.uses {
			i := slices.IndexFunc(walks, func(w *walk) bool { return w.Measure == u.def.ID })
			if i >= 0 {
				if !slices.Contains(walks[i].KPIs, d.ID) {
					walks[i].KPIs = append(walks[i].KPIs, d.ID)
				}
				continue
			}
			if u.fact.Derived || u.def.Span {
				continue
			}
			w := &walk{Walk: Walk{Measure: u.def.ID, KPIs: []string{d.ID}, Fact: u.fact.Name}}
			if err := w.split(u, k.variant.Settings); err != nil {
				return nil, err
			}
			walks = append(walks, w)
		}
	}
	slices.SortStableFunc(walks, func(a, b *walk) int { return facts.TableByName(a.Fact).ID - facts.TableByName(b.Fact).ID })
	selections := walkSelects(walks, c, q, source)
	for _, s := range selections {
		groups, err := e.Aggregate(ctx, s.Select)
		if err != nil {
			return nil, err
		}
		for _, w := range walks {
			if w.at == s && len(groups) == 1 {
				w.fill(groups[0].Values)
			}
		}
	}
	var out []Walk
	for _, w := range walks {
		if w.Rows > 0 {
			out = append(out, w.Walk)
		}
	}
	return out, nil
}

// split takes a measure's condition apart at its ands. What is summed up has
// to be known, too.
func (w *walk) split(u *use, settings map[string]any) error {
	var texts []string
	if u.def.Where != "" {
		root, err := parse(u.def.Where)
		if err != nil {
			return err
		}
		for _, n := range conjuncts(root) {
			texts = append(texts, n.String())
		}
	}
	if u.def.Value != "" { // rows without a value add nothing
		texts = append(texts, "not is_null("+u.def.Value+")")
	}
	for _, text := range texts {
		e, err := checker{text: text, fact: u.fact, settings: settings}.compile(aTruth)
		if err != nil {
			return err
		}
		w.Steps, w.conds = append(w.Steps, WalkStep{Condition: text}), append(w.conds, e)
	}
	return nil
}

func conjuncts(n ast.Node) []ast.Node {
	if b, ok := n.(*ast.BinaryNode); ok && (b.Operator == "and" || b.Operator == "&&") {
		return append(conjuncts(b.Left), conjuncts(b.Right)...)
	}
	return []ast.Node{n}
}

// walkSelects asks for all walks over one fact and date at once: first for the
// rows, then for each walk how many are left after each condition.
func walkSelects(walks []*walk, c *Catalogue, q Query, source string) []*selection {
	var selections []*selection
	for _, w := range walks {
		fact, date := facts.TableByName(w.Fact), c.measures[w.Measure].Date
		if date == "" && len(fact.Moments) > 0 {
			date = fact.Moments[0]
		}
		i := slices.IndexFunc(selections, func(s *selection) bool { return s.Fact == fact && s.Date == date })
		if i < 0 {
			s := &selection{Select: Select{Fact: fact, Date: date, Scope: q.Scope, Now: q.Now, Undated: q.Period == nil, MaxGroups: 1,
				Where:    []Expr{Op{Eq, []Expr{Field{Name: "source", Kind: facts.Text}, String{source}}}},
				Measures: []Measure{{ID: "rows", Agg: Count}}}}
			if q.Period != nil {
				s.From, s.To = q.Period.From, q.Period.To
			}
			selections, i = append(selections, s), len(selections)
		}
		w.at, w.first = selections[i], len(selections[i].Measures)
		for n := range w.conds {
			met := w.conds[0]
			if n > 0 {
				met = Op{And, slices.Clone(w.conds[:n+1])}
			}
			w.at.Measures = append(w.at.Measures, Measure{ID: w.Measure + "." + string(rune('a'+n)), Agg: Count, Where: met})
		}
	}
	return selections
}

func (w *walk) fill(values []Value) {
	w.Rows = values[0].Exact.Whole()
	left := w.Rows
	for i := range w.Steps {
		n := values[w.first+i].Exact.Whole()
		w.Steps[i].Out, left = left-n, n
	}
	w.Counted = left
}
