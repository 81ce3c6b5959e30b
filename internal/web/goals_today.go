package web

import (
	"context"
	"fmt"

	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/store"
)

// mostGoalsOfDay bounds the goals that the pages of a day show.
const mostGoalsOfDay = 12

// goalsOfDay lists what the goals that the reader sees ask of today, as a
// table, and how many calls the reader's own come to; own leaves those of others out.
func (r *request) goalsOfDay(own bool) (g *grid, calls float64, by string, err error) {
	err = r.book(func(b goalBook) error {
		dues, err := b.Today(r.Context(), b.sight, own, func(g store.Goal) (*track.Report, error) { return r.stands(b, g, false) })
		if err != nil {
			return err
		}
		g = r.dueGoals(dues)
		if !own {
			return nil
		}
		chain, err := b.Chain(r.Context(), "")
		if err != nil {
			return err
		}
		key := fmt.Sprintf("calls due %q %q", b.sight.Own(), chain)
		for _, d := range dues {
			key += " " + stampOf(d.Goal)
		}
		v, err := r.recallOf(b, key, func() (any, error) {
			calls, by, _, err := b.CallsDue(context.WithoutCancel(r.Context()), dues)
			return callsDue{calls, by.Goal}, err
		})
		if err != nil {
			return err
		}
		if due := v.(callsDue); due.goal.ID != "" {
			calls, by = due.calls, r.reader.GoalTitle(due.goal.Goal)
		}
		return nil
	})
	return g, calls, by, err
}

// callsDue is how many calls a goal asks of today.
type callsDue struct {
	calls float64
	goal  store.Goal
}

// dueGoals is the table of what goals ask of today.
func (r *request) dueGoals(dues []goals.Due) *grid {
	if len(dues) == 0 {
		return nil
	}
	text := r.reader.Text
	g := &grid{ID: "due-goals", Caption: text("goals.of_day"), Head: []gridHead{{Title: text("goals.column.goal")}, {Title: text("goals.column.status")},
		{Title: text("goals.column.needed_today"), Numeric: true}, {Title: text("goals.column.done_today"), Numeric: true}, {Title: text("goals.column.left_today"), Numeric: true}}}
	for _, d := range dues[:min(len(dues), mostGoalsOfDay)] {
		w := r.words(d.Report)
		actual, target, _ := w.Standing()
		if d.Whole {
			actual, target, _ = w.Of(d.State)
		}
		needed, done, left := number("–"), number("–"), number("–")
		if d.Known {
			needed, done, left = number(w.Figure(d.Needed)), number(w.Figure(d.Done)), number(w.Figure(d.Left))
		}
		g.Rows = append(g.Rows, []cell{{Text: r.reader.GoalTitle(d.Goal.Goal), URL: "/goals/" + d.Goal.ID, Header: true, Sub: r.reader.T("morning.goal_stands", map[string]any{"actual": actual, "target": target})},
			{Text: r.statusBadge(d.Status()).Text}, needed, done, left})
	}
	r.offerRows(g)
	return g
}
