package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/store"
)

func (a *app) wording(b goals.Book, r *track.Report) present.GoalWords {
	return present.GoalWords{Reader: a.reader(b.Desk.Catalogue), Report: r}
}

// printGoals prints a line for each goal, parts indented below their whole.
func (a *app) printGoals(b goals.Book, entries []goals.Entry) error {
	switch a.Output {
	case "json":
		out := []goals.GoalAnswer{}
		for _, e := range entries {
			out = append(out, goals.Answer(e.Goal, e.Report))
		}
		return writeJSON(a.stdout, out)
	case "csv":
		var rows [][]string
		for _, e := range entries {
			rows = append(rows, goals.Record(e))
		}
		return writeCSV(a.stdout, goals.RecordHead(), rows)
	}
	g := grid{unfold: true, right: []bool{true, false, false, true, true, true, false}}
	for _, c := range []string{"id", "goal", "status", "actual", "target", "chance", "period"} {
		g.head = append(g.head, a.text("goals.column."+c))
	}
	list, at := make([]store.Goal, len(entries)), map[string]goals.Entry{}
	for i, e := range entries {
		list[i], at[e.ID] = e.Goal, e
	}
	for _, p := range goals.InOrder(goals.Tree(list)) {
		e := at[p.ID]
		w := a.wording(b, e.Report)
		title := strings.Repeat("  ", p.Depth) + w.GoalTitle(e.Goal.Goal)
		if e.Report == nil {
			g.add(e.ID, title, a.say.Error(e.Fault), "", "", "", "")
			continue
		}
		actual, target, chance := w.Standing()
		g.add(e.ID, title, w.Status(e.State), actual, target, chance, w.Period())
	}
	if len(g.rows) == 0 {
		a.line("goals.none")
		return nil
	}
	g.print(a.stdout)
	return nil
}

// printGoal prints what was understood and how it stands.
func (a *app) printGoal(b goals.Book, g store.Goal, r *track.Report) error {
	parts, err := g.Describe(b.Desk.Catalogue, b.Desk.Base.Calendar)
	if err != nil {
		return err
	}
	rd := a.reader(b.Desk.Catalogue)
	var rows [][2]string
	for _, p := range parts {
		rows = append(rows, [2]string{goal.Print(rd, p.Label), goal.Print(rd, p.Text)})
	}
	w := a.wording(b, r)
	if text := w.Frozen(); text != "" {
		rows = append(rows, [2]string{a.text("goals.frozen"), text})
	}
	a.section("goals.what", rows)
	if g.State != goal.Draft {
		a.section("goals.stands", w.Lines())
		a.printParts(w)
	}
	if g.Closing != nil {
		fmt.Fprintln(a.stdout, w.Closing(g.Closing))
	}
	return nil
}

// printParts prints how each member stands, the slowest first.
func (a *app) printParts(w present.GoalWords) {
	if _, ok := w.Report.Whole(); ok || len(w.Report.Parts) == 0 {
		return
	}
	g := grid{right: []bool{false, false, true, true, true}}
	for _, c := range []string{"who", "status", "actual", "target", "chance"} {
		g.head = append(g.head, a.text("goals.column."+c))
	}
	for _, p := range w.Report.Parts {
		actual, target, chance := w.Of(p)
		g.add(p.Part, a.text(p.Verdict.Status.Key()), actual, target, chance)
	}
	fmt.Fprintln(a.stdout)
	g.print(a.stdout)
}

func (a *app) printChecks(b goals.Book, r *track.Report) {
	rd := a.reader(b.Desk.Catalogue)
	var rows [][2]string
	for _, c := range r.Checks {
		text := rd.Text("goals.verdict." + string(c.Verdict))
		for _, m := range c.Reasons {
			text = rd.Sentences(text, goal.Print(rd, m))
		}
		for _, m := range c.Advice {
			text += " → " + goal.Print(rd, m)
		}
		rows = append(rows, [2]string{string(c.Letter) + " " + rd.Text("goals.letter."+string(c.Letter)), text})
	}
	a.section("goals.smart", rows)
}

// printPast prints what the instances of a recurring goal came to.
func (a *app) printPast(ctx context.Context, b goals.Book, id string, r *track.Report) error {
	g, err := b.State.Goals().FindGoal(ctx, id) // looking at it may have kept something
	if err != nil {
		return err
	}
	past, err := b.Past(ctx, g)
	var rows [][2]string
	for _, p := range past {
		days, result := a.wording(b, r).Past(p.Closing)
		rows = append(rows, [2]string{days, result})
	}
	a.section("goals.past_instances", rows)
	return err
}

// printHistory prints the versions of a goal that has several.
func (a *app) printHistory(ctx context.Context, b goals.Book, g store.Goal) error {
	history, err := b.State.Goals().FindHistory(ctx, g.ID)
	if err != nil || len(history) < 2 {
		return err
	}
	rd := a.reader(b.Desk.Catalogue)
	var rows [][2]string
	for _, v := range history {
		rows = append(rows, [2]string{strconv.Itoa(v.Goal.Version), rd.Date(int64(v.From)) + " · " + v.By + " · " + a.wording(b, nil).GoalTitle(v.Goal)})
	}
	a.section("goals.history", rows)
	return nil
}
