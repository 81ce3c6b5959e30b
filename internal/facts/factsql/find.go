package factsql

import (
	"slices"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Place is a text that is looked for in a column of a fact.
type Place struct {
	Column, Text string
	Param        string // refers to the text
}

// found prints a condition which holds for few rows by the engine's own way of
// finding them; ok is false where it is none of those: that one of some columns
// has one of some texts. In a WHERE false and null are one.
func (p *printer) found(e kpi.Expr) (sql string, ok bool) {
	places, ok := p.places(e)
	if !ok {
		return "", false
	}
	var different []Place
	for _, x := range places {
		if !p.d.Finds(p.s.Fact, x.Column) {
			return "", false
		}
		if !slices.Contains(different, x) {
			different = append(different, x)
		}
	}
	for i := range different {
		different[i].Param = p.param(different[i].Text)
	}
	return p.d.Found(p.s.Fact, different), true
}

// places lists what an equality with texts, or some of which one has to hold,
// looks for.
func (p *printer) places(e kpi.Expr) (out []Place, ok bool) {
	o, ok := e.(kpi.Op)
	if !ok {
		return nil, false
	}
	switch o.Name {
	case kpi.Or:
		for _, a := range o.Args {
			some, ok := p.places(a)
			if !ok {
				return nil, false
			}
			out = append(out, some...)
		}
		return out, len(out) > 0
	case kpi.Eq, kpi.In:
		return p.texts(o)
	}
	return nil, false
}

// texts lists the texts that a column is compared with.
func (p *printer) texts(o kpi.Op) (out []Place, ok bool) {
	if len(o.Args) < 2 || o.Name == kpi.Eq && len(o.Args) != 2 {
		return nil, false
	}
	f, ok := o.Args[0].(kpi.Field)
	if !ok || f.Kind != facts.Text || f.Table != nil && f.Table != p.s.Fact {
		return nil, false
	}
	for _, a := range o.Args[1:] {
		s, ok := a.(kpi.String)
		if !ok {
			return nil, false
		}
		out = append(out, Place{Column: f.Name, Text: s.Value})
	}
	return out, true
}

// conjuncts takes conditions apart of which all have to hold.
func conjuncts(conditions []kpi.Expr) (out []kpi.Expr) {
	for _, e := range conditions {
		if o, ok := e.(kpi.Op); ok && o.Name == kpi.And && len(o.Args) > 0 {
			out = append(out, conjuncts(o.Args)...)
			continue
		}
		out = append(out, e)
	}
	return out
}
