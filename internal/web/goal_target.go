package web

import (
	"slices"

	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

// targetFor is the goal that a chart of a KPI shows as a line: a running one of
// the same KPI and the same people, whose target is a level. Totals are of a
// whole period, and no line in a chart by day. ok is false where there is none.
func (r *request) targetFor(kpi string, v view) (value float64, text string, ok bool, err error) {
	s, err := r.sight()
	if err != nil {
		return 0, "", false, err
	}
	all, err := r.s.State.Goals().FindGoals(r.Context())
	if err != nil {
		return 0, "", false, err
	}
	all = slices.DeleteFunc(all, func(g store.Goal) bool {
		total := g.Target.Kind == goal.Total || g.Target.Kind == goal.Band || g.Target.Per != ""
		return total || g.KPI != kpi || g.State != goal.Active || g.Scope.Each != goal.Together || !s.Sees(g.Goal) || !sameWords(g.Scope.Filters(), v.words().Where)
	})
	if len(all) == 0 {
		return 0, "", false, nil
	}
	err = r.book(func(b goalBook) error {
		rep, err := r.stands(b, all[len(all)-1], false)
		if err != nil {
			return err
		}
		if part, whole := rep.Whole(); whole && part.Has && rep.Begun && rep.DaysLeft > 0 {
			value, text, ok = part.Target.High, r.words(rep).TargetText(part), true
		}
		return nil
	})
	return value, text, ok, err
}

// sameWords tells whether filters of a goal and of a view mean the same rows:
// a goal writes team = 'East', a view team == "East".
func sameWords(goals, views []string) bool {
	if len(goals) != len(views) {
		return false
	}
	for _, f := range goals {
		same := false
		for _, d := range []string{"team", "agent", "campaign", "product"} {
			for _, w := range views {
				same = same || f == w || w == question.Equal(d, valueOf(f, d))
			}
		}
		if !same {
			return false
		}
	}
	return true
}

// valueOf is the value that a goal's filter wants of a dimension; "" where it
// is about another.
func valueOf(filter, dimension string) string {
	head := dimension + " = '"
	if len(filter) <= len(head) || filter[:len(head)] != head {
		return ""
	}
	return filter[len(head) : len(filter)-1]
}
