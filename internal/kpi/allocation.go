package kpi

import (
	"slices"

	"github.com/callpace/callpace/internal/facts"
)

// Allocation is by what costs that are known for a broader level (the company,
// a team) are shared down to the level asked. A cost of a day is shared by what
// was done in its scope on that day; on a day without work, by the days of its
// month.
type Allocation string

// The allocations.
const (
	NoAllocation Allocation = ""      // no data below the level of a cost
	ByCalls      Allocation = "calls" // attempts
	ByHours      Allocation = "hours" // time logged in
	// ByHeads gives every agent with calls or logged time the same part; where
	// the answer splits an agent's day, by its calls, else by its hours.
	ByHeads Allocation = "heads"
)

var allocations = []string{"none", string(ByCalls), string(ByHours), string(ByHeads)}

// ParseAllocation reads none, calls, hours or heads.
func ParseAllocation(text string) (Allocation, error) {
	switch {
	case text == "none":
		return NoAllocation, nil
	case slices.Contains(allocations, text):
		return Allocation(text), nil
	}
	return "", unknownWord("kpi.unknown_allocation", text, allocations)
}

// String is the word that ParseAllocation reads.
func (a Allocation) String() string {
	if a == NoAllocation {
		return "none"
	}
	return string(a)
}

// levels are the columns by which a cost may be narrowed, and the work as well.
var levels = []string{"agent", "team", "campaign", "product"}

func levelField(name string) Expr { return Field{Name: name, Kind: facts.Text} }

// shareable tells whether a measure's sums can be shared.
func (u *use) shareable() bool {
	return u.def.Scoped && u.fact == facts.Costs && (u.measure.Agg == Sum || u.measure.Agg == Money)
}

// sharedBy tells whether costs that lack a level get their part of it by
// sharing, so that it does not matter whether any cost says it.
func (p *planner) sharedBy(u *use, level string) bool {
	return p.plan.Query.Allocation != NoAllocation && u.shareable() && level != ""
}

// sharing is how the costs of a Select are told apart: those that stand at
// the level asked, and those above it.
type sharing struct {
	placed []Expr // the former
	above  Select // the latter, by levels, the dimensions asked, which conditions hold, and day
	conds  []Expr
}

// share prepares the sharing of costs.
func (p *planner) share() {
	if p.plan.Query.Allocation == NoAllocation {
		return
	}
	for _, s := range p.plan.selections {
		if !s.uses[0].shareable() {
			continue
		}
		var all sharing
		var open []Expr
		for _, d := range s.Dims {
			if e := placement(d); e != nil {
				all.placed, open = append(all.placed, e), append(open, Op{Not, []Expr{e}})
			}
		}
		for _, w := range s.Where {
			all.conds = append(all.conds, ands(w)...)
		}
		above := s.Select
		above.Where, above.Dims, above.ByDay = nil, nil, true
		for _, name := range levels {
			above.Dims = append(above.Dims, Dim{Name: name, Expr: levelField(name)})
		}
		above.Dims = append(above.Dims, s.Dims...)
		for _, c := range all.conds {
			unknown := Op{IsNull, []Expr{c}}
			above.Dims = append(above.Dims, Dim{Name: "holds", Expr: c})
			above.Where, open = append(above.Where, Op{Or, []Expr{c, unknown}}), append(open, unknown)
		}
		if len(open) == 0 {
			continue
		}
		above.Where = append(above.Where, Op{Or, open})
		all.above = above
		s.sharing = &all
	}
}

// ands takes a condition apart at its ands.
func ands(e Expr) []Expr {
	op, ok := e.(Op)
	if !ok || op.Name != And {
		return []Expr{e}
	}
	var out []Expr
	for _, a := range op.Args {
		out = append(out, ands(a)...)
	}
	return out
}

// levelOf is the level that a dimension of costs belongs to, "" where it is
// the cost's own affair (its kind, its currency, its day).
func levelOf(d Dim) string {
	switch e := d.Expr.(type) {
	case Field:
		if e.Table == nil && slices.Contains(levels, e.Name) {
			return e.Name
		}
	case Attr:
		if e.Owner == "agent" {
			return "agent"
		}
	}
	if d.Bucket == BucketHour {
		return string(BucketHour)
	}
	return ""
}

// placement is the condition that a cost stands at a dimension's level; nil
// where all do. Who belongs to no team still has a place.
func placement(d Dim) Expr {
	known := func(name string) Expr { return Op{Not, []Expr{Op{IsNull, []Expr{levelField(name)}}}} }
	switch level := levelOf(d); level {
	case "":
		return nil
	case string(BucketHour):
		return Boolean{false}
	case "team":
		return Op{Or, []Expr{known("agent"), known("team")}}
	default:
		return known(level)
	}
}

// ofWork makes a condition over costs into one over the work that they are
// shared by; ok is false where the work cannot be told by it.
func ofWork(e Expr, costs, work string) (_ Expr, ok bool) {
	switch e := e.(type) {
	case Field:
		if e.Name == costs+"_hour" {
			return Field{Name: work + "_hour", Kind: e.Kind}, true
		}
		return e, e.Table == nil && slices.Contains(levels, e.Name)
	case Attr:
		return e, e.Owner == "agent"
	case MomentField:
		return MomentField{Name: work}, e.Table == nil && e.Name == costs
	case Op:
		out := Op{Name: e.Name}
		for _, a := range e.Args {
			x, ok := ofWork(a, costs, work)
			if !ok {
				return nil, false
			}
			out.Args = append(out.Args, x)
		}
		return out, true
	}
	return e, true
}

// work is what costs are shared by.
type work struct {
	fact *facts.Table
	date string
	Measure
}

var (
	workCalls = work{facts.Calls, "started", Measure{ID: "calls", Agg: Count}}
	workHours = work{facts.AgentTime, "began", Measure{ID: "hours", Agg: Sum, Value: Field{Name: "seconds", Kind: facts.Seconds}}}
)

func (a Allocation) work() []work {
	switch a {
	case ByCalls:
		return []work{workCalls}
	case ByHours:
		return []work{workHours}
	}
	return []work{workCalls, workHours}
}

// units counts work in whole numbers: calls, or microseconds.
func (w work) units(v Value) int64 {
	if w.Agg == Count {
		return v.Exact.Whole()
	}
	n, _ := v.Exact.Amount() // no more than a few hundred thousand years
	return int64(n)
}
